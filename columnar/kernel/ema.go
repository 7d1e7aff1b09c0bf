package kernel

import "math"

// EMA writes the exponential moving average with alpha = 2 / (n+1), as TA-Lib
// has it: the value at the n-th known bar is the mean of the first n known
// values, and from then on previous + alpha × (x - previous). Bars before it
// are NaN. A NaN bar is NaN and otherwise skipped, as if it did not exist. From
// an infinite value on no bar is finite.
func EMA(dst, src []float64, n int) {
	checkWindow(dst, src, n)
	at, mean := seed(dst, src, n)
	if at == len(src) {
		return
	}
	dst[at] = mean
	alpha := 2 / float64(n+1)
	for i := at + 1; i < len(src); i++ {
		x := src[i]
		if x != x {
			dst[i] = x
			continue
		}
		// The conversion keeps the product from being fused into the sum.
		mean += float64(alpha * (x - mean))
		dst[i] = mean
	}
}

// seed returns the bar of the n-th known value and the mean of the known
// values up to it, and fills dst before it with NaN. It returns len(src)
// where there are fewer than n.
func seed(dst, src []float64, n int) (at int, mean float64) {
	sum, known := 0.0, 0
	for i, x := range src {
		if x == x {
			sum += x
			if known++; known == n {
				return i, sum / float64(n)
			}
		}
		dst[i] = math.NaN()
	}
	return len(src), 0
}
