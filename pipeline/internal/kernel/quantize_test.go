package kernel_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// By hand: quanta half a unit wide, counted from 10.
func TestQuantizeByHand(t *testing.T) {
	for _, c := range []struct {
		x    float64
		want int16
	}{
		{10, -32768},
		{10.25, -32768},
		{10.5, -32767},
		{10.75, -32767},
		{11, -32766},
		{9, -32768},
		{10 + 32768.0/2, 0},
		{10 + 65534.0/2, 32766},
		{10 + 65535.0/2, 32767},
		{1e300, 32767},
		{math.Inf(1), 32767},
		{math.Inf(-1), -32768},
	} {
		// 40 bars: vectors and the rest behind them.
		dst, src := make([]int16, 40), constant(c.x, 40)
		kernel.Quantize(dst, src, 10, 2)
		for i, got := range dst {
			if got != c.want {
				t.Fatalf("%v, bar %d: got %d, want %d", c.x, i, got, c.want)
			}
		}
	}
}

// naiveQuantum is the definition, by way of math.Floor.
func naiveQuantum(x, lo, scale float64) int16 {
	q := (x - lo) * scale
	if math.IsNaN(q) {
		q = 0
	}
	return int16(math.Floor(math.Max(0, math.Min(kernel.Quanta-1, q))) - kernel.Quanta/2)
}

func TestQuantizeOnEverySize(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	values := slices.Concat(awkward, []float64{0.1, 0.25, 17, 31.999, 32767.5, 65534.99, 65535, 65536, 1e9, 1e19})
	everySize(func(bars, skew int) {
		src := pickFrom(r, values, bars, skew)
		lo, scale := []float64{0, -1, 0.1, 1e6}[r.IntN(4)], []float64{1, 0, 0.37, 1e4, math.Inf(1)}[r.IntN(5)]
		memory := make([]int16, skew+bars+1)
		memory[skew+bars] = 77
		kernel.Quantize(memory[skew:skew+bars], src, lo, scale)
		for i, x := range src {
			if got, want := memory[skew+i], naiveQuantum(x, lo, scale); got != want {
				t.Fatalf("bar %d of %d: %v from %v × %v: got %d, want %d", i, bars, x, lo, scale, got, want)
			}
		}
		if memory[skew+bars] != 77 {
			t.Fatalf("%d bars: wrote past the end", bars)
		}
	})
}

func TestRangeOnEverySize(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	everySize(func(bars, skew int) {
		values := awkward
		if r.IntN(2) == 0 {
			values = []float64{nan, math.Inf(1), math.Inf(-1), r.NormFloat64()}[:3+r.IntN(2)]
		}
		src := pickFrom(r, values, bars, skew)
		finite := slices.DeleteFunc(slices.Clone(src), func(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) })
		wantLo, wantHi := 0.0, 0.0
		if len(finite) > 0 {
			wantLo, wantHi = slices.Min(finite), slices.Max(finite)
		}
		lo, hi, ok := kernel.Range(src)
		if ok != (len(finite) > 0) || lo != wantLo || hi != wantHi || lo == 0 && math.Signbit(lo) || hi == 0 && math.Signbit(hi) {
			t.Fatalf("%d bars: got %v to %v, %v, want %v to %v of %d values", bars, lo, hi, ok, wantLo, wantHi, len(finite))
		}
	})
}

// The spread that Quanta documents uses all quanta.
func TestQuantizeSpreads(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), 1, 100).Draw(t, "column")
		lo, hi, ok := kernel.Range(src)
		if !ok || hi-lo < 1e-6 {
			t.Skip("no range")
		}
		dst := make([]int16, len(src))
		kernel.Quantize(dst, src, lo, (kernel.Quanta-1)/(hi-lo))
		if least, greatest := slices.Min(dst), slices.Max(dst); least != math.MinInt16 || greatest < math.MaxInt16-1 {
			t.Fatalf("quanta from %d to %d", least, greatest)
		}
	})
}

// Quanta never contradict the order of the values, whatever lo and scale.
func TestQuantaAgreeWithOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.SampledFrom(awkward), rapid.Float64(), rapid.Float64Range(90, 110))
		a := rapid.SliceOfN(value, 0, 200).Draw(t, "a")
		b := rapid.SliceOfN(value, len(a), len(a)).Draw(t, "b")
		lo := rapid.OneOf(rapid.SampledFrom([]float64{0, 90, math.Inf(-1), math.Inf(1), nan}), rapid.Float64()).Draw(t, "lo")
		scale := rapid.OneOf(rapid.SampledFrom([]float64{0, 1, 3276, math.Inf(1), nan}), rapid.Float64Min(0)).Draw(t, "scale")
		x, y := make([]int16, len(a)), make([]int16, len(a))
		kernel.Quantize(x, a, lo, scale)
		kernel.Quantize(y, b, lo, scale)
		gt, lt := kernel.MakeBits(len(a)), kernel.MakeBits(len(a))
		kernel.OrderQuanta(gt, lt, x, y)
		for i := range a {
			if math.IsNaN(a[i]) || math.IsNaN(b[i]) {
				continue
			}
			if gt.Get(i) && !(a[i] > b[i]) || lt.Get(i) && !(a[i] < b[i]) {
				t.Fatalf("bar %d: %v and %v became %d and %d", i, a[i], b[i], x[i], y[i])
			}
		}
	})
}
