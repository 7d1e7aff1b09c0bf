package backtest

import (
	"math"

	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// Tile is the number of bars that are simulated for every trial before the
// next bars are. Tiles begin at multiples of it, counted from the asset's
// first bar.
const Tile = metrics.Tile

// prefix sums up the bars of a tile before one of them, for an account that
// is fully invested: its returns are those of the close.
type prefix struct {
	returns, squares float64 // Σ r, Σ r²
	below, downside  float64 // Σ max(rf − r, 0), Σ min(r − rf, 0)²
	price            float64 // Σ close
}

// tables are what the bars of a tile say about every account that is invested
// in them. They are built once a tile and serve all trials.
type tables struct {
	sums   [Tile + 1]prefix
	ranges ranges // of the closes
	prices ranges // of highs and lows, where there are stops
	// wild says that a close has more than doubled from one bar to the next,
	// is far below the others, or is no price: differences of prefix sums would
	// have too few digits left, or none. disordered says the same of prices
	// that are not in the order of low, open, high.
	wild, disordered bool
}

// steepest is how many times the lowest close the sum of a tile's closes may
// be: 64 times as much as if all were equal.
const steepest = 64 * Tile

// build computes the tables of a tile's closes, which follow one of previous;
// rf is the risk-free return of a bar.
func (t *tables) build(closes []float64, previous, rf float64) {
	var s prefix
	t.sums[0] = s
	largest, lowest := 0.0, math.Inf(1)
	for i, c := range closes {
		r := c/previous - 1
		previous = c
		largest, lowest = max(largest, r), min(lowest, c)
		loss := negative(r - rf)
		s.returns += r
		s.squares += float64(r * r)
		s.below -= loss
		s.downside += float64(loss * loss)
		s.price += c
		t.sums[i+1] = s
	}
	// A close that is no price makes a sum infinite or NaN, or is below 0.
	t.wild = !(largest <= 1 && lowest > 0 && s.price <= lowest*steepest && s.price <= math.MaxFloat64 && s.returns-s.returns == 0)
	if !t.wild {
		t.ranges.build(closes, closes)
	}
}

// buildPrices computes the table of a tile's highs and lows.
func (t *tables) buildPrices(open, high, low []float64) {
	t.disordered = false
	for i, o := range open {
		if !inOrder(o, high[i], low[i]) {
			t.disordered = true
			return
		}
	}
	t.prices.build(high, low)
}

// hold adds the closes of the bars from … to−1, which hold so many units, to a
// tally. entered says that the return of the first has been added.
func (t *tables) hold(sum *tally, units float64, from, to int, entered bool) {
	pure := from
	if entered {
		pure++
	}
	a, s, b := &t.sums[from], &t.sums[pure], &t.sums[to]
	sum.returns += b.returns - s.returns
	sum.squares += b.squares - s.squares
	sum.below += b.below - s.below
	sum.downside += b.downside - s.downside
	sum.equity += float64(units * (b.price - a.price))
	sum.moved += int32(to - pure)
	sum.invested += int32(to - from)
	sum.belowNoise += b.below
	sum.squareNoise += b.squares

	first, second := t.ranges.parts(from, to)
	ratio := min(toBits(sum.ratio), toBits(first.ratio), toBits(second.ratio))
	sum.ratio = fromBits(ratio)
	if later, earlier := fromBits(second.low), fromBits(first.high); later < earlier*sum.ratio*slack {
		sum.ratio = fromBits(min(ratio, toBits(later/earlier)))
	}
	sum.fall(units * fromBits(min(first.low, second.low)))
	sum.rise(units * fromBits(max(first.high, second.high)))
}

// inOrder reports whether the prices of a bar are known, and in their order.
func inOrder(open, high, low float64) bool {
	return low > 0 && low <= open && open <= high && high <= math.MaxFloat64
}

// negative returns min(x, 0) without a branch: the sign of a return is as good
// as random.
func negative(x float64) float64 {
	b := math.Float64bits(x)
	return math.Float64frombits(b & uint64(int64(b)>>63))
}
