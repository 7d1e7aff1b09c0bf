package strategy

// Unit says what the number of a stop is.
type Unit string

// The units. Without one, numbers of parameters are fractions and series of prices
// distances.
const (
	Fraction Unit = "fraction" // of the entry price, or of the peak
	Distance Unit = "distance" // from the entry price, or from the peak
	Level    Unit = "level"    // a price
)

// PriceExit is an exit at a price that follows from a series.
type PriceExit struct {
	// Name is its key in a spec file: stop_loss, take_profit or trailing_stop, read at
	// the signal of the entry, or exit_below or exit_above, whose level of each bar is
	// held against the next.
	Name string
	Text string
	Unit Unit
	// Ratchet says that the tightest level since the entry counts.
	Ratchet bool
	// Held is the level, where it depends on the position; else it is a series, at
	// Extra among the extra nodes of the graph.
	Held  *Held
	Extra int
}

// Moves reports whether the level is another on each bar.
func (e *PriceExit) Moves() bool { return e.Name == "exit_below" || e.Name == "exit_above" }

// Number is a setting of the simulation that is an expression.
type Number struct {
	// Name is its path in a spec file, such as simulation.commission.bps.
	Name string
	Text string
	// Scalar is the number of a trial; where it is −1 the setting is a series, at Extra
	// among the extra nodes of the graph, of which an entry reads its signal's bar.
	Scalar, Extra int
}
