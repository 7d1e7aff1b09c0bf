package metrics

import (
	"math"
	"slices"
)

// shape is what the returns of all bars, in order, say beyond their sums. It is
// computed once, where the first statistic asks for it.
type shape struct {
	known bool
	// var95 and cvar95 are losses, positive; skew and kurtosis are the biased
	// moments, the second raw; tails is |q₉₅| / |q₀₅|, ulcer √mean(drawdown²).
	var95, cvar95, skew, kurtosis, tails, ulcer float64
}

// ofCurve returns the shape of the curve. It needs two passes over the returns,
// one over the equity and a sort.
func (f *facts) ofCurve() *shape {
	s := &f.shape
	if s.known {
		return s
	}
	*s = shape{true, math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN()}
	if len(f.returns) == 0 {
		return s
	}
	n := float64(len(f.returns))
	mean := f.Returns / n
	var second, third, fourth float64
	for _, r := range f.returns {
		d := r - mean
		square := float64(d * d)
		second += square
		third += float64(square * d)
		fourth += float64(square * square)
	}
	second, third, fourth = second/n, third/n, fourth/n
	if math.Sqrt(second) > lastBits {
		s.skew = third / (second * math.Sqrt(second))
		s.kurtosis = fourth / (second * second)
	}

	*f.sorted = append((*f.sorted)[:0], f.returns...)
	sorted := *f.sorted
	slices.Sort(sorted)
	low, high := quantile(sorted, 0.05), quantile(sorted, 0.95)
	s.var95, s.tails = 0-low, beyond(math.Abs(high))/beyond(math.Abs(low))
	sum, count := 0.0, 0
	for _, r := range sorted {
		if !(r <= low) {
			break
		}
		sum += r
		count++
	}
	s.cvar95 = (0 - sum) / float64(count)

	peak, squares := f.Start, 0.0
	for _, e := range f.equity {
		peak = max(peak, e)
		fall := 1 - e/peak
		squares += float64(fall * fall)
	}
	s.ulcer = math.Sqrt(squares / n)
	return s
}

// quantile returns the q-th quantile of sorted values, of which there are some,
// by linear interpolation between the two nearest (NumPy's default).
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 == len(sorted) {
		return sorted[i]
	}
	return sorted[i] + float64((at-float64(i))*(sorted[i+1]-sorted[i]))
}
