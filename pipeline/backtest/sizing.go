package backtest

import (
	"fmt"
	"math"
)

// SizingMode says how the units of an entry are found.
type SizingMode string

// The sizing modes.
const (
	SizeAllIn   SizingMode = "all_in"  // all free cash, fractional units (default)
	SizePercent SizingMode = "percent" // Amount percent of equity, costs included
	SizeValue   SizingMode = "value"   // units that are worth Amount at the fill price
	SizeUnits   SizingMode = "units"   // Amount units
)

// Sizing is the size of an entry. Amount has no meaning for SizeAllIn.
type Sizing struct {
	Mode   SizingMode
	Amount float64
}

// SizingRow is all there is to a sizing mode. A further one is a constant and a
// row: the engines, the checks and the spec file go by the rows.
type SizingRow struct {
	Mode SizingMode
	// Max is the greatest amount, which is above 0; 0 says that there is none to
	// give, +Inf that any finite one is allowed.
	Max float64
	// Example is an amount for messages.
	Example float64
	// units returns the units that are asked for, of an account that is flat.
	units func(c *Costs, amount, cash, price float64) float64
}

var sizingRows = []SizingRow{
	{Mode: SizeAllIn, units: func(c *Costs, _, cash, price float64) float64 { return c.Affordable(cash, price) }},
	{Mode: SizePercent, Max: 100, Example: 10, units: func(c *Costs, amount, cash, price float64) float64 {
		return min(c.Affordable(cash, price), c.Affordable(float64(cash*(amount/100)), price))
	}},
	{Mode: SizeValue, Max: math.Inf(1), Example: 10_000, units: func(_ *Costs, amount, _, price float64) float64 { return amount / price }},
	{Mode: SizeUnits, Max: math.Inf(1), Example: 100, units: func(_ *Costs, amount, _, _ float64) float64 { return amount }},
}

// SizingRows returns the modes in the order in which texts name them.
func SizingRows() []SizingRow { return sizingRows }

// row returns the row of a mode, or nil.
func (s Sizing) row() *SizingRow {
	for i := range sizingRows {
		if sizingRows[i].Mode == s.Mode {
			return &sizingRows[i]
		}
	}
	return nil
}

// Validate reports a mode that does not exist or an amount that it does not take.
func (s Sizing) Validate() error {
	switch row := s.row(); {
	case row == nil:
		names := make([]SizingMode, len(sizingRows))
		for i := range sizingRows {
			names[i] = sizingRows[i].Mode
		}
		return fmt.Errorf("sizing: %q is not one of %q", s.Mode, names)
	case row.Max == 0:
		return nil
	default:
		return within("sizing."+string(s.Mode), s.Amount, math.SmallestNonzeroFloat64, min(row.Max, math.MaxFloat64))
	}
}

// Units returns what an entry at a fill price asks for and the most that the cash
// of a flat account allows, both in units of 0 or more. What is asked for may be
// more: then it is cut or refused, as [CashShort] says. Both engines take their
// units here.
func (s Sizing) Units(c *Costs, cash, price float64) (asked, most float64) {
	most = c.Affordable(cash, price)
	if s.Mode == SizeAllIn {
		return most, most
	}
	return s.row().units(c, s.Amount, cash, price), most
}
