package backtest

import (
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// enter opens a position with all cash at the fill price of bar f; where the
// cash pays for no unit nothing happens. The arithmetic is that of
// [Reference].
func (e *Event) enter(l *lane, w *walk, f int) {
	price := e.fills[f] * (1 + e.slippage)
	units := max((l.cash-e.cfg.CommissionFixed)/(price*(1+e.rate)+e.cfg.CommissionPerUnit), 0)
	if !(units > 0) {
		return
	}
	value := units * price
	l.units, l.price, l.fee, l.entry, l.held = units, price, l.cash-value, f, true
	l.log.Fills++
	l.log.Traded += value
	l.log.Fees += l.fee
	l.equity += float64(l.cash * float64(f-l.flat))
	l.step(float64(units*e.bars.Close[f])/l.cash-1, e.rf)
	l.cash = 0
	w.at, w.entered = f, true
	if l.followed {
		l.path = append(l.path, Point{Bar: f, Units: units, Mark: price})
	}
}

// leave closes the position at the fill price of bar g.
func (e *Event) leave(l *lane, w *walk, g int) {
	e.hold(l, w, g)
	price := e.fills[g] * (1 - e.slippage)
	fee := l.units*price*e.rate + l.units*e.cfg.CommissionPerUnit + e.cfg.CommissionFixed
	value := l.units * price
	l.cash = value - fee
	if !(l.cash > 0) {
		l.odd = true // ruined: left to the reference engine
		return
	}
	l.log.Fills++
	l.log.Traded += value
	l.log.Fees += fee
	pnl := (price-l.price)*l.units - (l.fee + fee)
	l.log.Add(metrics.Trade{PnL: pnl, Return: pnl / (l.units * l.price), Bars: g - l.entry})
	l.step(l.cash/float64(l.units*e.bars.Close[g-1])-1, e.rf)
	l.fall(l.cash)
	l.rise(l.cash)
	l.held, l.flat = false, g
	w.at, w.entered = g, false
	if l.followed {
		l.path = append(l.path, Point{Bar: g, Cash: l.cash})
	}
}

// hold values the position at the closes of the bars from w.at to end−1.
func (e *Event) hold(l *lane, w *walk, end int) {
	from, to := w.at-e.base, end-e.base
	if from >= to {
		return
	}
	l.invested += to - from
	if e.tables.wild {
		e.holdBars(l, w, end)
		return
	}
	pure := from
	if w.entered {
		pure++
	}
	a, s, b := &e.tables.sums[from], &e.tables.sums[pure], &e.tables.sums[to]
	l.returns += b.returns - s.returns
	l.squares += b.squares - s.squares
	l.below += b.below - s.below
	l.downside += b.downside - s.downside
	l.equity += float64(l.units * (b.price - a.price))
	l.moved += to - pure
	l.belowNoise += b.below
	l.squareNoise += b.squares

	first, second := e.tables.ranges.parts(from, to)
	high, low := fromBits(max(first.high, second.high)), fromBits(min(first.low, second.low))
	l.ratio = min(l.ratio, first.ratio, second.ratio)
	if later, earlier := fromBits(second.low), fromBits(first.high); later < earlier*l.ratio {
		l.ratio = later / earlier
	}
	l.fall(l.units * low)
	l.rise(l.units * high)
}

// holdBars is hold without tables.
func (e *Event) holdBars(l *lane, w *walk, end int) {
	for t := w.at; t < end; t++ {
		c := e.bars.Close[t]
		if t > w.at || !w.entered {
			l.step(c/e.bars.Close[t-1]-1, e.rf)
		}
		equity := l.units * c
		l.equity += equity
		l.fall(equity)
		l.rise(equity)
	}
}

// Finish returns what trial i came to, after the last tile. It reports false
// where the tables do not tell, or not well enough, and the trial has to be
// simulated by [Reference].
func (e *Event) Finish(i int, a metrics.Account) (v metrics.Values, ok bool) {
	l := &e.lanes[i]
	if l.odd || e.lo == e.hi {
		return v, false
	}
	if l.held {
		l.log.Open = 1
	}
	t := l.tally(e.bars.Close, e.lo, e.hi, e.rf)
	return t.Values(a, &l.log)
}

// Log returns the trades of trial i and, where it was followed, its path. It
// is called after Finish.
func (e *Event) Log(i int) (metrics.TradeLog, Path) { return e.lanes[i].log, e.lanes[i].path }
