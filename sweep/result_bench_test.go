package sweep

import (
	"context"
	"fmt"
	"io"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/ingest/sample"
	"github.com/bowstring-engine/bowstring/internal/parquet"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// recorded returns the blocks of a sweep of 10,000 trials over nine assets
// that trade, pooled rows included: 100,000 rows.
func recorded(b *testing.B) (*job, []*pipeline.Block) {
	b.Helper()
	frame, err := sample.Walk(sample.Options{Assets: 9, Bars: 1000, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(frame.Release)
	s := gridSpec()
	s.Params = []spec.Param{{Name: "fast", Axis: spec.Range(2, 51, 1)}, {Name: "slow", Axis: spec.Range(60, 259, 1)}}
	j, err := prepare(b.Context(), frame, s, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(j.release)
	var blocks []*pipeline.Block
	_, err = pipeline.Run(context.Background(), j.plan, j.grid, func(b *pipeline.Block) error {
		blocks = append(blocks, &pipeline.Block{Trials: slices.Clone(b.Trials), Index: slices.Clone(b.Index), Rows: slices.Clone(b.Rows)})
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return j, blocks
}

// BenchmarkResultTable builds the table of a million rows from blocks that
// are there, and encodes it: what writing costs a sweep, without the sweep and
// without a disk.
func BenchmarkResultTable(b *testing.B) {
	j, blocks := recorded(b)
	columns, err := parquet.ColumnsOf(results.Schema(j.spec))
	if err != nil {
		b.Fatal(err)
	}
	const repeat = 10
	run := func(b *testing.B, emit func(arrow.Record) error) {
		table := newTableBuilder(memory.DefaultAllocator, j.spec, j.assets())
		defer table.release()
		for range repeat {
			for _, block := range blocks {
				if err := table.add(block, emit); err != nil {
					b.Fatal(err)
				}
			}
		}
		if err := table.flush(emit); err != nil {
			b.Fatal(err)
		}
	}
	report := func(b *testing.B, bytes int64) {
		rows := float64(repeat * 100_000)
		b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		if bytes > 0 {
			b.ReportMetric(float64(bytes)/rows, "B/row")
		}
	}
	b.Run("build", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			run(b, func(arrow.Record) error { return nil })
		}
		report(b, 0)
	})
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("encode/workers=%d", workers), func(b *testing.B) {
			b.ReportAllocs()
			bytes := int64(0)
			for b.Loop() {
				w, err := parquet.NewWriter(io.Discard, columns, parquet.Options{Codec: parquet.Snappy, Workers: workers})
				if err != nil {
					b.Fatal(err)
				}
				run(b, w.WriteRecord)
				if err := w.Close(); err != nil {
					b.Fatal(err)
				}
				bytes = w.Offset()
			}
			report(b, bytes)
		})
	}
}
