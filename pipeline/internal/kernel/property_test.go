package kernel_test

import (
	"math"
	"os"
	"testing"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/internal/proptest"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

func TestMain(m *testing.M) {
	proptest.Setup()
	os.Exit(m.Run())
}

// drawColumn returns up to 200 bars of magnitudes that change by up to twelve
// orders, with runs of equal values and NaN.
func drawColumn(t *rapid.T) []float64 {
	magnitude := rapid.SampledFrom([]float64{1e-6, 0.01, 1, 100, 1e6})
	value := rapid.Custom(func(t *rapid.T) float64 {
		switch rapid.IntRange(0, 19).Draw(t, "kind") {
		case 0:
			return nan
		case 1, 2, 3:
			return 10.25
		case 4:
			return magnitude.Draw(t, "spike")
		}
		return float64(rapid.IntRange(-500, 500).Draw(t, "cents")) / 100
	})
	return rapid.SliceOfN(value, 0, 200).Draw(t, "column")
}

func drawWindow(t *rapid.T) int { return rapid.IntRange(1, 40).Draw(t, "window") }

func TestWindowsAgainstNaiveProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src, n := drawColumn(t), drawWindow(t)
		scale := largest(src)
		for _, c := range []struct {
			name             string
			got, want        []float64
			tolerance, scale float64
		}{
			{"sma", apply(smaOf(0), src, n), windowed(src, n, naiveMean), 1e-12, scale},
			{"sma millionths", apply(smaOf(1e6), src, n), windowed(src, n, naiveDecimalMean(1e6)), 0, 0},
			{"ema", apply(kernel.EMA, src, n), naiveEMA(src, n), 1e-12, scale},
			{"rsi", apply(kernel.RSI, src, n), naiveRSI(src, n), 1e-9, 1},
			{"stddev", apply(kernel.StdDev, src, n), windowed(src, n, naiveStdDev), 1e-10, 0},
			{"highest", apply(kernel.Highest, src, n), windowed(src, n, naiveMax), 0, 0},
			{"lowest", apply(kernel.Lowest, src, n), windowed(src, n, naiveMin), 0, 0},
			{"lag", apply(kernel.Lag, src, n), naiveLag(src, n), 0, 0},
		} {
			for i := range src {
				if !near(c.got[i], c.want[i], c.tolerance, c.scale) {
					t.Fatalf("%s of %d, bar %d: got %v, want %v", c.name, n, i, c.got[i], c.want[i])
				}
			}
		}
	})
}

// Prices of a million with cents: no digit of the deviation is lost to the
// size of the price.
func TestStdDevOfHighPrices(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 60).Draw(t, "window")
		base := rapid.SampledFrom([]float64{1e3, 1e6, 1e9}).Draw(t, "base")
		cents := rapid.SliceOfN(rapid.IntRange(0, 99), 0, 300).Draw(t, "cents")
		src, small := make([]float64, len(cents)), make([]float64, len(cents))
		for i, c := range cents {
			src[i] = base + float64(c)/128 // exact, so that the base can be taken away
			small[i] = float64(c) / 128
		}
		want := windowed(small, n, naiveStdDev)
		for i, got := range apply(kernel.StdDev, src, n) {
			if !near(got, want[i], 1e-10, 0) {
				t.Fatalf("bar %d of %v: got %v, want %v", i, base, got, want[i])
			}
		}
	})
}

// Scaling by a power of two is exact, so it must pass through a kernel without
// a trace; and the highest is the lowest of the mirror image.
func TestScalingAndMirror(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src, n := drawColumn(t), drawWindow(t)
		scaled, mirrored := make([]float64, len(src)), make([]float64, len(src))
		for i, x := range src {
			scaled[i], mirrored[i] = 4*x, -x
		}
		for _, k := range all {
			if k.name == "rsi" || k.name == "sma cents" { // TA-Lib's zero and the cent are absolute
				continue
			}
			got, want := apply(k.run, scaled, n), apply(k.run, src, n)
			for i := range src {
				if !same(got[i], 4*want[i]) {
					t.Fatalf("%s of %d, bar %d: got %v of fourfold values, want 4 × %v", k.name, n, i, got[i], want[i])
				}
			}
		}
		high, low := apply(kernel.Highest, src, n), apply(kernel.Lowest, mirrored, n)
		for i := range src {
			if !same(high[i], -low[i]) && !math.IsNaN(high[i]) {
				t.Fatalf("bar %d: highest %v, lowest of the mirror %v", i, high[i], low[i])
			}
		}
	})
}

// FuzzCompare takes two values and repeats them with changes over more than a
// word.
func FuzzCompare(f *testing.F) {
	for _, a := range awkward {
		f.Add(a, 1.0, uint8(0))
		f.Add(1.0, a, uint8(70))
	}
	f.Fuzz(func(t *testing.T, x, y float64, bars uint8) {
		a, b := make([]float64, bars), make([]float64, bars)
		for i := range a {
			a[i], b[i] = x, y
			if i%3 == 1 {
				a[i], b[i] = y, x
			} else if i%7 == 5 {
				a[i] = y
			}
		}
		for _, op := range comparisons {
			got := dirty(len(a))
			kernel.CompareSeries(got, op, a, b)
			wantMask(t, op.String(), got, len(a), func(i int) truth { return naiveCompare(op, a[i], b[i]) })
			kernel.CompareConst(got, op, a, y)
			wantMask(t, op.String()+" const", got, len(a), func(i int) truth { return naiveCompare(op, a[i], y) })
		}
		checkCrosses(t, a, b,
			func(dst kernel.Bits) { kernel.CrossesAbove(dst, a, b) },
			func(dst kernel.Bits) { kernel.CrossesBelow(dst, a, b) },
			func(dst kernel.Bits) { kernel.NotCrossesAbove(dst, a, b) },
			func(dst kernel.Bits) { kernel.NotCrossesBelow(dst, a, b) })
	})
}
