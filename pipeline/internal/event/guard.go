package event

import (
	"math"
	"math/bits"

	"github.com/bowstring-engine/bowstring/internal/reuse"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// guard is what a position with stops is held against.
type guard struct {
	stops backtest.Stops
	// side is 1 of a long position and −1 of a short one, base the entry's fill
	// price without slippage, peak the best price of the bars before checked, at
	// least base.
	side, base, peak float64
	checked          int
}

// arm makes ready for a position that was entered on bar f.
func (g *guard) arm(side backtest.Side, price float64, f int) {
	g.side, g.base, g.peak, g.checked = float64(side), price, price, f+1
}

// Guard gives the positions of trial i stops. It is called between Start and
// the first Load. Rules that require volume leave them to the reference engine.
func (e *Simulator) Guard(i int, s backtest.Stops) {
	if s == (backtest.Stops{}) {
		return
	}
	e.guarded++
	e.guards = reuse.Slice(e.guards, len(e.lanes))
	e.guards[i] = guard{stops: s}
	e.lanes[i].guard = &e.guards[i]
}

// guardedSignals carries out the orders of a trial with stops, which prices may
// come before.
func (e *Simulator) guardedSignals(l *lane, w *walk, entry, exit kernel.Bits, at int) {
	for !l.needsReference {
		s := e.next(entry, exit, at, l.held)
		fill := s + e.delay
		if l.held {
			// An order at the close finds the bar's prices checked already.
			end := fill
			if e.cfg.Fill != backtest.FillNextOpen {
				end++
			}
			if t, ok := e.stop(l, w, min(end, e.to)); ok {
				if at = t; e.cfg.Fill != backtest.FillNextOpen {
					at++ // the signals of a stop's bar are cancelled
				}
				continue
			}
		}
		switch {
		case s == e.to, e.waits(l, fill):
			return
		case l.held:
			e.leave(l, w, fill)
		default:
			e.enterGuarded(l, w, fill)
		}
		at = s + 1
	}
}

// next returns the first bar of the tile, from at on, on which the side
// changes, and the end of the tile where there is none.
func (e *Simulator) next(entry, exit kernel.Bits, at int, held bool) int {
	mask := ^uint64(0) << (uint(at-e.from) & 63)
	for word := (at - e.from) >> 6; e.from+word<<6 < e.to; word++ {
		s, out := e.changes.Resolve(fired(entry, word), fired(exit, word))
		if held {
			s = out
		}
		if s &= mask; s != 0 {
			return min(e.from+word<<6+bits.TrailingZeros64(s), e.to)
		}
		mask = ^uint64(0)
	}
	return e.to
}

// dueGuarded fills the order that waits for the tile's first bar, a close only
// after the prices of its bar have been checked. It returns the bar whose
// signals come next: next, unless a stop takes the first bar's.
func (e *Simulator) dueGuarded(l *lane, w *walk, next int) int {
	if !l.held {
		e.enterGuarded(l, w, e.base)
		return next
	}
	if e.cfg.Fill != backtest.FillNextOpen {
		if _, ok := e.stop(l, w, e.base+1); ok {
			return e.base + 1
		}
	}
	e.leave(l, w, e.base)
	return next
}

// enterGuarded is enter for a trial with stops. A position that is entered at
// an open may be stopped on the same bar.
func (e *Simulator) enterGuarded(l *lane, w *walk, f int) {
	if !e.fillsAt(l, f) {
		return
	}
	l.guard.arm(backtest.SideLong, e.fills[f], f)
	if e.cfg.Fill != backtest.FillNextOpen {
		e.enter(l, w, f)
		return
	}
	if !inOrder(e.bars.Open[f], e.bars.High[f], e.bars.Low[f]) {
		l.needsReference = true
		return
	}
	price, reason := l.guard.check(&e.bars, f)
	if reason == backtest.ReasonOpen {
		e.enter(l, w, f)
		return
	}
	if e.prescanning {
		return
	}
	before := l.cash
	if !e.buy(l, w, f, backtest.SideLong) {
		return
	}
	w.at = f
	if e.sell(l, f, e.stopPrice(l.guard, price, reason)) {
		l.log.StopExits++
		e.cashed(l, w, before)
	}
}

// stopPrice returns what a stop fills at: targets are limits and do not slip.
func (e *Simulator) stopPrice(g *guard, price float64, reason backtest.Reason) float64 {
	if reason == backtest.ReasonTakeProfit {
		return price
	}
	return price * (1 - g.side*e.Slippage)
}

// stop holds the prices of the bars before end that have not been checked
// against the levels of the position, and leaves it on the first bar, t, that
// triggers one. The table of the tile tells of most stretches that they do
// not; where it does not, prices decide.
func (e *Simulator) stop(l *lane, w *walk, end int) (t int, ok bool) {
	g := l.guard
	if g.checked >= end || e.quiet(g, end) {
		return 0, false
	}
	h := e.search(w, g, end)
	if h.unknown {
		l.needsReference = true // what an unknown price triggers is left to the reference engine
		return 0, false
	}
	if h.reason == backtest.ReasonOpen {
		g.checked, g.peak = end, h.peak
		return 0, false
	}
	e.leaveAt(l, w, h.bar, e.stopPrice(g, h.price, h.reason))
	if !l.needsReference {
		l.log.StopExits++
	}
	return h.bar, true
}

// search asks prices for the first stop before end, or takes what a prescan found.
func (e *Simulator) search(w *walk, g *guard, end int) hit {
	if w.found == nil {
		return g.search(&e.bars, end)
	}
	q := hitQuestion{*g, end}
	if !e.prescanning {
		if h, ok := w.found.hit(q); ok {
			return h
		}
	}
	moving := *g
	h := moving.search(&e.bars, end)
	if e.prescanning {
		w.found.hits = append(w.found.hits, hitAnswer{q, h})
	}
	return h
}

// hit is the bar on which a stop is triggered, at which price and why;
// ReasonOpen where none is. unknown says that a price which is not known comes
// first, peak what the guard's is afterwards.
type hit struct {
	bar         int
	price, peak float64
	reason      backtest.Reason
	unknown     bool
}

// search returns the first hit on the bars from g.checked to end−1.
func (g *guard) search(bars *backtest.Bars, end int) hit {
	for t := g.checked; t < end; t++ {
		if t = g.first(bars, t, end); t == end {
			break
		}
		if !inOrder(bars.Open[t], bars.High[t], bars.Low[t]) {
			return hit{unknown: true}
		}
		if price, reason := g.check(bars, t); reason != backtest.ReasonOpen {
			return hit{bar: t, price: price, reason: reason}
		}
	}
	return hit{peak: g.peak}
}

// first returns the first bar from t on, before end, that may trigger a level
// or has to be looked at, and end where there is none.
func (g *guard) first(bars *backtest.Bars, t, end int) int {
	if g.stops.Trailing > 0 {
		return t // the level moves with every bar
	}
	floor, ceiling := 0.0, math.Inf(1)
	below, above := g.stops.Loss, g.stops.Profit
	if g.side < 0 {
		below, above = above, below
	}
	if below > 0 {
		floor = max(g.base*(1-below), 0)
	}
	if above > 0 {
		ceiling = g.base * (1 + above)
	}
	// Daily bars leave a narrow stop within a few, before a vector pays.
	for near := min(t+8, end); t < near; t++ {
		if l, o, h := bars.Low[t], bars.Open[t], bars.High[t]; !(l > floor && h < ceiling && l <= o && o <= h) {
			return t
		}
	}
	return t + kernel.Inside(bars.Low[t:end], bars.Open[t:end], bars.High[t:end], floor, ceiling)
}

// quiet reports that no bar before end triggers a stop, and notes what the
// bars reached.
func (e *Simulator) quiet(g *guard, end int) bool {
	if !e.tabled || e.tables.steep || e.tables.disordered {
		return false
	}
	first, second := e.tables.prices.Parts(g.checked-e.base, end-e.base)
	high, low := kernel.Greatest(first.High, second.High), kernel.Least(first.Low, second.Low)
	if g.side < 0 {
		if x := g.stops.Loss; x > 0 && high >= g.base*(1+x) || g.stops.Trailing > 0 {
			return false // the table has falls, not rises
		}
		if x := g.stops.Profit; x > 0 && low <= g.base*(1-x) {
			return false
		}
		g.peak, g.checked = min(g.peak, low), end
		return true
	}
	if x := g.stops.Loss; x > 0 && low <= g.base*(1-x) {
		return false
	}
	if x := g.stops.Profit; x > 0 && high >= g.base*(1+x) {
		return false
	}
	if x := g.stops.Trailing; x > 0 {
		// The level follows the highest price before a bar: that of the bars
		// checked before, or one of this stretch.
		least := (1 - x) * kernel.Slack
		if low <= g.peak*least || first.Ratio <= least || second.Ratio <= least ||
			second.Low <= first.High*least {
			return false
		}
	}
	g.peak = max(g.peak, high)
	g.checked = end
	return true
}

// check holds the prices of bar t against the levels of the position. It returns
// the price at which one is triggered and why, or ReasonOpen. The arithmetic is that
// of the reference engine; of a short position prices are compared with their signs
// changed, which is exact.
func (g *guard) check(bars *backtest.Bars, t int) (price float64, reason backtest.Reason) {
	side, open, best, worst := g.side, bars.Open[t], bars.High[t], bars.Low[t]
	if side < 0 {
		best, worst = worst, best
	}
	level, stop := 0.0, backtest.ReasonStopLoss
	if x := g.stops.Loss; x > 0 {
		level = g.base * (1 - side*x)
	}
	if x := g.stops.Trailing; x > 0 {
		if trail := g.peak * (1 - side*x); level == 0 || side*trail > side*level {
			level, stop = trail, backtest.ReasonTrailingStop
		}
	}
	target := 0.0
	if x := g.stops.Profit; x > 0 {
		target = g.base * (1 + side*x)
	}
	switch {
	case level > 0 && side*open <= side*level:
		return open, stop
	case target > 0 && side*open >= side*target:
		return open, backtest.ReasonTakeProfit
	case level > 0 && side*worst <= side*level:
		return level, stop
	case target > 0 && side*best >= side*target:
		return target, backtest.ReasonTakeProfit
	}
	g.peak = side * max(side*g.peak, side*best)
	return 0, backtest.ReasonOpen
}
