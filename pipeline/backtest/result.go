package backtest

import (
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// Result is what one simulation found. Equity, Trades and Path belong to the
// engine and are valid until its next run.
type Result struct {
	// First is the first valued bar, counted from the asset's first bar;
	// Equity has the account's value at the close of that bar and each after.
	First  int
	Equity []float64
	Trades []Trade
	Path   Path
	Log    metrics.TradeLog
	// Held is the number of bars holding a position at the close.
	Held int
	// Ruined tells that equity fell to 0 or below, Deficit by how much.
	Ruined  bool
	Deficit float64
	// Cash is the cash at the end.
	Cash float64
}

// BarState is what an account looks like at the end of a bar.
type BarState struct {
	Bar                 int
	Side                Side
	Cash, Units, Equity float64
	// Pending tells that an order waits for a later bar, to be on side Target.
	Pending bool
	Target  Side
	// Fills is the number of orders executed so far.
	Fills int
	// Levels are those that the bar's prices were held against: none on the
	// bar of an entry at its close.
	Levels Levels
}
