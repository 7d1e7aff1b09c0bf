package kernel

import "math"

// flatIndex is below what the index changes by rounding only.
const flatIndex = 1e-10

// StochRSI writes the fast stochastic oscillator of an [RSI] as TA-Lib has it (Chande
// and Kroll 1994): k is where the index of n moves is between its lowest and highest
// of the last window values, 0 to 100, and 0 where these are within 1e-10: the index
// of prices that stand still changes by rounding, of which TA-Lib makes a k. d is the
// mean of the last smooth k. Both have their first value where d has it, at the bar of
// the (n + window + smooth - 1)-th known one. A NaN bar is NaN and otherwise skipped,
// as if it did not exist. From an infinite value on no bar is finite.
func StochRSI(k, d, src []float64, n, window, smooth int) {
	checkWindow(k, src, min(window, smooth))
	RSI(d, src, n)
	// The values of known bars go to the front, and what is made of them back again.
	known, packed := 0, 0
	for i, x := range src {
		if x != x {
			continue
		}
		if known++; known > n {
			d[packed] = d[i]
			packed++
		}
	}
	index, first := d[:packed], min(window-1, packed)
	locate(k[first:packed], index, window)
	var sum exactSum
	smoothPlaces(d[first:packed], k[first:packed], 0, &sum, smooth)
	first = min(first+smooth-1, packed)
	for i := len(src) - 1; i >= 0; i-- {
		x, y := math.NaN(), math.NaN()
		if src[i] == src[i] && packed > 0 {
			if packed--; packed >= first {
				x, y = k[packed], d[packed]
			}
		}
		k[i], d[i] = x, y
	}
}

// locate writes where values are in the windows that end with them, of all windows that
// are full.
func locate(dst, src []float64, window int) {
	var top, bottom extremum
	top.start(src, window, 0)
	bottom.start(src, window, -1)
	for i := range dst {
		bar := i + window - 1
		l := bottom.at(bar)
		if span := top.at(bar) - l; span < flatIndex {
			dst[i] = 0
		} else {
			dst[i] = place(src[bar]-l, span)
		}
	}
}

// smoothPlaces writes the mean of the last values of places, for all from a position on.
// Those before are in the sum.
func smoothPlaces(dst, places []float64, from int, sum *exactSum, smooth int) {
	for i := from; i < len(places); i++ {
		sum.add(places[i])
		if i >= smooth {
			sum.add(-places[i-smooth])
		}
		if dst[i-from] = math.NaN(); i >= smooth-1 {
			dst[i-from] = sum.value() / float64(smooth)
		}
	}
}

// StochRSIStream is [StochRSI] piece by piece.
type StochRSIStream struct {
	rsi                   RSIStream
	window, smooth, known int
	// index and places hold the last values of the index and of k that windows still
	// have, and while a piece is computed its own.
	index, places, means []float64
	sum                  exactSum
}

// NewStochRSIStream returns a stream before its first bar. The windows are at least 1.
func NewStochRSIStream(n, window, smooth int) *StochRSIStream {
	return &StochRSIStream{rsi: RSIStream{Window: n}, window: window, smooth: smooth}
}

// Next writes the values of the bars that follow those of the call before.
func (s *StochRSIStream) Next(k, d, src []float64) {
	checkWindow(k, src, min(s.window, s.smooth))
	s.rsi.Next(d, src)
	before := s.known
	for i, x := range src {
		if x != x {
			continue
		}
		if s.known++; s.known > s.rsi.Window {
			s.index = append(s.index, d[i])
		}
	}
	full := max(len(s.index)-s.window+1, 0)
	from := len(s.places)
	s.places = append(s.places, make([]float64, full)...)
	locate(s.places[from:], s.index, s.window)
	s.means = append(s.means[:0], s.places[from:]...)
	smoothPlaces(s.means, s.places, from, &s.sum, s.smooth)
	first := s.rsi.Window + s.window - 1 // known bars before the first place
	at := 0
	for i, x := range src {
		k[i], d[i] = math.NaN(), math.NaN()
		if x != x {
			continue
		}
		if before++; before > first {
			if mean := s.means[at]; before > first+s.smooth-1 {
				k[i], d[i] = s.places[from+at], mean
			}
			at++
		}
	}
	s.index = last(s.index, s.window-1)
	s.places = last(s.places, s.smooth)
}

// last returns the last n of some values, moved to the front of their slice.
func last(values []float64, n int) []float64 {
	n = min(n, len(values))
	copy(values, values[len(values)-n:])
	return values[:n]
}
