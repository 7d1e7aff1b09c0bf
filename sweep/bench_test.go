package sweep

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/bowstring-engine/bowstring/ingest/sample"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// gridSpec is the SMA cross of the demo: 20 × 20 combinations.
func gridSpec() *spec.Spec {
	return &spec.Spec{
		Params:     []spec.Param{{Name: "fast", Axis: spec.Range(5, 43, 2)}, {Name: "slow", Axis: spec.Range(50, 240, 10)}},
		Let:        []spec.Expr{{Name: "fast_ma", Text: "sma(close, $fast)"}, {Name: "slow_ma", Text: "sma(close, $slow)"}},
		Rules:      spec.Rules{Entry: "crosses_above(fast_ma, slow_ma)", Exit: "crosses_below(fast_ma, slow_ma)"},
		Simulation: backtest.Config{Fill: backtest.FillClose, CommissionBps: 10},
	}
}

// BenchmarkGrid runs 400 combinations over eight assets and 42,801 daily
// bars: 17.1 million bar-steps.
func BenchmarkGrid(b *testing.B) {
	frame, err := sample.Demo(sample.DemoSeed)
	if err != nil {
		b.Fatal(err)
	}
	defer frame.Release()
	for _, rows := range []spec.Rows{spec.RowsAssets, spec.RowsBoth} {
		for _, workers := range []int{1, 2} {
			b.Run(fmt.Sprintf("rows=%s/workers=%d", rows, workers), func(b *testing.B) {
				s := gridSpec()
				s.Output.Rows = rows
				b.ReportAllocs()
				for b.Loop() {
					r, err := Run(context.Background(), frame, s, Options{Workers: workers})
					if err != nil {
						b.Fatal(err)
					}
					for r.Next() {
					}
					if r.Err() != nil {
						b.Fatal(r.Err())
					}
					r.Release()
				}
				steps := float64(400 * frame.NumRows())
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/steps, "ns/bar-step")
			})
		}
	}
}

// BenchmarkResultRows writes a grid of short backtests, so that the result
// table is most of the work.
func BenchmarkResultRows(b *testing.B) {
	frame, err := sample.Walk(sample.Options{Assets: 9, Bars: 30, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	defer frame.Release()
	s := gridSpec()
	s.Params = []spec.Param{{Name: "fast", Axis: spec.Range(2, 51, 1)}, {Name: "slow", Axis: spec.Range(60, 259, 1)}}
	path := filepath.Join(b.TempDir(), "out.parquet")
	rows := int64(0)
	b.ReportAllocs()
	for b.Loop() {
		r, err := Run(context.Background(), frame, s, Options{})
		if err != nil {
			b.Fatal(err)
		}
		n, err := results.WriteFile(path, r)
		if err != nil {
			b.Fatal(err)
		}
		rows += n
		r.Release()
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}
