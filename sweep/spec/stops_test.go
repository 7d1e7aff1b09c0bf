package spec

import (
	"strings"
	"testing"
)

// Mistakes in stops are found by the check of a file, where they stand.
func TestStopErrorsPointIntoTheFile(t *testing.T) {
	err := Check("s.yaml", []byte(`params: {sl: [0.05, 0.1], k: [1, 2]}
rules:
  entry: close > open
  stop_loss: 0.5 * $sll
  take_profit: 0
  trailing_stop: 3 * rsi(close)
  stop_los: 0.1
simulation: {rearm: cross}
`))
	want := `s.yaml:1:30: params.k: parameter $k is not used
s.yaml:4:20: rules.stop_loss: undeclared parameter $sll; did you mean "$sl"?
s.yaml:5:16: rules.take_profit: 0 is not a finite fraction above 0
s.yaml:6:18: rules.trailing_stop: what the number is of is not clear: write {fraction: …} of the price, {distance: …} in prices, or {level: …}
s.yaml:7:3: rules.stop_los: unknown key; the keys of rules are entry, exit, short_entry, short_exit, stop_loss, take_profit, trailing_stop, exit_below, exit_above, ratchet, max_bars; did you mean "stop_loss"?
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
}
