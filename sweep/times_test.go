package sweep

import (
	"strings"
	"testing"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/ingest/sample"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// TestTurnOfTheMonth: a strategy of dates alone runs on both engines, and trades once a
// month.
func TestTurnOfTheMonth(t *testing.T) {
	demo, err := sample.Demo(sample.DemoSeed)
	if err != nil {
		t.Fatal(err)
	}
	defer demo.Release()
	s := &spec.Spec{
		Params: []spec.Param{{Name: "days", Axis: spec.List(2, 3)}},
		Rules:  spec.Rules{Entry: "month_end", Exit: "since(month_end) == $days and day < 10"},
		Output: spec.Output{Rows: spec.RowsAssets},
	}
	compareEngines(t, demo, s, pipeline.EngineEvent)
	rows, _ := rowsOf(t, demo, s, false)
	for i, r := range rows {
		times := demo.WholeTimes(i % demo.NumAssets())
		months := float64(times[len(times)-1]-times[0]) / float64(columnar.Year) * 12
		if n := r[metrics.Trades]; n < months-3 || n > months+1 {
			t.Errorf("row %d: %v trades in %.1f months", i, n, months)
		}
	}
}

// TestEndsOfPeriodsAreRefused: without a calendar nobody knows when a month ends, but
// for later bars.
func TestEndsOfPeriodsAreRefused(t *testing.T) {
	s := spec.Spec{Rules: spec.Rules{Entry: "month_end and hour == 0", Exit: "bars_to_close == 0"}}
	_, _, err := s.CompileFor(nil, calendar.AsFound())
	if err == nil || strings.Count(err.Error(), "as-found") != 2 {
		t.Errorf("got %v", err)
	}
	if _, _, err := s.CompileFor(nil, calendar.NYSE()); err != nil {
		t.Error(err)
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
	s.Zone = "Europe/Nowhere"
	if err := s.Check(); err == nil || !strings.Contains(err.Error(), "Europe/Nowhere") {
		t.Errorf("zone: got %v", err)
	}
}
