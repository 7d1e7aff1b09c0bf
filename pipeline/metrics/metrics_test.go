package metrics

import (
	"math"
	"os"
	"slices"
	"sort"
	"testing"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/internal/proptest"
)

func TestMain(m *testing.M) {
	proptest.Setup()
	os.Exit(m.Run())
}

var nan, inf = math.NaN(), math.Inf(1)

// near compares to a relative 1e-11; NaN equals NaN.
func near(a, b float64) bool {
	if math.IsNaN(a) || math.IsNaN(b) || math.IsInf(a, 0) || math.IsInf(b, 0) {
		return a == b || math.IsNaN(a) && math.IsNaN(b)
	}
	return math.Abs(a-b) <= 1e-11*max(1, math.Abs(a), math.Abs(b))
}

// filled is a log that counts one fill and nothing else.
func filled() *TradeLog { return &TradeLog{Fills: 1} }

// TestCurveByHand: 100 → 110 → 99 → 99 → 108.9, so returns of +10 %, −10 %,
// 0 and +10 %; 4 bars a year and one year.
//
//	mean = 0.1 / 4 = 0.025
//	deviations: 0.075, −0.125, −0.025, 0.075; squares sum to
//	0.005625 + 0.015625 + 0.000625 + 0.005625 = 0.0275; sd = √(0.0275 / 3)
//	downside: √(0.01 / 4) = 0.05; gains 0.2, losses 0.1
//	peak 110; drawdown 11 / 110 = 0.1; under water for bars 1, 2 and 3
func TestCurveByHand(t *testing.T) {
	var c Calculator
	v := c.Compute(Curve{Equity: []float64{110, 99, 99, 108.9}, Start: 100, Annual: 4, Years: 1, Held: 3},
		&TradeLog{Fills: 1, Traded: 416.9})
	want := map[Stat]float64{
		TotalReturn:         0.089,
		CAGR:                0.089,
		Volatility:          math.Sqrt(0.0275/3) * 2,
		Sharpe:              0.025 / math.Sqrt(0.0275/3) * 2,
		Sortino:             0.025 * 2 / 0.05,
		MaxDrawdown:         0.1,
		LongestDrawdownBars: 3,
		Calmar:              0.89,
		Omega:               2,
		Exposure:            0.75,
		Turnover:            416.9 / 2 / (416.9 / 4), // mean equity (110 + 99 + 99 + 108.9) / 4
	}
	for s, w := range want {
		if !near(v[s], w) {
			t.Errorf("%s = %v, want %v", s, v[s], w)
		}
	}
}

// TestRiskFreeByHand: rf of 21 % over 2 bars a year is 10 % a bar, so the
// excess returns of 120, 120 (+20 %, 0) are +10 % and −10 %.
func TestRiskFreeByHand(t *testing.T) {
	var c Calculator
	v := c.Compute(Curve{Equity: []float64{120, 120}, Start: 100, Annual: 2, Years: 1, RiskFree: 0.21}, filled())
	// mean 0; sd of (0.2, 0) = √(0.02); downside √(0.01 / 2)
	for s, w := range map[Stat]float64{Sharpe: 0, Sortino: 0, Omega: 1, Volatility: math.Sqrt(0.02) * math.Sqrt2} {
		if math.Abs(v[s]-w) > 1e-12 {
			t.Errorf("%s = %v, want %v", s, v[s], w)
		}
	}
}

