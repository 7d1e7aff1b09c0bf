package backtest

import (
	"math"
	"math/bits"
)

// extent is what a stretch of bars says about falls: its highest and lowest
// price, and the least ratio of a bar's low to the high of an earlier bar, at
// most 1.
// Prices are above 0, so their bits are in the order of their values: high and
// low are kept as bits, because the larger of two whole numbers is one
// conditional move and that of two float64 values a branch.
type extent struct {
	high, low int64
	ratio     float64
}

// toBits returns the bits of a number above 0, which are in its order.
func toBits(x float64) int64 { return int64(math.Float64bits(x)) }

func fromBits(b int64) float64 { return math.Float64frombits(uint64(b)) }

// rangeLevels is the number of levels that split a tile of Tile bars down to
// single ones.
const rangeLevels = 10

// ranges answers for any stretch of a tile's bars, in two look-ups, what its
// extent is. It is a disjoint sparse table: level k cuts the tile into blocks
// of 2^(k+1) bars and holds, for each bar, the extent from it to the middle of
// its block, or from the middle to it. A stretch is cut in two at the one
// middle where the positions of its ends first differ in their bits. The usual
// sparse table, whose two parts overlap, would be wrong: an earlier price of
// one part must not follow a later one of the other.
//
// A ratio of two prices is rounded once, and rounding keeps order, so the
// least ratio does not depend on how a stretch is cut.
type ranges [rangeLevels][Tile]extent

// build computes the table of a tile's bars, whose prices are all above 0. For
// closes, highs and lows are the same.
func (r *ranges) build(highs, lows []float64) {
	n := len(highs)
	lows = lows[:n]
	for i, h := range highs {
		r[0][i] = extent{toBits(h), toBits(lows[i]), 1}
	}
	for k := 1; k < rangeLevels && 1<<k < n; k++ {
		half := 1 << k
		for middle := half; middle < n; middle += 2 * half {
			end := min(middle+half, n)
			backwards(r[k][middle-half:middle], highs[middle-half:middle], lows[middle-half:middle])
			forwards(r[k][middle:end], highs[middle:end], lows[middle:end])
		}
	}
}

// forwards writes the extents from the first bar to each. Every bar divides:
// whether it falls below all that came before is as good as random, and a
// branch that is foretold wrongly costs more.
func forwards(dst []extent, highs, lows []float64) {
	highs, lows = highs[:len(dst)], lows[:len(dst)]
	high, low, ratio := toBits(highs[0]), toBits(lows[0]), toBits(1)
	dst[0] = extent{high, low, 1}
	for i := 1; i < len(dst); i++ {
		ratio = min(ratio, toBits(lows[i]/fromBits(high)))
		high, low = max(high, toBits(highs[i])), min(low, toBits(lows[i]))
		dst[i] = extent{high, low, fromBits(ratio)}
	}
}

// backwards writes the extents from each bar to the last.
func backwards(dst []extent, highs, lows []float64) {
	highs, lows = highs[:len(dst)], lows[:len(dst)]
	last := len(dst) - 1
	high, low, ratio := toBits(highs[last]), toBits(lows[last]), toBits(1)
	dst[last] = extent{high, low, 1}
	for i := last - 1; i >= 0; i-- {
		ratio = min(ratio, toBits(fromBits(low)/highs[i]))
		high, low = max(high, toBits(highs[i])), min(low, toBits(lows[i]))
		dst[i] = extent{high, low, fromBits(ratio)}
	}
}

// parts returns the two parts of the stretch from … to−1 of a tile; they are
// the same where it is one bar.
func (r *ranges) parts(from, to int) (first, second *extent) {
	last := to - 1
	k := uint(bits.Len32(uint32(from^last))) - 1
	if from == last {
		k = 0
	}
	return &r[k%rangeLevels][from%Tile], &r[k%rangeLevels][last%Tile]
}
