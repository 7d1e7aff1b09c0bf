package kernel_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// unlessNaN is f of windows without NaN, and NaN of the others.
func unlessNaN(f func(window []float64) float64) func(window []float64) float64 {
	return func(window []float64) float64 {
		if slices.ContainsFunc(window, math.IsNaN) {
			return nan
		}
		return f(window)
	}
}

func naiveRank(window []float64) float64 {
	rank := 0.5
	for _, x := range window {
		if newest := window[len(window)-1]; x < newest {
			rank++
		} else if x == newest {
			rank += 0.5
		}
	}
	return rank
}

func naivePercentile(p float64) func(window []float64) float64 {
	return func(window []float64) float64 {
		sorted := slices.Sorted(slices.Values(window))
		at := float64(len(sorted)-1) * (p / 100)
		low, high := sorted[int(math.Floor(at))], sorted[int(math.Ceil(at))]
		return low + (at-math.Floor(at))*(high-low)
	}
}

func naiveMedianDeviation(window []float64) float64 {
	var distances []float64
	for _, x := range window {
		distances = append(distances, math.Abs(x-naivePercentile(50)(window)))
	}
	return naivePercentile(50)(distances)
}

func naiveAge(window []float64) float64 {
	at := 0
	for i, x := range window {
		if x >= window[at] {
			at = i
		}
	}
	return float64(len(window) - 1 - at)
}

// naivePower is the mean power of the deviations from the mean.
func naivePower(window []float64, power float64) float64 {
	sum, mean := 0.0, naiveMean(window)
	for _, x := range window {
		sum += math.Pow(x-mean, power)
	}
	return sum / float64(len(window))
}

// TestFoldsAgainstNaiveProperty: values with ties, constant windows, spikes and holes.
func TestFoldsAgainstNaiveProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src, n := drawColumn(t), max(drawWindow(t), 2)
		p := rapid.SampledFrom([]float64{0, 5, 33.3, 50, 100}).Draw(t, "p")
		scale := largest(src)
		mirrored := make([]float64, len(src))
		kernel.Negate(mirrored, src)
		for _, c := range []struct {
			name             string
			got, want        []float64
			tolerance, scale float64
		}{
			{"rank", apply(kernel.RollingRank, src, n), windowed(src, n, unlessNaN(naiveRank)), 0, 0},
			{"percentile", apply(func(dst, src []float64, n int) { kernel.Percentile(dst, src, n, p) }, src, n), windowed(src, n, unlessNaN(naivePercentile(p))), 1e-14, scale},
			{"mad", apply(kernel.MedianDeviation, src, n), windowed(src, n, unlessNaN(naiveMedianDeviation)), 1e-14, scale},
			{"age of high", apply(func(dst, src []float64, n int) { kernel.ExtremeAge(dst, src, n, 1) }, src, n), windowed(src, n, unlessNaN(naiveAge)), 0, 0},
			{"age of low", apply(func(dst, src []float64, n int) { kernel.ExtremeAge(dst, src, n, -1) }, src, n), windowed(mirrored, n, unlessNaN(naiveAge)), 0, 0},
			{"sum of millionths", apply(func(dst, src []float64, n int) { kernel.Sum(dst, src, n, 1e6) }, src, n), windowed(src, n, naiveDecimalSum), 0, 0},
			{"sum", apply(func(dst, src []float64, n int) { kernel.Sum(dst, src, n, 0) }, src, n), windowed(src, n, naiveSum), 1e-11, scale},
			{"skew", apply(kernel.Skew, src, n), windowed(src, n, func(w []float64) float64 { return naivePower(w, 3) / math.Pow(naivePower(w, 2), 1.5) }), 1e-7, 1},
			{"kurtosis", apply(kernel.Kurtosis, src, n), windowed(src, n, func(w []float64) float64 { return naivePower(w, 4) / math.Pow(naivePower(w, 2), 2) }), 1e-7, 1},
		} {
			for i := range src {
				if !near(c.got[i], c.want[i], c.tolerance, c.scale) {
					t.Fatalf("%s of %d, bar %d: got %v, want %v", c.name, n, i, c.got[i], c.want[i])
				}
			}
		}
	})
}

