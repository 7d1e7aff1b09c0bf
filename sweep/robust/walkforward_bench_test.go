package robust

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/sweep"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// BenchmarkWalkForward walks 10,000 combinations forward through 20 windows of daily bars
// on eight assets, choices, real runs and stitched equity included, in turns with one
// sweep of them, and reports how many times as long it takes.
func BenchmarkWalkForward(b *testing.B) {
	frame := demoFrame(b)
	s := &spec.Spec{
		Params:      []spec.Param{{Name: "fast", Axis: spec.Range(2, 101, 1)}, {Name: "slow", Axis: spec.Range(105, 303, 2)}},
		Let:         []spec.Expr{{Name: "fast_ma", Text: "sma(close, $fast)"}, {Name: "slow_ma", Text: "sma(close, $slow)"}},
		Rules:       spec.Rules{Entry: "crosses_above(fast_ma, slow_ma)", Exit: "crosses_below(fast_ma, slow_ma)"},
		Simulation:  backtest.Config{Fill: backtest.FillClose, CommissionBps: 10},
		WalkForward: spec.WalkForward{Train: spec.Span{Years: 5}, Test: spec.Span{Years: 1}},
		Output:      spec.Output{Rows: spec.RowsPooled},
	}
	run := &sweep.Bound{Frame: frame, Options: sweep.Options{Workers: 2}}
	timed := func(f func() error) float64 {
		start := time.Now()
		if err := f(); err != nil {
			b.Fatal(err)
		}
		return time.Since(start).Seconds()
	}
	windows := 0
	walk := func() error {
		w, err := WalkForward(context.Background(), s, run, WalkOptions{})
		if err == nil {
			windows = len(w.Windows)
		}
		return err
	}
	once := func() error {
		return run.Trials(context.Background(), s, nil, func(*pipeline.Block) error { return nil })
	}
	timed(once)
	var with, without []float64
	for b.Loop() {
		without, with = append(without, timed(once)), append(with, timed(walk))
	}
	if windows != 20 {
		b.Fatalf("%d windows", windows)
	}
	slices.Sort(with)
	slices.Sort(without)
	b.ReportMetric(1000*without[len(without)/2], "ms-sweep")
	b.ReportMetric(1000*with[len(with)/2], "ms-walk")
	b.ReportMetric(with[len(with)/2]/without[len(without)/2], "x")
}
