package ingest

import (
	"math"
	"slices"
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
)

// The thresholds of moves that are no options.
const (
	// sampledReturns bounds the returns that the deviation is taken from, and
	// fewestReturns is below which there is none.
	sampledReturns = 1024
	fewestReturns  = 20
	// normalMAD makes a median absolute deviation comparable to the standard
	// deviation of a normal distribution: 1 / Φ⁻¹(3/4).
	normalMAD = 1.4826
	// A scale error is a factor from scaleLeast to scaleMost, about 100, that
	// is undone within scaleBars bars to within scaleBack of the price before.
	scaleLeast = 70.0
	scaleMost  = 140.0
	// scaleNear is a factor that is surely smaller, told without a division.
	scaleNear = scaleLeast / 2
	scaleBars = 250
	scaleBack = 2.0
	// splitSlack is how far the ratio of a split may be from that of the prices.
	splitSlack = 0.03
	// reuseLevel is how much prices differ after a long gap.
	reuseLevel = 1.1
)

// splitRatio is a split as people write it.
type splitRatio struct {
	name  string
	ratio float64
}

// splitRatios are new shares for one old. Smaller ratios than 3 for 2 are too
// common among real moves.
var splitRatios = []splitRatio{
	{"3:2", 1.5}, {"2:1", 2}, {"5:2", 2.5}, {"3:1", 3}, {"4:1", 4}, {"5:1", 5}, {"6:1", 6}, {"7:1", 7}, {"8:1", 8},
	{"10:1", 10}, {"12:1", 12}, {"15:1", 15}, {"20:1", 20}, {"25:1", 25}, {"30:1", 30}, {"40:1", 40}, {"50:1", 50}, {"100:1", 100},
	{"2:3", 1 / 1.5}, {"1:2", 1. / 2}, {"1:3", 1. / 3}, {"1:4", 1. / 4}, {"1:5", 1. / 5}, {"1:6", 1. / 6}, {"1:7", 1. / 7}, {"1:8", 1. / 8},
	{"1:10", 1. / 10}, {"1:12", 1. / 12}, {"1:15", 1. / 15}, {"1:20", 1. / 20}, {"1:25", 1. / 25}, {"1:30", 1. / 30}, {"1:40", 1. / 40}, {"1:50", 1. / 50}, {"1:100", 1. / 100},
}

// moves finds what shows between a bar and the one before: jumps, ratios of
// splits, errors of scale, and other companies under the same ticker. Bars
// without a positive close are passed over.
func (in *inspector) moves(s *series, out *inspected) {
	up, down, usual := in.bounds(s)
	before := -1 // the last bar with a close
	for i, c := range s.shut {
		if !(c > 0) {
			continue
		}
		off := s.high[i] > scaleLeast*s.low[i] && in.scaleWithin(s, out, i)
		if before < 0 {
			before = i
			continue
		}
		b := s.shut[before]
		far := c > up*b || c < down*b
		switch {
		case s.times[i]-s.times[before] >= int64(in.q.ReuseGap):
			in.reuse(s, out, before, i)
		case (c > b*scaleNear || c*scaleNear < b) && hundredfold(c/b) && comesBack(s.shut, before, i):
			if !off {
				out.tallies[qualityScale].add(place{bar: i, score: math.Abs(math.Log(c / b)), x: c, y: b}, s.times[i], 1)
			}
			continue // the next close compares with b, too
		case far:
			in.jump(s, out, before, i, usual)
		}
		before = i
	}
}

// usualMove is the median and the robust deviation of an asset's log returns.
type usualMove struct{ median, deviation float64 }

// bounds returns the ratios of closes beyond which a move is a jump. The
// deviation is 1.4826 times the median absolute deviation from the median,
// over the whole history: of at most 1,024 returns evenly spread over it, those
// of 0 left out, which say how often an asset trades and not how far it moves.
func (in *inspector) bounds(s *series) (up, down float64, usual usualMove) {
	returns := make([]float64, 0, min(len(s.shut), sampledReturns))
	pairs := len(s.shut) - 1
	for k := range min(pairs, sampledReturns) {
		i := k
		if pairs > sampledReturns {
			i = int(int64(k) * int64(pairs) / sampledReturns)
		}
		a, b := s.shut[i], s.shut[i+1]
		if a > 0 && b > 0 && a != b {
			if r := math.Log(b / a); r-r == 0 {
				returns = append(returns, r)
			}
		}
	}
	if len(returns) < fewestReturns {
		return math.Inf(1), 0, usual
	}
	usual.median = median(returns)
	for i, r := range returns {
		returns[i] = math.Abs(r - usual.median)
	}
	usual.deviation = normalMAD * median(returns)
	if usual.deviation == 0 {
		return math.Inf(1), 0, usual
	}
	reach := in.q.JumpDeviations * usual.deviation
	return math.Exp(usual.median + reach), math.Exp(usual.median - reach), usual
}

