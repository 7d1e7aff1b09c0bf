package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/spf13/cobra"

	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/cache"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/sweep"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/search"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// specFlags are the flags of every command that runs a spec on a bundle.
type specFlags struct {
	bundle   string
	adjust   string
	set      []string
	from, to string
	symbols  []string
}

func (s *specFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.bundle, "bundle", "", "bundle to run on: NAME or NAME@DIGEST (default: the spec's)")
	cmd.Flags().StringVar(&s.adjust, "adjust", "", "what prices are adjusted for by the bundle's events: none, splits or all (default: the spec's, else all where there are events)")
	cmd.Flags().StringSliceVar(&s.set, "set", nil, "other values of parameters: --set fast=21,slow=100, lists as --set fast=5,10 and ranges as --set fast=5..50/5")
	cmd.Flags().StringVar(&s.from, "from", "", "first date or time that is valued, as in 2020-01-31 (default: the spec's period)")
	cmd.Flags().StringVar(&s.to, "to", "", "last date or time that is valued, included (default: the spec's period)")
	cmd.Flags().StringSliceVar(&s.symbols, "symbols", nil, "assets to run on, as in AAPL,MSFT (default: the spec's universe)")
	cmd.Flags().StringSliceVar(&s.symbols, "asset", nil, "what --symbols was called")
	hide(cmd, "asset")
}

// hide keeps a flag that has another name now.
func hide(cmd *cobra.Command, name string) {
	if err := cmd.Flags().MarkHidden(name); err != nil {
		panic(err) // there is no such flag
	}
}

// window puts the flags of the period and the assets into the spec.
func (s *specFlags) window(to *spec.Spec) error {
	if len(s.symbols) > 0 {
		to.Universe = s.symbols
	}
	period, err := spec.ParsePeriod(s.from, s.to)
	if err != nil {
		return usagef("--from %q, --to %q: %w", s.from, s.to, err)
	}
	if s.from != "" {
		to.Period.From = period.From
	}
	if s.to != "" {
		to.Period.To = period.To
	}
	return nil
}

