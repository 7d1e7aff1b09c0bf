package metrics

// Stat names a statistic. Its value is the index into [Values].
type Stat uint8

// The statistics, in the order in which tables show them.
const (
	TotalReturn Stat = iota
	CAGR
	Volatility
	Sharpe
	Sortino
	MaxDrawdown
	LongestDrawdownBars
	Calmar
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

// Kind says how a statistic is stored and shown.
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

// Description is what is known of a statistic without computing it.
type Description struct {
	// Name is the name in files, specs and tables.
	Name string
	Kind Kind
	// Core statistics decompose over trades and are the default output.
	Core bool
	// Formula is a line of text for people.
	Formula string
}

var descriptions = [NumStats]Description{
	TotalReturn:         {"total_return", Fraction, true, "equity at the last bar / start cash − 1"},
	CAGR:                {"cagr", Fraction, true, "(1 + total_return)^(1 / years) − 1; −1 if ruined"},
	Volatility:          {"volatility", Fraction, true, "sd(r) × √ann"},
	Sharpe:              {"sharpe", Ratio, true, "mean(r − rf) / sd(r − rf) × √ann"},
	Sortino:             {"sortino", Ratio, true, "mean(r − rf) × √ann / √mean(min(r − rf, 0)²)"},
	MaxDrawdown:         {"max_drawdown", Fraction, true, "max of 1 − equity / highest equity so far, start cash included; positive"},
	LongestDrawdownBars: {"longest_drawdown_bars", Count, false, "longest stretch from a peak to its recovery, or to the end"},
	Calmar:              {"calmar", Ratio, true, "cagr / max_drawdown"},
	Omega:               {"omega", Ratio, true, "Σ max(r − rf, 0) / Σ max(rf − r, 0)"},
	Exposure:            {"exposure", Fraction, true, "share of bars holding a position at the close"},
	Turnover:            {"turnover", Ratio, true, "(bought + sold value) / 2 / mean equity / years"},
	Trades:              {"trades", Count, true, "round trips closed"},
	OpenTrades:          {"open_trades", Count, true, "positions open at the end"},
	WinRate:             {"win_rate", Fraction, true, "share of closed trades with pnl after both costs > 0"},
	ProfitFactor:        {"profit_factor", Ratio, true, "Σ gains / Σ losses of the closed trades' pnl"},
	Expectancy:          {"expectancy", Money, true, "mean pnl of a closed trade"},
	SQN:                 {"sqn", Ratio, true, "√n × mean / sd of the closed trades' pnl"},
	AvgWin:              {"avg_win", Fraction, true, "mean return of the winning trades: pnl after costs / entry value"},
	AvgLoss:             {"avg_loss", Fraction, true, "mean return of the other trades; ≤ 0"},
	BestTrade:           {"best_trade", Fraction, true, "highest trade return"},
	WorstTrade:          {"worst_trade", Fraction, true, "lowest trade return"},
	Kelly:               {"kelly", Fraction, true, "W − (1 − W) × |avg_loss| / avg_win"},
	AvgTradeBars:        {"avg_trade_bars", Ratio, true, "mean bars from entry to exit"},
	Fees:                {"fees", Money, true, "sum of commissions"},
	StopExits:           {"stop_exits", Count, false, "closed trades that a stop or a target ended"},
	PartialFills:        {"partial_fills", Count, false, "orders cut to what cash allowed"},
	RejectedOrders:      {"rejected_orders", Count, false, "orders refused for want of cash"},
	DroppedOrders:       {"dropped_orders", Count, false, "orders still pending after the last bar"},
	Ruined:              {"ruined", Count, false, "1 where equity fell to 0 or below; accounts in a pooled row"},
	Deficit:             {"deficit", Money, false, "what was missing when ruined"},
}

// String returns the name of s.
func (s Stat) String() string { return descriptions[s].Name }

// Describe returns what is known of s without computing it.
func (s Stat) Describe() Description { return descriptions[s] }

// ParseStat returns the statistic of that name.
func ParseStat(name string) (Stat, bool) {
	for s := range Stat(NumStats) {
		if descriptions[s].Name == name {
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
		if descriptions[s].Core {
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
