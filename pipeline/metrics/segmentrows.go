package metrics

// SumDescription is what is known of a sum of a [Segment].
type SumDescription struct {
	// Name is that of the column in a table of segments.
	Name string
	// Count says that it is a whole number.
	Count bool
	// Formula is a line of text for people, in Markdown.
	Formula string
}

var sumRows = [NumSums]SumDescription{
	SegBars:       {"bars", true, "bars n"},
	SegReturns:    {"sum_r", false, "Σ r"},
	SegSquares:    {"sum_r2", false, "Σ r²"},
	SegDown:       {"sum_down", false, "Σ min(r − rf, 0)"},
	SegDownside:   {"sum_down2", false, "Σ min(r − rf, 0)²"},
	SegUp:         {"sum_up", false, "Σ max(r − rf, 0)"},
	SegFirst:      {"first_equity", false, "equity before the segment's first return"},
	SegLast:       {"last_equity", false, "equity at its last bar"},
	SegMax:        {"max_equity", false, "highest equity, first_equity included"},
	SegMin:        {"min_equity", false, "lowest equity, first_equity included"},
	SegDrawdown:   {"drawdown", false, "largest fall inside it, from first_equity on, as a fraction"},
	SegTrades:     {"trades", true, "trades that ended in it"},
	SegWins:       {"wins", true, "those with a pnl above 0"},
	SegGains:      {"gains", false, "Σ pnl of those"},
	SegLosses:     {"losses", false, "Σ pnl of the others; ≤ 0"},
	SegPnL:        {"sum_pnl", false, "Σ pnl"},
	SegPnL2:       {"sum_pnl2", false, "Σ pnl²"},
	SegReturn:     {"sum_ret", false, "Σ return of a trade (pnl / entry value)"},
	SegReturn2:    {"sum_ret2", false, "Σ return²"},
	SegWinReturn:  {"win_ret", false, "Σ return of winning trades"},
	SegLossReturn: {"loss_ret", false, "Σ return of the others"},
	SegBest:       {"best_ret", false, "highest return of a trade"},
	SegWorst:      {"worst_ret", false, "lowest return of a trade"},
	SegTradeBars:  {"trade_bars", true, "Σ bars from entry to exit"},
	SegEquity:     {"sum_equity", false, "Σ equity"},
	SegFees:       {"fees", false, "Σ commissions of its orders"},
	SegTraded:     {"turnover_value", false, "Σ units × price of its orders"},
	SegHeld:       {"bars_in", true, "bars that hold a position at the close; of a pool, over all accounts"},
}

// String returns the name of s.
func (s Sum) String() string { return sumRows[s].Name }

// Describe returns what is known of s.
func (s Sum) Describe() SumDescription { return sumRows[s] }

// OfTrades reports whether s is a sum over trades or orders, not over bars.
func (s Sum) OfTrades() bool {
	return s >= SegTrades && s <= SegTradeBars || s == SegFees || s == SegTraded
}

// Sums returns every sum, in order.
func Sums() []Sum {
	all := make([]Sum, NumSums)
	for i := range all {
		all[i] = Sum(i)
	}
	return all
}

// The sums that several statistics follow from.
var (
	ofTotal  = []Sum{SegBars, SegFirst, SegLast}
	ofFall   = []Sum{SegBars, SegFirst, SegLast, SegMax, SegMin, SegDrawdown}
	ofSpread = []Sum{SegBars, SegReturns, SegSquares}
	ofWins   = []Sum{SegBars, SegTrades, SegWins}
)
