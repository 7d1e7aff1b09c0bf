package sweep

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/sample"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// BenchmarkSegments runs sweeps with 16 segments and without in turns, and reports how
// many times as long the median of those with takes: M1 and W2 of docs/benchmarks.md, with
// all sums written to a file beside the results, and W2 where only what a Sharpe ratio
// needs is handed out.
func BenchmarkSegments(b *testing.B) {
	minutes, err := sample.Walk(sample.Options{Assets: 1, Bars: 200_000, Seed: 11, Frequency: time.Minute})
	if err != nil {
		b.Fatal(err)
	}
	defer minutes.Release()
	days, err := sample.Demo(sample.DemoSeed)
	if err != nil {
		b.Fatal(err)
	}
	defer days.Release()
	m1 := cross(spec.Range(5, 203, 2), spec.Range(210, 1200, 10))
	w2 := cross(spec.Range(2, 101, 1), spec.Range(105, 303, 2))
	need := []metrics.Sum{metrics.SegBars, metrics.SegReturns, metrics.SegSquares}
	for _, c := range []struct {
		name  string
		frame *columnar.Frame
		spec  *spec.Spec
		kept  []metrics.Sum // nil: all are written
	}{{"M1 written", minutes, m1, nil}, {"W2 written", days, w2, nil}, {"W2 kept", days, w2, need}, {"M1 kept", minutes, m1, need}} {
		b.Run(c.name, func(b *testing.B) {
			s := *c.spec
			s.Segments = spec.Segments{By: spec.SegmentsBlocks, Blocks: 16}
			cuts, err := s.Segments.Cuts(pipeline.Calendar(c.frame))
			if err != nil {
				b.Fatal(err)
			}
			bound := &Bound{Frame: c.frame, Options: Options{Workers: 2}}
			pass := func(cut *pipeline.Segmentation) {
				if err := bound.Trials(context.Background(), c.spec, cut, func(*pipeline.Block) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
			dir := b.TempDir()
			write := func(cut *pipeline.Segmentation) {
				r, err := Run(context.Background(), c.frame, c.spec, Options{Workers: 2, Segments: cut})
				if err != nil {
					b.Fatal(err)
				}
				defer r.Release()
				path := filepath.Join(dir, "r.parquet")
				place := func(path string) *results.Writer {
					w, err := results.Create(path, results.WriterOptions{Force: true})
					if err != nil {
						b.Fatal(err)
					}
					return w
				}
				rows := place(path)
				defer rows.Close()
				all := func() error { _, err := rows.Write(r); return err }
				if cut == nil {
					err = all()
				} else {
					segments := place(results.SegmentsPath(path))
					defer segments.Close()
					err = r.WriteSegments(segments, all)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
			run, cut := write, &pipeline.Segmentation{Cuts: cuts}
			if c.kept != nil {
				run, cut.Sums = pass, c.kept
			}
			var with, without []float64
			timed := func(cut *pipeline.Segmentation) float64 {
				start := time.Now()
				run(cut)
				return time.Since(start).Seconds()
			}
			timed(nil)
			for b.Loop() {
				without, with = append(without, timed(nil)), append(with, timed(cut))
			}
			slices.Sort(with)
			slices.Sort(without)
			b.ReportMetric(1000*without[len(without)/2], "ms-without")
			b.ReportMetric(1000*with[len(with)/2], "ms-with")
			b.ReportMetric(with[len(with)/2]/without[len(without)/2], "x")
		})
	}
}
