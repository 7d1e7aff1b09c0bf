package kernel_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// lengths are the sizes around the powers of two at which kernels change
// their path: words of 64 bars and blocks of 1,024.
var lengths = []int{0, 1, 2, 3, 7, 8, 9, 31, 32, 33, 63, 64, 65, 127, 128, 129, 1023, 1024, 1025, 2047, 2048, 2049, 2050}

// windowsFor returns the windows to test at a length.
func windowsFor(bars int) []int {
	var windows []int
	for _, n := range []int{1, 2, 3, 14, bars - 1, bars, bars + 1, 1024} {
		if n >= 1 && n <= bars+1 {
			windows = append(windows, n)
		}
	}
	return windows
}

// A shape makes a column; the same arguments make the same one.
type shape struct {
	name string
	at   func(r *rand.Rand, i int) float64
}

var shapes = []shape{
	{"cents", func(r *rand.Rand, _ int) float64 { return float64(1000+r.IntN(50)) / 100 }},
	{"walk", func(r *rand.Rand, i int) float64 { return 100 + 10*math.Sin(float64(i)/37) + r.NormFloat64() }},
	{"high", func(r *rand.Rand, _ int) float64 { return 1e6 + float64(r.IntN(10))/100 }},
	{"constant", func(*rand.Rand, int) float64 { return 0.1 }},
	{"steps", func(_ *rand.Rand, i int) float64 { return 1.1 + float64(i/50) }},
	{"rising", func(_ *rand.Rand, i int) float64 { return float64(i) * 0.3 }},
	{"falling", func(_ *rand.Rand, i int) float64 { return -float64(i) * 0.3 }},
	{"spikes", func(r *rand.Rand, i int) float64 {
		if i%97 == 40 {
			return 1e7
		}
		return 1 + float64(r.IntN(100))/100
	}},
	{"zeros", func(r *rand.Rand, _ int) float64 { return math.Copysign(0, r.Float64()-0.5) }},
	{"nan", func(r *rand.Rand, i int) float64 {
		if r.IntN(60) == 0 || i == 0 {
			return math.NaN()
		}
		return 50 + r.NormFloat64()
	}},
	{"infinite", func(r *rand.Rand, _ int) float64 {
		switch r.IntN(150) {
		case 0:
			return math.Inf(1)
		case 1:
			return math.Inf(-1)
		case 2:
			return math.NaN()
		}
		return 50 + r.NormFloat64()
	}},
	{"all nan", func(*rand.Rand, int) float64 { return math.NaN() }},
}

func (s shape) column(bars int) []float64 {
	r := rand.New(rand.NewPCG(1, uint64(bars)))
	v := make([]float64, bars)
	for i := range v {
		v[i] = s.at(r, i)
	}
	return v
}

// eachCase runs f for every shape, length and window.
func eachCase(t *testing.T, f func(t *testing.T, src []float64, n int)) {
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			for _, bars := range lengths {
				for _, n := range windowsFor(bars) {
					t.Run(fmt.Sprintf("rows=%d/window=%d", bars, n), func(t *testing.T) {
						f(t, s.column(bars), n)
					})
				}
			}
		})
	}
}

// same reports equality with NaN equal to NaN, +0 not equal to -0.
func same(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || math.IsNaN(a) && math.IsNaN(b)
}

// near reports equality within tolerance × the larger magnitude or × scale.
func near(a, b, tolerance, scale float64) bool {
	if a == b || math.IsNaN(a) && math.IsNaN(b) {
		return true
	}
	return math.Abs(a-b) <= tolerance*max(math.Abs(a), math.Abs(b), scale)
}

func wantSame(t *testing.T, got, want []float64) {
	t.Helper()
	for i := range want {
		if !same(got[i], want[i]) {
			t.Fatalf("bar %d: got %v, want %v", i, got[i], want[i])
		}
	}
}

func wantNear(t *testing.T, got, want []float64, tolerance, scale float64) {
	t.Helper()
	for i := range want {
		if !near(got[i], want[i], tolerance, scale) {
			t.Fatalf("bar %d: got %v, want %v (off by %g)", i, got[i], want[i], got[i]-want[i])
		}
	}
}

// apply runs a kernel into a dst full of rubbish, which it must overwrite.
func apply(kernel func(dst, src []float64, n int), src []float64, n int) []float64 {
	dst := make([]float64, len(src))
	for i := range dst {
		dst[i] = -12345
	}
	kernel(dst, src, n)
	return dst
}
