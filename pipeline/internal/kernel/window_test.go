package kernel_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

type rolling = func(dst, src []float64, n int)

func smaOf(scale int64) rolling {
	return func(dst, src []float64, n int) { kernel.SMA(dst, src, n, scale) }
}

// all are the kernels of a window, by name.
var all = []struct {
	name string
	run  rolling
}{
	{"sma", smaOf(0)},
	{"sma cents", smaOf(100)},
	{"ema", kernel.EMA},
	{"rsi", kernel.RSI},
	{"stddev", kernel.StdDev},
	{"highest", kernel.Highest},
	{"lowest", kernel.Lowest},
	{"lag", kernel.Lag},
}

func TestSMAAgainstNaive(t *testing.T) {
	eachCase(t, func(t *testing.T, src []float64, n int) {
		// Prefix sums round against the sum of a block, not of the window.
		wantNear(t, apply(smaOf(0), src, n), windowed(src, n, naiveMean), 1e-12, largest(src)*kernel.Anchor)
	})
}

func TestDecimalSMAIsExact(t *testing.T) {
	for _, s := range shapes {
		if s.name != "cents" && s.name != "high" {
			continue
		}
		for _, bars := range lengths {
			src := s.column(bars)
			if bars > 10 {
				src[bars/2] = nan
			}
			for _, n := range windowsFor(bars) {
				t.Run(fmt.Sprintf("%s/rows=%d/window=%d", s.name, bars, n), func(t *testing.T) {
					wantSame(t, apply(smaOf(100), src, n), windowed(src, n, naiveDecimalMean(100)))
				})
			}
		}
	}
}

// A window whose values are not all decimal has the anchored definition, the
// others keep the exact one.
func TestDecimalSMAFallsBackPerWindow(t *testing.T) {
	for _, odd := range []float64{0.0000001, 1.0 / 3, math.Inf(1), 1e14, -1e14, math.Nextafter(10.05, 11)} {
		src := shapes[0].column(3000)
		src[1500] = odd
		const n = 20
		got := apply(smaOf(100), src, n)
		exact := windowed(src, n, naiveDecimalMean(100))
		anchored := apply(smaOf(0), src, n)
		for i := range src {
			want := exact[i]
			if i >= 1500 && i < 1500+n {
				want = anchored[i]
			}
			if !same(got[i], want) {
				t.Fatalf("odd value %v, bar %d: got %v, want %v", odd, i, got[i], want)
			}
		}
	}
}

// n × |value| × scale may reach 2^53 and not pass it: 2^53 / 4 cents four
// times is the limit for n = 4.
func TestDecimalSMALimit(t *testing.T) {
	const cents = int64(1 << 51)
	at := float64(cents) / 100
	if got := apply(smaOf(100), []float64{at, at, at, at}, 4)[3]; got != at {
		t.Fatalf("at the limit: got %v, want %v", got, at)
	}
	over := float64(cents+100) / 100
	src := []float64{over, at, over, at}
	if got, want := apply(smaOf(100), src, 4), apply(smaOf(0), src, 4); !same(got[3], want[3]) {
		t.Fatalf("past the limit: got %v, want the anchored %v", got[3], want[3])
	}
}

// Two windows with the same cents in another order are a tie, which a sum of
// float64 values is not: 0.1+0.2+0.3 != 0.3+0.2+0.1.
func TestDecimalSMATies(t *testing.T) {
	a := apply(smaOf(10), []float64{0.1, 0.2, 0.3}, 3)[2]
	b := apply(smaOf(10), []float64{0.3, 0.2, 0.1}, 3)[2]
	if a != b || a != 0.2 {
		t.Fatalf("got %v and %v, want 0.2 twice", a, b)
	}
	if x, y := 0.1, 0.3; x+0.2+y == y+0.2+x {
		t.Fatal("the example shows nothing: the float64 sums are equal")
	}
}

func TestSMAInfinities(t *testing.T) {
	up, down := math.Inf(1), math.Inf(-1)
	src := []float64{1, up, 2, 3, down, up, 4, 5, nan, 6, 7}
	want := []float64{nan, up, up, 2.5, down, nan, up, 4.5, nan, nan, 6.5}
	wantSame(t, apply(smaOf(0), src, 2), want)
	wantSame(t, apply(smaOf(100), src, 2), want)
}

