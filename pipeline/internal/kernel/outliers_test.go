package kernel_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// drawOutliers returns up to three blocks of bars at a level from 0 to 10^12, with
// outliers of up to 10^15, sentinels of 2^63, infinite and unknown values among
// them, and a window.
func drawOutliers(t *rapid.T) (src []float64, n int) {
	kind := rapid.SampledFrom([]string{"prices", "cents", "volumes", "returns", "teeth", "pauses"}).Draw(t, "kind")
	level := rapid.SampledFrom([]float64{0, 0.01, 1, 100, 1e6, 1e9, 1e12}).Draw(t, "level")
	noise := rapid.SampledFrom([]float64{1e-3, 1, 1e3}).Draw(t, "noise")
	rare := rapid.SampledFrom([]int{3, 50, 700, 1 << 30}).Draw(t, "rare")
	odd := rapid.SampledFrom([]float64{1e15, -1e15, 1 << 63, 1e13 / 3, 1e9, math.Inf(1), math.Inf(-1), nan})
	odds := []float64{odd.Draw(t, "odd"), odd.Draw(t, "odder")}
	period := rapid.IntRange(2, 400).Draw(t, "period")
	src = make([]float64, rapid.IntRange(0, 2600).Draw(t, "bars"))
	n = rapid.OneOf(rapid.IntRange(1, 40), rapid.IntRange(1, 1500)).Draw(t, "window")
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 10))
	for i := range src {
		switch kind {
		case "prices":
			src[i] = level + noise*rng.NormFloat64()
		case "cents":
			src[i] = math.Round((level+noise*rng.NormFloat64())*100) / 100
		case "volumes":
			src[i] = (1 + level) * math.Exp(3*rng.NormFloat64())
		case "returns":
			src[i] = noise * rng.NormFloat64()
		case "teeth":
			src[i] = level + noise*float64(i%period)/3
		case "pauses":
			if i/period%2 == 0 {
				src[i] = level + noise*rng.Float64()
			}
		}
		if rng.IntN(rare) == 0 {
			src[i] = odds[rng.IntN(2)]
			if src[i] == 1e15 {
				src[i] *= rng.Float64()
			}
		}
	}
	return src, n
}

// TestOutliersAgainstExact holds every function of a window to what math/big says,
// over values that dwarf those of other windows: an average is within 1e-12 of the
// largest magnitude in its window, a spread within 1e-10 of itself.
func TestOutliersAgainstExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src, n := drawOutliers(t)
		magnitudes := make([]float64, len(src))
		kernel.Abs(magnitudes, src)
		largest := windowedFast(magnitudes, n, func(a, b float64) bool { return a >= b })
		means, spreads := exactWindows(src, n)
		for name, got := range map[string][]float64{"sma": apply(smaOf(0), src, n), "sma of cents": apply(smaOf(100), src, n)} {
			for i, x := range got {
				want := means[i]
				if i >= n-1 && want != want { // not finite
					want = naiveSum(src[i-n+1 : i+1])
				}
				if x != want && !(math.Abs(x-want) <= 1e-12*largest[i]) && !(x != x && want != want) {
					t.Fatalf("%s of %d, bar %d: got %v, want %v, largest value %v", name, n, i, x, want, largest[i])
				}
			}
		}
		for i, x := range apply(kernel.StdDev, src, n) {
			if !near(x, spreads[i], 1e-10, 0) {
				t.Fatalf("stddev of %d, bar %d: got %v, want %v", n, i, x, spreads[i])
			}
		}
		wantSameIn(t, "highest", apply(kernel.Highest, src, n), windowedFast(src, n, func(a, b float64) bool { return a >= b }))
		wantSameIn(t, "lowest", apply(kernel.Lowest, src, n), windowedFast(src, n, func(a, b float64) bool { return a <= b }))
		wantSameIn(t, "lag", apply(kernel.Lag, src, n), naiveLag(src, n))
	})
}

// TestOutliersInRecursions: what an outlier leaves behind in a recursion is its
// share by definition, and rounding errors fade as it does.
func TestOutliersInRecursions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src, n := drawOutliers(t)
		src = src[:min(len(src), 600)]
		magnitudes := make([]float64, len(src))
		kernel.Abs(magnitudes, src)
		shares := apply(kernel.EMA, magnitudes, n)
		got, want := apply(kernel.EMA, src, n), exactEMA(src, n)
		for i, x := range got {
			switch {
			case n == 1 && same(x, src[i]):
			case i >= len(want):
				if x-x == 0 {
					t.Fatalf("ema of %d, bar %d after an infinite one: %v", n, i, x)
				}
			case !near(x, want[i], 1e-12, shares[i]):
				t.Fatalf("ema of %d, bar %d: got %v, want %v", n, i, x, want[i])
			}
		}
		strengths, tied := exactRSI(src, n)
		for i, x := range apply(kernel.RSI, src, n) {
			switch {
			case i >= len(strengths):
				if x == x && n > 1 {
					t.Fatalf("rsi of %d, bar %d after an infinite one: %v", n, i, x)
				}
			case !tied[i] && !near(x, strengths[i], 1e-9, 1):
				t.Fatalf("rsi of %d, bar %d: got %v, want %v", n, i, x, strengths[i])
			}
		}
	})
}

