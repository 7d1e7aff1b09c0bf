package kernel

import "math"

// Supertrend is Seban's trend follower as Pine has it (ta.supertrend): bands of k times
// the [ATR] of n around (high + low) / 2, of which the lower one never falls as long as
// the close before is not below it, and the upper one never rises as long as that is
// not above it. The direction is 1 where the level is the lower band and -1 where it is
// the upper one; it changes where the close is beyond the level's band, and begins with
// -1 at the first value, the bar of the (n+1)-th known one. A bar on which high, low or
// close is NaN is NaN and otherwise skipped, as if it did not exist. It goes through an
// asset piece by piece from its first bar; copies go on from where it stands.
type Supertrend struct {
	window int
	k      float64

	mean         wilder
	close        float64 // of the last known bar, NaN before the first
	begun        bool
	upper, lower float64
	direction    float64
}

// NewSupertrend returns the trend before its first bar. n is at least 1.
func NewSupertrend(n int, k float64) Supertrend {
	return Supertrend{window: n, k: k, close: math.NaN()}
}

// Next writes level and direction of the bars that follow those of the call before.
func (s *Supertrend) Next(level, direction, high, low, closes []float64) {
	checkWindow(level, closes, s.window)
	checkLength(len(direction), len(closes))
	checkLength(len(level), len(high))
	checkLength(len(level), len(low))
	for i, c := range closes {
		h, l := high[i], low[i]
		level[i], direction[i] = math.NaN(), math.NaN()
		if h != h || l != l || c != c {
			continue
		}
		before := s.close
		s.close = c
		if before != before || !s.mean.add(trueRange(h, l, before), s.window) {
			continue
		}
		s.add(0.5*h+0.5*l, float64(s.k*s.mean.mean), before, c)
		level[i], direction[i] = s.upper, s.direction
		if s.direction > 0 {
			level[i] = s.lower
		}
	}
}

func (s *Supertrend) add(middle, width, before, closes float64) {
	upper, lower := middle+width, middle-width
	if !s.begun {
		s.begun, s.upper, s.lower, s.direction = true, upper, lower, -1
		return
	}
	if upper < s.upper || before > s.upper {
		s.upper = upper
	}
	if lower > s.lower || before < s.lower {
		s.lower = lower
	}
	switch {
	case s.direction < 0 && closes > s.upper:
		s.direction = 1
	case s.direction > 0 && closes < s.lower:
		s.direction = -1
	}
}
