package backtest

import (
	"errors"
	"fmt"
	"math"
)

// Fill says when an order executes and at which price.
type Fill string

// The fill rules; t is the bar whose close gave the signal.
const (
	FillNextOpen  Fill = "next_open"  // open of t+1 (default)
	FillClose     Fill = "close"      // close of t
	FillNextClose Fill = "next_close" // close of t+1
)

// Direction says which side a strategy may trade.
type Direction string

// The directions.
const (
	Long  Direction = "long" // default
	Short Direction = "short"
	Both  Direction = "both"
)

// Conflict says what happens when entry and exit of one side fire on one bar.
// A long and a short entry on one bar are ignored under every rule.
type Conflict string

// The conflict rules.
const (
	ConflictIgnore Conflict = "ignore" // neither (default)
	ConflictEntry  Conflict = "entry"  // the entry wins
	ConflictExit   Conflict = "exit"   // the exit wins
)

// CashShort says what happens to an order that cash cannot pay in full.
type CashShort string

// The rules for a cash shortfall. Both are counted.
const (
	CashPartial CashShort = "partial" // fill what cash allows (default)
	CashReject  CashShort = "reject"  // fill nothing
)

// Start says what signals of bars before the first valued bar mean.
type Start string

// The start rules.
const (
	StartInherit Start = "inherit" // enter what the strategy would hold (default)
	StartFlat    Start = "flat"    // wait for a new signal
)

// Rearm says when the entry rule may open a position again after a stop or
// target has ended one of its side.
type Rearm string

// The rearm rules.
const (
	RearmNextBar  Rearm = "next_bar" // from the next bar on while it is true (default)
	RearmCrossing Rearm = "crossing" // not until it has been false since
)

// DefaultCash is the start cash of an account where none is given.
const DefaultCash = 100_000

// Config holds the rules of a simulation. The zero value is valid and means
// the defaults named at each type, no costs and [DefaultCash].
type Config struct {
	Fill      Fill
	Direction Direction
	Conflict  Conflict
	CashShort CashShort
	Start     Start
	Rearm     Rearm
	// RequireVolume lets no order fill on a bar without volume.
	RequireVolume bool
	// Cash is the start cash of every account.
	Cash   float64
	Sizing Sizing
	// CommissionBps is charged on the traded value, CommissionPerUnit on
	// every unit and CommissionFixed on every order; they add up, on entry and
	// on exit.
	CommissionBps, CommissionPerUnit, CommissionFixed float64
	// SlippageBps moves the fill price against the trader.
	SlippageBps float64
}

// Resolved returns c with every default filled in.
func (c Config) Resolved() Config {
	setDefault(&c.Fill, FillNextOpen)
	setDefault(&c.Direction, Long)
	setDefault(&c.Conflict, ConflictIgnore)
	setDefault(&c.CashShort, CashPartial)
	setDefault(&c.Start, StartInherit)
	setDefault(&c.Rearm, RearmNextBar)
	setDefault(&c.Cash, DefaultCash)
	setDefault(&c.Sizing.Mode, SizeAllIn)
	return c
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Validate lists everything that is wrong with c.
func (c Config) Validate() error {
	c = c.Resolved()
	var errs []error
	errs = append(errs,
		oneOf("fill", c.Fill, FillNextOpen, FillClose, FillNextClose),
		oneOf("direction", c.Direction, Long, Short, Both),
		oneOf("conflict", c.Conflict, ConflictIgnore, ConflictEntry, ConflictExit),
		oneOf("cash_short", c.CashShort, CashPartial, CashReject),
		oneOf("start", c.Start, StartInherit, StartFlat),
		oneOf("rearm", c.Rearm, RearmNextBar, RearmCrossing),
		c.Sizing.Validate(),
		within("cash", c.Cash, math.SmallestNonzeroFloat64, math.MaxFloat64),
		within("commission.bps", c.CommissionBps, 0, 10_000),
		within("commission.per_unit", c.CommissionPerUnit, 0, math.MaxFloat64),
		within("commission.fixed", c.CommissionFixed, 0, math.MaxFloat64),
		within("slippage.bps", c.SlippageBps, 0, maxSlippageBps),
	)
	return errors.Join(errs...)
}

// maxSlippageBps keeps a sell price above zero.
const maxSlippageBps = 9_999

func oneOf[T ~string](name string, got T, allowed ...T) error {
	for _, a := range allowed {
		if got == a {
			return nil
		}
	}
	return fmt.Errorf("%s: %q is not one of %q", name, got, allowed)
}

func within(name string, got, low, high float64) error {
	if got >= low && got <= high {
		return nil
	}
	switch {
	case low == math.SmallestNonzeroFloat64 && high == math.MaxFloat64:
		return fmt.Errorf("%s: %v, want a finite number above 0", name, got)
	case low == math.SmallestNonzeroFloat64:
		return fmt.Errorf("%s: %v, want a number above 0 and at most %v", name, got, high)
	case high == math.MaxFloat64:
		return fmt.Errorf("%s: %v, want a finite number of at least %v", name, got, low)
	}
	return fmt.Errorf("%s: %v, want a number from %v to %v", name, got, low, high)
}
