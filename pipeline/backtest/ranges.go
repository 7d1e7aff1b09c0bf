package backtest

import (
	"math"
	"math/bits"
)

// extent is what a stretch of bars says about drawdowns: its highest and
// lowest price, and the least ratio of a price to an earlier one or to itself.
// Prices are above 0, so their bits are in the order of their values: high and
// low are kept as bits, because the larger of two whole numbers is one
// conditional move and that of two float64 values a branch.
type extent struct {
	high, low int64
	ratio     float64
}

// single is the extent of one bar.
func single(price float64) extent {
	b := int64(math.Float64bits(price))
	return extent{b, b, 1}
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

// build computes the table of a tile's prices, all of them above 0.
func (r *ranges) build(prices []float64) {
	n := len(prices)
	for i, p := range prices {
		r[0][i] = single(p)
	}
	for k := 1; k < rangeLevels && 1<<k < n; k++ {
		half := 1 << k
		for middle := half; middle < n; middle += 2 * half {
			r.backwards(k, prices, middle-half, middle)
			r.forwards(k, prices, middle, min(middle+half, n))
		}
	}
}

// forwards writes the extents of from … i for every bar i before to.
func (r *ranges) forwards(k int, prices []float64, from, to int) {
	x := single(prices[from])
	out := r[k][from:to]
	for i, p := range prices[from:to] {
		x.append(p)
		out[i] = x
	}
}

// append makes x the extent of one bar more, which comes after the others.
// Only a price below the floor can lower the ratio, which is rare: the
// division is not worth doing for every bar.
func (x *extent) append(price float64) {
	b := int64(math.Float64bits(price))
	if high := fromBits(x.high); price < high*x.ratio*slack {
		x.ratio = min(x.ratio, price/high)
	}
	x.high, x.low = max(x.high, b), min(x.low, b)
}

// extentOf returns the extent of one bar or more.
func extentOf(prices []float64) extent {
	x := single(prices[0])
	for _, p := range prices {
		x.append(p)
	}
	return x
}

// backwards writes the extents of i … to−1 for every bar i from from on.
func (r *ranges) backwards(k int, prices []float64, from, to int) {
	x := single(prices[to-1])
	out := r[k][from:to]
	for i := to - from - 1; i >= 0; i-- {
		p := prices[from+i]
		b := int64(math.Float64bits(p))
		x.high, x.low = max(x.high, b), min(x.low, b)
		if low := fromBits(x.low); low < p*x.ratio*slack {
			x.ratio = min(x.ratio, low/p)
		}
		out[i] = x
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
