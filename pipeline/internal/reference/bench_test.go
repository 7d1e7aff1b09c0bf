package reference

import (
	"strconv"
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline/internal/simtest"

	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// BenchmarkReference is one backtest with every statistic, in ns a bar.
func BenchmarkReference(b *testing.B) { benchmarkReference(b, backtest.Stops{}) }

// BenchmarkReferenceStops is the same with stops that end most trades.
func BenchmarkReferenceStops(b *testing.B) {
	benchmarkReference(b, backtest.Stops{Loss: 0.05, Profit: 0.1, Trailing: 0.07})
}

func benchmarkReference(b *testing.B, stops backtest.Stops) {
	const n = 40_000
	bars := simtest.RandomBars(n, 7)
	for _, fill := range []backtest.Fill{backtest.FillNextOpen, backtest.FillClose} {
		for _, every := range []int{5, 40, 400} {
			b.Run("fill="+string(fill)+"/every="+strconv.Itoa(every), func(b *testing.B) {
				e, err := New(backtest.Config{Fill: fill, CommissionBps: 10})
				if err != nil {
					b.Fatal(err)
				}
				var signals Signals
				signals.Entry, signals.Exit = simtest.EveryBars(n, every)
				signals.Stops = stops
				var calc metrics.Calculator
				b.ReportAllocs()
				for b.Loop() {
					r := e.Run(bars, signals, 0, n)
					calc.Compute(metrics.Curve{Equity: r.Equity, Start: backtest.DefaultCash, Annual: 252, Years: n / 252., Held: r.Held}, &r.Log)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/bar")
			})
		}
	}
}
