package backtest

// ExitKind says what an [Exit] is.
type ExitKind uint8

// The exits: a loss, a profit and a trailing stop are read at the signal of the entry;
// below and above have a level on each bar, which is held against the next.
const (
	ExitLoss ExitKind = iota
	ExitProfit
	ExitTrailing
	ExitBelow
	ExitAbove
)

// Moves reports whether the level is another on each bar.
func (k ExitKind) Moves() bool { return k >= ExitBelow }

// Unit says what the numbers of an exit are.
type Unit uint8

// The units of exits.
const (
	Fraction Unit = iota // of the entry's fill price without slippage, or of the peak
	Distance             // in prices from there
	Level                // a price
)

// Exit is an exit whose price follows from a series. Levels that move are prices. A
// level that is unknown or not above 0 exits nothing. An entry for which a number that
// is read at its signal is unknown, or puts a stop or a target on the wrong side of its
// price, is rejected.
type Exit struct {
	Kind ExitKind
	Unit Unit
	// Ratchet says that of a level that moves the tightest since the entry counts.
	Ratchet bool
	// At has the number of each bar. Where it is nil, Level returns the level at the
	// close of a bar for the position that is held.
	At    []float64
	Level func(bar int, p Position) float64
}

// Position is what is known of a position at the close of a bar.
type Position struct {
	BarsSinceEntry   float64 // 0 on the bar on which the entry filled
	EntryPrice, Peak float64 // with slippage; the best price since
	Side             float64 // 1 of a long position, −1 of a short one
	OpenReturn       float64 // on the entry price, without costs
}
