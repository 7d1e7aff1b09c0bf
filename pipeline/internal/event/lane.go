package event

import (
	"math"

	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// lane is the simulation of one trial between two tiles. Lanes of a large block
// do not fit into the nearer caches, so they hold what few trials need as a
// pointer.
type lane struct {
	// cash is what is beside the position: nothing, of an account that is all in.
	cash float64
	// What is held, or is not: the units, below 0 of a short position, the fill
	// price of the entry with slippage, and the bar.
	units, price float64
	entry        int
	held         bool
	// due says that an order fills on the next tile's first bar; where there are
	// two sides, target is the one to be on.
	due    bool
	target backtest.Side
	// long is the side that the signals before the window ask for.
	long bool
	// needsReference says that something happened which the tables cannot tell of.
	needsReference bool
	guard          *guard         // nil without stops
	path           *backtest.Path // nil where the path is not followed
	past           *past          // nil where there are no segments
	// fills are noted for a segment whose sums may have to be added up afresh; else nil.
	fills *backtest.Path
	total tally
	log   metrics.TradeLog
}

// tally adds up a stretch of bars: those of a tile, or of all tiles so far.
type tally struct {
	// moved counts bars whose return has been added, as others are 0; invested
	// those that hold a position at the close.
	moved, invested int32
	// rounded counts returns that are products: see metrics.Tally.
	rounded                                   int32
	returns, squares, below, downside, equity float64
	belowNoise, squareNoise                   float64
	// high is the highest equity so far, ratio the least of an equity to an
	// earlier one.
	high, ratio float64
	// low is the lowest equity, where there are segments.
	low float64
}

// add adds the tally of the bars that follow, which knew of the highest equity
// and the least ratio before.
func (t *tally) add(o *tally) {
	t.moved += o.moved
	t.invested += o.invested
	t.rounded += o.rounded
	t.returns += o.returns
	t.squares += o.squares
	t.below += o.below
	t.downside += o.downside
	t.equity += o.equity
	t.belowNoise += o.belowNoise
	t.squareNoise += o.squareNoise
	t.high, t.ratio, t.low = o.high, o.ratio, o.low
}

// step adds the return of one bar.
func (t *tally) step(r, rf float64) {
	loss := kernel.Negative(r - rf)
	t.returns += r
	t.squares += float64(r * r)
	t.below -= loss
	t.downside += float64(loss * loss)
	t.moved++
}

// addClosed adds what the trades of a tile came to, of so many exits, where orders
// went by the table.
func (t *tally) addClosed(o *kernel.ClosedTrades, exits int) {
	t.moved += int32(int(o.Invested) + exits)
	t.invested += int32(o.Invested)
	t.returns += o.Returns
	t.squares += o.Squares
	t.below += o.Below
	t.downside += o.Downside
	t.equity += o.Equity
	t.high, t.ratio = o.High, o.Ratio
}

// fall takes note of an equity; one below the peak may be the largest
// drawdown.
func (t *tally) fall(equity float64) {
	t.low = kernel.Least(t.low, equity)
	if equity < t.high*t.ratio*kernel.Slack {
		t.ratio = min(t.ratio, equity/t.high)
	}
}

// rise takes note of an equity that may be a new peak. Equities are above 0, or
// the reference engine is needed, so their bits are in their order: see [kernel.Least].
func (t *tally) rise(equity float64) { t.high = kernel.Greatest(t.high, equity) }

// metrics returns what the statistics need of an account over all bars of a
// window, whose last equity is last.
func (t *tally) metrics(bars int, last, rf float64) metrics.Tally {
	m := metrics.Tally{
		Bars: bars, Held: int(t.invested), HeldOf: bars, Last: last, Equity: t.equity,
		Returns: t.returns, Squares: t.squares, Below: t.below, Downside: t.downside,
		Drawdown: 1 - t.ratio, BelowNoise: t.belowNoise, SquareNoise: t.squareNoise, Rounded: int(t.rounded),
	}
	flat := float64(bars - int(t.moved))
	loss := math.Max(rf, 0)
	m.Below += float64(flat * loss)
	m.Downside += float64(flat * loss * loss)
	m.Excess = m.Returns - float64(float64(bars)*rf)
	m.Above = m.Excess + m.Below
	return m
}
