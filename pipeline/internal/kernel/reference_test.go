package kernel_test

import (
	"math"
	"slices"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// The functions of this file are the naive twins of the kernels: written to
// be obviously right, from the definitions in SEMANTICS.md, and slow.

var nan = math.NaN()

// windowed applies f to every full window of n values; NaN before.
func windowed(src []float64, n int, f func(window []float64) float64) []float64 {
	out := make([]float64, len(src))
	for i := range src {
		out[i] = nan
		if i+1 >= n {
			out[i] = f(src[i+1-n : i+1])
		}
	}
	return out
}

func naiveSum(window []float64) float64 {
	sum := 0.0
	for _, x := range window {
		sum += x
	}
	return sum
}

func naiveMean(window []float64) float64 {
	if slices.Max(window) == slices.Min(window) {
		return window[0]
	}
	return naiveSum(window) / float64(len(window))
}

// naiveDecimalMean adds whole numbers and divides once.
func naiveDecimalMean(scale float64) func([]float64) float64 {
	return func(window []float64) float64 {
		sum := int64(0)
		for _, x := range window {
			if math.IsNaN(x) {
				return nan
			}
			sum += int64(math.Round(x * scale))
		}
		return float64(sum) / (float64(len(window)) * scale)
	}
}

// naiveStdDev is two passes over the window.
func naiveStdDev(window []float64) float64 {
	mean := naiveMean(window)
	squares := 0.0
	for _, x := range window {
		squares += (x - mean) * (x - mean)
	}
	return math.Sqrt(squares / float64(len(window)))
}

func naiveMax(window []float64) float64 {
	largest := math.Inf(-1)
	for _, x := range window {
		largest = math.Max(largest, x)
	}
	return hasNaN(window, largest)
}

func naiveMin(window []float64) float64 {
	smallest := math.Inf(1)
	for _, x := range window {
		smallest = math.Min(smallest, x)
	}
	return hasNaN(window, smallest)
}

// hasNaN returns NaN where the window has one, which math.Max forgets beside
// an infinity.
func hasNaN(window []float64, otherwise float64) float64 {
	if slices.ContainsFunc(window, math.IsNaN) {
		return nan
	}
	return otherwise
}

// skippingNaN computes f over the known values alone and puts the results
// back at their bars.
func skippingNaN(src []float64, f func(known []float64) []float64) []float64 {
	var known []float64
	for _, x := range src {
		if !math.IsNaN(x) {
			known = append(known, x)
		}
	}
	results := f(known)
	out := make([]float64, len(src))
	for i, x := range src {
		out[i] = nan
		if !math.IsNaN(x) {
			out[i], results = results[0], results[1:]
		}
	}
	return out
}

func naiveEMA(src []float64, n int) []float64 {
	return skippingNaN(src, func(known []float64) []float64 {
		out := make([]float64, len(known))
		alpha := 2 / (float64(n) + 1)
		for i, x := range known {
			switch {
			case i < n-1:
				out[i] = nan
			case n == 1:
				out[i] = x
			case i == n-1:
				out[i] = naiveSum(known[:n]) / float64(n)
			default:
				out[i] = out[i-1] + alpha*(x-out[i-1])
			}
		}
		return out
	})
}

func naiveRSI(src []float64, n int) []float64 {
	return skippingNaN(src, func(known []float64) []float64 {
		out := make([]float64, len(known))
		gain, loss := 0.0, 0.0
		bars := float64(n)
		for i := range known {
			out[i] = nan
			if i == 0 {
				continue
			}
			up := math.Max(known[i]-known[i-1], 0)
			down := math.Max(known[i-1]-known[i], 0)
			if math.IsInf(known[i], 0) || math.IsInf(known[i-1], 0) {
				up = nan // and so is all that follows, but for a mean of one
			}
			switch {
			case n == 1:
				gain, loss = up, down
			case i <= n:
				gain += up / bars
				loss += down / bars
			default:
				gain = (gain*(bars-1) + up) / bars
				loss = (loss*(bars-1) + down) / bars
			}
			if i >= n {
				out[i] = 100 * gain / (gain + loss)
				if gain+loss < 1e-14 {
					out[i] = 0
				}
			}
		}
		return out
	})
}

func naiveLag(src []float64, k int) []float64 {
	out := make([]float64, len(src))
	for i := range out {
		out[i] = nan
		if i >= k {
			out[i] = src[i-k]
		}
	}
	return out
}

// truth is an answer of three-valued logic.
type truth int8

const (
	unknown truth = iota
	no
	yes
)

func (t truth) not() truth {
	return [...]truth{unknown: unknown, no: yes, yes: no}[t]
}

func naiveCompare(op kernel.Compare, a, b float64) truth {
	if math.IsNaN(a) || math.IsNaN(b) {
		return unknown
	}
	holds := map[kernel.Compare]bool{
		kernel.Less: a < b, kernel.LessEqual: a <= b,
		kernel.Greater: a > b, kernel.GreaterEqual: a >= b,
		kernel.Equal: a == b, kernel.NotEqual: a != b,
	}
	if holds[op] {
		return yes
	}
	return no
}

// naiveCrossesAbove is the definition of SEMANTICS.md at bar t.
func naiveCrossesAbove(a, b []float64, t int) truth {
	if t == 0 || math.IsNaN(a[t]) || math.IsNaN(b[t]) || math.IsNaN(a[t-1]) || math.IsNaN(b[t-1]) {
		return unknown
	}
	if a[t] > b[t] && a[t-1] <= b[t-1] {
		return yes
	}
	return no
}
