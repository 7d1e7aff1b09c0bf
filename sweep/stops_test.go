package sweep

import (
	"context"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// stopSpec is always long, with a stop loss of half of $sl.
func stopSpec(sl ...float64) *spec.Spec {
	return &spec.Spec{
		Params:     []spec.Param{{Name: "sl", Axis: spec.List(sl...)}},
		Rules:      spec.Rules{Entry: "close > 0", StopLoss: "0.5 * $sl"},
		Simulation: backtest.Config{Fill: backtest.FillClose, Rearm: backtest.RearmCrossing},
		Output:     spec.Output{Rows: spec.RowsAssets, Statistics: []metrics.Stat{metrics.Trades, metrics.StopExits, metrics.Sharpe}},
	}
}

// A parameter sweeps over a stop. The entry is always true, so with rearm:
// crossing each asset has one trade, which a wide stop never ends. A stop of
// 100 % is out of range and fails its trial alone.
func TestSweepOverAStop(t *testing.T) {
	frame := walk(t, 3, 300)
	r, err := Run(context.Background(), frame, stopSpec(0.001, 1.998, 2), Options{Workers: 2, BlockTrials: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	row := 0
	for r.Next() {
		rec := r.Record()
		column := func(name string) int { return rec.Schema().FieldIndices(name)[0] }
		stops := rec.Column(column("stop_exits")).(*array.Int64)
		errs := rec.Column(column("error")).(*array.String)
		for i := range int(rec.NumRows()) {
			switch row / frame.NumAssets() {
			case 0:
				if errs.IsValid(i) || stops.Value(i) != 1 {
					t.Errorf("a tight stop ended %d trades, error %q", stops.Value(i), errs.Value(i))
				}
			case 1:
				if errs.IsValid(i) || stops.Value(i) != 0 {
					t.Errorf("a wide stop ended %d trades, error %q", stops.Value(i), errs.Value(i))
				}
			default:
				if want := "stop_loss: 1 is not a fraction between 0 and 1 ($sl = 2)"; errs.Value(i) != want || stops.IsValid(i) {
					t.Errorf("error %q, want %q", errs.Value(i), want)
				}
			}
			row++
		}
	}
	if r.Err() != nil || row != 9 {
		t.Errorf("%d rows, %v", row, r.Err())
	}
}

// A plan shows the stops as they are computed.
func TestExplainShowsStops(t *testing.T) {
	spec, err := spec.Parse("x.yaml", []byte("direction: short\nparams: {x: 0.1}\nrules: {entry: close > $x, exit: close < open, stop_loss: 0.05, take_profit: 2 * $x}"))
	if err != nil {
		t.Fatal(err)
	}
	plan, err := Explain(context.Background(), walk(t, 1, 50), spec, ExplainOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range plan.Stops {
		names = append(names, s.Name+" "+s.Text)
	}
	if !slices.Equal(names, []string{"stop_loss 0.05", "take_profit $x * 2"}) || plan.Rearm != backtest.RearmNextBar {
		t.Errorf("plan has stops %q, rearm %s", names, plan.Rearm)
	}
}
