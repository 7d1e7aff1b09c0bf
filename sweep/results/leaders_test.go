package results_test

import (
	"context"
	"fmt"
	"math"
	"sort"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/proptest"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/internal/ranking"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// TestLeadersOfFile holds the ranking of a file, and of its records as they pass
// by, to a plain sort of all rows. The grid has undefined statistics, failed
// trials, ties and several row groups.
func TestLeadersOfFile(t *testing.T) {
	kinds := []spec.Rows{spec.RowsAssets, spec.RowsBoth}
	if proptest.Race {
		kinds = kinds[:1]
	}
	for _, kind := range kinds {
		s := rankedSpec()
		s.Output = spec.Output{Rows: kind, Statistics: metrics.Core()}
		path := write(t, walk(t, 3, 200), s)
		file, err := results.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		if n := file.NumRowGroups(); n < 2 || columnar.OpenMappings() != 0 {
			t.Fatalf("%d row groups, %d mappings", n, columnar.OpenMappings())
		}
		all := allRows(t, file)
		assets := map[string]bool{}
		for _, r := range all {
			assets[r.asset] = true
		}
		if len(assets) < 2 {
			t.Fatalf("rows of %v", assets)
		}
		for _, opts := range []results.LeadersOptions{
			{By: "sharpe"}, {By: "sharpe", Goal: spec.Minimize, N: 1}, {By: "trades", N: 7}, {By: "fast", N: 3},
			{By: "total_return", Asset: all[0].asset, N: 40}, {By: "total_return", N: 1000},
			{By: "calmar", Require: "trades > 2 and max_drawdown < 0.3", N: 11}, {By: "calmar", Require: "trades < 0"},
		} {
			want := naiveLeaders(all, opts)
			records := file.Records()
			streamed, err := results.Leaders(context.Background(), records, opts)
			if err != nil {
				t.Fatal(err)
			}
			fetched, err := file.Leaders(context.Background(), opts)
			if err != nil {
				t.Fatal(err)
			}
			for name, rec := range map[string]arrow.Record{"records": streamed, "file": fetched} {
				var got []string
				for row := range int(rec.NumRows()) {
					got = append(got, rowText(rec, row))
				}
				if fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("%s %s, %+v:\n%v\nwant\n%v", kind, name, opts, got, want)
				}
				rec.Release()
			}
			records.Release()
		}
	}
}

// plainRow is a row of a table with its numbers by name.
type plainRow struct {
	text, asset string
	failed      bool
	numbers     map[string]float64
}

func allRows(t *testing.T, file *results.File) []plainRow {
	t.Helper()
	records := file.Records()
	defer records.Release()
	var rows []plainRow
	for records.Next() {
		rec := records.Record()
		for row := range int(rec.NumRows()) {
			r := plainRow{text: rowText(rec, row), asset: rec.Column(1).(*array.String).Value(row), numbers: map[string]float64{}}
			r.failed = rec.Column(int(rec.NumCols()) - 1).IsValid(row)
			for c := range int(rec.NumCols()) {
				r.numbers[rec.ColumnName(c)] = ranking.Number(rec.Column(c), row)
			}
			rows = append(rows, r)
		}
	}
	if err := records.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

func rowText(rec arrow.Record, row int) string {
	text := ""
	for c := range int(rec.NumCols()) {
		text += rec.Column(c).ValueStr(row) + " "
	}
	return text
}

// naiveLeaders sorts all rows by the words of Leaders' documentation. The conditions
// of the test are spelled out by hand.
func naiveLeaders(all []plainRow, opts results.LeadersOptions) []string {
	pooled := false
	for _, r := range all {
		pooled = pooled || r.asset == "*"
	}
	var rows []plainRow
	for _, r := range all {
		n := r.numbers
		switch {
		case opts.Asset != "" && r.asset != opts.Asset, opts.Asset == "" && pooled != (r.asset == "*"):
		case opts.Require == "trades < 0":
		case opts.Require != "" && !(n["trades"] > 2 && n["max_drawdown"] < 0.3):
		default:
			rows = append(rows, r)
		}
	}
	sort.SliceStable(rows, func(i, j int) bool {
		a, b := rows[i], rows[j]
		x, y := a.numbers[opts.By], b.numbers[opts.By]
		switch {
		case a.failed != b.failed:
			return b.failed
		case math.IsNaN(x) != math.IsNaN(y):
			return math.IsNaN(y)
		case x != y && !math.IsNaN(x) && !a.failed:
			return (x > y) != (opts.Goal == spec.Minimize)
		case a.numbers["trial"] != b.numbers["trial"]:
			return a.numbers["trial"] < b.numbers["trial"]
		}
		return a.asset < b.asset
	})
	n := opts.N
	if n == 0 {
		n = 20
	}
	var texts []string
	for _, r := range rows[:min(n, len(rows))] {
		texts = append(texts, r.text)
	}
	return texts
}