// TestOutliersReadAnywhere: to the last bit, a value depends neither on where
// reading ends nor on the anchor that it starts at.
func TestOutliersReadAnywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src, n := drawOutliers(t)
		stop := rapid.IntRange(0, len(src)).Draw(t, "stop")
		from := rapid.IntRange(0, stop/kernel.Anchor).Draw(t, "from") * kernel.Anchor
		for _, k := range all {
			if k.name == "ema" || k.name == "rsi" {
				continue
			}
			known := min(from+n-1, stop) // the first bar whose window is read
			if k.name == "lag" {
				known = min(from+n, stop)
			}
			if k.name == "stddev" && from > 0 {
				known = min((known+kernel.Anchor-1)/kernel.Anchor*kernel.Anchor, stop) // it restarts there
			}
			whole, part := apply(k.run, src, n), apply(k.run, src[from:stop], n)
			wantSameIn(t, k.name, part[known-from:], whole[known:stop])
		}
	})
}

// windowedFast returns the value of each window that none other precedes, as
// windowed does, in a time that does not grow with n: a queue of those that may
// still be it.
func windowedFast(src []float64, n int, precedes func(a, b float64) bool) []float64 {
	out := make([]float64, len(src))
	var queue []int
	unknown := -1
	for i, x := range src {
		if x != x {
			unknown = i
		}
		for len(queue) > 0 && !(precedes(src[queue[len(queue)-1]], x) && src[queue[len(queue)-1]] != x) {
			queue = queue[:len(queue)-1]
		}
		if queue = append(queue, i); queue[0] <= i-n {
			queue = queue[1:]
		}
		out[i] = src[queue[0]]
		if i < n-1 || unknown >= 0 && unknown > i-n {
			out[i] = nan
		}
	}
	return out
}

func wantSameIn(t *rapid.T, what string, got, want []float64) {
	for i, x := range want {
		if got[i] != x && (got[i] == got[i] || x == x) {
			t.Fatalf("%s, bar %d: got %v, want %v", what, i, got[i], x)
		}
	}
}

// TestSumsRecover: the bars after a sentinel, an absurd price or an infinite value
// has left the window have the average and the spread of their window, computed by
// adding it up. The values are of two decimals or of many, so that averages are
// exact ones and others.
func TestSumsRecover(t *testing.T) {
	const n = 20
	for _, odd := range []float64{1 << 63, -(1 << 63), 1e15, 1e300, math.MaxFloat64, math.Inf(1), math.Inf(-1), nan} {
		for _, bars := range [][]int{{300}, {1023}, {1024}, {1025, 1030}, {5, 1500}} {
			src := make([]float64, 2500)
			for i := range src {
				src[i] = float64(100_000+i*7919%5000) / 100
			}
			for _, bar := range bars {
				src[bar] = odd
			}
			for _, scale := range []int64{0, 100} {
				got, spreads := apply(smaOf(scale), src, n), apply(kernel.StdDev, src, n)
				for i := n - 1; i < len(src); i++ {
					window := src[i-n+1 : i+1]
					if !near(naiveMax(window), 1000, 0.1, 0) || !near(naiveMin(window), 1000, 0.1, 0) {
						continue // the odd value is in it
					}
					if want := naiveMean(window); !near(got[i], want, 1e-12, 0) {
						t.Fatalf("%v at %v, scale %d, bar %d: average %v, want %v", odd, bars, scale, i, got[i], want)
					}
					if want := naiveStdDev(window); !near(spreads[i], want, 1e-10, 0) {
						t.Fatalf("%v at %v, bar %d: spread %v, want %v", odd, bars, i, spreads[i], want)
					}
				}
			}
		}
	}
}

// TestExtremeWindows: the average of finite values is finite, and so is their
// spread, and neither is lost where squares are too small for a float64.
func TestExtremeWindows(t *testing.T) {
	const large, small = math.MaxFloat64, 0x1p-1000
	for _, c := range []struct{ src, means, spreads []float64 }{
		{[]float64{large, large, -large, large, 0}, []float64{nan, large, 0, 0, large / 2}, []float64{nan, 0, large, large, large / 2}},
		{[]float64{small, 3 * small, 3 * small, -small}, []float64{nan, 2 * small, 3 * small, small}, []float64{nan, small, 0, 2 * small}},
	} {
		wantSame(t, apply(smaOf(0), c.src, 2), c.means)
		wantNear(t, apply(kernel.StdDev, c.src, 2), c.spreads, 1e-15, 0)
	}
}
