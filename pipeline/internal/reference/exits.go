package reference

import (
	"math"

	"github.com/bowstring-engine/bowstring/pipeline/backtest"
)

// fixed are the levels of a position that its signal's bar gave, 0 where there are none.
type fixed struct {
	loss, profit float64
	// trail is the distance of the trailing stop from the peak, or the fraction of it.
	trail      float64
	byFraction bool
}

// fix reads the exits at the signal's bar for a position at a price. It is false where
// one cannot be.
func (e *Simulator) fix(at int, base float64, side backtest.Side) (f fixed, ok bool) {
	s := float64(side)
	for i := range e.exits {
		x := &e.exits[i]
		if x.Kind.Moves() {
			continue
		}
		v := math.NaN()
		if at >= 0 {
			v = x.At[at]
		}
		if !(v > 0) || math.IsInf(v, 0) || x.Unit == backtest.Fraction && v >= 1 && x.Kind != backtest.ExitProfit {
			return f, false
		}
		sign := -s // a loss lies on this side of the price
		if x.Kind == backtest.ExitProfit {
			sign = s
		}
		level := v
		switch {
		case x.Kind == backtest.ExitTrailing:
			f.trail, f.byFraction = v, x.Unit == backtest.Fraction
			continue
		case x.Unit == backtest.Fraction:
			level = base * (1 + sign*v)
		case x.Unit == backtest.Distance:
			level = base + sign*v
		}
		if !(sign*level > sign*base) {
			return f, false
		}
		if x.Kind == backtest.ExitLoss {
			f.loss = level
		} else {
			f.profit = level
		}
	}
	return f, true
}

// tighten adds to the levels of the position those that follow from series, as they
// were known at the close before.
func (e *Simulator) tighten(l *backtest.Levels) {
	protect := func(level float64, by backtest.Reason) {
		if level > 0 && (l.Stop == 0 || better(e.side, level, l.Stop)) {
			l.Stop, l.Trailing, l.StopBy = level, by == backtest.ReasonTrailingStop, by
		}
	}
	target := func(level float64, by backtest.Reason) {
		if level > 0 && (l.Target == 0 || better(e.side, l.Target, level)) {
			l.Target, l.TargetBy = level, by
		}
	}
	protect(e.fixed.loss, backtest.ReasonStopLoss)
	if x := e.fixed.trail; x > 0 {
		side := float64(e.side)
		level := e.peak - side*x
		if e.fixed.byFraction {
			level = e.peak * (1 - side*x)
		}
		protect(level, backtest.ReasonTrailingStop)
	}
	target(e.fixed.profit, backtest.ReasonTakeProfit)
	for i := range e.exits {
		x := &e.exits[i]
		if !x.Kind.Moves() {
			continue
		}
		level := e.moving[i]
		if (x.Kind == backtest.ExitBelow) == (e.side == backtest.SideLong) {
			protect(level, backtest.ReasonExitLevel)
		} else {
			target(level, backtest.ReasonExitLevel)
		}
	}
}

// move takes over the levels that are known at the close of bar t, for the next bar.
// Without a position at that close, held, those that ask for it are not known.
func (e *Simulator) move(bars *backtest.Bars, t int, held bool) {
	if e.side == backtest.SideFlat || t < 0 {
		return
	}
	for i := range e.exits {
		x := &e.exits[i]
		if !x.Kind.Moves() {
			continue
		}
		v := 0.0
		if x.At != nil {
			v = x.At[t]
		} else if held {
			v = x.Level(t, e.position(bars, t))
		}
		if !backtest.Tradable(v) {
			v = 0
		}
		if before := e.moving[i]; x.Ratchet && before > 0 {
			if v == 0 || (x.Kind == backtest.ExitBelow) == (before > v) {
				v = before
			}
		}
		e.moving[i] = v
	}
}

// position returns what is known at the close of bar t of the position that is held.
func (e *Simulator) position(bars *backtest.Bars, t int) backtest.Position {
	p := backtest.Position{
		BarsSinceEntry: float64(t - e.entry.Entry), EntryPrice: e.entry.EntryPrice, Side: float64(e.side),
		Peak: e.best,
	}
	price := bars.Close[t]
	if !backtest.Tradable(price) {
		price = e.mark
	}
	p.OpenReturn = p.Side * (price/p.EntryPrice - 1)
	return p
}

// reach notes the best price of a bar that holds a position from its open on.
func (e *Simulator) reach(bars *backtest.Bars, t int) {
	if e.side == backtest.SideFlat || t == e.entry.Entry && e.cfg.Fill != backtest.FillNextOpen {
		return
	}
	price := bars.High[t]
	if e.side == backtest.SideShort {
		price = bars.Low[t]
	}
	if backtest.Tradable(price) && better(e.side, price, e.best) {
		e.best = price
	}
}

// leaves reports whether the rules that ask for the position close it at bar t, and
// whether its time is up.
func (e *Simulator) leaves(bars *backtest.Bars, signals *Signals, t int) (exit, timeUp bool) {
	if e.side == backtest.SideFlat {
		return false, false
	}
	rule := signals.HeldExit
	if e.side == backtest.SideShort {
		rule = signals.HeldShortExit
	}
	if rule != nil {
		exit = rule(t, e.position(bars, t))
	}
	if signals.MaxBars > 0 {
		held := t - e.entry.Entry
		if e.cfg.Fill == backtest.FillNextOpen {
			held++
		}
		timeUp = held >= signals.MaxBars
	}
	return exit, timeUp
}
