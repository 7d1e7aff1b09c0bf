package metrics

import (
	"math"
	"testing"
)

// TestTallyRefuses: each sum of a tally just before and just behind the point at
// which too much of it may be rounding errors. The share that may be is 2e-11,
// an addition is off by 2^-53, so a sum may have 2e-11 × 2^53 = 180,143.985
// times its size behind it. All other sums of a case are in order.
func TestTallyRefuses(t *testing.T) {
	sound := Tally{
		Bars: 4, Held: 4, HeldOf: 4, Last: 110, Equity: 420,
		Returns: 0, Squares: 4e-4, Excess: 0, Above: 1, Below: 1, Downside: 1e-2, Drawdown: 0.1,
	}
	cases := []struct {
		name   string
		change func(*Tally)
		ok     bool
	}{
		{"sound", func(*Tally) {}, true},
		// Σ (r − mean)² = 4e-4 stands for 72.0576 of noise.
		{"squares", func(t *Tally) { t.SquareNoise = 72 }, true},
		{"squares cancelled", func(t *Tally) { t.SquareNoise = 72.1 }, false},
		{"no squares", func(t *Tally) { t.Squares, t.Downside, t.SquareNoise = 0, 0, 1e9 }, true},
		// (Σ r)² / n leaves 1.9999e-4 and 0.99998e-4 of Σ r² = 1.
		{"a mean", func(t *Tally) { t.Squares, t.Returns = 1, 1.9998 }, true},
		{"a mean that leaves too little", func(t *Tally) { t.Squares, t.Returns = 1, 1.9999 }, false},
		{"nothing but a mean", func(t *Tally) { t.Squares, t.Returns = 1, 2 }, false},
		// Downside of 1e-4 stands for 18.0144, where the squares stand for more.
		{"downside", func(t *Tally) { t.Downside, t.SquareNoise = 1e-4, 18 }, true},
		{"downside cancelled", func(t *Tally) { t.Downside, t.SquareNoise = 1e-4, 18.1 }, false},
		{"no downside", func(t *Tally) { t.Downside, t.SquareNoise = 0, 18.1 }, true},
		{"below", func(t *Tally) { t.Above, t.BelowNoise = 2, 180143 }, true},
		{"below cancelled", func(t *Tally) { t.Above, t.BelowNoise = 2, 180145 }, false},
		{"nothing below", func(t *Tally) { t.Above, t.Below, t.BelowNoise = 2, 0, 180145 }, true},
		{"above", func(t *Tally) { t.Below, t.BelowNoise = 2, 180143 }, true},
		{"above cancelled", func(t *Tally) { t.Below, t.BelowNoise = 2, 180145 }, false},
		{"nothing above", func(t *Tally) { t.Below, t.Above, t.BelowNoise = 2, 0, 180145 }, true},
		// Above follows from Excess and Below, so Excess is noise to both.
		{"excess", func(t *Tally) { t.Excess = 180143 }, true},
		{"excess that hides what is below", func(t *Tally) { t.Above, t.Excess = 2e5, 180145 }, false},
		{"loss that hides what is above", func(t *Tally) { t.Below, t.Excess = 2e5, -180145 }, false},
		{"both kinds of noise", func(t *Tally) { t.Excess, t.BelowNoise = 100_000, 100_000 }, false},
		// Returns that are rounded in another way: 180,143 of them are as much as an
		// Above of 1 may be off by, and one of them as a sum of squares of
		// (2 / 180,144)² = 1.23e-10.
		{"rounded", func(t *Tally) { t.Rounded, t.Above, t.Squares, t.Downside = 180_000, 2, 1, 1 }, true},
		{"too much of it rounded", func(t *Tally) { t.Rounded, t.Above, t.Squares, t.Downside = 180_200, 2, 1, 1 }, false},
		{"squares of what is rounded", func(t *Tally) { t.Rounded, t.Downside = 1, 2e-10 }, true},
		{"squares of nothing but rounding", func(t *Tally) { t.Rounded, t.Downside = 1, 1e-10 }, false},
		{"nothing of what is rounded", func(t *Tally) { t.Rounded, t.Downside = 1, 0 }, false},
		{"nothing of it below", func(t *Tally) { t.Rounded, t.Below = 1, 0 }, false},
		{"nothing of it above", func(t *Tally) { t.Rounded, t.Above = 1, 0 }, false},
		{"ruin", func(t *Tally) { t.Last = 0 }, false},
		{"debt", func(t *Tally) { t.Last = -1 }, false},
		{"unknown equity", func(t *Tally) { t.Last = math.NaN() }, false},
		{"equity without end", func(t *Tally) { t.Equity = math.Inf(1) }, false},
	}
	log := TradeLog{Fills: 2}
	var calc Calculator
	for _, c := range cases {
		tally := sound
		c.change(&tally)
		if ok := calc.Sums(new(Values), &tally, Account{Start: 100, Annual: 252, Years: 1}, &log); ok != c.ok {
			t.Errorf("%s: trusted %v, want %v", c.name, ok, c.ok)
		}
	}
}
