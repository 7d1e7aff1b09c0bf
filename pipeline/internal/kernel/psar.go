package kernel

import "math"

// SAR is Wilder's parabolic stop and reverse (1978) as TA-Lib has it: a level that
// runs after the extreme of a trend by a part of the distance that grows by step with
// each new extreme, up to most, and that the trend turns at. The first value is at the
// second known bar; the trend begins down where the low fell by more than the high
// rose, and up elsewhere. A bar on which high or low is NaN is NaN and otherwise
// skipped, as if it did not exist. It goes through an asset piece by piece from its
// first bar; copies go on from where it stands.
type SAR struct {
	step, most float64

	known         int // bars seen, up to 2
	down          bool
	level, factor float64
	extreme       float64
	high, low     float64 // of the last known bar
}

// NewSAR returns the level before its first bar. A step above most is most.
func NewSAR(step, most float64) SAR {
	step = min(step, most)
	return SAR{step: step, most: most, factor: step}
}

// Next writes the levels of the bars that follow those of the call before.
func (s *SAR) Next(dst, high, low []float64) {
	checkLength(len(dst), len(high))
	checkLength(len(dst), len(low))
	for i, h := range high {
		l := low[i]
		dst[i] = math.NaN()
		if h != h || l != l {
			continue
		}
		switch s.known {
		case 0:
			s.known = 1
		case 1:
			s.known = 2
			fall := s.low - l
			if s.down = fall > 0 && h-s.high < fall; s.down {
				s.level, s.extreme = s.high, l
			} else {
				s.level, s.extreme = s.low, h
			}
			s.high, s.low = h, l // no bar before limits the first level
			dst[i] = s.add(h, l)
		default:
			dst[i] = s.add(h, l)
		}
		s.high, s.low = h, l
	}
}

// add returns the level of a bar and prepares that of the next.
func (s *SAR) add(high, low float64) float64 {
	turns := !s.down && low <= s.level || s.down && high >= s.level
	if turns {
		s.down = !s.down
		s.level = s.limited(s.extreme, high, low)
	}
	level, end, further := s.level, high, high > s.extreme
	if s.down {
		end, further = low, low < s.extreme
	}
	switch {
	case turns:
		s.extreme, s.factor = end, s.step
	case further:
		s.extreme, s.factor = end, min(s.factor+s.step, s.most)
	}
	s.level = s.limited(s.level+float64(s.factor*(s.extreme-s.level)), high, low)
	return level
}

// limited keeps a level out of the span of a bar and the one before.
func (s *SAR) limited(level, high, low float64) float64 {
	if s.down {
		return max(level, s.high, high)
	}
	return min(level, s.low, low)
}
