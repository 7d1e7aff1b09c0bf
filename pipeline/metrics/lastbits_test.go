package metrics

import (
	"math"
	"testing"
)

// TestLastBits: equity that moves by the rounding of its arithmetic only has no spread,
// so ratios of it are undefined; whichever way the bits fall.
func TestLastBits(t *testing.T) {
	up, down := math.Nextafter(1000, 2000), math.Nextafter(1000, 0)
	for _, c := range []struct {
		name   string
		equity []float64
	}{
		{"up", []float64{1000, up, up, up}},
		{"down", []float64{1000, 1000, down, down}},
		{"both", []float64{up, down, up, 1000}},
		{"not at all", []float64{1000, 1000, 1000, 1000}},
	} {
		log := TradeLog{Fills: 2}
		var calc Calculator
		v := calc.Compute(Curve{Equity: c.equity, Start: 1000, Annual: 252, Years: 1}, &log)
		for _, s := range []Stat{Sharpe, Sortino, Calmar, Omega, RecoveryFactor, Skew, Kurtosis, TailRatio} {
			if v[s] == v[s] {
				t.Errorf("%s: %s is %v, want undefined", c.name, s, v[s])
			}
		}
		var sums Tally
		sums.Bars, sums.Held, sums.HeldOf, sums.Last = 4, 4, 4, c.equity[3]
		last := 1000.0
		for _, e := range c.equity {
			r := e/last - 1
			last = e
			sums.Equity += e
			sums.Returns += r
			sums.Excess += r
			sums.Squares += r * r
			sums.Above += max(r, 0)
			sums.Below += max(-r, 0)
			sums.Downside += min(r, 0) * min(r, 0)
		}
		calc.Sums(&v, &sums, Account{Start: 1000, Annual: 252, Years: 1}, &log)
		for _, s := range []Stat{Sharpe, Sortino, Calmar, Omega, RecoveryFactor} {
			if v[s] == v[s] {
				t.Errorf("%s, from sums: %s is %v, want undefined", c.name, s, v[s])
			}
		}
	}
}

// An account that gains at every bar, once by a last bit downwards: it has no losses, so
// the ratios by them are infinite, and Sharpe is a number.
func TestNoLossesButLastBits(t *testing.T) {
	log := TradeLog{Fills: 2}
	var calc Calculator
	v := calc.Compute(Curve{Equity: []float64{1100, math.Nextafter(1100, 0), 1210}, Start: 1000, Annual: 1, Years: 3}, &log)
	for _, s := range []Stat{Sortino, Calmar, Omega, RecoveryFactor} {
		if !math.IsInf(v[s], 1) {
			t.Errorf("%s is %v, want +Inf", s, v[s])
		}
	}
	// Returns are 0.1, 0 and 0.1: mean 0.2 / 3, sd √(2 × (0.1/3)² + (0.2/3)²) / √2.
	mean, sd := 0.2/3, math.Sqrt((2*(0.1/3)*(0.1/3)+(0.2/3)*(0.2/3))/2)
	if got, want := v[Sharpe], mean/sd; math.Abs(got-want) > 1e-12 {
		t.Errorf("sharpe is %v, want %v", got, want)
	}
}

// Growth a year is not made of less than 30 days, ruined or not.
func TestGrowthOfShortTimes(t *testing.T) {
	for _, c := range []struct {
		days   float64
		equity float64
		want   float64
	}{
		{29, 110, math.NaN()},
		{1, 0, math.NaN()},
		{30, 110, math.Pow(1.1, 365.25/30) - 1},
		{60, 0, -1},
	} {
		var calc Calculator
		v := calc.Compute(Curve{Equity: []float64{90, c.equity}, Start: 100, Annual: 252, Years: c.days / 365.25}, &TradeLog{Fills: 2})
		calmar := c.want / max(0.1, 1-c.equity/100)
		if !sameGrowth(v[CAGR], c.want) || !sameGrowth(v[Calmar], calmar) {
			t.Errorf("%v days: cagr %v and calmar %v, want %v and %v", c.days, v[CAGR], v[Calmar], c.want, calmar)
		}
	}
}

func sameGrowth(got, want float64) bool {
	return got != got && want != want || math.Abs(got-want) <= 1e-9*math.Abs(want)
}

// Three trades that gain the same but for rounding have no deviation, and no sqn.
func TestSQNOfEqualTrades(t *testing.T) {
	var log TradeLog
	for _, pnl := range []float64{100, math.Nextafter(100, 200), 100} {
		log.Add(Trade{PnL: pnl, Return: 0.1, Bars: 1})
	}
	var calc Calculator
	if v := calc.Compute(Curve{Equity: []float64{1}, Start: 1, Annual: 1, Years: 1}, &log); v[SQN] == v[SQN] {
		t.Errorf("sqn is %v, want undefined", v[SQN])
	}
}
