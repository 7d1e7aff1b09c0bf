package kernel

import "math"

// Linreg writes the least-squares line through the last n bars, at least 2, where x
// counts them from 0 for the oldest: its value at the newest bar, its slope a bar, its
// value at the oldest bar, the share of the variance that it explains, the standard
// error of the regression √(Σ residual² / (n − 2)), which is 0 for two bars, and its
// value one bar ahead. A window with NaN or an infinity is NaN and does not affect
// later windows. A constant window has no r2, and a line that is it.
func Linreg(value, slope, intercept, r2, stderr, forecast, src []float64, n int) {
	checkWindow(value, src, n)
	for _, dst := range [][]float64{value, slope, intercept, r2, stderr, forecast} {
		checkLength(len(dst), len(src))
		fillNaN(dst)
	}
	bars := float64(n)
	times, half := bars*(bars*bars-1)/12, (bars-1)/2
	free := max(bars-2, 1)
	fold(len(src), n, func(i int) line { return lineAt(src[i]) }, func(i int, w line) {
		rise := w.along / times
		rest := max(w.squares-float64(rise*w.along), 0)
		if n == 2 {
			rest = 0 * rest
		}
		value[i], slope[i], intercept[i] = w.mean+float64(rise*half), rise, w.mean-float64(rise*half)
		r2[i], stderr[i] = 1-rest/w.squares, math.Sqrt(rest/free)
		forecast[i] = w.mean + float64(rise*(half+1))
	})
}

// ZScore writes how many standard deviations, with divisor n, a value lies above the
// mean of the last n bars, at least 2, its own included. A window with NaN or an
// infinity, and a constant one, is NaN and does not affect later windows.
func ZScore(dst, src []float64, n int) {
	checkWindow(dst, src, n)
	fillNaN(dst)
	weight := 1 / float64(n)
	fold(len(src), n, func(i int) spreadOf { return spreadAt(src[i]) }, func(i int, w spreadOf) {
		dst[i] = (src[i] - w.mean) / math.Sqrt(w.squares*weight)
	})
}

// Correlation writes Pearson's correlation over the last n bars, at least 2, of a with
// the values that b had so many bars before each. It is 0 where one of them is
// constant, as TA-Lib has it, and NaN where the window has NaN or an infinity, which
// does not affect later windows. a may be b.
func Correlation(dst, a, b []float64, n, ago int) {
	checkWindow(dst, a, n)
	checkLength(len(dst), len(b))
	fillNaN(dst)
	fold(len(b), n, func(i int) spreadOf {
		if i < ago {
			return spreadAt(math.NaN())
		}
		return spreadAt(b[i-ago])
	}, func(i int, w spreadOf) { dst[i] = w.squares })
	fold(len(a), n, func(i int) joint {
		if i < ago {
			return jointAt(math.NaN(), math.NaN())
		}
		return jointAt(a[i], b[i-ago])
	}, func(i int, w joint) {
		bb := dst[i]
		dst[i] = min(max(w.ab/(math.Sqrt(w.aa)*math.Sqrt(bb)), -1), 1)
		if w.aa == 0 && bb == bb || bb == 0 && w.aa == w.aa {
			dst[i] = 0
		}
	})
}

// Beta writes the slope of the least-squares line of the returns of b on those of a
// over the last n bars, as TA-Lib has it. It is 0 where the returns of a are all the
// same, a return on a price of 0 is 0, and the first n bars have none. A window with
// NaN or an infinity is NaN and does not affect later windows.
func Beta(dst, a, b []float64, n int) {
	checkWindow(dst, a, n)
	checkLength(len(dst), len(b))
	fillNaN(dst)
	fold(len(a), n, func(i int) joint {
		if i == 0 {
			return jointAt(math.NaN(), math.NaN())
		}
		return jointAt(returnOn(a[i-1], a[i]), returnOn(b[i-1], b[i]))
	}, func(i int, w joint) {
		dst[i] = w.ab / w.aa
		if w.aa == 0 && w.ab == w.ab {
			dst[i] = 0
		}
	})
}

