//go:build unix

package sweep

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/sample"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// cutStore is a store with one bundle, whose file is cut short.
type cutStore struct{ store *bundles.Store }

func newCut(t *testing.T, frame *columnar.Frame) cutStore {
	t.Helper()
	store, err := bundles.OpenStore(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	publishFrame(t, store, "cut", frame)
	return cutStore{store}
}

func (c cutStore) open(t *testing.T) *bundles.Bundle {
	t.Helper()
	b, err := c.store.Open(t.Context(), "cut", bundles.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (c cutStore) file(b *bundles.Bundle) string {
	return filepath.Join(c.store.Dir(), "cut", "versions", strings.TrimPrefix(b.Digest(), columnar.DigestPrefix), "bars.parquet")
}

// TestFileCutDuringSweep cuts the file of a bundle short while a sweep runs over
// it, once the first rows are written: so that reading it is a fault, and so
// that only its last page is, whose rest reads as zeros. What is left in the
// partial file must be the first rows of an undisturbed run, and when the data is
// there again a resumed sweep must end with the bytes of that run.
func TestFileCutDuringSweep(t *testing.T) {
	for name, test := range map[string]struct {
		left      int64
		reference bool
		block     int
	}{
		"event engine":     {left: 8192, block: 256},
		"reference engine": {left: 8192, block: 64, reference: true},
		"whole blocks":     {left: 4096},
		"last page":        {left: -100, block: 256},
	} {
		t.Run(name, func(t *testing.T) {
			frame := walk(t, 1, 400)
			c := newCut(t, frame)
			strategy := longSpec()
			if test.reference {
				strategy.Params = []spec.Param{{Name: "fast", Axis: spec.Range(2, 263, 1)}, {Name: "slow", Axis: spec.Range(2, 263, 1)}}
				strategy.Output.Statistics = []metrics.Stat{metrics.Sharpe, metrics.LongestDrawdownBars}
			}
			opts := Options{Workers: 2, BlockTrials: test.block, Tool: "test"}
			// second is called before the second record is asked for, when the
			// first is written.
			write := func(opts Options, path string, second func()) error {
				b := c.open(t)
				defer b.Close()
				r, err := Run(t.Context(), b.Frame(), strategy, opts)
				if err != nil {
					t.Fatal(err)
				}
				defer r.Release()
				_, err = results.WriteFile(path, &stopsAfter{Reader: r, left: 2, stop: second})
				return err
			}
			dir := t.TempDir()
			whole, path := filepath.Join(dir, "whole.parquet"), filepath.Join(dir, "cut.parquet")
			if err := write(opts, whole, func() {}); err != nil {
				t.Fatal(err)
			}
			b := c.open(t)
			file := c.file(b)
			size, err := os.Stat(file)
			if err != nil {
				t.Fatal(err)
			}
			b.Close()
			left := test.left
			if left < 0 {
				left += size.Size()
			}
			err = write(opts, path, func() {
				if err := os.Truncate(file, left); err != nil {
					t.Error(err)
				}
			})
			var partial *results.PartialError
			if !errors.As(err, &partial) || partial.Rows == 0 || !errors.Is(err, columnar.ErrFault) || !strings.Contains(err.Error(), file) {
				t.Fatalf("%v, want a partial result and the name of %s", err, file)
			}
			sameRows(t, partial.Path, whole, partial.Rows)
			publishFrame(t, c.store, "cut", frame) // repairs it
			opts.Resume = path
			if err := write(opts, path, func() {}); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if want, err := os.ReadFile(whole); err != nil || !bytes.Equal(got, want) {
				t.Errorf("a resumed sweep has other bytes: %v", err)
			}
		})
	}
}

// sameRows reports whether a result file has the first rows of another.
func sameRows(t *testing.T, path, of string, rows int64) {
	t.Helper()
	var all [2][]string
	for i, p := range []string{path, of} {
		r, err := results.Open(p)
		if err != nil {
			t.Fatal(err)
		}
		records := r.Records()
		for records.Next() {
			rec := records.Record()
			for row := range int(rec.NumRows()) {
				if int64(len(all[i])) == rows {
					break
				}
				var line []string
				for _, c := range rec.Columns() {
					line = append(line, c.ValueStr(row))
				}
				all[i] = append(all[i], strings.Join(line, ","))
			}
		}
		if err := records.Err(); err != nil {
			t.Fatal(err)
		}
		records.Release()
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if int64(len(all[0])) != rows {
		t.Fatalf("%s has %d rows, want %d", path, len(all[0]), rows)
	}
	for i := range all[0] {
		if all[0][i] != all[1][i] {
			t.Fatalf("row %d: %s, want %s", i, all[0][i], all[1][i])
		}
	}
}

// TestFileCutBefore cuts the file before anything is computed: whatever looks at
// the bars says so, on one asset or several, by either engine, split over the
// workers or not; other data is computed as before.
func TestFileCutBefore(t *testing.T) {
	ctx := context.Background()
	long, err := sample.Walk(sample.Options{Bars: 600_000, Frequency: time.Minute, Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	defer long.Release()
	for _, test := range []struct {
		name    string
		frame   *columnar.Frame
		percent int64 // of the file that is left: at 45 the timestamps and opens are
	}{
		{"several assets", walk(t, 3, 3000), 1}, {"several assets, prices", walk(t, 3, 3000), 45},
		{"split", long, 1}, {"split, prices", long, 45},
	} {
		t.Run(test.name, func(t *testing.T) {
			frame := test.frame
			c := newCut(t, frame)
			b := c.open(t)
			defer b.Close()
			several := crossSpec()
			several.Params = []spec.Param{{Name: "fast", Axis: spec.List(3, 5)}, {Name: "slow", Axis: spec.List(9, 12)}}
			one := crossSpec()
			one.Params = []spec.Param{{Name: "fast", Axis: spec.List(3)}, {Name: "slow", Axis: spec.List(9)}}
			runner, err := NewRunner(RunnerOptions{Workers: 4})
			if err != nil {
				t.Fatal(err)
			}
			defer runner.Close()
			file := c.file(b)
			if err := os.Truncate(file, b.Manifest().Bars.Bytes*test.percent/100); err != nil {
				t.Fatal(err)
			}
			check := func(what string, err error) {
				t.Helper()
				if !errors.Is(err, columnar.ErrFault) || !strings.Contains(err.Error(), file) {
					t.Errorf("%s: %v", what, err)
				}
			}
			for _, reference := range []bool{false, true} {
				s := *several
				if !reference {
					s.Output = spec.Output{}
				}
				check("sweep", drain(Run(ctx, b.Frame(), &s, Options{Workers: 4})))
				check("runner", drain(runner.RunFrame(ctx, b.Frame(), &s, Options{})))
				if err := drain(runner.RunFrame(ctx, frame, &s, Options{})); err != nil {
					t.Errorf("other data on the same workers: %v", err)
				}
			}
			_, err = RunBacktest(ctx, b.Frame(), one, BacktestOptions{})
			check("backtest", err)
			_, err = ExplainBar(ctx, b.Frame(), one, b.Frame().Asset(0), time.Unix(0, b.Manifest().Assets[0].Last))
			check("explain bar", err)
			_, err = columnar.ColumnDigestsContext(ctx, b.Frame())
			check("digests", err)
		})
	}
}

// drain reads a sweep to its end and returns how it ended.
func drain(r *Reader, err error) error {
	if err != nil {
		return err
	}
	defer r.Release()
	for r.Next() {
	}
	return r.Err()
}
