package backtest

import (
	"math"

	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// lane is the account of one trial between two tiles.
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
	odd bool

	// flat is the first bar at whose close the account is flat and has not
	// been counted, while it is flat.
	flat int
	// moved counts bars whose return has been added, invested those that hold
	// a position at the close.
	moved, invested int
	// peak is the highest equity so far, ratio the least of equity / peak.
	peak, ratio float64

	returns, squares, below, downside, equity float64
	belowNoise, squareNoise                   float64

	log metrics.TradeLog

	// path is what the account went through, where that is followed.
	path     Path
	followed bool
}

// step adds the return of one bar that the tables do not have.
func (l *lane) step(r, rf float64) {
	loss := negative(r - rf)
	l.returns += r
	l.squares += float64(r * r)
	l.below -= loss
	l.downside += float64(loss * loss)
	l.moved++
}

// fall takes note of an equity; one below the peak may be the largest
// drawdown.
func (l *lane) fall(equity float64) {
	if equity < l.peak*l.ratio {
		l.ratio = equity / l.peak
	}
}

// rise takes note of an equity that may be a new peak.
func (l *lane) rise(equity float64) { l.peak = max(l.peak, equity) }

// tally returns what the statistics need of the account over a window.
func (l *lane) tally(closes []float64, lo, hi int, rf float64) metrics.Tally {
	n := hi - lo
	t := metrics.Tally{
		Bars: n, Held: l.invested, HeldOf: n, Last: l.cash, Equity: l.equity,
		Returns: l.returns, Squares: l.squares, Below: l.below, Downside: l.downside,
		Drawdown: 1 - l.ratio, BelowNoise: l.belowNoise, SquareNoise: l.squareNoise,
	}
	if l.held {
		t.Last = l.units * closes[hi-1]
	} else {
		t.Equity += float64(l.cash * float64(hi-l.flat))
	}
	flat := float64(n - l.moved)
	loss := math.Max(rf, 0)
	t.Below += float64(flat * loss)
	t.Downside += float64(flat * loss * loss)
	t.Excess = t.Returns - float64(float64(n)*rf)
	t.Above = t.Excess + t.Below
	return t
}