// returnOn is the return of a bar, 0 where the price before is what TA-Lib takes for 0.
func returnOn(before, x float64) float64 {
	if math.Abs(before) < flatMove {
		return 0 * x
	}
	return (x - before) / before
}

// Skew writes the skewness m3 / m2^1.5 of the last n bars, at least 2, of moments about
// the mean with divisor n. A constant window has none. A window with NaN or an
// infinity is NaN and does not affect later windows.
func Skew(dst, src []float64, n int) {
	shapes(dst, src, n, func(w shape) float64 {
		return math.Sqrt(float64(n)) * w.m3 / (w.m2 * math.Sqrt(w.m2))
	})
}

// Kurtosis writes the kurtosis m4 / m2² of the last n bars, which is 3 for normal
// values; in all else it is as [Skew].
func Kurtosis(dst, src []float64, n int) {
	shapes(dst, src, n, func(w shape) float64 { return float64(n) * w.m4 / w.m2 / w.m2 })
}

func shapes(dst, src []float64, n int, f func(w shape) float64) {
	checkWindow(dst, src, n)
	fillNaN(dst)
	fold(len(src), n, func(i int) shape { return shape{mean: src[i], m2: 0 * src[i]} }, func(i int, w shape) {
		dst[i] = f(w)
	})
}

// OLSBeta writes the slope of the least-squares line of a on b over the last n bars, at
// least 2; it is 0 where b stands still. A window with NaN or an infinity is NaN and
// does not affect later windows.
func OLSBeta(dst, a, b []float64, n int) {
	regress(dst, a, b, n, func(_ int, _ joint, slope float64) float64 { return slope })
}

// Spread writes how far the newest a lies above the least-squares line of a on b over the
// last n bars; in all else it is as [OLSBeta].
func Spread(dst, a, b []float64, n int) {
	regress(dst, a, b, n, func(i int, w joint, slope float64) float64 {
		return a[i] - w.meanB - float64(slope*(b[i]-w.meanA))
	})
}

func regress(dst, a, b []float64, n int, f func(i int, w joint, slope float64) float64) {
	checkWindow(dst, a, n)
	checkLength(len(dst), len(b))
	fillNaN(dst)
	fold(len(a), n, func(i int) joint { return jointAt(b[i], a[i]) }, func(i int, w joint) {
		slope := w.ab / w.aa
		if w.aa == 0 && w.ab == w.ab {
			slope = 0
		}
		dst[i] = f(i, w, slope)
	})
}

// HalfLife writes the number of bars in which half of a deviation is gone, by the
// least-squares line of the last n moves, at least 2, on the values before them: −ln 2
// over its slope, +Inf where that is not below 0, as nothing comes back. A window with
// NaN or an infinity is NaN and does not affect later windows.
func HalfLife(dst, src []float64, n int) {
	checkWindow(dst, src, n)
	fillNaN(dst)
	fold(len(src), n, func(i int) joint {
		if i == 0 {
			return jointAt(math.NaN(), math.NaN())
		}
		return jointAt(src[i-1], src[i]-src[i-1])
	}, func(i int, w joint) {
		slope := w.ab / w.aa
		switch {
		case w.ab != w.ab:
			dst[i] = w.ab
		case slope < 0:
			dst[i] = -math.Ln2 / slope
		default:
			dst[i] = math.Inf(1)
		}
	})
}

// Product writes the product of the last n bars. A window with NaN is NaN and does not
// affect later windows, and neither does one with an infinity.
func Product(dst, src []float64, n int) {
	checkWindow(dst, src, n)
	fillNaN(dst)
	fold(len(src), n, func(i int) product { return product{src[i]} }, func(i int, w product) { dst[i] = w.v })
}
