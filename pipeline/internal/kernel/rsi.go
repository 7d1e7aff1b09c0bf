package kernel

import "math"

// flatMove is TA-Lib's zero: below it a mean move counts as none.
const flatMove = 1e-14

// RSI writes Wilder's relative strength index, 0 to 100, as TA-Lib has it:
// 100 × gain / (gain + loss), where gain and loss are the means of the first n
// rises and falls and then follow mean + (move - mean) / n. The first value
// stands at the bar of the (n+1)-th known value; bars before it are NaN.
// Where gain + loss is below 1e-14 (a flat window) the answer is 0, as in
// TA-Lib. A NaN bar is NaN and otherwise skipped, as if it did not exist. From
// an infinite value on every bar is NaN; with n = 1, where gain and loss are those
// of one move, that bar and the next.
func RSI(dst, src []float64, n int) {
	checkWindow(dst, src, n)
	s := RSIStream{Window: n}
	s.Next(dst, src)
}

// RSIStream is [RSI] piece by piece: it goes through a column from its first
// bar and keeps what the next piece needs. Copies go on from where it stands.
type RSIStream struct {
	// Window is n, at least 1. It is set once, before the first piece.
	Window int

	known      int // values seen, up to Window + 1
	previous   float64
	gain, loss float64 // sums of the first Window moves, then means
}

// Next writes the values of the bars that follow those of the call before.
func (s *RSIStream) Next(dst, src []float64) {
	checkWindow(dst, src, s.Window)
	i := 0
	for ; i < len(src) && s.known <= s.Window; i++ {
		dst[i] = math.NaN()
		x := src[i]
		if x != x {
			continue
		}
		if s.known > 0 {
			rise, fall := move(x, s.previous)
			s.gain += rise
			s.loss += fall
		}
		s.previous = x
		if s.known++; s.known > s.Window {
			s.gain /= float64(s.Window)
			s.loss /= float64(s.Window)
			dst[i] = relativeStrength(s.gain, s.loss)
		}
	}
	if s.Window == 1 {
		s.single(dst[i:], src[i:])
		return
	}
	weight := 1 / float64(s.Window)
	gain, loss, previous := s.gain, s.loss, s.previous
	for ; i < len(src); i++ {
		x := src[i]
		if x != x {
			dst[i] = x
			continue
		}
		rise, fall := move(x, previous)
		gain += float64(weight * (rise - gain))
		loss += float64(weight * (fall - loss))
		previous = x
		dst[i] = relativeStrength(gain, loss)
	}
	s.gain, s.loss, s.previous = gain, loss, previous
}

// single is Next for means of one move, of which the move before leaves nothing,
// and no rounding either.
func (s *RSIStream) single(dst, src []float64) {
	for i, x := range src {
		dst[i] = x
		if x == x {
			dst[i] = relativeStrength(move(x, s.previous))
			s.previous = x
		}
	}
}

// move returns the rise and the fall to x, one of them 0, without a branch:
// |d| + d is 2d or 0, exactly.
func move(x, previous float64) (rise, fall float64) {
	d := x - previous
	return 0.5 * (math.Abs(d) + d), 0.5 * (math.Abs(d) - d)
}

func relativeStrength(gain, loss float64) float64 {
	total := gain + loss
	if total < flatMove {
		return 0
	}
	return 100 * (gain / total)
}
