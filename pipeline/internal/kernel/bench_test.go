package kernel_test

import (
	"fmt"
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

const benchmarkRows = 40000

// perBar reports nanoseconds a bar. SetBytes counts the eight bytes of a
// value read.
func perBar(b *testing.B, run func()) {
	b.SetBytes(benchmarkRows * 8)
	b.ReportAllocs()
	for range b.N {
		run()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchmarkRows, "ns/bar")
}

func BenchmarkWindow(b *testing.B) {
	dst := make([]float64, benchmarkRows)
	for _, s := range []shape{shapes[0], shapes[1]} {
		src := s.column(benchmarkRows)
		for _, k := range all {
			if k.name == "sma cents" && s.name != "cents" {
				continue
			}
			for _, n := range []int{2, 14, 200} {
				b.Run(fmt.Sprintf("%s/data=%s/rows=%d/window=%d", k.name, s.name, benchmarkRows, n), func(b *testing.B) {
					perBar(b, func() { k.run(dst, src, n) })
				})
			}
		}
	}
}

func BenchmarkMask(b *testing.B) {
	x, y := shapes[0].column(benchmarkRows), shapes[1].column(benchmarkRows)
	for i := range y {
		y[i] -= 90
	}
	dst := kernel.MakeBits(benchmarkRows)
	out := make([]float64, benchmarkRows)
	for _, c := range []struct {
		name string
		run  func()
	}{
		{"greater", func() { kernel.CompareSeries(dst, kernel.Greater, x, y) }},
		{"less", func() { kernel.CompareSeries(dst, kernel.Less, x, y) }},
		{"equal", func() { kernel.CompareSeries(dst, kernel.Equal, x, y) }},
		{"greater const", func() { kernel.CompareConst(dst, kernel.Greater, x, 10.25) }},
		{"crosses above", func() { kernel.CrossesAbove(dst, x, y) }},
		{"crosses above const", func() { kernel.CrossesAboveConst(dst, x, 10.25) }},
		{"not crosses above", func() { kernel.NotCrossesAbove(dst, x, y) }},
		{"divide", func() { kernel.ArithSeries(out, kernel.DivOp, x, y) }},
		{"add", func() { kernel.ArithSeries(out, kernel.AddOp, x, y) }},
	} {
		b.Run(fmt.Sprintf("%s/rows=%d", c.name, benchmarkRows), func(b *testing.B) { perBar(b, c.run) })
	}
}