func TestEMAAgainstNaive(t *testing.T) {
	eachCase(t, func(t *testing.T, src []float64, n int) {
		wantNear(t, apply(kernel.EMA, src, n), naiveEMA(src, n), 1e-12, largest(src))
	})
}

func TestRSIAgainstNaive(t *testing.T) {
	eachCase(t, func(t *testing.T, src []float64, n int) {
		wantNear(t, apply(kernel.RSI, src, n), naiveRSI(src, n), 1e-9, 1)
	})
}

func TestStdDevAgainstNaive(t *testing.T) {
	eachCase(t, func(t *testing.T, src []float64, n int) {
		want := windowed(src, n, naiveStdDev)
		for i := range want {
			if math.IsInf(want[i], 0) {
				want[i] = nan // of windows with infinities, not NaN by Inf - mean
			}
		}
		wantNear(t, apply(kernel.StdDev, src, n), want, 1e-10, 0)
	})
}

func TestExtremesAgainstNaive(t *testing.T) {
	eachCase(t, func(t *testing.T, src []float64, n int) {
		wantSame(t, apply(kernel.Highest, src, n), windowed(src, n, naiveMax))
		wantSame(t, apply(kernel.Lowest, src, n), windowed(src, n, naiveMin))
	})
}

func TestLagAgainstNaive(t *testing.T) {
	eachCase(t, func(t *testing.T, src []float64, n int) {
		wantSame(t, apply(kernel.Lag, src, n), naiveLag(src, n))
	})
	src := []float64{1, 2, 3}
	wantSame(t, apply(kernel.Lag, src, 0), src)
	kernel.Lag(src, src, 1)
	wantSame(t, src, []float64{nan, 1, 2})
}

// What a kernel answers at a bar does not depend on how much of the column
// comes after it, to the last bit.
func TestPrefixesAgree(t *testing.T) {
	for _, k := range all {
		t.Run(k.name, func(t *testing.T) {
			for _, s := range shapes {
				src := s.column(2600)
				for _, n := range []int{1, 2, 20, 300, 1024, 1500} {
					whole := apply(k.run, src, n)
					for _, stop := range []int{0, 1, n - 1, n, n + 1, 1000, 1023, 1024, 1025, 2049, 2599} {
						got := apply(k.run, src[:stop], n)
						for i := range got {
							if !same(got[i], whole[i]) {
								t.Fatalf("%s window %d, %d bars read, bar %d: got %v, want %v", s.name, n, stop, i, got[i], whole[i])
							}
						}
					}
				}
			}
		})
	}
}

func TestConstantWindows(t *testing.T) {
	for _, c := range []float64{0.1, 1.0 / 3, 1e6 + 0.01, -7, 1e-9} {
		src := slices.Repeat([]float64{c}, 1500)
		for i := range 700 {
			src[i] = c * float64(i%13)
		}
		const n = 33
		sma, exact, spread := apply(smaOf(0), src, n), apply(smaOf(100), src, n), apply(kernel.StdDev, src, n)
		for i := 700 + n - 1; i < len(src); i++ {
			if sma[i] != c || exact[i] != c || spread[i] != 0 {
				t.Fatalf("constant %v, bar %d: got sma %v, decimal sma %v, stddev %v", c, i, sma[i], exact[i], spread[i])
			}
		}
	}
}

func TestKernelsDoNotAllocate(t *testing.T) {
	src := shapes[9].column(3000)
	dst := make([]float64, len(src))
	for _, k := range all {
		if n := testing.AllocsPerRun(5, func() { k.run(dst, src, 30) }); n != 0 {
			t.Errorf("%s: %v allocations", k.name, n)
		}
	}
}

func TestCallersBugsPanic(t *testing.T) {
	three, two := make([]float64, 3), make([]float64, 2)
	for _, k := range all {
		wantPanic(t, k.name+" window -1", func() { k.run(three, three, -1) })
		wantPanic(t, k.name+" lengths", func() { k.run(two, three, 1) })
		if k.name != "lag" {
			wantPanic(t, k.name+" window 0", func() { k.run(three, three, 0) })
		}
	}
}

func wantPanic(t *testing.T, what string, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Errorf("%s: no panic", what)
		}
	}()
	f()
}

// largest returns the largest finite magnitude of a column.
func largest(src []float64) float64 {
	m := 0.0
	for _, x := range src {
		if a := math.Abs(x); a <= math.MaxFloat64 {
			m = max(m, a)
		}
	}
	return m
}
