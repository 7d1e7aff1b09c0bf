package sweep

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/ingest"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/internal/ranking"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// segmentSpec is a small grid with a segment a year.
func segmentSpec() *spec.Spec {
	s := crossSpec()
	s.Segments.By = spec.SegmentsYear
	return s
}

// writeBoth writes the results of a sweep and their segments, until a context ends.
func writeBoth(ctx context.Context, f *columnar.Frame, s *spec.Spec, path string, o Options, resume bool) error {
	o.Segments = &pipeline.Segmentation{}
	if resume {
		o.Resume = path
	}
	rows, err := results.Create(path, results.WriterOptions{Resume: resume})
	if err != nil {
		return err
	}
	defer rows.Close()
	segments, err := results.Create(results.SegmentsPath(path), results.WriterOptions{Resume: resume})
	if err != nil {
		return err
	}
	defer segments.Close()
	r, err := Run(ctx, f, s, o)
	if err != nil {
		return err
	}
	defer r.Release()
	return r.WriteSegments(segments, func() error { _, err := rows.Write(r); return err })
}

// stopping is a space that ends a sweep when its trials have been asked for so often.
type stopping struct {
	*subset
	asked  *atomic.Int64
	after  int64
	cancel context.CancelFunc
}

func (s stopping) Block(ctx context.Context, from, to int64, dst []int64) ([]int64, int64, error) {
	if s.asked.Add(1) > s.after {
		s.cancel()
	}
	return s.subset.Block(ctx, from, to, dst)
}

