package kernel

import "math"

// Directional is Wilder's directional movement system (1978) as TA-Lib has it. The
// movement up of a bar is by how much its high is above the one before, where that is
// more than 0 and than by how much its low is below the one before; the movement down
// is the reverse. Sums of both and of the true ranges begin with the first n-1 bars
// that have one before; from then on they are sum − sum / n + that of the bar. A bar on
// which high, low or close is NaN is NaN and otherwise skipped, as if it did not exist.
// What follows an infinite value is NaN, but for n = 1.
//
// It goes through an asset piece by piece from its first bar; copies go on from where
// it stands.
type Directional struct {
	window           int
	known            int // bars seen, up to 2 × window
	high, low, close float64
	plus, minus      float64 // sums of the movements
	ranges           float64
	index, average   float64
}

// NewDirectional returns the system before its first bar. n is at least 1.
func NewDirectional(n int) Directional { return Directional{window: n} }

// DirectionalValue is one of the series of a [Directional].
type DirectionalValue uint8

// The series. The first value of the first three is at the bar of the (n+1)-th known
// one, that of the average at the 2n-th.
const (
	PlusDI       DirectionalValue = iota // 100 × the movement up / true range, 0 for a range of 0
	MinusDI                              // that of the movement down
	DX                                   // 100 × |plus − minus| / (plus + minus), that of the bar before for a sum of 0
	AverageIndex                         // ADX: the mean of the first n DX, then (previous × (n-1) + DX) / n
)

// Next writes one of the series for the bars that follow those of the call before.
func (s *Directional) Next(dst, high, low, closes []float64, what DirectionalValue) {
	checkWindow(dst, closes, s.window)
	checkLength(len(dst), len(high))
	checkLength(len(dst), len(low))
	for i, c := range closes {
		h, l := high[i], low[i]
		dst[i] = math.NaN()
		if h != h || l != l || c != c {
			continue
		}
		s.add(h, l, c)
		switch {
		case s.known <= s.window || what == AverageIndex && s.known < 2*s.window:
		case what == PlusDI:
			dst[i] = indicatorOf(s.plus, s.ranges)
		case what == MinusDI:
			dst[i] = indicatorOf(s.minus, s.ranges)
		case what == DX:
			dst[i] = s.index
		default:
			dst[i] = s.average
		}
	}
}

func indicatorOf(movement, ranges float64) float64 {
	if math.Abs(ranges) < flatMove {
		return 0
	}
	return 100 * (movement / ranges)
}

// add takes a bar in.
func (s *Directional) add(high, low, closes float64) {
	up, down, span := high-s.high, s.low-low, trueRange(high, low, s.close)
	s.high, s.low, s.close = high, low, closes
	switch {
	case up > 0 && up > down:
		down = 0
	case down > 0 && down > up:
		up = 0
	default:
		up, down = 0, 0
	}
	bars := float64(s.window)
	switch {
	case s.known == 0:
		s.known++
		return
	case s.known < s.window:
		s.known++
		s.plus, s.minus, s.ranges = s.plus+up, s.minus+down, s.ranges+span
		return
	}
	s.plus = s.plus - s.plus/bars + up
	s.minus = s.minus - s.minus/bars + down
	s.ranges = s.ranges - s.ranges/bars + span
	plus, minus := indicatorOf(s.plus, s.ranges), indicatorOf(s.minus, s.ranges)
	moves := !(plus+minus < flatMove)
	if moves {
		s.index = 100 * (math.Abs(plus-minus) / (plus + minus))
	}
	switch {
	case s.known < 2*s.window:
		if moves {
			s.average += s.index
		}
		if s.known++; s.known == 2*s.window {
			s.average /= bars
		}
	case moves:
		s.average = (float64(s.average*(bars-1)) + s.index) / bars
	}
}
