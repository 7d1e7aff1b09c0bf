package backtest

import (
	"fmt"
	"math"
)

// Stops are the exits of a trial that prices trigger, as fractions of a price;
// 0 is no such exit. Loss and Trailing are below 1, Profit is any finite
// number.
//
// Levels are measured from the entry's fill price without slippage. Of a long
// position, Loss and Trailing lie below the entry and below the highest price
// since, and Profit lies above the entry; of a short position it is the other
// way round, with the lowest price since. Of Loss and Trailing the level that
// is nearer to the price counts, Loss where they are equal.
type Stops struct{ Loss, Profit, Trailing float64 }

// Validate reports a fraction that is out of range.
func (s Stops) Validate() error {
	switch {
	case !(s.Loss >= 0 && s.Loss < 1):
		return fmt.Errorf("stop_loss: %v, want a fraction below 1", s.Loss)
	case !(s.Profit >= 0 && s.Profit <= math.MaxFloat64):
		return fmt.Errorf("take_profit: %v, want a finite fraction", s.Profit)
	case !(s.Trailing >= 0 && s.Trailing < 1):
		return fmt.Errorf("trailing_stop: %v, want a fraction below 1", s.Trailing)
	}
	return nil
}

// Levels are the prices at which a position leaves the market during a bar, 0
// where there is none. A short's target can be below 0, where no price is.
type Levels struct {
	Stop, Target float64
	// Trailing tells that Stop trails the price, not the entry.
	Trailing bool
}

// levels returns the levels of the position that is held, from the highs and
// lows of the bars checked so far.
func (e *Reference) levels() Levels {
	var l Levels
	side := float64(e.side)
	if x := e.stops.Loss; x > 0 {
		l.Stop = e.base * (1 - side*x)
	}
	if x := e.stops.Trailing; x > 0 {
		trail := e.peak * (1 - side*x)
		if l.Stop == 0 || e.side.better(trail, l.Stop) {
			l.Stop, l.Trailing = trail, true
		}
	}
	if x := e.stops.Profit; x > 0 {
		l.Target = e.base * (1 + side*x)
	}
	return l
}

// better reports whether a position on side s is worth more at price a than
// at price b.
func (s Side) better(a, b float64) bool {
	if s == SideShort {
		return a < b
	}
	return a > b
}

// stopped reports whether a price, if it is known, is at the stop or beyond.
func (l *Levels) stopped(side Side, price float64) bool {
	return l.Stop > 0 && Tradable(price) && !side.better(price, l.Stop)
}

// taken reports whether a price, if it is known, is at the target or beyond.
func (l *Levels) taken(side Side, price float64) bool {
	return l.Target > 0 && Tradable(price) && !side.better(l.Target, price)
}

// checkStops exits the position where a price of bar t triggers a stop or the
// target, and reports whether one did. A position entered at the open of t is
// checked on t; one entered at a close does not exist yet when its bar is
// checked. A price that is not known triggers nothing; a bar that cannot
// trade for want of volume is not checked at all.
func (e *Reference) checkStops(bars *Bars, t int) bool {
	e.checked = Levels{}
	if e.side == SideFlat || e.cfg.RequireVolume && !(bars.Volume[t] > 0) {
		return false
	}
	open, worst, best := bars.Open[t], bars.Low[t], bars.High[t]
	if e.side == SideShort {
		worst, best = best, worst
	}
	l := e.levels()
	e.checked = l
	stop := ReasonStopLoss
	if l.Trailing {
		stop = ReasonTrailingStop
	}
	switch {
	case l.stopped(e.side, open):
		e.stop(t, open, stop)
	case l.taken(e.side, open):
		e.stop(t, open, ReasonTakeProfit)
	case l.stopped(e.side, worst):
		e.stop(t, l.Stop, stop)
	case l.taken(e.side, best):
		e.stop(t, l.Target, ReasonTakeProfit)
	default:
		// What this bar reached counts from the next bar on: within a bar the
		// order of its high and low is not known.
		if Tradable(best) && e.side.better(best, e.peak) {
			e.peak = best
		}
		return false
	}
	return true
}

// stop exits the position at the price of bar t. An order that waited to
// close it has nothing left to do; one that was to reverse it still opens the
// other side.
func (e *Reference) stop(t int, price float64, reason Reason) {
	if e.cfg.Rearm == RearmCrossing {
		e.spent.enterLong = e.spent.enterLong || e.side == SideLong
		e.spent.enterShort = e.spent.enterShort || e.side == SideShort
	}
	e.close(t, price, reason)
	if e.pending.side == SideFlat {
		e.pending = order{}
	}
}

// rearm removes from the signals of a bar the entries that a stop has spent,
// after giving back those that are not true on the bar.
func (e *Reference) rearm(fired *intent) {
	e.spent.enterLong = e.spent.enterLong && fired.enterLong
	e.spent.enterShort = e.spent.enterShort && fired.enterShort
	fired.enterLong = fired.enterLong && !e.spent.enterLong
	fired.enterShort = fired.enterShort && !e.spent.enterShort
}
