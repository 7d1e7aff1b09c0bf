package kernel

import "math"

// PPO is the percentage price oscillator as TA-Lib has it with exponential averages:
// 100 × ([EMA] of fast - EMA of slow) / EMA of slow, 0 where the last is 0; where the
// fast window is the longer one, the two change places. Its first value is at the bar
// of the slow-th known one. A NaN bar is NaN and otherwise skipped, as if it did not
// exist. It goes through a column piece by piece from its first bar.
type PPO struct{ fast, slow average }

// NewPPO returns the oscillator before its first bar. The windows are at least 1.
func NewPPO(fast, slow int) PPO {
	return PPO{average{window: min(fast, slow)}, average{window: max(fast, slow)}}
}

// Next writes the values of the bars that follow those of the call before.
func (s *PPO) Next(dst, src []float64) {
	checkWindow(dst, src, s.fast.window)
	for i, x := range src {
		dst[i] = math.NaN()
		if x != x {
			continue
		}
		s.fast.add(x)
		if s.slow.add(x) {
			dst[i] = percentOf(s.fast.mean-s.slow.mean, s.slow.mean)
		}
	}
}

// TSI is Blau's true strength index (1991), -100 to 100: of the moves from bar to bar
// the [EMA] of fast of the EMA of slow, as a part of the same of their magnitudes, 0
// where that is 0. Its first value is at the bar of the (slow+fast)-th known one. A NaN
// bar is NaN and otherwise skipped, as if it did not exist. It goes through a column
// piece by piece from its first bar.
type TSI struct {
	previous              float64
	moves, sizes          average
	smoothed, smoothSizes average
}

// NewTSI returns the index before its first bar. The windows are at least 1.
func NewTSI(slow, fast int) TSI {
	long, short := average{window: slow}, average{window: fast}
	return TSI{math.NaN(), long, long, short, short}
}

// Next writes the values of the bars that follow those of the call before.
func (s *TSI) Next(dst, src []float64) {
	checkWindow(dst, src, min(s.moves.window, s.smoothed.window))
	for i, x := range src {
		dst[i] = math.NaN()
		if x != x {
			continue
		}
		d := x - s.previous
		first := s.previous != s.previous
		if s.previous = x; first {
			continue
		}
		s.sizes.add(math.Abs(d))
		if !s.moves.add(d) {
			continue
		}
		s.smoothSizes.add(s.sizes.mean)
		if s.smoothed.add(s.moves.mean) {
			dst[i] = percentOf(s.smoothed.mean, s.smoothSizes.mean)
		}
	}
}

// CMO is Chande's momentum oscillator, -100 to 100, as TA-Lib has it: with the means
// of rises and falls of [RSI], where Chande has plain sums, 100 × (gain - loss) /
// (gain + loss). In all else it is as RSI. It goes through a column piece by piece
// from its first bar.
type CMO struct {
	window     int
	previous   float64
	gain, loss wilder
}

// NewCMO returns the oscillator before its first bar. n is at least 1.
func NewCMO(n int) CMO { return CMO{window: n, previous: math.NaN()} }

// Next writes the values of the bars that follow those of the call before.
func (s *CMO) Next(dst, src []float64) {
	checkWindow(dst, src, s.window)
	for i, x := range src {
		dst[i] = math.NaN()
		if x != x {
			continue
		}
		rise, fall := move(x, s.previous)
		first := s.previous != s.previous
		if s.previous = x; first {
			continue
		}
		s.gain.add(rise, s.window)
		if !s.loss.add(fall, s.window) {
			continue
		}
		gain, loss := s.gain.mean, s.loss.mean
		if gain+loss < flatMove {
			dst[i] = 0
		} else {
			dst[i] = percentOf(gain-loss, gain+loss)
		}
	}
}