// load reads a spec file and applies the flags.
func (s *specFlags) load(path string) (*spec.Spec, error) {
	text, err := readSpec(path)
	if err != nil {
		return nil, specError(path, fmt.Errorf("spec: %w", err))
	}
	spec, err := spec.Parse(path, text)
	if err != nil {
		return nil, err
	}
	if err := setParams(spec, s.set); err != nil {
		return nil, err
	}
	if err := s.window(spec); err != nil {
		return nil, err
	}
	if s.adjust != "" {
		if spec.Adjust, err = columnar.ParseAdjustment(s.adjust); err != nil {
			return nil, usagef("--adjust: %w", err)
		}
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
// Bars that have to be decoded are counted in the budget.
func (a *app) open(ctx context.Context, s *specFlags, path string, budget *columnar.Budget) (*spec.Spec, *bundles.Bundle, error) {
	spec, err := s.load(path)
	if err != nil {
		return nil, nil, err
	}
	b, err := a.openBundle(ctx, spec.Bundle, budget)
	return spec, b, err
}

// runFlags are the flags of a sweep that never change its file.
type runFlags struct {
	workers int
	cache   byteSize
}

func (f *runFlags) add(cmd *cobra.Command) {
	cmd.Flags().IntVar(&f.workers, "workers", 0, "goroutines that compute (default: one a processor)")
	cmd.Flags().Var(&f.cache, "cache", "memory for indicators that trials share, as in 64MiB (0: chosen, -1: none)")
}

func (f *runFlags) options() sweep.Options {
	return sweep.Options{Workers: f.workers, CacheBytes: int64(f.cache), Tool: version()}
}

// check refuses a number of goroutines that cannot be.
func (f *runFlags) check() error {
	if f.workers < 0 {
		return usagef("--workers %d: want 0 or more", f.workers)
	}
	return nil
}

// sweepFlags are the flags of the command "sweep" beside those of its spec.
type sweepFlags struct {
	runFlags
	memory memoryFlag
	budget *columnar.Budget
	out    string
	head   int
	top    int
	wide   bool
	resume bool
	force  bool
	stats  bool
	// noLedger leaves the sweep out of the ledger of its bundle.
	noLedger bool
	yes      bool
	// quietStart says nothing of a sweep that may be resumed and begins.
	quietStart bool
}

func (a *app) sweepCmd() *cobra.Command {
	var s specFlags
	var f sweepFlags
	cmd := &cobra.Command{
		Use:   "sweep SPEC",
		Short: "Run a strategy with every combination of its parameters, or with those of a search",
		Long: `Sweep runs the strategy of a spec file with every combination of its
parameters on every asset of a bundle, and prints the best. Where the spec has a
search, it runs as many combinations as the search asks for, each a row with the
generation that it was asked in; with several objectives it prints those that no
other combination dominates.

With --out all results go into a file: a row for each combination and asset, and
a pooled row (asset "*") for each combination. The ending says the format:
.parquet, .csv, .csv.gz, .csv.zst, .arrow or .json; --out - is CSV on standard
output (JSON with --output json) in place of the best. The file's bytes do not
depend on --workers, --cache or --memory. A file that is there is refused, unless
--force allows to replace it, when the new one is complete.

While the sweep runs, and if it is interrupted, a Parquet file is called
NAME.partial.parquet. --resume goes on from what an interrupted or killed run has
left, and the file ends with the bytes of a run that nothing happened to. It
refuses, and changes nothing, where what is there is of another spec, bundle or
version of the program; a finished file of the same run it leaves as it is. Files
of other formats keep nothing of a run that ends early.

A spec with segments (segments: {by: year}) has a second file written beside a
Parquet file of results, NAME.segments.parquet: the sums of every row a segment, from
which statistics of any union of segments follow.

--top keeps only the best combinations by the spec's objective, with all their
rows, in the order of the grid: for grids whose whole table nobody wants. The
file's metadata says how many there were (bowstring.trials). A combination
ranks by its pooled row or, without pooled rows, by the best of its assets.

Each sweep adds a line to the ledger beside its bundle (bowstring ledger), so that
bowstring robust can allow for all trials that were really made; --no-ledger leaves
it out.`,
		Example: `  bowstring sweep examples/sma_cross.yaml --bundle us8 --out results.parquet
  bowstring sweep examples/sma_cross.yaml --bundle us8 --out results.parquet --resume
  bowstring sweep examples/sma_cross.yaml --bundle us8 --out best.parquet --top 50
  bowstring sweep examples/sma_cross.yaml --bundle us8 --set fast=21 -n 5 --output json --stats
  bowstring sweep examples/search.yaml --bundle us8 --out search.parquet`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check(cmd.Flags().Changed("top")); err != nil {
				return err
			}
			var err error
			if f.budget, err = f.memory.budget(); err != nil {
				return err
			}
			spec, b, err := a.open(cmd.Context(), &s, args[0], f.budget)
			if err != nil {
				return err
			}
			defer b.Close()
			return a.sweep(cmd.Context(), b, spec, &f)
		},
	}
	s.add(cmd)
	f.add(cmd)
	f.memory.add(cmd)
	cmd.Flags().StringVar(&f.out, "out", "", "file for all results, .parquet, .csv, .csv.gz, .csv.zst, .arrow or .json, or - for standard output")
	cmd.Flags().BoolVar(&f.force, "force", false, "replace --out where it is there, and drop what an unfinished run has left of it")
	cmd.Flags().BoolVar(&f.resume, "resume", false, "go on from what an unfinished run has left of --out")
	cmd.Flags().IntVar(&f.top, "top", 0, "keep only this many combinations, the best ones (default: all)")
	cmd.Flags().IntVarP(&f.head, "head", "n", 10, "rows to print")
	cmd.Flags().BoolVar(&f.wide, "wide", false, "print every column")
	cmd.Flags().BoolVar(&f.stats, "stats", false, "print what the run did: its speed, and how the indicators were shared")
	cmd.Flags().BoolVar(&f.noLedger, "no-ledger", false, "leave the sweep out of the ledger of its bundle")
	cmd.Flags().BoolVar(&f.yes, "yes", false, "run a sweep that the disk has no room for, or of more than 1,000,000,000 rows")
	return profiled(cmd)
}

// check reports flags that do not go together.
func (f *sweepFlags) check(topGiven bool) error {
	switch {
	case f.workers < 0:
		return f.runFlags.check()
	case f.resume && f.out == "":
		return usagef("--resume needs --out: the file to go on with")
	case f.resume && !f.resumable():
		return usagef("--resume does not go with --out %s: only a .parquet file keeps what is finished", f.out)
	case topGiven && f.top < 1:
		return usagef("--top %d: at least 1 is kept", f.top)
	case f.resume && f.top > 0:
		return usagef("--resume does not go with --top: the best are known at the end of a sweep only")
	case f.head < 1:
		return usagef("--head %d: at least 1 row is printed", f.head)
	}
	return nil
}

// options returns the library's options.
func (f *sweepFlags) options() sweep.Options {
	opts := f.runFlags.options()
	opts.Top, opts.Budget = f.top, f.budget
	if f.resume {
		opts.Resume = f.out
	}
	return opts
}

// start starts the sweep of a spec, of a grid or of a search.
func (f *sweepFlags) start(ctx context.Context, b *bundles.Bundle, s *spec.Spec, opts sweep.Options) (running, error) {
	switch {
	case !s.Search.On():
		r, err := sweep.Run(ctx, b.Frame(), s, opts)
		if err != nil {
			return nil, err
		}
		return gridRun{r}, nil
	case f.top > 0:
		return nil, usagef("--top does not go with a search, of which every trial counts; results head prints the best of a file")
	}
	of := search.Options{Provisional: f.resumable()}
	if f.resume {
		of.Resume = f.out
	}
	return startSearch(ctx, b, s, of, opts)
}

// resumable reports whether the file keeps what is finished of a run that ends early.
func (f *sweepFlags) resumable() bool { return strings.EqualFold(filepath.Ext(f.out), ".parquet") }

// target opens the place for the results of a sweep; nil without --out. The caller
// closes it.
func (f *sweepFlags) target(a *app) (*results.Writer, error) {
	switch f.out {
	case "":
		return nil, nil //nolint:nilnil // results are not written
	case stdoutPath:
		return results.Stream(a.data(), string(a.streamFormat()))
	}
	t, err := results.Create(f.out, results.WriterOptions{Force: f.force, Resume: f.resume})
	var left *results.UnfinishedError
	if errors.As(err, &left) {
		return nil, orElse(err, wayLeft)
	}
	return t, orElse(err, waySweep)
}

// segments opens the place for the segments that a spec asks for, beside a Parquet
// file of results; nil where there are none. The caller closes it.
func (f *sweepFlags) segments(s *spec.Spec) (*results.Writer, error) {
	switch {
	case s.Segments.By == "" || f.out == "":
		return nil, nil //nolint:nilnil // segments are not written
	case !strings.EqualFold(filepath.Ext(f.out), ".parquet"):
		return nil, usagef("the spec asks for segments, which stand beside a .parquet file: --out %s is none; leave out 'segments:' or name another", f.out)
	case s.Search.On():
		return nil, usagef("the spec asks for segments and for a search, of which segments are not kept; leave out one of them")
	case f.top > 0:
		return nil, usagef("--top does not go with a spec that asks for segments: they are those of all combinations; leave out one of them")
	}
	t, err := results.Create(results.SegmentsPath(f.out), results.WriterOptions{Force: f.force, Resume: f.resume})
	var left *results.UnfinishedError
	if errors.As(err, &left) {
		return nil, orElse(err, wayLeft)
	}
	return t, orElse(err, waySweep)
}

// sweep runs a spec, writes the results where a file is asked for, and prints
// the best of them, unless the results themselves are printed.
func (a *app) sweep(ctx context.Context, b *bundles.Bundle, spec *spec.Spec, f *sweepFlags) error {
	start := time.Now()
	target, err := f.target(a)
	if err != nil {
		return err
	}
	if target != nil {
		defer target.Close()
	}
	beside, err := f.segments(spec)
	if err != nil {
		return err
	}
	opts := f.options()
	if beside != nil {
		defer beside.Close()
		opts.Segments = &pipeline.Segmentation{}
	}
	reader, err := f.start(ctx, b, spec, opts)
	if err != nil {
		return orElse(err, waySweep)
	}
	defer reader.Release()
	if grid, ok := reader.(gridRun); ok {
		if err := a.estimate(grid.Reader, f); err != nil {
			return err
		}
	}
	if target != nil {
		if err := target.Check(reader); err != nil {
			return orElse(err, waySweep)
		}
	}
	if beside != nil {
		if err := beside.Check(reader.(gridRun).Segments()); err != nil {
			return orElse(err, waySweep)
		}
	}
	a.noteResume(reader, f)
	stop := a.progress(ctx, "sweep", "trials", reader.At)
	defer stop()
	resolved := spec.Resolved()
	by := resolved.Objective.Metric
	top := results.LeadersOptions{By: by, Goal: resolved.Objective.Goal, Require: resolved.Objective.Require, N: f.head}
	if first := resolved.Search.Objectives; len(first) > 0 {
		by = first[0].Metric
		top.By, top.Goal, top.Require = by, first[0].Goal, "pareto == 1"
	}
	var best arrow.Record
	switch {
	case target == nil:
		best, err = results.Leaders(ctx, reader, top)
	case f.out == stdoutPath:
		_, err = target.Write(reader)
	case beside != nil:
		err = reader.(gridRun).WriteSegments(beside, func() (err error) {
			_, best, err = target.WriteLeaders(ctx, reader, top)
			return err
		})
	default:
		_, best, err = target.WriteLeaders(ctx, reader, top)
	}
	took := time.Since(start)
	stop()
	if !f.noLedger {
		a.enter(b, spec, reader)
	}
	if best != nil {
		defer best.Release()
	}
	if f.stats {
		a.printStats(reader.Stats(), took)
	}
	if err != nil {
		if best != nil && errors.Is(err, context.Canceled) && f.out == "" {
			a.notef("the best of the %d trials that are done:", reader.Stats().Trials)
			err = errors.Join(err, a.printRanking(best, top.By, f.wide))
		}
		a.noteEnded(err, f)
		return orElse(err, waySweep)
	}
	stats := reader.Stats()
	a.notef("%d trials on %d assets, %d bars, in %s", stats.Trials, stats.Assets, stats.Bars, took.Round(100*time.Microsecond))
	if f.out == stdoutPath {
		return nil
	}
	if f.out != "" {
		a.notef("results in %s", f.out)
	}
	if beside != nil {
		a.notef("segments in %s", results.SegmentsPath(f.out))
	}
	if err := a.printRanking(best, by, f.wide); err != nil {
		return err
	}
	a.noteAnnual(reader.Describe().Metadata)
	if tradeless(best) {
		a.noteNothing(ctx, b, spec)
	}
	return nil
}

// noteEnded says what is left of a sweep that ended early.
func (a *app) noteEnded(err error, f *sweepFlags) {
	var partial *results.PartialError
	switch {
	case errors.As(err, &partial) && partial.Resumable:
		a.notef("the same sweep with --resume goes on from there")
	case errors.As(err, &partial):
		a.notef("the best of a sweep cannot be resumed")
	case errors.Is(err, context.Canceled) && f.out == stdoutPath:
		a.notef("what standard output has got is not complete")
	case errors.Is(err, context.Canceled) && f.out != "":
		a.notef("nothing is kept of it; a .parquet file keeps what is finished")
	}
}

// noteResume says what a sweep goes on from.
func (a *app) noteResume(r running, f *sweepFlags) {
	found := r.Resumed()
	_, total := r.At()
	switch {
	case found.Complete:
		a.notef("%s is complete: its %d rows are of this sweep", f.out, found.Rows)
	case found.Rows > 0:
		a.notef("resuming: %d rows of %d trials are done, going on from trial %d of %d", found.Rows, found.Trials, found.Next, total)
	case f.resume && !f.quietStart:
		a.notef("nothing to resume: %s has no finished trials; starting from the beginning", results.PartialPath(f.out))
	}
}

// printStats says what a run did.
func (a *app) printStats(s sweep.RunStats, took time.Duration) {
	rate := func(n int64) float64 { return float64(n) / max(took.Seconds(), 1e-9) }
	a.notef("trials:     %d, %.4g a second", s.Trials, rate(s.Trials))
	a.notef("bar-steps:  %d, %.4g a second", s.BarSteps, rate(s.BarSteps))
	a.notef("rows:       %d, %.4g a second", s.Rows, rate(s.Rows))
	if total := s.Cache.Total(); total.Hits+total.Misses == 0 {
		a.notef("indicators: not kept, as none would have been asked for again")
		return
	}
	for _, t := range []struct {
		name string
		cache.TierStats
	}{{"pinned", s.Cache.Pinned}, {"by use", s.Cache.LRU}} {
		a.notef("indicators, %s: %d computed, %d found in the cache (%.1f %%), %d kept in %s of %s, %d evicted", t.name,
			t.Misses, t.Hits, 100*t.HitRate(), t.Entries, size(t.Bytes), size(t.Limit), t.Evictions)
	}
}