// naiveDecimalSum adds up millionths as whole numbers.
func naiveDecimalSum(window []float64) float64 {
	sum := int64(0)
	for _, x := range window {
		if x != x {
			return nan
		}
		sum += int64(math.Round(x * 1e6))
	}
	return float64(sum) / 1e6
}

// TestFoldsOfManyBlocks: windows of several blocks, and those that begin and end with
// one.
func TestFoldsOfManyBlocks(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	src := make([]float64, 9000)
	for i := range src {
		src[i] = 100 + rng.NormFloat64()
	}
	for _, n := range []int{1023, 1024, 1025, 2047, 2048, 2049, 3072, 5000, 8999, 9000, 9001} {
		wantSame(t, apply(func(dst, src []float64, n int) { kernel.ExtremeAge(dst, src, n, 1) }, src, n), windowed(src, n, naiveAge))
		got, deviations := apply(kernel.ZScore, src, n), apply(kernel.StdDev, src, n)
		means := apply(smaOf(0), src, n)
		for i, x := range got {
			if want := (src[i] - means[i]) / deviations[i]; !near(x, want, 1e-10, 1) {
				t.Fatalf("zscore of %d, bar %d: got %v, want %v", n, i, x, want)
			}
		}
	}
}

// TestFlatWindows: what is undefined where nothing moves, and what TA-Lib makes 0.
func TestFlatWindows(t *testing.T) {
	flat, rising := []float64{5, 5, 5, 5}, []float64{1, 2, 3, 4}
	dst := make([]float64, 4)
	last := func(f func()) float64 { f(); return dst[3] }
	for name, c := range map[string][2]float64{
		"zscore":             {last(func() { kernel.ZScore(dst, flat, 3) }), nan},
		"skew":               {last(func() { kernel.Skew(dst, flat, 3) }), nan},
		"kurtosis":           {last(func() { kernel.Kurtosis(dst, flat, 3) }), nan},
		"correlation":        {last(func() { kernel.Correlation(dst, flat, rising, 3, 0) }), 0},
		"correlation, other": {last(func() { kernel.Correlation(dst, rising, flat, 3, 0) }), 0},
		"correlation of one": {last(func() { kernel.Correlation(dst, rising, rising, 3, 1) }), 1},
		"beta":               {last(func() { kernel.Beta(dst, flat, rising, 3) }), 0},
		"cmf":                {last(func() { kernel.CMF(dst, flat, flat, flat, rising, 3) }), 0},
		"cmf without volume": {last(func() { kernel.CMF(dst, rising, flat, flat, make([]float64, 4), 3) }), nan},
		"eom without volume": {last(func() { kernel.EaseOfMovement(dst, rising, flat, []float64{1, 1, 0, 1}, 2) }), nan},
		"parkinson":          {last(func() { kernel.Parkinson(dst, flat, flat, 3) }), 0},
		"yang zhang":         {last(func() { kernel.YangZhang(dst, flat, flat, flat, flat, 3) }), 0},
	} {
		if !near(c[0], c[1], 1e-15, 0) {
			t.Errorf("%s: got %v, want %v", name, c[0], c[1])
		}
	}
	var out [6][]float64
	for i := range out {
		out[i] = make([]float64, 4)
	}
	line := func(src []float64) (bar [6]float64) {
		kernel.Linreg(out[0], out[1], out[2], out[3], out[4], out[5], src, 4)
		for i := range bar {
			bar[i] = out[i][3]
		}
		return bar
	}
	if got := line(rising); got != [6]float64{4, 1, 1, 1, 0, 5} {
		t.Errorf("a rising line: %v", got)
	}
	got := line(flat)
	if !math.IsNaN(got[3]) {
		t.Errorf("r2 of a flat line: %v", got[3])
	}
	if got[3] = 0; got != [6]float64{5, 0, 5, 0, 0, 5} {
		t.Errorf("a flat line: %v", got)
	}
}
