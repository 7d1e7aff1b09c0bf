package kernel

import (
	"math"
	"testing"
)

// extentOf goes through a stretch bar by bar: the definition.
func extentOf(highs, lows []float64) Extent {
	e := Extent{highs[0], lows[0], 1}
	for i, low := range lows {
		for _, high := range highs[:i] {
			e.Ratio = math.Min(e.Ratio, low/high)
		}
		e.High, e.Low = math.Max(e.High, highs[i]), math.Min(e.Low, low)
	}
	return e
}

// TestRanges holds every stretch of small tables, and some of whole ones, to the
// definition: to the bit, as rounding keeps order.
func TestRanges(t *testing.T) {
	r := new(Ranges) // used again, so that nothing is left of the table before
	for _, n := range []int{1024, 1, 2, 3, 7, 8, 9, 31, 33, 64, 65} {
		lows := prices(n, 0)
		highs := make([]float64, n)
		for i, p := range prices(n, 1) {
			highs[i] = max(lows[i], p)
		}
		r.Build(highs, lows)
		step := 1
		if n > 100 {
			step = 61
		}
		for from := 0; from < n; from += step {
			for to := from + 1; to <= n; to += step {
				first, second := r.Parts(from, to)
				got := Extent{math.Max(first.High, second.High), math.Min(first.Low, second.Low), math.Min(first.Ratio, second.Ratio)}
				if first != second {
					got.Ratio = math.Min(got.Ratio, second.Low/first.High)
				}
				if want := extentOf(highs[from:to], lows[from:to]); got != want {
					t.Fatalf("bars %d to %d of %d: %v, want %v", from, to, n, got, want)
				}
			}
		}
	}
}

func TestBranchless(t *testing.T) {
	for _, x := range []float64{5e-324, 0.5, 1, 1.5, math.MaxFloat64, math.Inf(1)} {
		for _, y := range []float64{5e-324, 1, 3} {
			if Least(x, y) != math.Min(x, y) || Greatest(x, y) != math.Max(x, y) {
				t.Errorf("of %v and %v: %v, %v", x, y, Least(x, y), Greatest(x, y))
			}
		}
		if Negative(x) != 0 || Negative(-x) != -x {
			t.Errorf("of %v: %v and %v are below 0", x, Negative(x), Negative(-x))
		}
		if Only(x, true) != x || Only(-x, true) != -x || Only(x, false) != 0 {
			t.Errorf("only %v", x)
		}
	}
}
