package main

import (
	"math"
	"testing"
)

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		x    []float64
		want float64
	}{{[]float64{3}, 3}, {[]float64{5, 1, 2}, 2}, {[]float64{4, 1, 2, 9}, 3}, {nil, math.NaN()}} {
		if got := median(c.x); got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("median of %v = %v, want %v", c.x, got, c.want)
		}
	}
}

// TestMedianError: 1, 2, 3, 4 deviate by 1.5 and 0.5 from their mean, so that the
// squares sum to 5, the variance is 5/3 and that of the mean 5/12; the median's is
// π/2 of that.
func TestMedianError(t *testing.T) {
	if got, want := medianError([]float64{3, 1, 4, 2}), math.Sqrt(5*math.Pi/24); math.Abs(got-want) > 1e-15 {
		t.Errorf("%v, want %v", got, want)
	}
	if got := medianError([]float64{7, 7, 7}); got != 0 {
		t.Errorf("of equal values %v", got)
	}
	if got := medianError([]float64{7}); !math.IsNaN(got) {
		t.Errorf("of one value %v", got)
	}
}

// TestSignedRank counts by hand the choices of signs, of 2ⁿ, whose positive ranks
// sum to as much.
func TestSignedRank(t *testing.T) {
	for name, c := range map[string]struct {
		x    []float64
		want float64
	}{
		"all above":          {[]float64{1, 2, 3, 4, 5, 6, 7, 8}, 1. / 256},
		"the smallest below": {[]float64{-1, 2, 3, 4, 5, 6, 7, 8}, 2. / 256}, // sums 36 and 35
		// Sum 33: 36, 35, 34, and 33 as 36-3 or 36-(1+2).
		"the third below": {[]float64{1, 2, -3, 4, 5, 6, 7, 8}, 5. / 256},
		"all below":       {[]float64{-1, -2, -3}, 1},
		// Three of rank 2: three above have 1 way, two above 3 more.
		"ties": {[]float64{1, 1, -1}, 4. / 8},
		// Ranks 1.5, 1.5, 3, sum 4.5: all (6) and one of the small ones below (4.5), twice.
		"two ties": {[]float64{-1, 1, 2}, 3. / 8},
		"zeros":    {[]float64{0, 1, 0, 2}, 1. / 4},
		"none":     {nil, 1},
	} {
		if got := signedRank(c.x); math.Abs(got-c.want) > 1e-15 {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
