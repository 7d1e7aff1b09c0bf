package sweep

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// stopSpec is always long, with a stop loss of half of $sl.
func stopSpec(sl ...float64) *Spec {
	return &Spec{
		Params:     []Param{{"sl", List(sl...)}},
		Rules:      Rules{Entry: "close > 0", StopLoss: "0.5 * $sl"},
		Simulation: backtest.Config{Fill: backtest.FillClose, Rearm: backtest.RearmCrossing},
		Output:     Output{Rows: RowsAssets, Statistics: []metrics.Stat{metrics.Trades, metrics.StopExits, metrics.Sharpe}},
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

// Mistakes in stops are found by the check of a file, where they stand.
func TestStopErrorsPointIntoTheFile(t *testing.T) {
	err := CheckSpec("s.yaml", []byte(`params: {sl: [0.05, 0.1], k: [1, 2]}
rules:
  entry: close > open
  stop_loss: 0.5 * $sll
  take_profit: 0
  trailing_stop: 3 * atr(14)
  stop_los: 0.1
simulation: {rearm: cross}
`))
	want := `s.yaml:1:30: params.k: parameter $k is not used
s.yaml:4:20: rules.stop_loss: undeclared parameter $sll; did you mean "$sl"?
s.yaml:5:16: rules.take_profit: 0 is not a finite fraction above 0
s.yaml:6:22: rules.trailing_stop: a stop of k * atr(n) is for a later version; here a stop is a fraction, such as 0.05 or $x
s.yaml:7:3: rules.stop_los: unknown key; did you mean "stop_loss"?
s.yaml:8:21: simulation.rearm: "cross": want one of next_bar, crossing`
	if err == nil || err.Error() != want {
		t.Errorf("errors\n%v\nwant\n%s", err, want)
	}
}

// The schema takes numbers within bounds and expressions.
func TestSchemaOfStops(t *testing.T) {
	s := readSchema(t)
	for text, fits := range map[string]bool{
		"stop_loss: 0.05": true, "stop_loss: $sl": true, "stop_loss: 1": false, "stop_loss: 0": false, "stop_loss: true": false,
		"take_profit: 1.5": true, "take_profit: 0": false, "trailing_stop: 0.5 * $x": true, "trailing_stop: 2": false,
	} {
		if err := conformsText(t, s, "rules: {entry: a, "+text+"}"); (err == nil) != fits {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// A printed number stands without quotes; stops stay where the short side's
// rules are moved.
func TestStopsInASpec(t *testing.T) {
	spec := parse(t, "direction: short\nparams: {x: 0.1}\nrules: {entry: close > $x, exit: close < open, stop_loss: 0.05, take_profit: 2 * $x}")
	for _, want := range []string{"\n  stop_loss: 0.05\n", "\n  take_profit: \"2 * $x\"\n", "\n  rearm: next_bar\n"} {
		if !strings.Contains(spec.String(), want) {
			t.Errorf("%q is not in\n%s", want, spec)
		}
	}
	if got, want := spec.sides(), (Rules{ShortEntry: "close > $x", ShortExit: "close < open", StopLoss: "0.05", TakeProfit: "2 * $x"}); got != want {
		t.Errorf("sides %+v, want %+v", got, want)
	}
	plan, err := Explain(context.Background(), walk(t, 1, 50), spec)
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