// TestUndefined: x/0 is +Inf for x > 0, 0/0 is undefined, and without a fill
// ratios are undefined by rule.
func TestUndefined(t *testing.T) {
	tests := []struct {
		name  string
		curve Curve
		log   *TradeLog
		want  map[Stat]float64
	}{
		{
			"never invested, with a risk-free rate",
			Curve{Equity: []float64{100, 100, 100}, Start: 100, Annual: 252, Years: 1, RiskFree: 0.03},
			&TradeLog{},
			map[Stat]float64{
				TotalReturn: 0, CAGR: 0, Volatility: 0, MaxDrawdown: 0, Exposure: 0, Turnover: 0,
				Sharpe: nan, Sortino: nan, Calmar: nan, Omega: nan, Trades: 0, WinRate: nan, ProfitFactor: nan,
				Expectancy: nan, SQN: nan, AvgWin: nan, AvgLoss: nan, BestTrade: nan, WorstTrade: nan, Kelly: nan, AvgTradeBars: nan, Fees: 0,
			},
		},
		{
			"only gains",
			Curve{Equity: []float64{110, 121}, Start: 100, Annual: 1, Years: 2},
			filled(),
			map[Stat]float64{Sortino: inf, Calmar: inf, Omega: inf, MaxDrawdown: 0, LongestDrawdownBars: 0},
		},
		{
			"one bar has no deviation",
			Curve{Equity: []float64{90}, Start: 100, Annual: 1, Years: 1},
			filled(),
			map[Stat]float64{Sharpe: nan, Volatility: nan, MaxDrawdown: 0.1, LongestDrawdownBars: 1, Omega: 0},
		},
		{
			"no bars",
			Curve{Start: 100, Annual: 1},
			&TradeLog{},
			map[Stat]float64{TotalReturn: nan, CAGR: nan, Sharpe: nan, MaxDrawdown: nan, Exposure: nan, Trades: 0},
		},
		{
			"ruined at the second bar",
			Curve{Equity: []float64{50, 0, 0}, Start: 100, Annual: 1, Years: 3, Ruined: 1, Deficit: 7},
			filled(),
			map[Stat]float64{TotalReturn: -1, CAGR: -1, MaxDrawdown: 1, Ruined: 1, Deficit: 7, Sortino: -1.5 / 3 / math.Sqrt(1.25/3)},
		},
		{
			"a recovered stretch is longer than the last",
			Curve{Equity: []float64{100, 90, 95, 100, 99}, Start: 100, Annual: 1, Years: 5},
			filled(),
			map[Stat]float64{LongestDrawdownBars: 3}, // peak at bar 0, recovery at bar 3
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var c Calculator
			v := c.Compute(tt.curve, tt.log)
			for s, w := range tt.want {
				if !near(v[s], w) {
					t.Errorf("%s = %v, want %v", s, v[s], w)
				}
			}
		})
	}
}

// TestTradesByHand: pnl of +30, −10, +10 and 0 on entry values of 100, 100,
// 50 and 100, over 3, 1, 2 and 6 bars.
func TestTradesByHand(t *testing.T) {
	var l TradeLog
	for _, tr := range []Trade{{30, 0.3, 3}, {-10, -0.1, 1}, {10, 0.2, 2}, {0, 0, 6}} {
		l.Add(tr)
	}
	l.Fees, l.Open, l.Fills = 5, 1, 9
	var c Calculator
	v := c.Compute(Curve{Equity: []float64{100}, Start: 100, Annual: 1, Years: 1}, &l)
	// mean pnl 7.5; deviations 22.5, −17.5, 2.5, −7.5; squares sum to 875
	want := map[Stat]float64{
		Trades: 4, OpenTrades: 1, WinRate: 0.5, ProfitFactor: 4, Expectancy: 7.5,
		SQN:    2 * 7.5 / math.Sqrt(875.0/3),
		AvgWin: 0.25, AvgLoss: -0.05, BestTrade: 0.3, WorstTrade: -0.1,
		Kelly:        0.5 - 0.5*0.05/0.25,
		AvgTradeBars: 3, Fees: 5,
	}
	for s, w := range want {
		if !near(v[s], w) {
			t.Errorf("%s = %v, want %v", s, v[s], w)
		}
	}
}

