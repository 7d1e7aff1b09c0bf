package event

import (
	"strconv"
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/internal/simtest"

	"github.com/bowstring-engine/bowstring/pipeline/internal/reference"

	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// BenchmarkEvent is many backtests on one asset, in ns a bar and trial.
func BenchmarkEvent(b *testing.B) {
	const n, trials = 40_000, 400
	bars := simtest.RandomBars(n, 7)
	for _, every := range []int{5, 40, 400} {
		b.Run("every="+strconv.Itoa(every), func(b *testing.B) {
			e, err := New(backtest.Config{CommissionBps: 10})
			if err != nil {
				b.Fatal(err)
			}
			signals := make([]reference.Signals, trials)
			for i := range signals {
				signals[i].Entry, signals[i].Exit = simtest.EveryBars(n, every)
			}
			var values metrics.Values
			account := metrics.Account{Start: backtest.DefaultCash, Annual: 252, Years: n / 252.}
			b.ReportAllocs()
			for b.Loop() {
				runEvent(e, bars, signals, 0, n, account, true, false)
				for i := range signals {
					if !e.Finish(&values, i, account) {
						b.Fatal("needsReference")
					}
				}
			}
			ns := float64(b.Elapsed().Nanoseconds()) / float64(b.N)
			b.ReportMetric(ns/n/trials, "ns/bar-step")
			b.ReportMetric(ns/trials/(n/float64(2*every)), "ns/trade")
		})
	}
}
