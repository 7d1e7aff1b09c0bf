package sweep

import (
	"math"
	"strings"
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// byHand runs a spec on daily closes and returns its statistics and its values.
func byHand(t *testing.T, s *spec.Spec, closes ...float64) (metrics.Values, string) {
	t.Helper()
	b, err := RunBacktest(t.Context(), handFrame(t, closes...), s, BacktestOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Release()
	rec, err := b.Values(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return b.Detail().Assets[0].Values, textOfRecord(t, rec)
}

// column is one column of a CSV, its cells joined by blanks; - is none.
func column(t *testing.T, text, name string) string {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(text), "\n")
	at := -1
	for i, n := range strings.Split(lines[0], ",") {
		if n == name {
			at = i
		}
	}
	if at < 0 {
		t.Fatalf("no column %s in\n%s", name, text)
	}
	var cells []string
	for _, line := range lines[1:] {
		cell := strings.Split(line, ",")[at]
		if cell == "" {
			cell = "-"
		}
		cells = append(cells, cell)
	}
	return strings.Join(cells, " ")
}

// The conflicts of each side are settled first, then long against short. On the second
// bar a long entry meets a long exit and a short entry: with conflict exit the long
// entry has lost already, so the short entry stands; with entry both sides enter, and
// both are ignored.
func TestOrderOfConflicts(t *testing.T) {
	for conflict, want := range map[backtest.Conflict]string{backtest.ConflictExit: "0 -5 -5", backtest.ConflictEntry: "0 0 0"} {
		_, values := byHand(t, &spec.Spec{
			Rules:      spec.Rules{Entry: "close == 20", Exit: "close == 20", ShortEntry: "close == 20"},
			Simulation: backtest.Config{Direction: backtest.Both, Fill: backtest.FillClose, Conflict: conflict, Cash: 100},
		}, 10, 20, 20.5)
		if got := column(t, values, "position"); got != want {
			t.Errorf("conflict %s: positions %s, want %s", conflict, got, want)
		}
	}
}

// not binds before and, and before or: not a and b or c is ((not a) and b) or c.
func TestPrecedence(t *testing.T) {
	// a: close > 2, b: close > 0, c: close > 4, on 1 3 5: true false true. As
	// not (a and (b or c)) it would be true false false.
	_, values := byHand(t, &spec.Spec{Rules: spec.Rules{Entry: "not (close > 2) and close > 0 or close > 4", Exit: "close < 0"}}, 1, 3, 5)
	if got := column(t, values, "entry"); got != "1 0 1" {
		t.Errorf("entry is %s, want 1 0 1", got)
	}
}

// Unknown and false is false, unknown or true is true, and anything else with unknown is
// unknown. A cross out of the unknown is unknown.
func TestUnknown(t *testing.T) {
	for rule, want := range map[string]string{
		"sma(close, 2) > 0 and close > 5":    "0 0 1", // unknown and false
		"sma(close, 2) > 0 and close > 0":    "- 1 1",
		"sma(close, 2) > 0 or close > 0":     "1 1 1",
		"sma(close, 2) > 0 or close > 5":     "- 1 1",
		"not (sma(close, 2) > 9)":            "- 1 1",
		"crosses_above(sma(close, 2), 0)":    "- - 0", // above 0 from its first value on
		"crosses_above(close, lag(close,1))": "- - 0",
	} {
		_, values := byHand(t, &spec.Spec{Rules: spec.Rules{Entry: rule, Exit: "close < 0"}}, 1, 3, 6)
		if got := column(t, values, "entry"); got != want {
			t.Errorf("%s is %s, want %s", rule, got, want)
		}
	}
}

// x[k] is lag(x, k), of columns and of expressions.
func TestIndexIsLag(t *testing.T) {
	_, values := byHand(t, &spec.Spec{
		Let:   []spec.Expr{{Name: "a", Text: "(close * 2)[1]"}, {Name: "b", Text: "lag(close * 2, 1)"}},
		Rules: spec.Rules{Entry: "a == b", Exit: "a > b"},
	}, 1, 3, 6)
	if a, b := column(t, values, "a"), column(t, values, "b"); a != "- 2 6" || a != b {
		t.Errorf("x[1] is %s and lag(x, 1) %s, want - 2 6", a, b)
	}
}

// A signal of the last bar has no bar left to fill on: with fill next_open it is a
// dropped order, and with fill close it fills on its own bar.
func TestSignalOfTheLastBar(t *testing.T) {
	for fill, want := range map[backtest.Fill][2]float64{backtest.FillNextOpen: {1, 0}, backtest.FillClose: {0, 1}} {
		v, _ := byHand(t, &spec.Spec{
			Rules:      spec.Rules{Entry: "close == 3", Exit: "close < 0"},
			Simulation: backtest.Config{Fill: fill},
		}, 1, 2, 3)
		if v[metrics.DroppedOrders] != want[0] || v[metrics.OpenTrades] != want[1] {
			t.Errorf("%s: %v dropped and %v open, want %v", fill, v[metrics.DroppedOrders], v[metrics.OpenTrades], want)
		}
	}
}

// Mean equity is that of the valued bars' closes, the start cash not among them, and the
// longest drawdown begins at its peak's bar. 100 are bought at 10 and fall to 50 and 80:
// the peak is the close of bar 0, from which bar 2, the last, is two bars away. Equity is 100, 50 and 80; turnover is 100 / 2 / (230 / 3) / (3 / 365.25).
func TestMeanEquityAndLongestDrawdown(t *testing.T) {
	v, _ := byHand(t, &spec.Spec{
		Rules:      spec.Rules{Entry: "close == 10", Exit: "close < 0"},
		Simulation: backtest.Config{Fill: backtest.FillClose, Cash: 100},
	}, 10, 5, 8)
	want := 100 / 2. / (230 / 3.) / (3 / 365.25)
	if got := v[metrics.Turnover]; math.Abs(got-want) > 1e-9 {
		t.Errorf("turnover is %v, want %v", got, want)
	}
	if got := v[metrics.LongestDrawdownBars]; got != 2 {
		t.Errorf("the longest drawdown is %v bars, want 2: from bar 0 to bar 2", got)
	}
}

// A ruined account: its position is closed at the close, which is a trade of its own with
// its pnl, its orders are gone, and the bars after it hold nothing. 10 units sold short
// at 10 of 100 in cash cost 210 at 21: equity is 200 − 210 = −10, and the deficit 10.
func TestRuin(t *testing.T) {
	v, values := byHand(t, &spec.Spec{
		Rules:      spec.Rules{ShortEntry: "close == 10", ShortExit: "close == 21"},
		Simulation: backtest.Config{Direction: backtest.Short, Fill: backtest.FillClose, Cash: 100},
	}, 10, 21, 10, 5)
	for stat, want := range map[metrics.Stat]float64{
		metrics.Ruined: 1, metrics.Deficit: 10, metrics.TotalReturn: -1, metrics.Trades: 1, metrics.Expectancy: -110,
		metrics.DroppedOrders: 0, metrics.MaxDrawdown: 1,
	} {
		if got := v[stat]; math.Abs(got-want) > 1e-12 {
			t.Errorf("%s is %v, want %v", stat, got, want)
		}
	}
	if got := column(t, values, "position"); !strings.HasPrefix(got, "-10 ") {
		t.Errorf("positions are %s", got)
	}
}
