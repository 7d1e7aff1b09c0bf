package backtest

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

func (e *Reference) watch(t int) {
	e.Watch(BarState{
		Bar: t, Side: e.side, Cash: e.cash, Units: e.units, Equity: e.equity[t-e.first],
		Pending: e.pending.waits, Target: e.pending.side, Fills: e.log.Fills,
		Levels: e.checked,
	})
}
