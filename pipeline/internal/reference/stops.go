package reference

import "github.com/bowstring-engine/bowstring/pipeline/backtest"

// levels returns the levels of the position that is held, from the highs and
// lows of the bars checked so far.
func (e *Simulator) levels() backtest.Levels {
	var l backtest.Levels
	side := float64(e.side)
	if x := e.stops.Loss; x > 0 {
		l.Stop = e.base * (1 - side*x)
	}
	if x := e.stops.Trailing; x > 0 {
		trail := e.peak * (1 - side*x)
		if l.Stop == 0 || better(e.side, trail, l.Stop) {
			l.Stop, l.Trailing = trail, true
		}
	}
	if x := e.stops.Profit; x > 0 {
		l.Target = e.base * (1 + side*x)
	}
	if len(e.exits) > 0 {
		e.tighten(&l)
	}
	return l
}

// better reports whether a position on side s is worth more at price a than
// at price b.
func better(s backtest.Side, a, b float64) bool {
	if s == backtest.SideShort {
		return a < b
	}
	return a > b
}

// stopped reports whether a price, if it is known, is at the stop or beyond.
func stopped(l *backtest.Levels, side backtest.Side, price float64) bool {
	return l.Stop > 0 && backtest.Tradable(price) && !better(side, price, l.Stop)
}

// taken reports whether a price, if it is known, is at the target or beyond.
func taken(l *backtest.Levels, side backtest.Side, price float64) bool {
	return l.Target > 0 && backtest.Tradable(price) && !better(side, l.Target, price)
}

// checkStops exits the position where a price of bar t triggers a stop or the
// target, and reports whether one did. A position entered at the open of t is
// checked on t; one entered at a close does not exist yet when its bar is
// checked. A price that is not known triggers nothing; a bar that cannot
// trade for want of volume is not checked at all.
func (e *Simulator) checkStops(bars *backtest.Bars, t int) bool {
	e.checked = backtest.Levels{}
	if e.side == backtest.SideFlat || e.cfg.RequireVolume && !(bars.Volume[t] > 0) {
		return false
	}
	open, worst, best := bars.Open[t], bars.Low[t], bars.High[t]
	if e.side == backtest.SideShort {
		worst, best = best, worst
	}
	l := e.levels()
	e.checked = l
	stop := backtest.ReasonStopLoss
	if l.Trailing {
		stop = backtest.ReasonTrailingStop
	}
	target := backtest.ReasonTakeProfit
	if l.StopBy != backtest.ReasonOpen {
		stop = l.StopBy
	}
	if l.TargetBy != backtest.ReasonOpen {
		target = l.TargetBy
	}
	switch {
	case stopped(&l, e.side, open):
		e.stop(t, open, stop, false)
	case taken(&l, e.side, open):
		e.stop(t, open, target, true)
	case stopped(&l, e.side, worst):
		e.stop(t, l.Stop, stop, false)
	case taken(&l, e.side, best):
		e.stop(t, l.Target, target, true)
	default:
		// What this bar reached counts from the next bar on: within a bar the
		// order of its high and low is not known.
		if backtest.Tradable(best) && better(e.side, best, e.peak) {
			e.peak = best
		}
		return false
	}
	return true
}

// stop exits the position at the price of bar t. An order that waited to
// close it has nothing left to do; one that was to reverse it still opens the
// other side.
func (e *Simulator) stop(t int, price float64, reason backtest.Reason, limit bool) {
	if e.cfg.Rearm == backtest.RearmCrossing {
		e.blocked.enterLong = e.blocked.enterLong || e.side == backtest.SideLong
		e.blocked.enterShort = e.blocked.enterShort || e.side == backtest.SideShort
	}
	e.close(t, price, reason, limit)
	if e.pending.side == backtest.SideFlat {
		e.pending = order{}
	}
}

// rearm removes from the signals of a bar the entries that a stop has spent,
// after giving back those that are not true on the bar.
func (e *Simulator) rearm(fired *intent) {
	e.blocked.enterLong = e.blocked.enterLong && fired.enterLong
	e.blocked.enterShort = e.blocked.enterShort && fired.enterShort
	fired.enterLong = fired.enterLong && !e.blocked.enterLong
	fired.enterShort = fired.enterShort && !e.blocked.enterShort
}