// median returns the median of values, which it sorts; there is at least one.
func median(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	if n%2 == 1 {
		return values[n/2]
	}
	return values[n/2-1]/2 + values[n/2]/2
}

// reuse looks at the prices before and after a long time without bars.
func (in *inspector) reuse(s *series, out *inspected, b, i int) {
	from, to := s.shut[b], s.shut[i]
	if to > reuseLevel*from || to*reuseLevel < from {
		days := int((s.times[i] - s.times[b]) / int64(24*time.Hour))
		out.tallies[qualityTickerReuse].add(place{bar: i, score: float64(days), x: from, y: to, n: days}, s.times[i], 1)
	}
}

// jump counts a move from bar b to bar i that is unusual.
func (in *inspector) jump(s *series, out *inspected, b, i int, usual usualMove) {
	from, to := s.shut[b], s.shut[i]
	score := math.Abs(math.Log(to/from)-usual.median) / usual.deviation
	out.tallies[qualityJump].add(place{bar: i, score: score, x: from, y: to}, s.times[i], 1)
	if k, ok := in.splitLike(s, b, i); ok {
		out.tallies[qualitySplitLike].add(place{bar: i, score: score, x: from, y: s.open[i], n: k}, s.times[i], 1)
	}
}

// hundredfold reports whether a ratio of prices is about 100, or a hundredth.
func hundredfold(ratio float64) bool {
	return ratio >= scaleLeast && ratio <= scaleMost || ratio >= 1/scaleMost && ratio <= 1/scaleLeast
}

// comesBack reports whether one of the bars behind i is on the level of bar b
// again.
func comesBack(shut []float64, b, i int) bool {
	level := shut[b]
	for _, c := range shut[i+1 : min(i+1+scaleBars, len(shut))] {
		if c > level/scaleBack && c < level*scaleBack {
			return true
		}
	}
	return false
}

// scaleWithin reports whether a price of a bar is out of scale with its close,
// and counts it.
func (in *inspector) scaleWithin(s *series, out *inspected, i int) bool {
	c := s.shut[i]
	for _, x := range []float64{s.open[i], s.high[i], s.low[i]} {
		if x > 0 && hundredfold(x/c) {
			out.tallies[qualityScale].add(place{bar: i, score: math.Abs(math.Log(x / c)), x: x, y: c}, s.times[i], 1)
			return true
		}
	}
	return false
}

// splitLike returns the split that prices look like: they open at the ratio of
// one to the close before, the close and the next close are nearer to the new
// level than to the old, and the close before the old one to the old. A split event on the bar explains prices that are
// not adjusted for splits.
func (in *inspector) splitLike(s *series, b, i int) (k int, ok bool) {
	from, open := s.shut[b], s.open[i]
	if !(open > 0) {
		return 0, false
	}
	shares := from / open
	k = slices.IndexFunc(splitRatios, func(r splitRatio) bool { return math.Abs(shares/r.ratio-1) <= splitSlack })
	if k < 0 || in.adjusted != columnar.AdjustedSplits && in.adjusted != columnar.AdjustedAll && splitOn(s, b, i) {
		return 0, false
	}
	middle := math.Sqrt(from * open)
	if b > 0 && s.shut[b-1] > 0 && (s.shut[b-1] > middle) != (from > middle) {
		return 0, false // one bar was off, and this is the way back
	}
	for j := i; j <= min(i+1, len(s.shut)-1); j++ {
		if c := s.shut[j]; c > 0 && (c > middle) != (open > middle) {
			return 0, false
		}
	}
	return k, true
}

// splitOn reports whether a split takes effect on bar i, behind bar b.
func splitOn(s *series, b, i int) bool {
	return slices.ContainsFunc(s.events, func(e columnar.Event) bool {
		return e.Type == columnar.EventSplit && e.Time > s.times[b] && e.Time <= s.times[i]
	})
}