func TestTradeRatiosAtTheEdges(t *testing.T) {
	values := func(trades ...Trade) Values {
		var l TradeLog
		for _, tr := range trades {
			l.Add(tr)
		}
		var c Calculator
		return c.Compute(Curve{Equity: []float64{1}, Start: 1, Annual: 1, Years: 1}, &l)
	}
	winner, loser := Trade{10, 0.1, 1}, Trade{-10, -0.1, 1}
	tests := []struct {
		name string
		v    Values
		want map[Stat]float64
	}{
		{"one winner", values(winner), map[Stat]float64{ProfitFactor: inf, SQN: nan, Kelly: 1, AvgLoss: nan, WorstTrade: 0.1}},
		{"equal winners have no deviation", values(winner, winner), map[Stat]float64{SQN: nan, Kelly: 1}},
		{"one loser", values(loser), map[Stat]float64{ProfitFactor: 0, Kelly: nan, AvgWin: nan, WinRate: 0, BestTrade: -0.1}},
		{"a trade of no profit", values(Trade{0, 0, 1}), map[Stat]float64{ProfitFactor: nan, WinRate: 0, AvgLoss: 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for s, w := range tt.want {
				if !near(tt.v[s], w) {
					t.Errorf("%s = %v, want %v", s, tt.v[s], w)
				}
			}
		})
	}
}

// naive computes the statistics of a curve from the formulas of the
// semantics page, one at a time and with no regard for speed.
func naive(equity []float64, start, annual, years, rf float64) map[Stat]float64 {
	n := float64(len(equity))
	r := make([]float64, len(equity))
	all := append([]float64{start}, equity...)
	for t := range equity {
		if all[t] != 0 {
			r[t] = all[t+1]/all[t] - 1
		}
	}
	bar := math.Pow(1+rf, 1/annual) - 1
	mean := func(f func(float64) float64) float64 {
		sum := 0.0
		for _, x := range r {
			sum += f(x)
		}
		return sum / n
	}
	m := mean(func(x float64) float64 { return x - bar })
	raw := mean(func(x float64) float64 { return x })
	sd := math.Sqrt(mean(func(x float64) float64 { return (x - raw) * (x - raw) }) * n / (n - 1))
	down := math.Sqrt(mean(func(x float64) float64 { return math.Pow(math.Min(x-bar, 0), 2) }))
	gains := mean(func(x float64) float64 { return math.Max(x-bar, 0) })
	losses := mean(func(x float64) float64 { return math.Max(bar-x, 0) })
	worst := 0.0
	for t := range all {
		worst = math.Max(worst, 1-all[t]/slices.Max(all[:t+1]))
	}
	// A stretch is a peak and the bar at which that level is reached again.
	longest := 0
	for p := range all {
		if p > 0 && all[p] < slices.Max(all[:p]) {
			continue // no peak
		}
		end := len(all) - 1
		for t := p + 1; t < len(all); t++ {
			if all[t] >= all[p] {
				end = t
				if t == p+1 {
					end = p // never under water
				}
				break
			}
		}
		longest = max(longest, end-p)
	}
	total := equity[len(equity)-1]/start - 1
	growth := math.Pow(1+total, 1/years) - 1
	if total <= -1 {
		growth = -1
	}
	v := map[Stat]float64{
		TotalReturn: total, CAGR: growth, Volatility: sd * math.Sqrt(annual), Sharpe: m / sd * math.Sqrt(annual),
		Sortino: m * math.Sqrt(annual) / down, MaxDrawdown: worst, LongestDrawdownBars: float64(longest),
		Calmar: growth / worst, Omega: gains / losses,
	}
	if sd == 0 {
		v[Sharpe] = nan
	}
	return v
}

func TestCurveAgainstNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom([]int{1, 2, 3, 9, 100, 1023, 1024, 1025, 2500}).Draw(t, "bars")
		seed := rapid.Uint64().Draw(t, "seed")
		flat := rapid.SampledFrom([]float64{0, 0.5, 0.95}).Draw(t, "flat")
		rf := rapid.SampledFrom([]float64{0, 0.02}).Draw(t, "rf")
		equity, e := make([]float64, n), 1000.0
		for i := range equity {
			seed = seed*6364136223846793005 + 1442695040888963407
			u := float64(seed>>11) / (1 << 53)
			if u >= flat {
				e *= 1 + 0.05*math.Sin(float64(seed>>32))
			}
			equity[i] = e
		}
		var c Calculator
		got := c.Compute(Curve{Equity: equity, Start: 1000, Annual: 252, Years: 2.5, RiskFree: rf}, filled())
		for s, w := range naive(equity, 1000, 252, 2.5, rf) {
			// The slack covers sums that nearly cancel.
			if !near(got[s], w) && math.Abs(got[s]-w) > 1e-9*math.Abs(w) {
				t.Fatalf("%s = %v, naive %v", s, got[s], w)
			}
		}
	})
}

