package event

import (
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// walk is where a lane stands inside a tile.
type walk struct {
	// at is the first bar that has not been counted, by hold or as flat.
	at int
	// entered says that at is the bar of the entry, whose return has been
	// added.
	entered bool
	tally   tally
	found   *Found // nil where nobody went ahead
}

// enter opens a long position at the fill price of bar f.
func (e *Simulator) enter(l *lane, w *walk, f int) {
	if !e.fillsAt(l, f) {
		return
	}
	if e.prescanning {
		l.held, w.at, w.entered = true, f, true
		return
	}
	before := l.cash
	if !e.buy(l, w, f, backtest.SideLong) {
		return
	}
	w.at, w.entered = f, true
	w.tally.step(l.equity(e.bars.Close[f])/before-1, e.rf)
}

// cashed values an account that is in cash now and was worth before a bar ago.
func (e *Simulator) cashed(l *lane, w *walk, before float64) {
	w.tally.step(l.cash/before-1, e.rf)
	w.tally.fall(l.cash)
	w.tally.rise(l.cash)
}

// equity is what the account is worth at a price while it holds a position.
func (l *lane) equity(price float64) float64 { return l.cash + float64(l.units*price) }

// buy changes cash into units of a side. The arithmetic is that of the reference
// engine.
func (e *Simulator) buy(l *lane, w *walk, f int, side backtest.Side) bool {
	price := e.fills[f] * (1 + float64(side)*e.Slippage)
	units, most := e.cfg.Sizing.Units(&e.Costs, l.cash, price)
	if units > most {
		if e.cfg.CashShort == backtest.CashReject {
			l.needsReference = true // an entry that does not fill is followed by other signals
			return false
		}
		l.log.Partial++
		units = most
	}
	if !(units > 0) {
		l.needsReference = true // what such an account does is left to the reference engine
		return false
	}
	fee, value := e.count(l, units, price), float64(units*price)
	w.tally.equity += float64(l.cash * float64(f-w.at))
	if side == backtest.SideLong && units == most {
		l.cash = 0 // everything is spent: by construction, not by rounding
	} else {
		l.cash -= float64(side)*value + fee
	}
	l.units, l.price, l.entry, l.held = float64(side)*units, price, f, true
	if e.affine && !(l.equity(e.bars.Close[f]) > 0) {
		l.needsReference = true // ruined, or a close that is not known
		return false
	}
	if l.path != nil {
		*l.path = append(*l.path, backtest.Point{Bar: f, Cash: l.cash, Units: l.units, Mark: price})
	}
	if l.fills != nil {
		l.fill(f, l.cash, l.units)
	}
	return true
}

// leave closes the long position at the fill price of bar g.
func (e *Simulator) leave(l *lane, w *walk, g int) {
	if e.fillsAt(l, g) {
		e.leaveAt(l, w, g, e.fills[g]*(1-e.Slippage))
	}
}

// fillsAt reports whether an order can fill on a bar. One that has to wait for
// another bar is left to the reference engine.
func (e *Simulator) fillsAt(l *lane, bar int) bool {
	if !backtest.Tradable(e.fills[bar]) || e.cfg.RequireVolume && !(e.bars.Volume[bar] > 0) {
		l.needsReference = true
	}
	return !l.needsReference
}

// leaveAt closes the position at a price of bar g.
func (e *Simulator) leaveAt(l *lane, w *walk, g int, price float64) {
	e.hold(l, w, g)
	if e.prescanning {
		l.held, w.at, w.entered = false, g, false
		return
	}
	before := l.equity(e.bars.Close[g-1])
	if !e.sell(l, g, price) {
		return
	}
	w.at, w.entered = g, false
	e.cashed(l, w, before)
}

// sell changes units into cash. It reports false where nothing is left: the
// account is ruined, which is left to the reference engine.
func (e *Simulator) sell(l *lane, g int, price float64) bool {
	side, units := backtest.SideLong, l.units
	if units < 0 {
		side, units = backtest.SideShort, -units
	}
	fee := e.count(l, units, price)
	cash := l.cash + (float64(l.units*price) - fee)
	if !(cash > 0) {
		l.needsReference = true
		return false
	}
	pnl := e.PnL(side, l.price, price, units, 2)
	l.log.Add(metrics.Trade{PnL: pnl, Return: pnl / (units * l.price), Bars: g - l.entry})
	l.held, l.cash = false, cash
	if l.path != nil {
		*l.path = append(*l.path, backtest.Point{Bar: g, Cash: cash})
	}
	if l.fills != nil {
		l.fill(g, cash, 0)
	}
	return true
}

// count counts an order and returns its commission.
func (e *Simulator) count(l *lane, units, price float64) (fee float64) {
	fee = e.Commission(units, price)
	l.log.Fills++
	l.log.Traded += float64(units * price)
	l.log.Fees += fee
	return fee
}

// Finish writes to v what trial i came to, after the last tile. It reports
// false where the tables do not tell, or not well enough, and the trial has to
// be simulated by the reference engine.
func (e *Simulator) Finish(v *metrics.Values, i int, a metrics.Account) (ok bool) {
	l := &e.lanes[i]
	if l.needsReference || e.lo == e.hi {
		return false
	}
	if l.past != nil { // all segments have ended
		if l.total = l.past.total; e.needs.Trades || e.needs.Squares {
			l.log = l.past.log
		}
	}
	last := l.cash
	if l.held {
		l.log.Open = 1
		last = l.equity(e.bars.Close[e.hi-1])
	}
	t := l.total.metrics(e.hi-e.lo, last, e.rf)
	return e.calc.Sums(v, &t, a, &l.log)
}

// Log returns the trades of trial i and, where it was followed, its path. It
// is called after Finish.
func (e *Simulator) Log(i int) (log metrics.TradeLog, path backtest.Path) {
	l := &e.lanes[i]
	if l.path != nil {
		path = *l.path
	}
	return l.log, path
}

// list returns the bars on which the orders of a lane fill in the tile, counted
// from e.base, in turns of an entry and an exit. due says that one is left from the
// tile before; signals come from bar at on. One that does not fill in the tile is
// left to the next. The list is borrowed until the next one.
func (e *Simulator) list(l *lane, entry, exit kernel.Bits, at int, due bool) []int32 {
	n, held := 0, l.held
	if due {
		e.orders[0], n, held = 0, 1, !held
	}
	n += e.changes.List((*[Tile]int32)(e.orders[n:]), entry, exit, at-e.from, e.to-e.from, held, e.from-e.base+e.delay)
	l.due = false
	if n > 0 && e.waits(l, e.base+int(e.orders[n-1])) {
		n--
	}
	return e.orders[:n]
}

// steps carries out orders one after the other.
func (e *Simulator) steps(l *lane, w *walk, orders []int32) {
	for _, order := range orders {
		switch f := e.base + int(order); {
		case l.needsReference:
			return
		case l.held:
			e.leave(l, w, f)
		default:
			e.enter(l, w, f)
		}
	}
}
