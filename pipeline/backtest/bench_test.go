package backtest

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// randomBars is a seeded random walk with opens, highs and lows around it.
func randomBars(n int, seed uint64) Bars {
	rng := rand.New(rand.NewPCG(seed, 1))
	b := Bars{make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)}
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

// everyBars alternates entry and exit, one signal every so many bars.
func everyBars(n, every int) Signals {
	s := Signals{Entry: kernel.MakeBits(n), Exit: kernel.MakeBits(n)}
	for t, entry := every, true; t < n; t, entry = t+every, !entry {
		if entry {
			s.Entry.Set(t)
		} else {
			s.Exit.Set(t)
		}
	}
	return s
}

// BenchmarkReference is one backtest with every statistic, in ns a bar.
func BenchmarkReference(b *testing.B) { benchmarkReference(b, Stops{}) }

// BenchmarkReferenceStops is the same with stops that end most trades.
func BenchmarkReferenceStops(b *testing.B) {
	benchmarkReference(b, Stops{Loss: 0.05, Profit: 0.1, Trailing: 0.07})
}

func benchmarkReference(b *testing.B, stops Stops) {
	const n = 40_000
	bars := randomBars(n, 7)
	for _, fill := range []Fill{FillNextOpen, FillClose} {
		for _, every := range []int{5, 40, 400} {
			b.Run("fill="+string(fill)+"/every="+strconv.Itoa(every), func(b *testing.B) {
				e, err := NewReference(Config{Fill: fill, CommissionBps: 10})
				if err != nil {
					b.Fatal(err)
				}
				signals := everyBars(n, every)
				signals.Stops = stops
				var calc metrics.Calculator
				b.ReportAllocs()
				for b.Loop() {
					r := e.Run(bars, signals, 0, n)
					calc.Compute(metrics.Curve{Equity: r.Equity, Start: DefaultCash, Annual: 252, Years: n / 252., Held: r.Held}, &r.Log)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/bar")
			})
		}
	}
}
