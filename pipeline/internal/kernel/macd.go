package kernel

import "math"

// MACD writes Appel's moving average convergence and divergence as TA-Lib has it. The
// line is the exponential average of the fast window less that of the slow one, the
// signal the average of the line, the histogram the line less the signal; where the
// fast window is the longer one, the two change places.
//
// The averages are those of [EMA], but for where they begin: both averages of the
// line have their first value at the bar on which the slow window is full, which for
// the fast one is the mean of the values of its window up to that bar. So the line
// is not the difference of two EMA, of which the fast one begins earlier. All three
// columns have their first value where the signal has it, at the bar of the
// (slow + signal − 1)-th known value. A NaN bar is NaN and otherwise skipped, as if
// it did not exist. From an infinite value on no bar is finite, but where windows
// are 1.
func MACD(line, signal, histogram, src []float64, fast, slow, n int) {
	s := newMACD(fast, slow, n)
	s.Next(line, signal, histogram, src)
}

// MACDStream is [MACD] piece by piece: it goes through a column from its first bar
// and keeps what the next piece needs.
type MACDStream struct {
	skip               int // known values before the fast average begins
	fast, slow, signal average
}

// NewMACDStream returns a stream before its first bar. The windows are at least 1.
func NewMACDStream(fast, slow, signal int) *MACDStream {
	s := newMACD(fast, slow, signal)
	return &s
}

func newMACD(fast, slow, signal int) MACDStream {
	fast, slow = min(fast, slow), max(fast, slow)
	return MACDStream{slow - fast, average{window: fast}, average{window: slow}, average{window: signal}}
}

// Next writes the values of the bars that follow those of the call before.
func (s *MACDStream) Next(line, signal, histogram, src []float64) {
	checkWindow(line, src, min(s.fast.window, s.signal.window))
	checkLength(len(signal), len(src))
	checkLength(len(histogram), len(src))
	for i, x := range src {
		line[i], signal[i], histogram[i] = math.NaN(), math.NaN(), math.NaN()
		if x != x {
			continue
		}
		if s.skip > 0 {
			s.skip--
		} else {
			s.fast.add(x)
		}
		if !s.slow.add(x) {
			continue
		}
		if l := s.fast.mean - s.slow.mean; s.signal.add(l) {
			line[i], signal[i], histogram[i] = l, s.signal.mean, l-s.signal.mean
		}
	}
}

// average is an exponential average of known values that begins with the mean of
// as many as its window has.
type average struct {
	window, known int
	mean          float64 // the sum until the window is full
}

// add takes a value in and reports whether the window is full.
func (a *average) add(x float64) bool {
	switch {
	case a.window == 1: // of the average before nothing is left, and no rounding of it either
		a.known, a.mean = 1, x
	case a.known == a.window:
		// The conversion keeps the product from being fused into the sum.
		a.mean += float64(2 / float64(a.window+1) * (x - a.mean))
	default:
		a.mean += x
		if a.known++; a.known == a.window {
			a.mean /= float64(a.window)
		}
	}
	return a.known == a.window
}
