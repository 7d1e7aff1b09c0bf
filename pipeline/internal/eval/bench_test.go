package eval

import (
	"context"
	"fmt"
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// BenchmarkSignals evaluates the SMA cross, both its rules, with a cache that
// holds all averages. One operation is a grid of 20 × 20 trials.
func BenchmarkSignals(b *testing.B) {
	for _, bars := range []int{5000, 200_000} {
		b.Run(fmt.Sprintf("bars=%d", bars), func(b *testing.B) {
			p := mustCompile(b, smaCross(20, 20))
			e := NewEvaluator(p, NewFeatureCache(1<<30, nil))
			e.Bind(flat(0, randomWalk(1, bars)...))
			run := func() {
				trials(20, 20, func(index []int) {
					if _, err := e.Signals(context.Background(), index); err != nil {
						b.Fatal(err)
					}
				})
			}
			run()
			b.ReportAllocs()
			for b.Loop() {
				run()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*400*bars), "ns/bar")
		})
	}
}

// BenchmarkWarmTrial is what a trial costs besides its kernels.
func BenchmarkWarmTrial(b *testing.B) {
	p := mustCompile(b, smaCross(20, 20))
	e := NewEvaluator(p, NewFeatureCache(1<<20, nil))
	e.Bind(flat(0, 1))
	index := []int{0, 0}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		index[0], index[1] = i/20%20, i%20
		if _, err := e.Signals(context.Background(), index); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	d := mixed()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := strategy.Compile(d); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCondition(b *testing.B) {
	c, err := strategy.CompileCondition([]strategy.Param{grid("a", 1, 2), grid("b", 1, 2)}, strategy.Expr{Text: "$a < $b"})
	if err != nil {
		b.Fatal(err)
	}
	index := []int{0, 1}
	b.ReportAllocs()
	for b.Loop() {
		c.Holds(index)
	}
}
