// Package simtest draws bars, signals and settings for the tests of both
// engines.
package simtest

import (
	"math/rand/v2"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// MakeBars returns n bars of zeros.
func MakeBars(n int) backtest.Bars {
	var b backtest.Bars
	for _, column := range []*[]float64{&b.Open, &b.High, &b.Low, &b.Close, &b.Volume} {
		*column = make([]float64, n)
	}
	return b
}

// RandomBars is a seeded random walk with opens, highs and lows around it.
func RandomBars(n int, seed uint64) backtest.Bars {
	rng := rand.New(rand.NewPCG(seed, 1))
	b := MakeBars(n)
	price := 100.0
	for t := range n {
		b.Open[t] = price * (1 + 0.002*rng.NormFloat64())
		price *= 1 + 0.01*rng.NormFloat64()
		b.Close[t] = price
		b.High[t] = max(b.Open[t], price) * 1.001
		b.Low[t] = min(b.Open[t], price) * 0.999
		b.Volume[t] = 1000
	}
	return b
}

// EveryBars returns the masks of n bars that alternate entry and exit, one
// signal every so many bars.
func EveryBars(n, every int) (entry, exit kernel.Bits) {
	entry, exit = kernel.MakeBits(n), kernel.MakeBits(n)
	for t, enters := every, true; t < n; t, enters = t+every, !enters {
		if enters {
			entry.Set(t)
		} else {
			exit.Set(t)
		}
	}
	return entry, exit
}

// DrawConfig draws any setting of a simulation that is valid.
func DrawConfig(t *rapid.T) backtest.Config {
	c := backtest.Config{
		Fill:              rapid.SampledFrom([]backtest.Fill{backtest.FillNextOpen, backtest.FillClose, backtest.FillNextClose}).Draw(t, "fill"),
		Direction:         rapid.SampledFrom([]backtest.Direction{backtest.Long, backtest.Short, backtest.Both}).Draw(t, "direction"),
		Conflict:          rapid.SampledFrom([]backtest.Conflict{backtest.ConflictIgnore, backtest.ConflictEntry, backtest.ConflictExit}).Draw(t, "conflict"),
		CashShort:         rapid.SampledFrom([]backtest.CashShort{backtest.CashPartial, backtest.CashReject}).Draw(t, "cash_short"),
		Start:             rapid.SampledFrom([]backtest.Start{backtest.StartInherit, backtest.StartFlat}).Draw(t, "start"),
		Rearm:             rapid.SampledFrom([]backtest.Rearm{backtest.RearmNextBar, backtest.RearmCrossing}).Draw(t, "rearm"),
		RequireVolume:     rapid.Bool().Draw(t, "require_volume"),
		Cash:              rapid.Float64Range(1, 1e5).Draw(t, "cash"),
		CommissionBps:     rapid.SampledFrom([]float64{0, 10, 100}).Draw(t, "bps"),
		CommissionPerUnit: rapid.SampledFrom([]float64{0, 0.01, 1}).Draw(t, "per_unit"),
		CommissionFixed:   rapid.SampledFrom([]float64{0, 1, 50}).Draw(t, "fixed"),
		SlippageBps:       rapid.SampledFrom([]float64{0, 5, 100}).Draw(t, "slippage"),
	}
	switch c.Sizing.Mode = rapid.SampledFrom([]backtest.SizingMode{backtest.SizeAllIn, backtest.SizePercent, backtest.SizeValue, backtest.SizeUnits}).Draw(t, "sizing"); c.Sizing.Mode {
	case backtest.SizePercent:
		c.Sizing.Amount = rapid.Float64Range(1, 100).Draw(t, "percent")
	case backtest.SizeValue:
		c.Sizing.Amount = rapid.Float64Range(1, 2e5).Draw(t, "value")
	case backtest.SizeUnits:
		c.Sizing.Amount = rapid.Float64Range(0.1, 1000).Draw(t, "units")
	}
	return c
}
