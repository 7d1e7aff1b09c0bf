package sweep

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/report"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// TestRunnerSharedByManySweeps runs several specs over several frames from
// many goroutines at once; every file has the bytes of a sweep on its own.
func TestRunnerSharedByManySweeps(t *testing.T) {
	frames := []*columnar.Frame{walk(t, 3, 300), walk(t, 2, 500)}
	specs := []*spec.Spec{crossSpec()}
	for _, s := range grids() {
		s.Params = slices.Clone(s.Params)
		for i := range s.Params {
			s.Params[i].Axis = spec.List(s.Params[i].Axis.Value(0), s.Params[i].Axis.Value(1))
		}
		specs = append(specs, s)
	}
	want := map[[2]int][]byte{}
	for f, frame := range frames {
		for s, spec := range specs {
			want[[2]int{f, s}] = resultBytes(t, frame, spec, Options{})
		}
	}
	runner, err := NewRunner(RunnerOptions{Workers: 3})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var g errgroup.Group
	for round := range 4 {
		for key := range want {
			g.Go(func() error {
				r, err := runner.RunFrame(context.Background(), frames[key[0]], specs[key[1]], Options{})
				if err != nil {
					return err
				}
				defer r.Release()
				path := filepath.Join(dir, string(rune('a'+round))+string(rune('a'+key[0]))+string(rune('a'+key[1]))+".parquet")
				if _, err := results.WriteFile(path, r); err != nil {
					return err
				}
				got, err := os.ReadFile(path)
				if err == nil && !bytes.Equal(got, want[key]) {
					return errors.New(path + ": other bytes")
				}
				return err
			})
		}
	}
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
	if s := runner.CacheStats().Total(); s.Hits < 3*s.Misses/2 {
		t.Errorf("four rounds of the same sweeps: %d hits, %d misses", s.Hits, s.Misses)
	}
	runner.Close()
	runner.Close()
	if _, err := runner.RunFrame(context.Background(), frames[0], specs[0], Options{}); !errors.Is(err, ErrRunnerClosed) {
		t.Errorf("run after Close: %v", err)
	}
}

// TestRunnerOpensBundles runs a spec on the bundle that it names, and again
// after an ingest has changed the data: nothing of the old data is left.
func TestRunnerOpensBundles(t *testing.T) {
	store, err := bundles.OpenStore(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	pool := bundles.NewPool(store, bundles.PoolOptions{})
	defer pool.Close()
	runner, err := NewRunner(RunnerOptions{Bundles: pool})
	if err != nil {
		t.Fatal(err)
	}
	defer runner.Close()
	sp := crossSpec()
	sp.Bundle = "daily"
	for _, assets := range []int{2, 3} {
		frame := walk(t, assets, 200+assets)
		publishFrame(t, store, sp.Bundle, frame)
		for range 2 {
			r, err := runner.Run(context.Background(), sp, Options{})
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "out.parquet")
			_, err = results.WriteFile(path, r)
			r.Release()
			if err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, resultBytes(t, frame, sp, Options{})) {
				t.Errorf("%d assets: other bytes", assets)
			}
		}
	}
	for name, change := range map[string]func(*spec.Spec, *Options){
		"no bundle":      func(s *spec.Spec, _ *Options) { s.Bundle = "" },
		"unknown bundle": func(s *spec.Spec, _ *Options) { s.Bundle = "none" },
		"bad spec":       func(s *spec.Spec, _ *Options) { s.Rules.Entry = "sma(clos, 3) > 1" },
		"workers":        func(_ *spec.Spec, o *Options) { o.Workers = 2 },
	} {
		s, opts := *sp, Options{}
		change(&s, &opts)
		if r, err := runner.Run(context.Background(), &s, opts); err == nil {
			r.Release()
			t.Errorf("%s: no error", name)
		}
	}
}

// TestRunnerForgetsOldData: indicators that every trial needs are pinned, and
// make room for those of other data once no sweep looks at theirs.
func TestRunnerForgetsOldData(t *testing.T) {
	runner, err := NewRunner(RunnerOptions{Workers: 1, CacheBytes: 64 << 10})
	if err != nil {
		t.Fatal(err)
	}
	defer runner.Close()
	spec := &spec.Spec{Params: []spec.Param{{Name: "n", Axis: spec.Range(2, 6, 1)}}, Rules: spec.Rules{Entry: "close > sma(close, 9) and close > $n", Exit: "close < sma(close, 9)"}}
	for bars := 800; bars < 808; bars++ {
		frame := walk(t, 2, bars)
		before := runner.CacheStats().Pinned
		for range 2 {
			r, err := runner.RunFrame(context.Background(), frame, spec, Options{})
			if err != nil {
				t.Fatal(err)
			}
			for r.Next() {
			}
			r.Release()
		}
		// The first sweep computes them, the second finds them pinned: two
		// comparisons of two assets. The average that they are made of is
		// computed in passing, and not asked for again.
		after := runner.CacheStats().Pinned
		if misses, hits := after.Misses-before.Misses, after.Hits-before.Hits; misses != 4 || hits != 4 {
			t.Errorf("%d bars: %d misses and %d hits of pinned values", bars, misses, hits)
		}
	}
}

// publishFrame makes a frame the current version of a bundle.
func publishFrame(t *testing.T, store *bundles.Store, name string, frame *columnar.Frame) {
	t.Helper()
	in, err := store.Begin(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	rows := int64(frame.NumRows())
	if _, err := in.Publish(t.Context(), frame, report.Account{Read: rows, Accepted: rows}, bundles.PublishOptions{}); err != nil {
		t.Fatal(err)
	}
}
