package kernel

import "math"

// TrueRange writes the largest of high − low, |high − c| and |low − c|, where c is the
// close of the bar before, as TA-Lib has it; the first bar has none. It is NaN where one
// of the three is.
func TrueRange(dst, high, low, closes []float64) {
	checkLength(len(dst), len(high))
	checkLength(len(dst), len(low))
	checkLength(len(dst), len(closes))
	before := math.NaN()
	for i, c := range closes {
		h, l := high[i], low[i]
		dst[i] = max(h-l, math.Abs(h-before), math.Abs(l-before))
		before = c
	}
}

// NATRStream is [ATR] as a percentage of the close, 0 where the close is, as TA-Lib has
// it, piece by piece: it goes through an asset from its first bar and keeps what the
// next piece needs.
type NATRStream struct{ ATR ATRStream }

// Next writes the values of the bars that follow those of the call before.
func (s *NATRStream) Next(dst, high, low, closes []float64) {
	s.ATR.Next(dst, high, low, closes)
	for i, c := range closes {
		if span := dst[i]; c != 0 || span != span {
			dst[i] = span / c * 100
		} else {
			dst[i] = 0
		}
	}
}

// KeltnerStream has Keltner's channels as L. Raschke has them: in the middle the
// exponential average of the close, as [EMA], and above and below it K times [ATR]. The
// first value is where both have one. A bar on which high, low or close is NaN is NaN
// and otherwise skipped, as if it did not exist.
type KeltnerStream struct {
	k      float64
	middle average
	spans  ATRStream
}

// NewKeltnerStream returns a stream before its first bar. The windows are at least 1.
func NewKeltnerStream(window int, k float64, atr int) *KeltnerStream {
	return &KeltnerStream{k, average{window: window}, ATRStream{Window: atr}}
}

// Next writes the values of the bars that follow those of the call before.
func (s *KeltnerStream) Next(upper, middle, lower, high, low, closes []float64) {
	checkLength(len(upper), len(closes))
	checkLength(len(middle), len(closes))
	s.spans.Next(lower, high, low, closes)
	for i, c := range closes {
		span := lower[i]
		upper[i], middle[i], lower[i] = math.NaN(), math.NaN(), math.NaN()
		if c != c || high[i] != high[i] || low[i] != low[i] {
			continue
		}
		if full := s.middle.add(c); full && span == span {
			width := float64(s.k * span)
			upper[i], middle[i], lower[i] = s.middle.mean+width, s.middle.mean, s.middle.mean-width
		}
	}
}

// Donchian writes R. Donchian's channel: the highest high and the lowest low of the last
// n bars, and the middle between them. What [Highest] says of warm-up and NaN holds.
func Donchian(upper, middle, lower, high, low []float64, n int) {
	checkLength(len(middle), len(high))
	Highest(upper, high, n)
	Lowest(lower, low, n)
	for i, u := range upper {
		middle[i] = (u + lower[i]) / 2
	}
}

// HeikinAshi has the bars of D. Valcu's heikin-ashi: the close is the mean of open,
// high, low and close, the open the middle of open and close of the bar before, of the
// first bar the middle of its own, and high and low reach to both. A bar with a NaN is
// NaN and otherwise skipped.
type HeikinAshi struct {
	known bool
	next  float64 // the open of the bar that follows
}

// Next writes the bars that follow those of the call before.
func (s *HeikinAshi) Next(opens, highs, lows, closes, open, high, low, last []float64) {
	checkLength(len(opens), len(open))
	checkLength(len(highs), len(high))
	checkLength(len(lows), len(low))
	checkLength(len(closes), len(last))
	for i, o := range open {
		h, l, c := high[i], low[i], last[i]
		mean := (o + h + l + c) / 4
		if mean != mean {
			opens[i], highs[i], lows[i], closes[i] = mean, mean, mean, mean
			continue
		}
		if !s.known {
			s.known, s.next = true, (o+c)/2
		}
		opens[i], closes[i] = s.next, mean
		highs[i], lows[i] = max(h, s.next, mean), min(l, s.next, mean)
		s.next = (s.next + mean) / 2
	}
}
