package sweep

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/bowstring-engine/bowstring/ingest/sample"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
)

// gridSpec is the SMA cross of the demo: 20 × 20 combinations.
func gridSpec() *Spec {
	return &Spec{
		Params:     []Param{{"fast", Range(5, 43, 2)}, {"slow", Range(50, 240, 10)}},
		Let:        []Expr{{"fast_ma", "sma(close, $fast)"}, {"slow_ma", "sma(close, $slow)"}},
		Rules:      Rules{Entry: "crosses_above(fast_ma, slow_ma)", Exit: "crosses_below(fast_ma, slow_ma)"},
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
	for _, rows := range []Rows{RowsAssets, RowsBoth} {
		for _, workers := range []int{1, 2} {
			b.Run(fmt.Sprintf("rows=%s/workers=%d", rows, workers), func(b *testing.B) {
				spec := gridSpec()
				spec.Output.Rows = rows
				b.ReportAllocs()
				for b.Loop() {
					r, err := Run(context.Background(), frame, spec, Options{Workers: workers})
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
	spec := gridSpec()
	spec.Params = []Param{{"fast", Range(2, 51, 1)}, {"slow", Range(60, 259, 1)}}
	path := filepath.Join(b.TempDir(), "out.parquet")
	rows := int64(0)
	b.ReportAllocs()
	for b.Loop() {
		r, err := Run(context.Background(), frame, spec, Options{})
		if err != nil {
			b.Fatal(err)
		}
		n, err := WriteFile(path, r)
		if err != nil {
			b.Fatal(err)
		}
		rows += n
		r.Release()
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}
