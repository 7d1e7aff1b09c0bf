package report_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/bowstring-engine/bowstring/ingest/report"
)

// TestStored: testdata has files as releases wrote them that had no package report.
// They are read, and come out as the same bytes.
func TestStored(t *testing.T) {
	for _, name := range []string{"full.json", "bare.json"} {
		want, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		var r report.Ingest
		if err := json.Unmarshal(want, &r); err != nil {
			t.Fatal(err)
		}
		got, err := json.MarshalIndent(r, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if string(append(got, '\n')) != string(want) {
			t.Errorf("%s: %s", name, got)
		}
		if a := r.Account; name == "full.json" && (a.Unkept != 1 || a.Rules[1] != report.RuleCount{Rule: "ohlc", Rejected: 2} || a.Events.Path != "events.csv" || a.Append.Unchanged != 4 || a.Quality[0].Findings[1].Count != 20) {
			t.Errorf("%s: %+v", name, a)
		}
	}
}

// TestRuleCounts: what rejected nothing is not stored and not named, and counts of
// which nothing is stored leave no key.
func TestRuleCounts(t *testing.T) {
	counts := report.RuleCounts{{Rule: "schema"}, {Rule: "nan", Rejected: 11}, {Rule: "ohlc", Kept: 3}, {Rule: "order", Rejected: 1}}
	if got := counts.String(); got != "nan 11, order 1" {
		t.Error(got)
	}
	for _, c := range []struct {
		counts report.RuleCounts
		want   string
	}{
		{counts, `{"read":0,"accepted":0,"rejected":0,"rejected_by_rule":[{"rule":"nan","count":11},{"rule":"order","count":1}]}`},
		{counts[:1], `{"read":0,"accepted":0,"rejected":0}`},
		{nil, `{"read":0,"accepted":0,"rejected":0}`},
	} {
		if got, err := json.Marshal(report.Account{Rules: c.counts}); err != nil || string(got) != c.want {
			t.Errorf("%s, %v; want %s", got, err, c.want)
		}
	}
	if len(counts) != 4 || counts[0].Rule != "schema" {
		t.Error("the counts have changed")
	}
}
