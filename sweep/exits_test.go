package sweep

import (
	"math"
	"testing"

	"github.com/bowstring-engine/bowstring/ingest/sample"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// TestExitsSaidInTwoWays: an exit that is a number of a trial, which both engines carry
// out, is the same exit where it is a series, a level that moves, a rule that asks for
// the position, or a setting that is an expression.
func TestExitsSaidInTwoWays(t *testing.T) {
	demo, err := sample.Demo(sample.DemoSeed)
	if err != nil {
		t.Fatal(err)
	}
	defer demo.Release()
	base := func(change func(s *spec.Spec)) *spec.Spec {
		s := &spec.Spec{
			Universe: demo.Assets()[:3],
			Params:   []spec.Param{{Name: "n", Axis: spec.List(5, 12)}, {Name: "x", Axis: spec.List(0.03, 0.08)}},
			Where:    "$x > 0",
			Rules: spec.Rules{
				Entry: "crosses_above(close, sma(close, $n))", Exit: "crosses_below(close, sma(close, 3 * $n))",
				ShortEntry: "close < lowest(close[1], $n)", ShortExit: "rising(close, 3) and $x > 0",
			},
			Output: spec.Output{Rows: spec.RowsAssets},
		}
		s.Simulation.Direction = backtest.Both
		change(s)
		return s
	}
	atClose := func(s *spec.Spec) { s.Simulation.Fill = backtest.FillClose }
	for _, c := range []struct {
		name       string
		first      func(s *spec.Spec)
		second     func(s *spec.Spec)
		everywhere func(s *spec.Spec)
	}{
		{"stop of a fraction", func(s *spec.Spec) { s.Rules.StopLoss = "$x" }, func(s *spec.Spec) { s.Rules.StopLoss = "fraction: $x + 0 * close" }, nil},
		{"target of a fraction", func(s *spec.Spec) { s.Rules.TakeProfit = "$x" }, func(s *spec.Spec) { s.Rules.TakeProfit = "fraction: $x + 0 * close" }, nil},
		{"trailing stop of a fraction", func(s *spec.Spec) { s.Rules.TrailingStop = "$x" }, func(s *spec.Spec) { s.Rules.TrailingStop = "fraction: $x + 0 * close" }, nil},
		{"stop at a level of the position", func(s *spec.Spec) { s.Rules.StopLoss = "$x" }, func(s *spec.Spec) {
			s.Rules.ExitBelow, s.Rules.ExitAbove = "entry_price * (1 - $x) * max(position, 0)", "entry_price * (1 + $x) * max(-position, 0)"
		}, atClose},
		{"trailing stop below the peak", func(s *spec.Spec) { s.Rules.TrailingStop = "$x" }, func(s *spec.Spec) {
			s.Rules.ExitBelow, s.Rules.ExitAbove = "peak_since_entry * (1 - $x) * max(position, 0)", "peak_since_entry * (1 + $x) * max(-position, 0)"
		}, atClose},
		{"distance, and the level that it makes", func(s *spec.Spec) { s.Rules.StopLoss = "2 * atr(14)" }, func(s *spec.Spec) {
			s.Rules.StopLoss = "level: close - 2 * atr(14)"
		}, func(s *spec.Spec) {
			atClose(s)
			s.Simulation.Direction = backtest.Long
			s.Rules.ShortEntry, s.Rules.ShortExit = "", ""
			s.Where = "$x > 0"
			s.Rules.Exit = "crosses_below(close, sma(close, 3 * $n)) and $x > 0"
		}},
		{"costs as expressions", func(s *spec.Spec) { s.Simulation.CommissionBps, s.Simulation.SlippageBps = 10, 5 }, func(s *spec.Spec) {
			s.Settings = []spec.Expr{{Name: "simulation.commission.bps", Text: "10 + 0 * $x"}, {Name: "simulation.slippage.bps", Text: "5"}}
		}, nil},
		{"size as a series", func(s *spec.Spec) { s.Simulation.Sizing = backtest.Sizing{Mode: backtest.SizePercent, Amount: 40} }, func(s *spec.Spec) {
			s.Simulation.Sizing = backtest.Sizing{Mode: backtest.SizePercent, Amount: 1}
			s.Settings = []spec.Expr{{Name: "simulation.sizing.percent", Text: "40 + 0 * close"}}
		}, nil},
		{"time, and the bars since the entry", func(s *spec.Spec) { s.Rules.MaxBars = "$n" }, func(s *spec.Spec) {
			s.Rules.Exit = "(" + s.Rules.Exit + ") or bars_since_entry >= $n - 1"
			s.Rules.ShortExit = "(" + s.Rules.ShortExit + ") or bars_since_entry >= $n - 1"
		}, func(s *spec.Spec) { s.Simulation.Conflict = backtest.ConflictExit }},
	} {
		t.Run(c.name, func(t *testing.T) {
			build := func(change func(s *spec.Spec)) *spec.Spec {
				return base(func(s *spec.Spec) {
					if c.everywhere != nil {
						c.everywhere(s)
					}
					change(s)
				})
			}
			want, _ := rowsOf(t, demo, build(c.first), true)
			got, engine := rowsOf(t, demo, build(c.second), false)
			if engine != pipeline.EngineReference {
				t.Errorf("engine %s", engine)
			}
			if len(got) != len(want) {
				t.Fatalf("%d rows, want %d", len(got), len(want))
			}
			trades := 0.0
			for i := range want {
				trades += want[i][metrics.Trades]
				for _, stat := range metrics.Core() {
					x, y := got[i][stat], want[i][stat]
					if x != y && !(math.IsNaN(x) && math.IsNaN(y)) && !(math.Abs(x-y) <= 1e-9*max(math.Abs(y), 1)) {
						t.Fatalf("row %d: %s = %v, want %v", i, stat, x, y)
					}
				}
			}
			if trades < 500 {
				t.Errorf("%v trades", trades)
			}
		})
	}
}
