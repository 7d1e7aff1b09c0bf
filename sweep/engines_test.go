package sweep

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/ingest"
	"github.com/bowstring-engine/bowstring/ingest/sample"
	"github.com/bowstring-engine/bowstring/internal/proptest"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// rowsOf runs a spec and returns the values of every row, with the reference
// engine or with the one that the plan chooses.
func rowsOf(t *testing.T, frame *columnar.Frame, spec *spec.Spec, reference bool) (rows []metrics.Values, engine pipeline.Engine) {
	t.Helper()
	j, err := prepare(t.Context(), frame, spec, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer j.release()
	j.plan.Reference = reference
	_, err = pipeline.Run(context.Background(), j.plan, j.grid, func(b *pipeline.Block) error {
		for _, r := range b.Rows {
			if r.Err != nil {
				return r.Err
			}
			rows = append(rows, r.Values)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	engine, _ = j.plan.Engine()
	return rows, engine
}

// compareEngines holds the chosen engine to the reference: counts equal, and
// core statistics to 1e-10 of their value, or of what leastOf says where a value
// near 0 is the difference of larger ones.
func compareEngines(t *testing.T, frame *columnar.Frame, spec *spec.Spec, want pipeline.Engine) {
	t.Helper()
	oracle, _ := rowsOf(t, frame, spec, true)
	rows, engine := rowsOf(t, frame, spec, false)
	if engine != want {
		t.Fatalf("the plan chose %s, want %s", engine, want)
	}
	if len(rows) != len(oracle) {
		t.Fatalf("%d rows, want %d", len(rows), len(oracle))
	}
	worst := map[metrics.Stat]float64{}
	for i := range rows {
		for _, s := range metrics.Core() {
			got, want := rows[i][s], oracle[i][s]
			if got == want || math.IsNaN(got) && math.IsNaN(want) {
				continue
			}
			if s.Describe().Kind == metrics.Count {
				t.Fatalf("row %d: %s = %v, want %v", i, s, got, want)
			}
			off := math.Abs(got-want) / max(math.Abs(want), leastOf(s))
			if !(off <= 1e-10) {
				t.Fatalf("row %d: %s = %v, want %v: %.1e off", i, s, got, want, off)
			}
			worst[s] = max(worst[s], off)
		}
	}
	t.Logf("%d rows; largest relative errors: return %.0e, Sharpe %.0e, Sortino %.0e, drawdown %.0e", len(rows),
		worst[metrics.TotalReturn], worst[metrics.Sharpe], worst[metrics.Sortino], worst[metrics.MaxDrawdown])
}

// leastOf is what numbers count as that are smaller: 1e-3, and amounts of money of
// an account of 100,000 as 1.
func leastOf(s metrics.Stat) float64 {
	if s.Describe().Kind == metrics.Money {
		return 1
	}
	return 1e-3
}

// grids are strategies of several kinds, each with a grid.
func grids() map[string]*spec.Spec {
	cross := gridSpec()
	rsi := &spec.Spec{
		Params: []spec.Param{{Name: "n", Axis: spec.Range(5, 24, 1)}, {Name: "low", Axis: spec.Range(15, 34, 1)}},
		Let:    []spec.Expr{{Name: "r", Text: "rsi(close, $n)"}},
		Rules:  spec.Rules{Entry: "crosses_above(r, $low)", Exit: "r > 100 - $low"},
	}
	donchian := &spec.Spec{
		Params:     []spec.Param{{Name: "up", Axis: spec.Range(10, 105, 5)}, {Name: "down", Axis: spec.Range(5, 100, 5)}},
		Rules:      spec.Rules{Entry: "close > highest(high, $up)[1]", Exit: "close < lowest(low, $down)[1]"},
		Simulation: backtest.Config{Fill: backtest.FillNextClose, SlippageBps: 5},
	}
	turnover := &spec.Spec{
		Params:     []spec.Param{{Name: "n", Axis: spec.Range(2, 6, 1)}, {Name: "m", Axis: spec.Range(2, 5, 1)}},
		Rules:      spec.Rules{Entry: "close > sma(close, $n)", Exit: "close < sma(close, $m) or not (close > ema(close, $n + $m))"},
		Simulation: backtest.Config{CommissionBps: 1, CommissionFixed: 0.5},
		RiskFree:   0.03,
	}
	stops := gridSpec()
	stops.Params = []spec.Param{{Name: "fast", Axis: spec.List(5, 21)}, {Name: "sl", Axis: spec.List(0.01, 0.03, 0.1)}, {Name: "tp", Axis: spec.List(0.02, 0.2)}, {Name: "ts", Axis: spec.List(0.02, 0.3)}}
	stops.Let[1].Text = "sma(close, 60)"
	stops.Rules = spec.Rules{Entry: "fast_ma > slow_ma", Exit: "fast_ma < slow_ma", StopLoss: "$sl", TakeProfit: "$tp", TrailingStop: "$ts"}
	specs := map[string]*spec.Spec{"sma cross": cross, "rsi": rsi, "donchian": donchian, "turnover": turnover, "stops": stops}
	for _, s := range specs {
		s.Output.Rows = spec.RowsBoth
	}
	return specs
}

// TestEnginesAgree runs whole grids with both engines over the demonstration
// bundle, and over one long series that is evaluated in chunks.
func TestEnginesAgree(t *testing.T) {
	demo, err := sample.Demo(sample.DemoSeed)
	if err != nil {
		t.Fatal(err)
	}
	defer demo.Release()
	long, err := sample.Walk(sample.Options{Assets: 1, Bars: 40_000, Seed: 9})
	if err != nil {
		t.Fatal(err)
	}
	defer long.Release()
	for name, s := range grids() {
		t.Run(name+"/demo", func(t *testing.T) { compareEngines(t, demo, s, pipeline.EngineEvent) })
		if proptest.Race {
			continue // numbers, not goroutines
		}
		s.Params = append([]spec.Param(nil), s.Params...)
		s.Params[0].Axis = spec.List(s.Params[0].Axis.Value(0), s.Params[0].Axis.Value(1))
		t.Run(name+"/long", func(t *testing.T) { compareEngines(t, long, s, pipeline.EngineEvent) })
	}
}

// TestSplitHistory runs few trials over one history that is long enough to be
// split over the workers: the bytes are those of one worker, and the numbers
// those of the reference engine.
func TestSplitHistory(t *testing.T) {
	frame, err := sample.Walk(sample.Options{Assets: 1, Bars: 70_001, Seed: 4})
	if err != nil {
		t.Fatal(err)
	}
	defer frame.Release()
	times := frame.Times(0)
	specs := map[string]*spec.Spec{}
	for name, entry := range map[string]string{
		"sma":     "crosses_above(sma(close, $n), sma(close, 150))",
		"ema":     "crosses_above(ema(close, $n), ema(sma(close, 3), 150))",
		"outputs": "crosses_above(close, bbands(close, $n, 1).upper) and macd(close, $n).hist > -atr(9)",
	} {
		specs[name] = &spec.Spec{Params: []spec.Param{{Name: "n", Axis: spec.List(20, 30)}}, Rules: spec.Rules{Entry: entry, Exit: "not (" + entry + ") and close < sma(close, 40)"}}
	}
	guarded := *specs["sma"]
	guarded.Rules.StopLoss, guarded.Rules.TakeProfit, guarded.Rules.TrailingStop = "0.02", "0.05", "0.03"
	specs["stops"] = &guarded
	for name, s := range specs {
		for _, from := range []int{0, 1100} {
			t.Run(fmt.Sprintf("%s/from=%d", name, from), func(t *testing.T) {
				s.Period = spec.Period{From: time.Unix(0, times[from])}
				s.Output.Rows = spec.RowsBoth
				want := resultBytes(t, frame, s, Options{Workers: 1})
				for _, workers := range []int{2, 3, 8} {
					// Left to itself a run gives each worker a trial of its own.
					if !bytes.Equal(resultBytes(t, frame, s, Options{Workers: workers, BlockTrials: 2}), want) {
						t.Errorf("%d workers: other bytes", workers)
					}
				}
				compareEngines(t, frame, s, pipeline.EngineEvent)
			})
		}
	}
}

// TestEnginesAgreeOnRealBars runs the 400 × 8 backtests of the SMA grid on the
// real bars of us8, and 400 on a million real minutes.
func TestEnginesAgreeOnRealBars(t *testing.T) {
	for source, calendar := range map[string]calendar.Calendar{
		"us8/split_adjusted": calendar.NYSE(), "minute": calendar.AlwaysOpen(),
	} {
		t.Run(source, func(t *testing.T) {
			if (testing.Short() || proptest.Race) && source == "minute" {
				t.Skip("400 backtests of a million bars take the reference engine seconds, and minutes under the race detector")
			}
			path := filepath.Join("..", "..", "shared", "data", source)
			if _, err := os.Stat(path); err != nil {
				t.Skipf("no shared/data/%s beside the repository", source)
			}
			r, err := ingest.Files(t.Context(), []string{path}, ingest.Options{Calendar: calendar})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Frame.Release()
			compareEngines(t, r.Frame, gridSpec(), pipeline.EngineEvent)
		})
	}
}
