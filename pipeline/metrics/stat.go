package metrics

// Stat names a statistic. Its value is the index into [Values].
type Stat uint8

// The statistics, in the order in which tables show them. What each of them is
// stands in its row, in rows.go.
const (
	TotalReturn Stat = iota
	CAGR
	Volatility
	Sharpe
	Sortino
	MaxDrawdown
	LongestDrawdownBars
	Calmar
	RecoveryFactor
	VaR95
	CVaR95
	Skew
	Kurtosis
	TailRatio
	UlcerIndex
	Omega
	Exposure
	Turnover
	Trades
	OpenTrades
	WinRate
	ProfitFactor
	Expectancy
	SQN
	AvgWin
	AvgLoss
	BestTrade
	WorstTrade
	Kelly
	AvgTradeBars
	Fees
	StopExits
	PartialFills
	RejectedOrders
	DroppedOrders
	Ruined
	Deficit
	// NumStats is the number of statistics.
	NumStats = iota
)

// Kind says how a statistic is stored and shown: its unit.
type Kind uint8

// The kinds of statistics.
const (
	// Ratio is a plain number.
	Ratio Kind = iota
	// Fraction is a share or a return: 0.25 is 25 %.
	Fraction
	// Count is a whole number.
	Count
	// Money is an amount in the currency of the prices.
	Money
)

// Basis says what a statistic follows from.
type Basis uint8

// What statistics follow from.
const (
	// FromSums is a function of a [Tally]: sums and extremes over bars, which an
	// engine may add up without writing a curve down.
	FromSums Basis = iota
	// FromTrades is a function of a [TradeLog].
	FromTrades
	// FromCurve needs the equity of every bar in order.
	FromCurve
)

// Additive reports whether the parts of a history give the statistic of the
// whole by addition.
func (b Basis) Additive() bool { return b != FromCurve }

// Better says which values of a statistic are good news.
type Better uint8

// Which values are better.
const (
	Neither Better = iota
	Higher
	Lower
)

// Description is what is known of a statistic without computing it.
type Description struct {
	// Name is the name in files, specs and tables.
	Name string
	Kind Kind
	// Basis is what the statistic follows from, and so which engines have it.
	Basis Basis
	// Core statistics decompose over trades and are the default output.
	Core   bool
	Better Better
	// Formula is a line of text for people, in Markdown.
	Formula string
}

// String returns the name of s.
func (s Stat) String() string { return rows[s].Name }

// Describe returns what is known of s without computing it.
func (s Stat) Describe() Description { return rows[s].Description }

// Sums returns the sums of a [Segment] that a statistic of it follows from; none
// where it does not follow from any, as what needs a curve.
func (s Stat) Sums() []Sum { return rows[s].sums }

// ParseStat returns the statistic of that name.
func ParseStat(name string) (Stat, bool) {
	for s := range Stat(NumStats) {
		if rows[s].Name == name {
			return s, true
		}
	}
	return 0, false
}

// Names returns the names of all statistics in order.
func Names() []string {
	names := make([]string, NumStats)
	for s := range Stat(NumStats) {
		names[s] = s.String()
	}
	return names
}

// Core returns the statistics that are written by default: those that
// decompose over trades.
func Core() []Stat {
	var core []Stat
	for s := range Stat(NumStats) {
		if rows[s].Core {
			core = append(core, s)
		}
	}
	return core
}

// All returns every statistic.
func All() []Stat {
	all := make([]Stat, NumStats)
	for i := range all {
		all[i] = Stat(i)
	}
	return all
}

// Values holds a value for every [Stat]. Undefined is NaN; counts are whole.
type Values [NumStats]float64