func bytesOf(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestSegmentsAreTheSameBytes: whatever the workers and blocks are, and wherever a sweep
// was interrupted before it was gone on with.
func TestSegmentsAreTheSameBytes(t *testing.T) {
	f := walk(t, 3, 900)
	s := segmentSpec()
	// 3 assets and the pool, so many trials that there are several row groups.
	s.Params = []spec.Param{{Name: "fast", Axis: spec.Range(2, 21, 1)}, {Name: "slow", Axis: spec.Range(62, 121, 1)}}
	s.Segments = spec.Segments{By: spec.SegmentsBlocks, Blocks: 16}
	all := randomSubset(t, s, 1200, 1)
	dir := t.TempDir()
	want := filepath.Join(dir, "want.parquet")
	if err := writeBoth(t.Context(), f, s, want, Options{Workers: 1, Space: all}, false); err != nil {
		t.Fatal(err)
	}
	same := func(name, path string) {
		t.Helper()
		if !bytes.Equal(bytesOf(t, path), bytesOf(t, want)) || !bytes.Equal(bytesOf(t, results.SegmentsPath(path)), bytesOf(t, results.SegmentsPath(want))) {
			t.Errorf("%s: other bytes", name)
		}
	}
	for name, o := range map[string]Options{
		"2 workers": {Workers: 2}, "8 workers": {Workers: 8}, "blocks of 7": {Workers: 2, BlockTrials: 7}, "no cache": {CacheBytes: -1},
		"16 MiB": {Workers: 2, Budget: columnar.NewBudget(64 << 20)},
	} {
		path := filepath.Join(dir, name+".parquet")
		o.Space = all
		if err := writeBoth(t.Context(), f, s, path, o, false); err != nil {
			t.Fatal(name, err)
		}
		same(name, path)
	}
	for after := range 6 {
		path := filepath.Join(dir, fmt.Sprintf("interrupted%d.parquet", after))
		ended := 0
		for try := 0; ; try++ {
			ctx, cancel := context.WithCancel(t.Context())
			o := Options{Workers: 2, BlockTrials: 70, Space: stopping{all, new(atomic.Int64), int64(1 + 3*after + try), cancel}}
			if try == 3 {
				o.Space = all
			}
			err := writeBoth(ctx, f, s, path, o, true)
			cancel()
			if err == nil {
				break
			}
			var partial *results.PartialError
			if !errors.As(err, &partial) && !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			ended++
		}
		same(fmt.Sprintf("interrupted %d times", ended), path)
	}
	// One of the two is whole, and of the other nothing is left.
	if err := os.Remove(results.SegmentsPath(want)); err != nil {
		t.Fatal(err)
	}
	before := bytesOf(t, filepath.Join(dir, "2 workers.segments.parquet"))
	if err := writeBoth(t.Context(), f, s, want, Options{Workers: 2, Space: all}, true); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(bytesOf(t, results.SegmentsPath(want)), before) {
		t.Error("segments that were missing beside whole results: other bytes")
	}
}

// TestSegmentsOfRealBars holds the segments of every trial on the real assets, or on the
// generated ones without them, to its equity curve, sliced at the years by a loop of its
// own: bars, Σ r, Σ r², the first and the last equity to 1e-10.
func TestSegmentsOfRealBars(t *testing.T) {
	for name, f := range map[string]func(*testing.T) *columnar.Frame{"demo": daily, "us8": realBars} {
		t.Run(name, func(t *testing.T) {
			f := f(t)
			defer f.Release()
			s := segmentSpec()
			r, err := Run(t.Context(), f, s, Options{Segments: &pipeline.Segmentation{}})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Release()
			type key struct {
				trial   int64
				asset   string
				segment int64
			}
			got := make(map[key][metrics.NumSums]float64)
			done := make(chan struct{})
			go func() {
				defer close(done)
				for seg := r.Segments(); seg.Next(); {
					rec := seg.Record()
					for row := range int(rec.NumRows()) {
						k := key{rec.Column(0).(*array.Int64).Value(row), rec.Column(1).(*array.String).Value(row), rec.Column(2).(*array.Int64).Value(row)}
						var v [metrics.NumSums]float64
						for i := range v {
							v[i] = ranking.Number(rec.Column(results.SegmentKeys+i), row)
						}
						got[k] = v
					}
				}
			}()
			for r.Next() {
			}
			<-done
			if err := r.Err(); err != nil {
				t.Fatal(err)
			}
			checked := 0
			for trial := range int64(s.Params[0].Axis.Len() * s.Params[1].Axis.Len()) {
				one := *s
				index := []int{int(trial) / s.Params[1].Axis.Len(), int(trial) % s.Params[1].Axis.Len()}
				for p, param := range s.Params {
					if err := one.Set(param.Name, fmt.Sprint(param.Axis.Value(index[p]))); err != nil {
						t.Fatal(err)
					}
				}
				if one.Where != "" && s.Params[0].Axis.Value(index[0]) >= s.Params[1].Axis.Value(index[1]) {
					continue
				}
				b, err := RunBacktest(t.Context(), f, &one, BacktestOptions{})
				if err != nil {
					t.Fatal(err)
				}
				d := b.Detail()
				check := func(asset string, times []int64, equity []float64, before float64) {
					// Segments are numbered from the first year of all assets.
					first := time.Unix(0, d.Times[0]).UTC().Year()
					sums := make(map[int64][5]float64)
					for i, e := range equity {
						n := int64(time.Unix(0, times[i]).UTC().Year() - first)
						v, ok := sums[n]
						if !ok {
							v[3] = before
						}
						ret := e/before - 1
						v[0], v[1], v[2], v[4] = v[0]+1, v[1]+ret, v[2]+ret*ret, e
						sums[n], before = v, e
					}
					for n, want := range sums {
						have := got[key{trial, asset, n}]
						for i, sum := range []metrics.Sum{metrics.SegBars, metrics.SegReturns, metrics.SegSquares, metrics.SegFirst, metrics.SegLast} {
							if math.Abs(have[sum]-want[i]) > 1e-10*max(math.Abs(want[i]), 1e-3) {
								t.Fatalf("trial %d %s segment %d: %s = %v, want %v", trial, asset, n, sum, have[sum], want[i])
							}
							checked++
						}
					}
				}
				for _, a := range d.Assets {
					check(a.Asset.ID, a.Asset.Times[a.Asset.Lo:a.Asset.Hi], a.Result.Equity, s.Resolved().Simulation.Cash)
				}
				check(results.PooledAsset, d.Times, d.Equity, s.Resolved().Simulation.Cash*float64(len(d.Assets)))
				b.Release()
			}
			if checked < 1000 {
				t.Errorf("%d sums: the case says too little", checked)
			}
		})
	}
}

// TestSegmentsRefuse: what segments do not go with.
func TestSegmentsRefuse(t *testing.T) {
	f := walk(t, 1, 100)
	for want, c := range map[string]struct {
		spec *spec.Spec
		opts Options
	}{
		"the spec does not say where they begin": {crossSpec(), Options{Segments: &pipeline.Segmentation{}}},
		"leave out Top or Segments":              {segmentSpec(), Options{Segments: &pipeline.Segmentation{}, Top: 3}},
		"is not after the one before":            {segmentSpec(), Options{Segments: &pipeline.Segmentation{Cuts: []int64{5, 5}}}},
	} {
		r, err := Run(t.Context(), f, c.spec, c.opts)
		if err == nil {
			r.Release()
		}
		if err == nil || !bytes.Contains([]byte(err.Error()), []byte(want)) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// realBars returns the eight real assets, or skips the test where they are absent.
func realBars(t *testing.T) *columnar.Frame {
	t.Helper()
	dir := filepath.Join("..", "..", "shared", "data", "us8", "split_adjusted")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no shared/data/us8 beside the repository")
	}
	result, err := ingest.Files(t.Context(), []string{dir}, ingest.Options{Calendar: calendar.NYSE(), Adjusted: columnar.AdjustedSplits})
	if err != nil {
		t.Fatal(err)
	}
	return result.Frame
}
