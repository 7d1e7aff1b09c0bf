package results

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// TestSegmentColumns: the columns that other programs go by, in their order, and the page
// that says what they are has all of them.
func TestSegmentColumns(t *testing.T) {
	const want = "trial asset segment bars sum_r sum_r2 sum_down sum_down2 sum_up first_equity last_equity max_equity min_equity drawdown " +
		"trades wins gains losses sum_pnl sum_pnl2 sum_ret sum_ret2 win_ret loss_ret best_ret worst_ret trade_bars sum_equity fees turnover_value bars_in"
	page, err := os.ReadFile("../../docs/walkforward.md")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range SegmentSchema(metrics.Sums()).Fields() {
		names = append(names, f.Name)
		if !strings.Contains(string(page), "`"+f.Name+"`") {
			t.Errorf("docs/walkforward.md does not say what %s is", f.Name)
		}
	}
	if got := strings.Join(names, " "); got != want {
		t.Errorf("columns %s\nwant %s", got, want)
	}
}

// TestOpenSegmentsRefuses: results are no table of segments, and segments no results.
func TestOpenSegmentsRefuses(t *testing.T) {
	for name, schema := range map[string]*arrow.Schema{
		"no segment":    arrow.NewSchema(SegmentSchema(nil).Fields()[:2], nil),
		"text":          arrow.NewSchema([]arrow.Field{{Name: "trial", Type: arrow.BinaryTypes.String}, {Name: "asset", Type: arrow.BinaryTypes.String}, {Name: "segment", Type: arrow.PrimitiveTypes.Int64}}, nil),
		"a sum of text": arrow.NewSchema(append(SegmentSchema(nil).Fields(), arrow.Field{Name: "sum_r", Type: arrow.BinaryTypes.String}), nil),
	} {
		if err := checkSegments(schema); !errors.Is(err, ErrNoSegments) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	path := filepath.Join(t.TempDir(), "x.parquet")
	if err := os.WriteFile(path, []byte("PAR1PAR1"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenSegments(path); err == nil {
		t.Error("a file of nothing was opened")
	}
	if got := SegmentsPath("a/b.parquet"); got != "a/b.segments.parquet" {
		t.Errorf("beside a/b.parquet: %s", got)
	}
}
