package backtest

import (
	"math"

	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// lane is the simulation of one trial between two tiles. Lanes of a large block
// do not fit into the nearer caches, so they hold what few trials need as a
// pointer.
type lane struct {
	stance
	guard *guard // nil without stops
	path  *Path  // nil where the path is not followed
	total Tally
	log   metrics.TradeLog
}

// stance is the state of an account between two tiles.
type stance struct {
	cash float64 // while flat
	// What is held, or is not: the units, the fill price of the entry with
	// slippage, its fee, and the bar.
	units, price, fee float64
	entry             int
	held              bool
	// due is the order that fills on the next tile's first bar: 1 enters, −1
	// leaves.
	due int8
	// long is the side that the signals before the window ask for.
	long bool
	// odd says that something happened which the tables cannot tell of.
	odd bool
}

// Position is the state of an account and its stops between two tiles.
type Position struct {
	stance
	guard guard
}

// Tally adds up a stretch of bars: those of a tile, or of all tiles so far.
type Tally struct {
	// moved counts bars whose return has been added, as others are 0; invested
	// those that hold a position at the close.
	moved, invested                           int32
	returns, squares, below, downside, equity float64
	belowNoise, squareNoise                   float64
	// high and low are the highest and the lowest equity, ratio the least of
	// an equity to an earlier one.
	high, low, ratio float64
	// odd says that the sums do not tell all: see [stance].
	odd bool
}

// begin makes t the tally of no bars, after which an account of this equity
// comes.
func (t *Tally) begin(equity float64) { *t = Tally{high: equity, low: equity, ratio: 1} }

// add adds the tally of the bars that follow.
func (t *Tally) add(o *Tally) {
	t.moved += o.moved
	t.invested += o.invested
	t.returns += o.returns
	t.squares += o.squares
	t.below += o.below
	t.downside += o.downside
	t.equity += o.equity
	t.belowNoise += o.belowNoise
	t.squareNoise += o.squareNoise
	t.ratio = min(t.ratio, o.ratio)
	t.fall(o.low)
	t.rise(o.high)
}

// step adds the return of one bar.
func (t *Tally) step(r, rf float64) {
	loss := negative(r - rf)
	t.returns += r
	t.squares += float64(r * r)
	t.below -= loss
	t.downside += float64(loss * loss)
	t.moved++
}

// slack covers the rounding of a product that only decides whether a division
// is worth doing: ratios come out as if every one of them had been computed.
const slack = 1 + 1e-12

// fall takes note of an equity; one below the peak may be the largest
// drawdown.
func (t *Tally) fall(equity float64) {
	if equity < t.high*t.ratio*slack {
		t.ratio = min(t.ratio, equity/t.high)
	}
	t.low = fromBits(min(toBits(t.low), toBits(equity)))
}

// rise takes note of an equity that may be a new peak. Equities are above 0, or
// the account is odd, so their bits are in their order: see [extent].
func (t *Tally) rise(equity float64) { t.high = fromBits(max(toBits(t.high), toBits(equity))) }

// metrics returns what the statistics need of an account over all bars of a
// window, whose last equity is last.
func (t *Tally) metrics(bars int, last, rf float64) metrics.Tally {
	m := metrics.Tally{
		Bars: bars, Held: int(t.invested), HeldOf: bars, Last: last, Equity: t.equity,
		Returns: t.returns, Squares: t.squares, Below: t.below, Downside: t.downside,
		Drawdown: 1 - t.ratio, BelowNoise: t.belowNoise, SquareNoise: t.squareNoise,
	}
	flat := float64(bars - int(t.moved))
	loss := math.Max(rf, 0)
	m.Below += float64(flat * loss)
	m.Downside += float64(flat * loss * loss)
	m.Excess = m.Returns - float64(float64(bars)*rf)
	m.Above = m.Excess + m.Below
	return m
}
