package metrics

import (
	"math"
	"testing"
)

// Every statistic has a whole row: without one its column would be a zero that
// looks like a result.
func TestRows(t *testing.T) {
	for s := range rows {
		r := &rows[s]
		if r.Name == "" || r.Formula == "" || r.value == nil {
			t.Errorf("statistic %d, %q, lacks a name, a formula or a function", s, r.Name)
		}
		if r.Core && !r.Basis.Additive() {
			t.Errorf("%s is core and does not add up", r.Name)
		}
	}
}

// What needs a curve is unknown where there are only sums; nothing else is,
// where trades were won and lost.
func TestSumsKnowAllButTheCurve(t *testing.T) {
	log := TradeLog{Fills: 6, Fees: 1, Traded: 600}
	for _, pnl := range []float64{5, -3, 2} {
		log.Add(Trade{PnL: pnl, Return: pnl / 100, Bars: 2})
	}
	sums := Tally{
		Bars: 3, Held: 2, HeldOf: 3, Last: 104, Equity: 309, Returns: 0.04, Squares: 4e-3,
		Excess: 0.04, Above: 0.07, Below: 0.03, Downside: 9e-4, Drawdown: 0.03,
	}
	var c Calculator
	var v Values
	if !c.Sums(&v, &sums, Account{Start: 100, Annual: 252, Years: 1}, &log) {
		t.Error("sums in order are not trusted")
	}
	for s := range v {
		if known := !math.IsNaN(v[s]); known != rows[s].Basis.Additive() {
			t.Errorf("%s = %v", Stat(s), v[s])
		}
	}
}
