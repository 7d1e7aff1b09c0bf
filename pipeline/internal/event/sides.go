package event

import (
	"math/bits"

	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// Masks are the signals of a tile for both sides, its first bar in bit 0; nil for
// a rule that does not exist.
type Masks struct{ Entry, Exit, ShortEntry, ShortExit kernel.Bits }

// StepSides is [Simulator.Step] for accounts that are affine: between two fills
// their equity is cash + units × price. Where the rules are for short positions
// only, the masks of long ones stand for them if they have none of their own.
func (e *Simulator) StepSides(i int, m *Masks) {
	l, w := &e.lanes[i], walk{}
	switch {
	case e.cfg.Direction == backtest.Long:
		m = &Masks{Entry: m.Entry, Exit: m.Exit}
	case e.cfg.Direction == backtest.Short && m.ShortEntry == nil:
		m = &Masks{ShortEntry: m.Entry, ShortExit: m.Exit}
	case e.cfg.Direction == backtest.Short:
		m = &Masks{ShortEntry: m.ShortEntry, ShortExit: m.ShortExit}
	}
	if !l.needsReference && e.sides(l, &w, m) {
		l.total.add(&w.tally)
	}
}

// sides takes a lane through the current tile and reports whether the tile has
// bars of the window.
func (e *Simulator) sides(l *lane, w *walk, m *Masks) bool {
	w.at = e.base
	w.tally.high, w.tally.ratio, w.tally.low = l.total.high, l.total.ratio, l.total.low
	at := e.begin
	if e.begin <= e.lo {
		if at = e.windowSides(l, m); at < 0 {
			return false
		}
	}
	for !l.needsReference {
		s, fill, want, due := at-1, e.base, l.target, l.due
		if l.due = false; !due {
			s, want = e.nextSide(m, at, e.to, l.side())
			fill = s + e.delay
		}
		if l.held && l.guard != nil {
			if t, ok := e.stopBefore(l, w, fill, want); ok {
				if at = t; e.cfg.Fill != backtest.FillNextOpen {
					at++ // the signals of a stop's bar are cancelled
				}
				continue
			}
		}
		if l.needsReference || s == e.to {
			break
		}
		if !due && e.waits(l, fill) {
			l.target = want
			break
		}
		e.turn(l, w, fill, want)
		at = s + 1
	}
	if l.held {
		e.hold(l, w, e.to)
	} else {
		w.tally.equity += float64(l.cash * float64(e.to-w.at))
	}
	return true
}

// stopBefore leaves the position where prices trigger a stop before an order to be
// on a side fills, and returns the bar. An order at a close finds the prices of its
// bar checked already.
func (e *Simulator) stopBefore(l *lane, w *walk, fill int, want backtest.Side) (t int, ok bool) {
	end := fill
	if e.cfg.Fill != backtest.FillNextOpen {
		end++
	}
	t, ok = e.stop(l, w, min(end, e.to))
	if ok && t == fill && e.cfg.Fill == backtest.FillNextClose && want != backtest.SideFlat {
		// The order still opens the other side, and the bar has one return.
		l.needsReference = true
	}
	return t, ok
}

// side returns the side that the account is on.
func (l *lane) side() backtest.Side {
	switch {
	case !l.held:
		return backtest.SideFlat
	case l.units < 0:
		return backtest.SideShort
	}
	return backtest.SideLong
}

// turn brings the account to a side at the fill price of a bar: out of the
// position that it has, and into another. The bar has one return, whether it has
// one order or two.
func (e *Simulator) turn(l *lane, w *walk, bar int, want backtest.Side) {
	if !e.fillsAt(l, bar) {
		return
	}
	before := l.cash
	if l.held {
		e.hold(l, w, bar)
		before = l.equity(e.bars.Close[max(bar-1, 0)])
		if l.needsReference || !e.sell(l, bar, e.fills[bar]*(1-float64(l.side())*e.Slippage)) {
			return
		}
		w.at, w.entered = bar, false
	}
	if want == backtest.SideFlat {
		e.cashed(l, w, before)
		return
	}
	if g := l.guard; g != nil {
		g.arm(want, e.fills[bar], bar)
		if e.cfg.Fill == backtest.FillNextOpen {
			if !inOrder(e.bars.Open[bar], e.bars.High[bar], e.bars.Low[bar]) {
				l.needsReference = true
				return
			}
			if price, reason := g.check(&e.bars, bar); reason != backtest.ReasonOpen {
				e.passBy(l, w, bar, want, before, e.stopPrice(g, price, reason))
				return
			}
		}
	}
	if e.buy(l, w, bar, want) {
		w.at, w.entered = bar, true
		w.tally.step(l.equity(e.bars.Close[bar])/before-1, e.rf)
	}
}

// passBy enters a position at the open of a bar that a stop ends on the same bar,
// at a price. before is the equity of the bar before.
func (e *Simulator) passBy(l *lane, w *walk, bar int, side backtest.Side, before, price float64) {
	if !e.buy(l, w, bar, side) {
		return
	}
	w.at, w.entered = bar, false
	if e.sell(l, bar, price) {
		l.log.StopExits++
		e.cashed(l, w, before)
	}
}

// nextSide returns the first bar from at on, before to, whose signals take an
// account to another side than the one it is on, and that side; to where there is
// none. A signal of one side that conflicts counts as the rules say, entries of
// both sides on one bar do not.
func (e *Simulator) nextSide(m *Masks, at, to int, on backtest.Side) (bar int, want backtest.Side) {
	mask := ^uint64(0) << (uint(at-e.from) & 63)
	for word := (at - e.from) >> 6; e.from+word<<6 < to; word++ {
		long, out := e.changes.Resolve(fired(m.Entry, word), fired(m.Exit, word))
		short, cover := e.changes.Resolve(fired(m.ShortEntry, word), fired(m.ShortExit, word))
		both := long & short
		long, short = long&^both, short&^both
		leaves := uint64(0)
		switch on {
		case backtest.SideLong:
			long, leaves = 0, out&^long
		case backtest.SideShort:
			short, leaves = 0, cover&^short
		}
		if turns := (long | short | leaves) & mask; turns != 0 {
			bit := turns & -turns
			bar = min(e.from+word<<6+bits.TrailingZeros64(turns), to)
			switch {
			case long&bit != 0:
				return bar, backtest.SideLong
			case short&bit != 0:
				return bar, backtest.SideShort
			}
			return bar, backtest.SideFlat
		}
		mask = ^uint64(0)
	}
	return to, on
}

// windowSides follows the signals before the window, as window does for one side.
// It returns the bar whose signals come next, or −1 where the window has not
// begun; an order is due where its first bar takes over a position.
func (e *Simulator) windowSides(l *lane, m *Masks) (next int) {
	if e.lo == 0 || e.cfg.Start == backtest.StartFlat && e.cfg.Fill == backtest.FillClose {
		return e.lo
	}
	from, decide := e.begin, e.lo
	if e.cfg.Start == backtest.StartFlat {
		from = max(from, e.lo-1)
	}
	if e.cfg.Fill == backtest.FillClose {
		decide++ // the window's first signals decide about its first fill
	}
	to := min(decide, e.to)
	for at := from; at < to; {
		bar, want := e.nextSide(m, at, to, l.target)
		if bar < to {
			l.target = want
		}
		at = bar + 1
	}
	if e.to <= e.lo {
		return -1
	}
	l.due = l.target != backtest.SideFlat
	return decide
}
