package kernel

import "math"

// EMA writes the exponential moving average with alpha = 2 / (n+1), as TA-Lib
// has it: the value at the n-th known bar is the mean of the first n known
// values, and from then on previous + alpha × (x - previous). Bars before it
// are NaN. A NaN bar is NaN and otherwise skipped, as if it did not exist. From
// an infinite value on no bar is finite, but for n = 1, where the average is x.
func EMA(dst, src []float64, n int) {
	checkWindow(dst, src, n)
	s := EMAStream{Window: n}
	s.Next(dst, src)
}

// EMAStream is [EMA] piece by piece: it goes through a column from its first
// bar and keeps what the next piece needs. Copies go on from where it stands.
type EMAStream struct {
	// Window is n, at least 1. It is set once, before the first piece.
	Window int

	known int     // values seen, up to Window
	mean  float64 // their sum until then, the average from there on
}

// Next writes the averages of the bars that follow those of the call before.
func (s *EMAStream) Next(dst, src []float64) {
	checkWindow(dst, src, s.Window)
	i := 0
	for ; i < len(src) && s.known < s.Window; i++ {
		dst[i] = math.NaN()
		if x := src[i]; x == x {
			s.mean += x
			if s.known++; s.known == s.Window {
				s.mean /= float64(s.Window)
				dst[i] = s.mean
			}
		}
	}
	if s.Window == 1 { // of previous nothing is left, and no rounding of it either
		copy(dst[i:], src[i:])
		return
	}
	alpha, mean := 2/float64(s.Window+1), s.mean
	for ; i < len(src); i++ {
		x := src[i]
		if x != x {
			dst[i] = x
			continue
		}
		// The conversion keeps the product from being fused into the sum.
		mean += float64(alpha * (x - mean))
		dst[i] = mean
	}
	s.mean = mean
}
