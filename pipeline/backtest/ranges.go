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

// single is the extent of one bar.
func single(high, low float64) extent {
	return extent{int64(math.Float64bits(high)), int64(math.Float64bits(low)), 1}
}

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
		r[0][i] = single(h, lows[i])
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

// forwards writes the extents from the first bar to each.
func forwards(dst []extent, highs, lows []float64) {
	x := single(highs[0], lows[0])
	highs, lows = highs[:len(dst)], lows[:len(dst)]
	dst[0] = x
	for i := 1; i < len(dst); i++ {
		x.append(highs[i], lows[i])
		dst[i] = x
	}
}

// append makes x the extent of one bar more, which comes after the others.
// Only a price below the floor can lower the ratio, which is rare: the
// division is not worth doing for every bar.
func (x *extent) append(high, low float64) {
	if before := fromBits(x.high); low < before*x.ratio*slack {
		x.ratio = min(x.ratio, low/before)
	}
	x.high, x.low = max(x.high, int64(math.Float64bits(high))), min(x.low, int64(math.Float64bits(low)))
}

// backwards writes the extents from each bar to the last.
func backwards(dst []extent, highs, lows []float64) {
	highs, lows = highs[:len(dst)], lows[:len(dst)]
	last := len(dst) - 1
	x := single(highs[last], lows[last])
	dst[last] = x
	for i := last - 1; i >= 0; i-- {
		high := highs[i]
		if after := fromBits(x.low); after < high*x.ratio*slack {
			x.ratio = min(x.ratio, after/high)
		}
		x.high, x.low = max(x.high, int64(math.Float64bits(high))), min(x.low, int64(math.Float64bits(lows[i])))
		dst[i] = x
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
