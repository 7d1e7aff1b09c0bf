package backtest

import (
	"math"

	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// lane is the simulation of one trial between two tiles. Lanes of a large block
// do not fit into the nearer caches, so they hold what few trials need as a
// pointer.
type lane struct {
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
	odd   bool
	guard *guard // nil without stops
	path  *Path  // nil where the path is not followed
	total tally
	log   metrics.TradeLog
}

// tally adds up a stretch of bars: those of a tile, or of all tiles so far.
type tally struct {
	// moved counts bars whose return has been added, as others are 0; invested
	// those that hold a position at the close.
	moved, invested                           int32
	returns, squares, below, downside, equity float64
	belowNoise, squareNoise                   float64
	// high and low are the highest and the lowest equity, ratio the least of
	// an equity to an earlier one.
	high, low, ratio float64
}

// begin makes t the tally of no bars, after which an account of this equity
// comes.
func (t *tally) begin(equity float64) { *t = tally{high: equity, low: equity, ratio: 1} }

// add adds the tally of the bars that follow.
func (t *tally) add(o *tally) {
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
func (t *tally) step(r, rf float64) {
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
func (t *tally) fall(equity float64) {
	if equity < t.high*t.ratio*slack {
		t.ratio = min(t.ratio, equity/t.high)
	}
	t.low = fromBits(min(toBits(t.low), toBits(equity)))
}

// rise takes note of an equity that may be a new peak. Equities are above 0, or
// the account is odd, so their bits are in their order: see [extent].
func (t *tally) rise(equity float64) { t.high = fromBits(max(toBits(t.high), toBits(equity))) }

// metrics returns what the statistics need of an account over all bars of a
// window, whose last equity is last.
func (t *tally) metrics(bars int, last, rf float64) metrics.Tally {
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
