package kernel

import "math"

// RMA writes Wilder's moving average: the mean of the first n known values at the
// n-th of them, and from then on previous + (x - previous) / n. A NaN bar is NaN and
// otherwise skipped, as if it did not exist. From an infinite value on no bar is
// finite, but for n = 1, where the average is x.
func RMA(dst, src []float64, n int) {
	s := RMAStream{Window: n}
	s.Next(dst, src)
}

// RMAStream is [RMA] piece by piece.
type RMAStream struct {
	// Window is n, at least 1. It is set once, before the first piece.
	Window int

	mean wilder
}

// Next writes the averages of the bars that follow those of the call before.
func (s *RMAStream) Next(dst, src []float64) {
	checkWindow(dst, src, s.Window)
	for i, x := range src {
		dst[i] = math.NaN()
		if x == x && s.mean.add(x, s.Window) {
			dst[i] = s.mean.mean
		}
	}
}

// wilder is the average of known values of [RMA].
type wilder struct {
	known int
	mean  float64 // the sum until the window is full
}

// add takes a value in and reports whether the window of n is full.
func (w *wilder) add(x float64, n int) bool {
	switch {
	case n == 1: // of the average before nothing is left, and no rounding of it either
		w.known, w.mean = 1, x
	case w.known == n:
		// The conversion keeps the product from being fused into the sum.
		w.mean += float64(1 / float64(n) * (x - w.mean))
	default:
		w.mean += x
		if w.known++; w.known == n {
			w.mean /= float64(n)
		}
	}
	return w.known == n
}

// EWM writes the exponential average that begins with the first known value, as
// pandas has it (ewm(span=n, adjust=False, min_periods=n, ignore_na=True)): from then
// on previous + 2 / (n+1) × (x - previous). The bars before the n-th known value are
// NaN. In all else it is as [EMA].
func EWM(dst, src []float64, n int) {
	s := EWMStream{Window: n}
	s.Next(dst, src)
}

// EWMStream is [EWM] piece by piece.
type EWMStream struct {
	// Window is n, at least 1. It is set once, before the first piece.
	Window int

	known int // values seen, up to Window
	mean  float64
}

// Next writes the averages of the bars that follow those of the call before.
func (s *EWMStream) Next(dst, src []float64) {
	checkWindow(dst, src, s.Window)
	alpha := 2 / float64(s.Window+1)
	for i, x := range src {
		dst[i] = math.NaN()
		if x != x {
			continue
		}
		if s.known == 0 || s.Window == 1 {
			s.mean = x
		} else {
			s.mean += float64(alpha * (x - s.mean))
		}
		if s.known < s.Window {
			s.known++
		}
		if s.known == s.Window {
			dst[i] = s.mean
		}
	}
}

// ZLEMA writes the zero lag exponential average of Ehlers and Way (2010): the [EMA] of
// n of 2x - x[k], the value of k = (n-1) / 2 bars before, rounded down. The first
// value stands at the bar of the (n+k)-th known one. A NaN bar is NaN and otherwise
// skipped, as if it did not exist.
func ZLEMA(dst, src []float64, n int) {
	s := newZLEMA(n)
	s.past.column = src
	s.Next(dst, src)
}

// ZLEMAStream is [ZLEMA] piece by piece.
type ZLEMAStream struct {
	mean average
	past delay
}

// NewZLEMAStream returns a stream before its first bar. n is at least 1.
func NewZLEMAStream(n int) *ZLEMAStream {
	s := newZLEMA(n)
	s.past.ring = make([]float64, s.past.n)
	return &s
}

func newZLEMA(n int) ZLEMAStream {
	return ZLEMAStream{mean: average{window: n}, past: delay{n: (n - 1) / 2}}
}

// Next writes the averages of the bars that follow those of the call before.
func (s *ZLEMAStream) Next(dst, src []float64) {
	checkWindow(dst, src, s.mean.window)
	for i, x := range src {
		dst[i] = math.NaN()
		if x != x {
			continue
		}
		old, full := s.past.pass(x)
		if full && s.mean.add(2*x-old) {
			dst[i] = s.mean.mean
		}
	}
}

// delay gives known values of a column back after n more of them. It looks them up in
// the column, where that is there from its first bar on, and else keeps them.
type delay struct {
	n            int
	column, ring []float64 // one of them
	known        int       // values seen, up to n
	next         int       // where the oldest is
}

// pass takes a known value in and returns the one of n before, if there is one.
func (d *delay) pass(x float64) (old float64, full bool) {
	switch {
	case d.n == 0:
		return x, true
	case d.known < d.n:
		if d.column == nil {
			d.ring[d.known] = x
		}
		d.known++
		return 0, false
	case d.column != nil:
		for old = d.column[d.next]; old != old; old = d.column[d.next] {
			d.next++
		}
		d.next++
		return old, true
	}
	old, d.ring[d.next] = d.ring[d.next], x
	if d.next++; d.next == d.n {
		d.next = 0
	}
	return old, true
}
