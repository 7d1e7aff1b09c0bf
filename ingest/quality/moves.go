package quality

import (
	"fmt"
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

// moved is what shows between a bar and the one before, by the rule that it
// breaks.
type moved struct {
	jumps, splits, scales, reuses []place
}

func checkJump(b *bars, t *tally)      { b.addAll(t, b.moved().jumps) }
func checkSplitLike(b *bars, t *tally) { b.addAll(t, b.moved().splits) }
func checkScale(b *bars, t *tally)     { b.addAll(t, b.moved().scales) }
func checkReuse(b *bars, t *tally)     { b.addAll(t, b.moved().reuses) }

func (b *bars) addAll(t *tally, places []place) {
	for _, p := range places {
		t.add(p, b.Times[p.bar], 1)
	}
}

func jumpDetail(_ *bars, p place) string {
	return fmt.Sprintf("close from %s to %s, %.1f deviations", figure(p.x), figure(p.y), p.score)
}

func splitLikeDetail(_ *bars, p place) string {
	return fmt.Sprintf("close %s, then open %s: like a split of %s", figure(p.x), figure(p.y), splitRatios[p.n].name)
}

func scaleDetail(_ *bars, p place) string {
	return fmt.Sprintf("%s beside %s", figure(p.x), figure(p.y))
}

func reuseDetail(_ *bars, p place) string {
	return fmt.Sprintf("close from %s to %s after %d days without bars", figure(p.x), figure(p.y), p.n)
}

// moved looks at every close and the one before: jumps, ratios of splits, errors
// of scale, and other companies under the same ticker, which are one walk, since
// a close of another scale is not compared with the next. Bars without a positive
// close are passed over.
func (b *bars) moved() *moved {
	if b.moves != nil {
		return b.moves
	}
	b.moves = &moved{}
	up, down, usual := b.bounds()
	before := -1 // the last bar with a close
	for i, c := range b.shut {
		if !(c > 0) {
			continue
		}
		off := b.high[i] > scaleLeast*b.low[i] && b.scaleWithin(i)
		if before < 0 {
			before = i
			continue
		}
		last := b.shut[before]
		far := c > up*last || c < down*last
		switch {
		case b.Times[i]-b.Times[before] >= int64(b.q.ReuseGap):
			b.reuse(before, i)
		case (c > last*scaleNear || c*scaleNear < last) && hundredfold(c/last) && comesBack(b.shut, before, i):
			if !off {
				b.moves.scales = append(b.moves.scales, place{bar: i, score: math.Abs(math.Log(c / last)), x: c, y: last})
			}
			continue // the next close compares with the last one, too
		case far:
			b.jump(before, i, usual)
		}
		before = i
	}
	return b.moves
}

// usualMove is the median and the robust deviation of an asset's log returns.
type usualMove struct{ median, deviation float64 }

// bounds returns the ratios of closes beyond which a move is a jump. The
// deviation is 1.4826 times the median absolute deviation from the median,
// over the whole history: of at most 1,024 returns evenly spread over it, those
// of 0 left out, which say how often an asset trades and not how far it moves.
func (b *bars) bounds() (up, down float64, usual usualMove) {
	returns := make([]float64, 0, min(len(b.shut), sampledReturns))
	pairs := len(b.shut) - 1
	for k := range min(pairs, sampledReturns) {
		i := k
		if pairs > sampledReturns {
			i = int(int64(k) * int64(pairs) / sampledReturns)
		}
		from, to := b.shut[i], b.shut[i+1]
		if from > 0 && to > 0 && from != to {
			if r := math.Log(to / from); r-r == 0 {
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
	reach := b.q.JumpDeviations * usual.deviation
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
func (b *bars) reuse(before, i int) {
	from, to := b.shut[before], b.shut[i]
	if to > reuseLevel*from || to*reuseLevel < from {
		days := int((b.Times[i] - b.Times[before]) / int64(24*time.Hour))
		b.moves.reuses = append(b.moves.reuses, place{bar: i, score: float64(days), x: from, y: to, n: days})
	}
}

// jump notes a move between two bars that is unusual.
func (b *bars) jump(before, i int, usual usualMove) {
	from, to := b.shut[before], b.shut[i]
	score := math.Abs(math.Log(to/from)-usual.median) / usual.deviation
	b.moves.jumps = append(b.moves.jumps, place{bar: i, score: score, x: from, y: to})
	if k, ok := b.splitLike(before, i); ok {
		b.moves.splits = append(b.moves.splits, place{bar: i, score: score, x: from, y: b.open[i], n: k})
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
// and notes it.
func (b *bars) scaleWithin(i int) bool {
	c := b.shut[i]
	for _, x := range []float64{b.open[i], b.high[i], b.low[i]} {
		if x > 0 && hundredfold(x/c) {
			b.moves.scales = append(b.moves.scales, place{bar: i, score: math.Abs(math.Log(x / c)), x: x, y: c})
			return true
		}
	}
	return false
}

// splitLike returns the split that prices look like: they open at the ratio of
// one to the close before, the close and the next close are nearer to the new
// level than to the old, and the close before the old one to the old. A split event on the bar explains prices that are
// not adjusted for splits.
func (b *bars) splitLike(before, i int) (k int, ok bool) {
	from, open := b.shut[before], b.open[i]
	if !(open > 0) {
		return 0, false
	}
	shares := from / open
	k = slices.IndexFunc(splitRatios, func(r splitRatio) bool { return math.Abs(shares/r.ratio-1) <= splitSlack })
	if k < 0 || b.adjusted != columnar.AdjustedSplits && b.adjusted != columnar.AdjustedAll && b.splitOn(before, i) {
		return 0, false
	}
	middle := math.Sqrt(from * open)
	if before > 0 && b.shut[before-1] > 0 && (b.shut[before-1] > middle) != (from > middle) {
		return 0, false // one bar was off, and this is the way back
	}
	for j := i; j <= min(i+1, len(b.shut)-1); j++ {
		if c := b.shut[j]; c > 0 && (c > middle) != (open > middle) {
			return 0, false
		}
	}
	return k, true
}

// splitOn reports whether a split takes effect on bar i, or behind the bar before.
func (b *bars) splitOn(before, i int) bool {
	return slices.ContainsFunc(b.Events, func(e columnar.Event) bool {
		return e.Type == columnar.EventSplit && e.Time > b.Times[before] && e.Time <= b.Times[i]
	})
}
