package metrics

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkCompute measures a curve that is invested for a share of its bars.
func BenchmarkCompute(b *testing.B) {
	const n = 40_000
	for _, invested := range []int{0, 50, 100} {
		b.Run(fmt.Sprintf("invested=%d", invested), func(b *testing.B) {
			rng := rand.New(rand.NewPCG(1, 2))
			equity, e := make([]float64, n), 1000.0
			for i := range equity {
				if i%200 < invested*2 {
					e *= 1 + 0.01*rng.NormFloat64()
				}
				equity[i] = e
			}
			var c Calculator
			log := filled()
			b.ReportAllocs()
			for b.Loop() {
				c.Compute(Curve{Equity: equity, Start: 1000, Annual: 252, Years: 1}, log)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/bar")
		})
	}
}
