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
	// StopBy and TargetBy say what an exit at either is, where it follows from a
	// series; else they are ReasonOpen.
	StopBy, TargetBy Reason
}
