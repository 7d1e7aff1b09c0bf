package kernel_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
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

// TestOrderUnits holds the order of averages that are not computed to that of
// averages which are, with many ties, at the largest numbers that are allowed and
// at every place in memory.
func TestOrderUnits(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 11))
	for _, windows := range [][2]int{{1, 1}, {1, 2}, {2, 1}, {3, 7}, {30, 150}, {20, 20}, {50, 200}, {5, 10}} {
		a, b := windows[0], windows[1]
		longest := kernel.MaxOrderUnits(a, b)
		for _, most := range []int64{3, 200, 100_000, (1<<51)/int64(longest) - 1} {
			for _, words := range []int{0, 1, 2, 3, 16} {
				skew := rng.IntN(8)
				bars := 64*words + max(a, b) + rng.IntN(3)
				src := make([]float64, skew+bars)[skew:]
				level := rng.Int64N(most)
				for i := range src {
					src[i] = float64(level) / 100
					if rng.IntN(3) > 0 {
						src[i] = float64(most-rng.Int64N(min(most, 3))) / 100
					}
				}
				sums := make([]float64, bars)
				if !kernel.SumUnits(sums, src, float64(0), longest, 100) {
					t.Fatalf("no sums of up to %d", most)
				}
				got, want := [2]kernel.Bits{}, [2]kernel.Bits{}
				for i := range got {
					got[i], want[i] = kernel.MakeBits(64*words), kernel.MakeBits(64*words)
				}
				kernel.OrderUnits(got[0], got[1], sums, a, b)
				x, y := make([]float64, bars), make([]float64, bars)
				kernel.SMA(x, src, a, 100)
				kernel.SMA(y, src, b, 100)
				kernel.Order(want[0], want[1], x[bars-64*words:], y[bars-64*words:])
				for i, name := range []string{"above", "below"} {
					for w := range words {
						if got[i][w] != want[i][w] {
							t.Fatalf("windows %d and %d of up to %d, %d bars, word %d %s: %x, want %x", a, b, most, bars, w, name, got[i][w], want[i][w])
						}
					}
				}
			}
		}
	}
}

func TestOrderUnitsPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("too few sums: no panic")
		}
	}()
	kernel.OrderUnits(make(kernel.Bits, 1), make(kernel.Bits, 1), make([]float64, 70), 3, 7)
}
