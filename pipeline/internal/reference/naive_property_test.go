package reference

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline/internal/simtest"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// drawTicks draws bars of whole prices, so that prices often are exactly at a
// level, with gaps, constant stretches, unknown prices and idle bars. Fewer
// bars of one seed are the first of more. (rapid's own choices favour small
// numbers too much for a price path to go anywhere.)
func drawTicks(t *rapid.T, n int) backtest.Bars {
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "price seed"), 1))
	pick := func(v ...int) int { return v[rng.IntN(len(v))] }
	step := func() int { return pick(0, 0, 0, 1, -1, 2, -2, 5, -5, 10, -10) }
	wick := func() int { return pick(0, 0, 1, 2, 5, 20) }
	b := candles(make([]candle, n))
	price := 80
	for i := range n {
		open := max(price+step(), 5)
		price = max(open+step(), 5)
		b.Open[i], b.Close[i] = float64(open), float64(price)
		b.High[i], b.Low[i] = float64(max(open, price)+wick()), float64(max(min(open, price)-wick(), 0))
		switch rng.IntN(30) {
		case 6:
			if rng.IntN(4) == 0 { // as of oil in April 2020
				b.Low[i], b.Close[i] = -40, float64(pick(0, -1, -38))
			}
		case 0:
			b.Open[i] = nan
		case 1:
			b.High[i] = nan
		case 2:
			b.Low[i] = nan
		case 3:
			b.Close[i] = math.Inf(1)
		case 4:
			b.Volume[i] = 0
		case 5:
			b.Open[i], b.High[i], b.Low[i], b.Close[i] = nan, nan, nan, nan
		}
	}
	return b
}

// drawLevels draws signals that stay true for a while, or single ones.
func drawLevels(t *rapid.T, n int, short bool) Signals {
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "signal seed"), 2))
	longest := rapid.SampledFrom([]int{12, 40, 4, 1}).Draw(t, "longest signal")
	mask := func(share float64) kernel.Bits {
		m := kernel.MakeBits(n)
		for i := 0; i < n; {
			on := rng.Float64() < share
			for end := min(i+1+rng.IntN(longest), n); i < end; i++ {
				if on {
					m.Set(i)
				}
			}
		}
		return m
	}
	s := Signals{Entry: mask(0.5), Exit: mask(0.2)}
	if short {
		s.ShortEntry, s.ShortExit = mask(0.3), mask(0.2)
	}
	return s
}

// drawStops draws each stop or none; 1e-17 is lost beside 1.
func drawStops(t *rapid.T) backtest.Stops {
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "stop seed"), 3))
	pick := func(v ...float64) float64 { return v[rng.IntN(len(v))] }
	return backtest.Stops{
		Loss:     pick(0, 0, 0.0125, 0.05, 0.1, 0.125, 0.25, 0.9, 1e-17),
		Profit:   pick(0, 0, 0.0125, 0.05, 0.125, 1, 1.5),
		Trailing: pick(0, 0, 0.0125, 0.05, 0.1, 0.125, 0.25, 0.9, 1e-17),
	}
}

// TestReferenceEqualsNaive holds the engine against the naive simulation, for
// every setting and with and without stops.
func TestReferenceEqualsNaive(t *testing.T) {
	seen := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom([]int{90, 140, 40, 10, 3, 1}).Draw(t, "bars")
		cfg := simtest.DrawConfig(t)
		if rapid.IntRange(0, 9).Draw(t, "poor") < 9 {
			cfg.Cash += 20_000 // most accounts can pay for an entry
		}
		b := drawTicks(t, n)
		if rapid.IntRange(0, 9).Draw(t, "wild") == 9 {
			b = drawBars(t, n)
		}
		signals := drawLevels(t, n, cfg.Direction == backtest.Both || cfg.Direction == backtest.Short && rapid.Bool().Draw(t, "short rules"))
		signals.Stops = drawStops(t)
		lo := 0
		if rapid.Bool().Draw(t, "window") {
			lo = rapid.IntRange(0, n-1).Draw(t, "lo")
		}
		hi := n - rapid.IntRange(0, n-lo).Draw(t, "bars left out")

		e, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		got := e.Run(b, signals, lo, hi)
		want := naive{cfg: cfg, bars: b, signals: signals}
		want.run(lo, hi)
		if want.position != nil {
			want.record(hi-1, want.position.last, want.position.fee, backtest.ReasonOpen)
		}
		seen["examples"]++
		if len(got.Trades) != len(want.trades) {
			t.Fatalf("trades\n%+v, want\n%+v", got.Trades, want.trades)
		}
		for i, w := range want.trades {
			g := got.Trades[i]
			seen[w.Side.String()+" "+w.Reason.String()]++
			if g.Side != w.Side || g.Entry != w.Entry || g.Exit != w.Exit || g.Reason != w.Reason {
				t.Fatalf("trade %d is %+v, want %+v", i, g, w)
			}
			for _, v := range [][2]float64{{g.EntryPrice, w.EntryPrice}, {g.ExitPrice, w.ExitPrice}, {g.Units, w.Units}, {g.Fees, w.Fees}} {
				if math.Abs(v[0]-v[1]) > 1e-9*max(1, math.Abs(v[1])) {
					t.Fatalf("trade %d is %+v, want %+v", i, g, w)
				}
			}
		}
		for i, w := range want.equity {
			if math.Abs(got.Equity[i]-w) > 1e-9*max(cfg.Cash, math.Abs(w)) {
				t.Fatalf("bar %d: equity %v, want %v", lo+i, got.Equity[i], w)
			}
		}
		dropped := 0
		if want.order != nil {
			dropped = 1
		}
		counts := [][2]int{
			{len(got.Equity), len(want.equity)}, {got.Held, want.held}, {got.Log.Partial, want.partial},
			{got.Log.Rejected, want.rejected}, {got.Log.Dropped, dropped}, {got.Log.StopExits, want.stopExits},
		}
		for i, c := range counts {
			if c[0] != c[1] {
				t.Fatalf("count %d is %d, want %d", i, c[0], c[1])
			}
		}
		if got.Ruined != want.ruined || math.Abs(got.Deficit-want.deficit) > 1e-9*cfg.Cash {
			t.Fatalf("ruined %v by %v, want %v by %v", got.Ruined, got.Deficit, want.ruined, want.deficit)
		}
	})
	t.Log(seen)
	for _, side := range []string{"long ", "short "} {
		for _, reason := range []backtest.Reason{backtest.ReasonSignal, backtest.ReasonStopLoss, backtest.ReasonTakeProfit, backtest.ReasonTrailingStop} {
			if name := side + reason.String(); seen["examples"] >= 1000 && seen[name] < 40 {
				t.Errorf("only %d trades of %d examples ended by %s", seen[name], seen["examples"], name)
			}
		}
	}
}
