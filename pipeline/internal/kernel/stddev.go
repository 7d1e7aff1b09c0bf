package kernel

import "math"

const (
	// roundings is what part of its squares the bound of their rounding errors, in
	// units of 2^-53, is below where a spread may be slid: the squares are then
	// within 2^-33, the deviation within 6e-11.
	roundings = 1 << 20
	// tiny squares have lost digits to denormal numbers.
	tiny = 1e-270
)

// StdDev writes the standard deviation of the last n bars, the current one
// included, with divisor n (ddof 0); the first n-1 bars are NaN.
//
// The spread of a window is computed by two corrected passes at the first full
// window, at each multiple of [Anchor], and where it has become so much smaller than
// what it has been slid through that rounding errors could show; in between it is
// slid by Welford's update of the mean and the squared deviations, both relative
// to a bar of the last restart, which does not cancel for high prices with small
// moves. It is within 1e-10 of the exact one, whatever has been before the window.
//
// A constant window is exactly 0, and no other window is negative or NaN by
// rounding. A window with NaN or an infinity is NaN and does not affect later
// windows. A value depends only on the window, on n and on the bars from the
// anchor before it on, and n more before those. The cost is O(1 + n/Anchor) a
// bar, and O(n) where a spread is computed afresh.
func StdDev(dst, src []float64, n int) {
	checkWindow(dst, src, n)
	var s spread
	weight := 1 / float64(n)
	equal, finite := 0, 0 // run lengths up to the current bar
	slides := false       // s holds the window of the bar before
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
			dst[i], slides = math.NaN(), false
			continue
		case equal >= n:
			dst[i], slides = 0, false
			continue
		case slides && i%Anchor != 0 && s.slide(src[i-n], x, weight):
		default:
			window := src[i-n+1 : i+1]
			s, slides = newSpread(window, 1, weight), true
			if !(s.squares > tiny && s.squares <= math.MaxFloat64) {
				dst[i], slides = extremeSpread(window, s.squares, weight), false
				continue
			}
		}
		dst[i] = math.Sqrt(s.squares * weight)
	}
}

// spread is the sum of squared deviations of a window from its mean.
type spread struct {
	// origin is a value of the column that all others are taken relative to;
	// mean is relative to it.
	origin, mean float64
	squares      float64 // the sum
	// meanNoise and noise bound the rounding errors of mean and squares, in units
	// of 2^-53.
	meanNoise, noise float64
}

// newSpread computes a window of 1 / weight bars, of values × scale, a power of
// two, by two passes. The mean and the squares are corrected by the sum of the
// deviations, which would be 0 without rounding.
func newSpread(window []float64, scale, weight float64) spread {
	const block = 256 // sums of sums round less
	s := spread{origin: float64(window[0] * scale)}
	for at := 0; at < len(window); at += block {
		sum := 0.0
		for _, x := range window[at:min(at+block, len(window))] {
			sum += float64(x*scale) - s.origin
		}
		s.mean += sum
	}
	s.mean *= weight
	rest := 0.0 // the sum of the deviations
	for at := 0; at < len(window); at += block {
		sum, squares := 0.0, 0.0
		for _, x := range window[at:min(at+block, len(window))] {
			d := float64(x*scale) - s.origin - s.mean
			sum += d
			squares += float64(d * d)
		}
		rest += sum
		s.squares += squares
	}
	correction := float64(rest * weight)
	s.squares -= float64(rest * correction)
	s.mean += correction
	additions := float64(min(len(window), block) + len(window)/block + 4)
	s.meanNoise = 2*math.Abs(s.mean) + float64(additions*math.Sqrt(s.squares*weight))
	s.noise = float64(additions*s.squares) + tiny
	return s
}

// slide replaces the oldest value of a window of 1 / weight bars and reports
// whether the result can be trusted.
func (s *spread) slide(oldest, newest, weight float64) bool {
	oldest -= s.origin
	newest -= s.origin
	before := oldest - s.mean
	change := newest - oldest
	step := float64(change * weight)
	s.mean += step
	both := newest - s.mean + before
	s.squares += float64(change * both)
	s.meanNoise += math.Abs(s.mean) + 4*math.Abs(step)
	s.noise += float64(math.Abs(change)*(2*math.Abs(before)+4*math.Abs(both)+2*s.meanNoise)) + s.squares
	return s.squares*roundings > s.noise
}

// extremeSpread returns the deviation of a window whose squares are too large or
// too small for a float64.
func extremeSpread(window []float64, squares, weight float64) float64 {
	scale := 0x1p600
	if !(squares <= tiny) {
		scale = 0x1p-600
	}
	s := newSpread(window, scale, weight)
	return math.Sqrt(s.squares*weight) / scale
}
