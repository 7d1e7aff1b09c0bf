package event

import (
	"math"
	"slices"
	"testing"
)

// TestWildTiles: closes for which the sums of a tile would say too little, or
// nothing, one reason at a time, and beside each what is just not that. The
// bounds are those of the comment on tables, by hand.
func TestWildTiles(t *testing.T) {
	const big = 1.7e308
	// The lowest close counts 64 × 1,024 times: 1,023 × 100 and one of 1.6 have
	// a sum of 102,301.6 against 104,857.6, with one of 1.5 it is against 98,304.
	fall := func(to float64) []float64 { return append(slices.Repeat([]float64{100}, Tile-1), to) }
	cases := []struct {
		name     string
		previous float64
		closes   []float64
		steep    bool
	}{
		{"constant", 100, []float64{100, 100, 100}, false},
		{"doubled", 100, []float64{200, 400, 100}, false},
		{"more than doubled", 100, []float64{200, 400.1, 100}, true},
		{"more than doubled at once", 100, []float64{200.1, 200, 200}, true},
		{"a tenth", 100, []float64{100, 10, 10}, false},
		{"low among the others", 100, fall(1.6), false},
		{"far below the others", 100, fall(1.5), true},
		{"zero in the end", 100, []float64{100, 0}, true},
		{"below zero", 100, []float64{100, -1}, true},
		{"all below zero", -100, []float64{-100, -100}, true},
		{"unknown", 100, []float64{100, math.NaN(), 100}, true},
		{"unknown in the end", 100, []float64{100, math.NaN()}, true},
		{"unknown before", math.NaN(), []float64{100, 100}, true},
		{"infinite", 100, []float64{100, math.Inf(1)}, true},
		{"high", big / 2, []float64{big / 2, big / 2}, false},
		{"a sum that is infinite", big, []float64{big, big}, true},
		{"a return of minus infinity", -1e-300, []float64{1e300, 1e300}, true},
	}
	for _, c := range cases {
		var tb tables
		tb.build(c.closes, c.previous, 0)
		if tb.steep != c.steep {
			t.Errorf("%s: steep %v, want %v", c.name, tb.steep, c.steep)
		}
	}
}

// TestDisorderedTiles: one bar whose prices are not in the order of low, open,
// high, or not known, among others that are.
func TestDisorderedTiles(t *testing.T) {
	cases := []struct {
		name            string
		open, high, low float64
		disordered      bool
	}{
		{"in order", 10, 11, 9, false},
		{"all equal", 10, 10, 10, false},
		{"low is zero", 10, 11, 0, true},
		{"low above open", 10, 11, 10.5, true},
		{"open above high", 10, 9.5, 9, true},
		{"high is infinite", 10, math.Inf(1), 9, true},
		{"open is unknown", math.NaN(), 11, 9, true},
		{"high is unknown", 10, math.NaN(), 9, true},
		{"low is unknown", 10, 11, math.NaN(), true},
	}
	for _, c := range cases {
		for at := range 3 {
			open, high, low := []float64{5, 5, 5}, []float64{6, 6, 6}, []float64{4, 4, 4}
			open[at], high[at], low[at] = c.open, c.high, c.low
			var tb tables
			tb.buildPrices(open, high, low)
			if tb.disordered != c.disordered {
				t.Errorf("%s, bar %d: disordered %v, want %v", c.name, at, tb.disordered, c.disordered)
			}
		}
	}
}
