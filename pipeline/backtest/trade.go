package backtest

// Side is the direction of a position.
type Side int8

// The sides.
const (
	SideFlat  Side = 0
	SideLong  Side = 1
	SideShort Side = -1
)

// String returns "flat", "long" or "short".
func (s Side) String() string {
	switch s {
	case SideLong:
		return "long"
	case SideShort:
		return "short"
	}
	return "flat"
}

// Reason says what ended a trade.
type Reason uint8

// The reasons.
const (
	// ReasonOpen marks a position that was still open at the last bar.
	ReasonOpen Reason = iota
	// ReasonSignal is an exit rule or a reversal.
	ReasonSignal
	// ReasonRuin is equity at or below 0.
	ReasonRuin
	// ReasonStopLoss, ReasonTakeProfit and ReasonTrailingStop are prices at a
	// level of [Stops] or beyond it.
	ReasonStopLoss
	ReasonTakeProfit
	ReasonTrailingStop
	// ReasonExitLevel is a level that moves, ReasonMaxBars the time that a position
	// may be held.
	ReasonExitLevel
	ReasonMaxBars
)

// String returns "open", "signal", "ruin", "stop_loss", "take_profit",
// "trailing_stop", "exit_level" or "max_bars".
func (r Reason) String() string {
	switch r {
	case ReasonSignal:
		return "signal"
	case ReasonRuin:
		return "ruin"
	case ReasonStopLoss:
		return "stop_loss"
	case ReasonTakeProfit:
		return "take_profit"
	case ReasonTrailingStop:
		return "trailing_stop"
	case ReasonExitLevel:
		return "exit_level"
	case ReasonMaxBars:
		return "max_bars"
	}
	return "open"
}

// Stop reports whether a stop, a target or a level ended the trade.
func (r Reason) Stop() bool { return r >= ReasonStopLoss && r != ReasonMaxBars }

// Trade is one position from entry to exit, or to the last bar.
type Trade struct {
	Side Side
	// Entry and Exit are bar indices from the asset's first bar. Exit is the
	// last bar where the position is open.
	Entry, Exit int
	// EntryPrice and ExitPrice are fill prices, slippage included; ExitPrice
	// is the last close where the position is open.
	EntryPrice, ExitPrice float64
	// Units is the size of the position, positive on either side.
	Units float64
	// Fees are the commissions of the entry and, if there was one, the exit.
	Fees float64
	// PnL is the profit after fees, Return is PnL / (Units × EntryPrice).
	PnL, Return float64
	Reason      Reason
}

// Open reports whether the position was still open at the last bar.
func (t Trade) Open() bool { return t.Reason == ReasonOpen }

// Bars returns the number of bars from entry to exit.
func (t Trade) Bars() int { return t.Exit - t.Entry }