// ofTrades returns the statistics of trades on a curve of one bar.
func ofTrades(log *TradeLog) Values {
	var c Calculator
	return c.Compute(Curve{Equity: []float64{1}, Start: 1, Annual: 1, Years: 1}, log)
}

// TestMerge: merging logs is adding their trades one after the other.
func TestMerge(t *testing.T) {
	trade := rapid.Custom(func(t *rapid.T) Trade {
		// Whole numbers add up exactly, so only Merge's own rounding is seen.
		pnl := float64(rapid.IntRange(-100, 100).Draw(t, "pnl"))
		return Trade{pnl, pnl / 128, rapid.IntRange(0, 50).Draw(t, "bars")}
	})
	rapid.Check(t, func(t *rapid.T) {
		var one, merged TradeLog
		for range rapid.IntRange(0, 4).Draw(t, "logs") {
			var part TradeLog
			for _, tr := range rapid.SliceOfN(trade, 0, 8).Draw(t, "trades") {
				one.Add(tr)
				part.Add(tr)
			}
			part.Fees, part.Traded, part.Open, part.Fills, part.Partial, part.Rejected, part.Dropped = 1, 2, 1, 3, 1, 1, 1
			one.Fees, one.Traded = one.Fees+1, one.Traded+2
			one.Open, one.Fills, one.Partial, one.Rejected, one.Dropped = one.Open+1, one.Fills+3, one.Partial+1, one.Rejected+1, one.Dropped+1
			part.StopExits = 2
			one.StopExits += 2
			merged.Merge(&part)
		}
		a, b := ofTrades(&one), ofTrades(&merged)
		for s := range a {
			if !near(a[s], b[s]) {
				t.Fatalf("%s = %v, merged %v", Stat(s), a[s], b[s])
			}
		}
	})
}

// Stop exits are counted in their own statistic, which is no core one.
func TestStopExits(t *testing.T) {
	log := TradeLog{Fills: 4, StopExits: 2}
	log.Add(Trade{PnL: 1, Return: 0.1, Bars: 1})
	log.Add(Trade{PnL: -1, Return: -0.1, Bars: 1})
	var c Calculator
	v := c.Compute(Curve{Equity: []float64{1, 1}, Start: 1, Annual: 1, Years: 1}, &log)
	if v[StopExits] != 2 || v[Trades] != 2 {
		t.Errorf("%v stop exits of %v trades, want 2 of 2", v[StopExits], v[Trades])
	}
	if d := StopExits.Describe(); d.Name != "stop_exits" || d.Kind != Count || d.Core {
		t.Errorf("described as %+v", d)
	}
}

func TestStatNames(t *testing.T) {
	names := Names()
	sorted := slices.Clone(names)
	sort.Strings(sorted)
	if len(slices.Compact(sorted)) != len(names) {
		t.Error("a name occurs twice")
	}
	for i, name := range names {
		s, ok := ParseStat(name)
		if !ok || int(s) != i || s.String() != name || s.Describe().Formula == "" {
			t.Errorf("%q parses to %v, %v", name, s, ok)
		}
	}
	if _, ok := ParseStat("sharp"); ok {
		t.Error("sharp is a statistic")
	}
	for _, s := range Core() {
		if !s.Describe().Basis.Additive() {
			t.Errorf("%s is core and does not add up", s)
		}
	}
	if slices.Contains(Core(), LongestDrawdownBars) || !slices.Contains(Core(), Sharpe) {
		t.Error("core holds what does not decompose, or lacks what does")
	}
}

func TestComputeAllocatesNothing(t *testing.T) {
	var c Calculator
	curve := Curve{Equity: make([]float64, 3000), Start: 1, Annual: 252, Years: 1}
	log := filled()
	c.Compute(curve, log)
	if n := testing.AllocsPerRun(10, func() { c.Compute(curve, log) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
