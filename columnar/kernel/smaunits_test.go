package kernel_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/bowstring-engine/bowstring/columnar/kernel"
)

// TestUnitSumsAgainstSMA takes the averages of several windows, of all bars and
// of the last ones, from one set of sums, of the whole column and of later parts
// of it, and compares them with SMA of the same part, to the bit.
func TestUnitSumsAgainstSMA(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 9))
	for _, bars := range []int{1, 2, 7, 8, 9, 63, 65, 300, 1025} {
		src := make([]float64, bars)
		for i := range src {
			src[i] = float64(rng.IntN(200_000)-50_000) / 100
		}
		for _, from := range []int{0, 1, 5, bars / 2} {
			if from >= bars {
				continue
			}
			longest := min(40, bars-from)
			sums, want := make([]float64, bars-from), make([]float64, bars-from)
			if !kernel.SumUnits(sums, src[from:], 0, longest, 100) {
				t.Fatalf("%d bars from %d: cents have no exact sums", bars, from)
			}
			for _, n := range []int{1, 2, 3, 39, 40} {
				if n > longest {
					continue
				}
				kernel.SMA(want, src[from:], n, 100)
				for _, last := range []int{len(sums), len(sums) - 1, len(sums) - n + 1, len(sums) - n, 9, 5, 4, 1, 0} {
					if last < 0 || last > len(sums) {
						continue
					}
					dst := make([]float64, last)
					kernel.AverageUnits(dst, sums, n, 100)
					for i, x := range want[len(want)-last:] {
						if math.Float64bits(dst[i]) != math.Float64bits(x) && !(math.IsNaN(dst[i]) && math.IsNaN(x)) {
							t.Fatalf("%d bars from %d, window %d, bar %d of the last %d: %v, want %v", bars, from, n, i, last, dst[i], x)
						}
					}
				}
			}
		}
	}
}

// TestUnitSumsRefuse: a value that is no cent, NaN, and a sum that a window
// could not hold exactly.
func TestUnitSumsRefuse(t *testing.T) {
	for _, odd := range []float64{1.005, math.NaN(), math.Inf(1), 1e14} {
		src := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, odd, 11}
		if kernel.SumUnits(make([]float64, len(src)), src, 0, 5, 100) {
			t.Errorf("sums of a column with %v", odd)
		}
	}
	src := []float64{1, 2, math.MaxInt32}
	if !kernel.SumUnits(make([]float64, 3), src, 0, 5, 100) {
		t.Error("no sums of a column of whole numbers")
	}
}

// TestUnitSumsGoOn: sums that go on from others are those of all at once.
func TestUnitSumsGoOn(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 10))
	for _, bars := range []int{1, 7, 8, 9, 65, 300} {
		src, want := make([]float64, bars), make([]float64, bars)
		for i := range src {
			src[i] = float64(rng.IntN(200_000)-50_000) / 100
		}
		if !kernel.SumUnits(want, src, 0, 5, 100) {
			t.Fatal("cents have no exact sums")
		}
		for at := range bars {
			got, before := make([]float64, bars), 0.0
			copy(got, want[:at])
			if at > 0 {
				before = want[at-1]
			}
			if !kernel.SumUnits(got[at:], src[at:], before, 5, 100) {
				t.Fatal("cents have no exact sums")
			}
			for i := range got {
				if math.Float64bits(got[i]) != math.Float64bits(want[i]) {
					t.Fatalf("%d bars from %d on, bar %d: %x, want %x", bars, at, i, math.Float64bits(got[i]), math.Float64bits(want[i]))
				}
			}
		}
	}
}
