package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/spf13/cobra"

	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/columnar/cache"
	"github.com/bowstring-engine/bowstring/sweep"
	"github.com/bowstring-engine/bowstring/sweep/report"
)

// specFlags are the flags of every command that runs a spec on a bundle.
type specFlags struct {
	bundle string
	set    []string
}

func (s *specFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.bundle, "bundle", "", "bundle to run on: NAME or NAME@DIGEST (default: the spec's)")
	cmd.Flags().StringSliceVar(&s.set, "set", nil, "fix parameters to one value, as in --set fast=21,slow=100")
}

// load reads a spec file and applies the flags.
func (s *specFlags) load(path string) (*sweep.Spec, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("spec: %w", err)
	}
	spec, err := sweep.ParseSpec(path, text)
	if err != nil {
		return nil, err
	}
	if err := setParams(spec, s.set); err != nil {
		return nil, err
	}
	if s.bundle != "" {
		spec.Bundle = s.bundle
	}
	if spec.Bundle == "" {
		return nil, usagef("no bundle: give --bundle NAME, or a line 'bundle: NAME' in %s", path)
	}
	return spec, nil
}

// open reads the spec and opens the bundle that it is to run on.
func (a *app) open(ctx context.Context, s *specFlags, path string) (*sweep.Spec, *bundles.Bundle, error) {
	spec, err := s.load(path)
	if err != nil {
		return nil, nil, err
	}
	store, err := a.openStore()
	if err != nil {
		return nil, nil, err
	}
	b, err := store.Open(ctx, spec.Bundle, bundles.OpenOptions{})
	return spec, b, err
}

// runFlags are the flags of a sweep that never change its results.
type runFlags struct {
	workers int
	cache   byteSize
	stats   bool
}

func (f *runFlags) add(cmd *cobra.Command) {
	cmd.Flags().IntVar(&f.workers, "workers", 0, "goroutines that compute (default: one a processor)")
	cmd.Flags().Var(&f.cache, "cache", "memory for indicators that trials share, as in 64MiB (0: chosen, -1: none)")
	cmd.Flags().BoolVar(&f.stats, "stats", false, "say what the cache of indicators did")
}

func (f *runFlags) options() (sweep.Options, error) {
	if f.workers < 0 {
		return sweep.Options{}, usagef("--workers %d: want 0 or more", f.workers)
	}
	return sweep.Options{Workers: f.workers, CacheBytes: int64(f.cache), Tool: version()}, nil
}

// checkTop refuses a number of rows that no ranking has.
func checkTop(n int) error {
	if n < 1 {
		return usagef("--top %d: want 1 or more", n)
	}
	return nil
}

func (a *app) sweepCmd() *cobra.Command {
	var s specFlags
	var f runFlags
	var out string
	var n int
	var wide bool
	cmd := &cobra.Command{
		Use:   "sweep SPEC",
		Short: "Run a strategy with every combination of its parameters",
		Long: `Sweep runs the strategy of a spec file with every combination of its
parameters on every asset of a bundle, and prints the best.

With --out all results go into a Parquet file: a row for each combination and
asset, and a pooled row (asset "*") for each combination. The file's bytes do
not depend on --workers or --cache. While the sweep runs, and if it is
interrupted, the file is called NAME.partial.parquet.`,
		Example: `  bowstring sweep examples/sma_cross.yaml --bundle us8 --out results.parquet
  bowstring sweep examples/sma_cross.yaml --bundle us8 --set fast=21 -n 5 --output json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts, err := f.options()
			if err := errors.Join(err, checkTop(n)); err != nil {
				return err
			}
			spec, b, err := a.open(cmd.Context(), &s, args[0])
			if err != nil {
				return err
			}
			defer b.Close()
			return a.sweep(cmd.Context(), b, spec, opts, &f, out, n, wide)
		},
	}
	s.add(cmd)
	f.add(cmd)
	cmd.Flags().StringVar(&out, "out", "", "Parquet file for all results")
	cmd.Flags().IntVarP(&n, "top", "n", 10, "rows to print")
	cmd.Flags().BoolVar(&wide, "wide", false, "print every column")
	return cmd
}

// sweep runs a spec, writes the results where out is given, and prints the
// best n of them.
func (a *app) sweep(ctx context.Context, b *bundles.Bundle, spec *sweep.Spec, opts sweep.Options, f *runFlags, out string, n int, wide bool) error {
	start := time.Now()
	reader, err := sweep.Run(ctx, b.Frame(), spec, opts)
	if err != nil {
		return err
	}
	defer reader.Release()
	stop := a.progress(ctx, "sweep", "trials", func() (int64, int64) { p := reader.Progress(); return p.Passed, p.Total })
	defer stop()
	resolved := spec.Resolved()
	top := sweep.TopOptions{By: resolved.Objective.Metric, Goal: resolved.Objective.Goal, Require: resolved.Objective.Require, N: n}
	var best arrow.Record
	if out == "" {
		best, err = sweep.Top(ctx, reader, top)
	} else {
		best, err = writeAndRank(ctx, out, reader, top)
	}
	stop()
	if err != nil {
		return err
	}
	defer best.Release()
	p := reader.Progress()
	a.notef("%d trials on %d assets, %d bars, in %s", p.Trials, b.Frame().NumAssets(), b.Frame().NumRows(), time.Since(start).Round(time.Millisecond))
	if f.stats {
		a.noteCache(reader.CacheStats())
	}
	if out != "" {
		a.notef("results in %s", out)
	}
	return a.printRanking(best, top.By, wide)
}

// noteCache says what each tier of the indicator cache did.
func (a *app) noteCache(s cache.Stats) {
	for _, t := range []struct {
		name string
		cache.TierStats
	}{{"pinned", s.Pinned}, {"lru", s.LRU}} {
		a.notef("cache, %s: %.1f %% of %d found, %d kept in %s of %s, %d evicted", t.name, 100*t.HitRate(), t.Hits+t.Misses, t.Entries, size(t.Bytes), size(t.Limit), t.Evictions)
	}
}

// writeAndRank stores the results and ranks them from the file.
func writeAndRank(ctx context.Context, out string, reader *sweep.Reader, top sweep.TopOptions) (arrow.Record, error) {
	if _, err := sweep.WriteFile(out, reader); err != nil {
		return nil, err
	}
	return rankFile(ctx, out, top)
}

func rankFile(ctx context.Context, path string, top sweep.TopOptions) (best arrow.Record, err error) {
	results, err := sweep.OpenResults(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, results.Close()) }()
	records := results.Records()
	defer records.Release()
	return sweep.Top(ctx, records, top)
}

// heatMap prints the objective over the two parameters with the most values.
func (a *app) heatMap(ctx context.Context, records array.RecordReader, spec *sweep.Spec) error {
	s, err := sweep.NewSurface(ctx, records, spec)
	if err != nil || s == nil {
		return err
	}
	width, _ := terminal(a.stdout)
	return report.HeatMap(a.stdout, report.HeatMapData{
		Title: s.Metric, Metric: s.Metric, XName: s.XName, YName: s.YName, X: s.X, Y: s.Y, Values: s.Values,
		Minimize: s.Goal == sweep.Minimize,
	}, report.Options{Color: color(a.stdout), Width: width})
}
