package kernel

import "math"

// ATR writes Wilder's average true range as TA-Lib has it. The true range of a bar
// is the largest of high − low, |high − c| and |low − c|, where c is the close of the
// bar before, so the first bar has none. The first value, at the bar of the (n+1)-th
// known one, is the mean of the n true ranges up to it; from then on it is
// previous + (range − previous) / n. Bars before it are NaN. A bar on which high, low
// or close is NaN is NaN and otherwise skipped, as if it did not exist. From an
// infinite value on no bar is finite; with n = 1, where the average is the true
// range, that bar and the next.
func ATR(dst, high, low, closes []float64, n int) {
	s := ATRStream{Window: n}
	s.Next(dst, high, low, closes)
}

// ATRStream is [ATR] piece by piece: it goes through an asset from its first bar and
// keeps what the next piece needs.
type ATRStream struct {
	// Window is n, at least 1. It is set once, before the first piece.
	Window int

	known int     // bars seen, up to Window + 1
	close float64 // of the last known bar
	mean  float64 // the sum of the ranges until there are Window, the average from there on
}

// Next writes the averages of the bars that follow those of the call before.
func (s *ATRStream) Next(dst, high, low, closes []float64) {
	checkWindow(dst, closes, s.Window)
	checkLength(len(dst), len(high))
	checkLength(len(dst), len(low))
	weight := 1 / float64(s.Window)
	for i, c := range closes {
		h, l := high[i], low[i]
		dst[i] = math.NaN()
		if h != h || l != l || c != c {
			continue
		}
		span := max(h-l, math.Abs(h-s.close), math.Abs(l-s.close))
		s.close = c
		switch {
		case s.known == 0:
			s.known++
			continue
		case s.Window == 1: // of previous nothing is left, and no rounding of it either
			s.mean = span
		case s.known > s.Window:
			// The conversion keeps the product from being fused into the sum.
			s.mean += float64(weight * (span - s.mean))
		default:
			s.mean += span
			if s.known++; s.known <= s.Window {
				continue
			}
			s.mean /= float64(s.Window)
		}
		dst[i] = s.mean
	}
}
