package metrics

import (
	"math"
	"testing"
)

// TestShapeByHand: a start of 100 and equities of 110, 99, 108.9 and 108.9 have
// returns of 0.1, −0.1, 0.1 and 0. Sorted: −0.1, 0, 0.1, 0.1. The 5 % quantile is
// at 0.05 × 3 = 0.15: −0.1 + 0.15 × 0.1 = −0.085; the 95 % one at 2.85: 0.1. At or
// below −0.085 is −0.1 alone. Their mean is 0.025, the deviations 0.075, −0.125,
// 0.075 and −0.025: squares add up to 0.0275, third powers to −0.001125, fourth to
// 0.0003078125. Below their peaks are 0, 1 − 99/110 = 0.1, 0.01 and 0.01.
func TestShapeByHand(t *testing.T) {
	var c Calculator
	v := c.Compute(Curve{Equity: []float64{110, 99, 108.9, 108.9}, Start: 100, Annual: 252, Years: 1}, &TradeLog{Fills: 2})
	second := 0.0275 / 4
	for s, want := range map[Stat]float64{
		VaR95: 0.085, CVaR95: 0.1, Skew: -0.001125 / 4 / math.Pow(second, 1.5), Kurtosis: 0.0003078125 / 4 / (second * second),
		TailRatio: 0.1 / 0.085, UlcerIndex: math.Sqrt((0.01 + 0.0001 + 0.0001) / 4),
		RecoveryFactor: 0.089 / 0.1,
	} {
		if !(math.Abs(v[s]-want) <= 1e-12*math.Max(1, math.Abs(want))) {
			t.Errorf("%s = %v, want %v", s, v[s], want)
		}
	}
}

// Of an account that never moves, what would be 0/0 is undefined; of one bar all
// quantiles are its return.
func TestShapeAtTheEdges(t *testing.T) {
	var c Calculator
	still := c.Compute(Curve{Equity: []float64{100, 100, 100}, Start: 100, Annual: 252, Years: 1}, &TradeLog{})
	one := c.Compute(Curve{Equity: []float64{90}, Start: 100, Annual: 252, Years: 1}, &TradeLog{Fills: 1})
	none := c.Compute(Curve{Start: 100, Annual: 252, Years: 1}, &TradeLog{})
	for s, want := range map[Stat][3]float64{
		VaR95: {0, 0.1, nan}, CVaR95: {0, 0.1, nan}, Skew: {nan, nan, nan}, Kurtosis: {nan, nan, nan},
		TailRatio: {nan, 1, nan}, UlcerIndex: {0, 0.1, nan},
	} {
		for i, v := range []Values{still, one, none} {
			if got := v[s]; !(math.Abs(got-want[i]) < 1e-12 || math.IsNaN(got) && math.IsNaN(want[i])) {
				t.Errorf("case %d: %s = %v, want %v", i, s, got, want[i])
			}
		}
	}
}

// A calculator that is told to skip the curve has no number for what needs it.
func TestSkipCurve(t *testing.T) {
	c := Calculator{SkipCurve: true}
	v := c.Compute(Curve{Equity: []float64{110, 99}, Start: 100, Annual: 252, Years: 1}, &TradeLog{Fills: 1})
	for s := range v {
		if rows[s].Basis == FromCurve && !math.IsNaN(v[s]) {
			t.Errorf("%s = %v", Stat(s), v[s])
		}
	}
	if !(math.Abs(v[TotalReturn]+0.01) < 1e-12) {
		t.Errorf("total return %v", v[TotalReturn])
	}
}
