package kernel

import "math"

// OBVStream is J. Granville's on-balance volume as TA-Lib has it: the volumes of bars
// that close above the one before less those of bars that close below it; the first bar
// counts. A bar with a NaN is NaN and otherwise skipped, as if it did not exist. From
// an infinite volume on no bar is finite.
type OBVStream struct {
	known  bool
	before float64
	total  total
}

// Next writes the values of the bars that follow those of the call before.
func (s *OBVStream) Next(dst, closes, volume []float64) {
	checkLength(len(dst), len(closes))
	checkLength(len(dst), len(volume))
	for i, c := range closes {
		v := volume[i]
		if dst[i] = math.NaN(); c != c || v != v {
			continue
		}
		switch {
		case !s.known || c > s.before:
			s.known = true
		case c < s.before:
			v = -v
		default:
			v = 0
		}
		s.before = c
		dst[i] = s.total.add(v)
	}
}

// location says where a bar closes, from −1 at its low to 1 at its high. Of a bar
// without a range it is 0, as TA-Lib has it.
func location(high, low, last float64) float64 {
	if span := high - low; span > 0 {
		return ((last - low) - (high - last)) / span
	}
	return 0 * (high + low + last)
}

// ADStream is M. Chaikin's accumulation and distribution line as TA-Lib has it: the sum
// of the volumes, each times ((close − low) − (high − close)) / (high − low). NaN and
// infinities are as those of [OBVStream].
type ADStream struct{ total total }

// Next writes the values of the bars that follow those of the call before.
func (s *ADStream) Next(dst, high, low, closes, volume []float64) {
	checkLength(len(dst), len(high))
	checkLength(len(dst), len(low))
	checkLength(len(dst), len(closes))
	checkLength(len(dst), len(volume))
	for i, c := range closes {
		flow := float64(location(high[i], low[i], c) * volume[i])
		if dst[i] = flow; flow == flow {
			dst[i] = s.total.add(flow)
		}
	}
}

// ADOscStream is Chaikin's oscillator as TA-Lib has it: the exponential average of the
// line of [ADStream] over a fast window less that over a slow one, both of which begin
// with the first value of the line. The first value is where the longer window is full.
type ADOscStream struct {
	line        ADStream
	fast, slow  float64 // weights
	wait        int     // bars before the first value
	known       int
	quick, calm float64
}

// NewADOscStream returns a stream before its first bar. The windows are at least 1.
func NewADOscStream(fast, slow int) *ADOscStream {
	return &ADOscStream{fast: 2 / float64(fast+1), slow: 2 / float64(slow+1), wait: max(fast, slow) - 1}
}

// Next writes the values of the bars that follow those of the call before.
func (s *ADOscStream) Next(dst, high, low, closes, volume []float64) {
	s.line.Next(dst, high, low, closes, volume)
	for i, x := range dst {
		if x != x {
			continue
		}
		if s.known == 0 {
			s.quick, s.calm = x, x
		} else {
			s.quick += float64(s.fast * (x - s.quick))
			s.calm += float64(s.slow * (x - s.calm))
		}
		if dst[i] = s.quick - s.calm; s.known < s.wait {
			dst[i] = math.NaN()
		}
		s.known = min(s.known+1, s.wait+1)
	}
}

// CMF writes Chaikin's money flow: of the last n bars, the sum of the volumes, each
// times ((close − low) − (high − close)) / (high − low), over that of the volumes. A
// window without volume, or with NaN or an infinity, is NaN and does not affect later
// windows.
func CMF(dst, high, low, closes, volume []float64, n int) {
	checkWindow(dst, high, n)
	checkLength(len(dst), len(low))
	checkLength(len(dst), len(closes))
	checkLength(len(dst), len(volume))
	fillNaN(dst)
	fold(len(dst), n, func(i int) sums {
		return sums{a: location(high[i], low[i], closes[i]) * volume[i], b: volume[i]}
	}, func(i int, w sums) { dst[i] = w.a / w.b })
}

// boxVolume is the volume that R. Arms's ease of movement counts in.
const boxVolume = 1e8

// EaseOfMovement writes the mean of the last n bars of how far the middle of a bar lies
// above that of the bar before, times its range, by its volume in 100 millions. The
// first n bars have none. A bar without volume has none either: a window with one, or
// with NaN or an infinity, is NaN and does not affect later windows.
func EaseOfMovement(dst, high, low, volume []float64, n int) {
	checkWindow(dst, high, n)
	checkLength(len(dst), len(low))
	checkLength(len(dst), len(volume))
	before := math.NaN()
	for i, h := range high {
		middle := (h + low[i]) / 2
		dst[i] = finite((middle - before) * (h - low[i]) / volume[i] * boxVolume)
		before = middle
	}
	foldMeans(dst, n, func(mean float64) float64 { return mean })
}

// finite returns x, or NaN for an infinity.
func finite(x float64) float64 {
	if x-x != 0 {
		return math.NaN()
	}
	return x
}

// foldMeans turns values into f of the means of the last n bars.
func foldMeans(dst []float64, n int, f func(mean float64) float64) {
	bars := float64(n)
	fold(len(dst), n, func(i int) sums { return sums{a: dst[i]} }, func(i int, w sums) { dst[i] = f(w.a / bars) })
	fillNaN(dst[:min(n-1, len(dst))])
}

// ForceStream is A. Elder's force index: the exponential average, as [EMA], of the
// change of the close times the volume. The first value is at the bar of the (n+1)-th
// known one. A bar with a NaN is NaN and otherwise skipped, as if it did not exist.
type ForceStream struct {
	known  bool
	before float64
	mean   average
}

// NewForceStream returns a stream before its first bar. The window is at least 1.
func NewForceStream(window int) *ForceStream { return &ForceStream{mean: average{window: window}} }

// Next writes the values of the bars that follow those of the call before.
func (s *ForceStream) Next(dst, closes, volume []float64) {
	checkLength(len(dst), len(closes))
	checkLength(len(dst), len(volume))
	for i, c := range closes {
		v := volume[i]
		if dst[i] = math.NaN(); c != c || v != v {
			continue
		}
		if s.known && s.mean.add(float64((c-s.before)*v)) {
			dst[i] = s.mean.mean
		}
		s.known, s.before = true, c
	}
}

// PVTStream is the price and volume trend: the sum of the volumes, each times the return
// of its bar. The first bar has no return. A bar with a NaN is NaN and otherwise
// skipped, as if it did not exist.
type PVTStream struct {
	known  bool
	before float64
	total  total
}

// Next writes the values of the bars that follow those of the call before.
func (s *PVTStream) Next(dst, closes, volume []float64) {
	checkLength(len(dst), len(closes))
	checkLength(len(dst), len(volume))
	for i, c := range closes {
		v := volume[i]
		if dst[i] = math.NaN(); c != c || v != v {
			continue
		}
		if s.known {
			dst[i] = s.total.add(float64((c - s.before) / s.before * v))
		}
		s.known, s.before = true, c
	}
}
