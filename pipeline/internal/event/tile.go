package event

import (
	"math"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// Tile is the number of bars that are simulated for every trial before the
// next bars are. Tiles begin at multiples of it, counted from the asset's
// first bar.
const Tile = metrics.Tile

// tables are what the bars of a tile say about every account that is invested
// in them. They are built once a tile and serve all trials.
type tables struct {
	sums   [Tile + 1]kernel.Prefix
	ranges kernel.Ranges // of the closes
	prices kernel.Ranges // of highs and lows, where there are stops
	// steep says that a close has more than doubled from one bar to the next,
	// is far below the others, or is no price: differences of prefix sums would
	// have too few digits left, or none. disordered says the same of prices
	// that are not in the order of low, open, high.
	steep, disordered bool
	highest, lowest   float64 // close
}

// steepest is how many times the lowest close the sum of a tile's closes may
// be: 64 times as much as if all were equal.
const steepest = 64 * Tile

// build computes the tables of a tile's closes, which follow one of previous;
// rf is the risk-free return of a bar.
func (t *tables) build(closes []float64, previous, rf float64) {
	var s kernel.Prefix
	t.sums[0] = s
	largest, lowest, highest := 0.0, math.Inf(1), 0.0
	for i, c := range closes {
		r := c/previous - 1
		previous = c
		largest, lowest, highest = max(largest, r), min(lowest, c), max(highest, c)
		loss := kernel.Negative(r - rf)
		s.Returns += r
		s.Squares += float64(r * r)
		s.Below -= loss
		s.Downside += float64(loss * loss)
		s.Closes += c
		t.sums[i+1] = s
	}
	// A close that is no price makes a sum infinite or NaN, or is below 0.
	t.steep = !(largest <= 1 && lowest > 0 && s.Closes <= lowest*steepest && s.Closes <= math.MaxFloat64 && s.Returns-s.Returns == 0)
	t.lowest, t.highest = lowest, highest
	if !t.steep {
		t.ranges.Build(closes, closes)
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
	t.prices.Build(high, low)
}

// hold adds the closes of the bars from … to−1, which hold so many units, to a
// tally. entered says that the return of the first has been added.
func (t *tables) hold(sum *tally, units float64, from, to int, entered bool) {
	pure := from
	if entered {
		pure++
	}
	a, s, b := &t.sums[from], &t.sums[pure], &t.sums[to]
	sum.returns += b.Returns - s.Returns
	sum.squares += b.Squares - s.Squares
	sum.below += b.Below - s.Below
	sum.downside += b.Downside - s.Downside
	sum.equity += float64(units * (b.Closes - a.Closes))
	sum.moved += int32(to - pure)
	sum.invested += int32(to - from)
	sum.belowNoise += b.Below
	sum.squareNoise += b.Squares

	first, second := t.ranges.Parts(from, to)
	sum.ratio = kernel.Least(sum.ratio, kernel.Least(first.Ratio, second.Ratio))
	if later, earlier := second.Low, first.High; later < earlier*sum.ratio*kernel.Slack {
		sum.ratio = kernel.Least(sum.ratio, later/earlier)
	}
	sum.fall(units * kernel.Least(first.Low, second.Low))
	sum.rise(units * kernel.Greatest(first.High, second.High))
}

// inOrder reports whether the prices of a bar are known, and in their order.
func inOrder(open, high, low float64) bool {
	return low > 0 && low <= open && open <= high && high <= math.MaxFloat64
}
