package kernel

import "math"

// restartWindows is the number of windows that a spread is slid for before it
// is computed afresh, and collapse the drop against its largest value since
// then at which it is computed at once: what has left the window would
// otherwise leave its rounding errors behind.
const (
	restartWindows = 4
	collapse       = 1.0 / 256
)

// StdDev writes the standard deviation of the last n bars, the current one
// included, with divisor n (ddof 0); the first n-1 bars are NaN.
//
// The spread of a window is computed by two passes at the first full window,
// at each multiple of [Anchor], every 4n bars from there, and where it has
// collapsed; in between it is slid by Welford's update of the mean and the
// squared deviations, both relative to a bar of the last restart, which does
// not cancel for high prices with small moves. It agrees with two passes a
// window to 1e-10 relative.
//
// A constant window is exactly 0, and no other window is negative or NaN by
// rounding. A window with NaN or an infinity is NaN and does not affect later
// windows. The cost is O(1 + n/Anchor) a bar.
func StdDev(dst, src []float64, n int) {
	checkWindow(dst, src, n)
	var s spread
	weight := 1 / float64(n)
	equal, finite := 0, 0 // run lengths up to the current bar
	// s holds the window of the bar before, and may be slid until this bar.
	restart := 0
	previous := math.NaN()
	for i, x := range src {
		if x != previous {
			equal, previous = 0, x
		}
		equal++
		finite++
		if x-x != 0 {
			finite = 0
		}
		switch {
		case finite < n:
			dst[i], restart = math.NaN(), 0
			continue
		case equal >= n:
			dst[i], restart = 0, 0
			continue
		case i < restart && s.slide(src[i-n], x, weight):
		default:
			s, restart = newSpread(src[i-n+1:i+1]), nextRestart(i, n)
		}
		dst[i] = math.Sqrt(s.squares * weight)
	}
}

// nextRestart returns the next bar after i at which a spread is computed
// afresh.
func nextRestart(i, n int) int {
	anchor := i - i%Anchor
	every := restartWindows * n
	return min(anchor+Anchor, anchor+((i-anchor)/every+1)*every)
}

// spread is the sum of squared deviations of a window from its mean.
type spread struct {
	// origin is a value of the column that all others are taken relative to;
	// mean is relative to it.
	origin, mean float64
	// squares is the sum, largest the largest that it has been.
	squares, largest float64
}

// newSpread computes a window by two passes.
func newSpread(window []float64) spread {
	s := spread{origin: window[0]}
	for _, x := range window {
		s.mean += x - s.origin
	}
	s.mean /= float64(len(window))
	for _, x := range window {
		d := x - s.origin - s.mean
		s.squares += float64(d * d)
	}
	s.largest = s.squares
	return s
}

// slide replaces the oldest value of a window of 1 / weight bars and reports
// whether the result can be trusted.
func (s *spread) slide(oldest, newest, weight float64) bool {
	oldest -= s.origin
	newest -= s.origin
	before := oldest - s.mean
	s.mean += float64((newest - oldest) * weight)
	s.squares += float64((newest - oldest) * (newest - s.mean + before))
	s.largest = max(s.largest, s.squares)
	return s.squares > s.largest*collapse
}
