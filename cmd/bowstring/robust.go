package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/spf13/cobra"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/sweep"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/robust"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// robustFlags are the flags of the command "robust".
type robustFlags struct {
	runFlags
	memory   memoryFlag
	bundle   string
	settings spec.Robust
	noLedger bool
	wide     bool
}

func (a *app) robustCmd() *cobra.Command {
	var f robustFlags
	cmd := &cobra.Command{
		Use:   "robust RESULTS",
		Short: "Say how much of the best result of a sweep is luck",
		Long: `Robust reads the result file of a sweep, runs its trials again on their bundle as
far as it needs them, and prints statistics of the selection: how likely the
winner's Sharpe ratio is after allowing for the number of trials (DSR), how often
the best of one half of the time is worse than most in the other (PBO), whether
the best beats a benchmark by more than luck (SPA), how it moves when blocks of
returns are drawn again or entries are random, what its neighbours in the grid
are, and which costs it bears. A paragraph in plain words says what that shows.

A statistic that has no value says why. Everything drawn is decided by --seed, and
no number depends on --workers. docs/robustness.md explains each of them. Defaults
are those of the key robust of the spec.`,
		Example: `  bowstring robust results.parquet
  bowstring robust results.parquet --asset AAPL --benchmark hold --output json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if err := f.check(); err != nil {
				return err
			}
			file, err := results.Open(args[0])
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, file.Close()) }()
			return a.robust(cmd, file, &f)
		},
	}
	f.add(cmd)
	f.memory.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.bundle, "bundle", "", "bundle that the results are of: NAME or NAME@DIGEST (default: the spec's)")
	flags.StringVar(&f.settings.Asset, "asset", "", "account to look at (default: the pool)")
	flags.StringVar(&f.settings.Benchmark, "benchmark", "", "what trials have to beat: hold (the same assets bought and held) or an asset (default: cash)")
	flags.IntVar(&f.settings.Blocks, "blocks", 0, "blocks of cross-validation, an even number (default 16)")
	flags.IntVar(&f.settings.Resamples, "resamples", 0, "how often bars, trades and entries are drawn (default 1000)")
	flags.Float64Var(&f.settings.BlockLength, "block-length", 0, "mean number of bars drawn together (default: as the returns depend on each other)")
	flags.IntVar(&f.settings.Sample, "sample", 0, "trials that are compared bar by bar, beside the best 100 (default 2000)")
	flags.IntVar(&f.settings.Seed, "seed", 0, "decides what is drawn")
	flags.BoolVar(&f.noLedger, "no-ledger", false, "do not look at the ledger of the bundle")
	flags.BoolVar(&f.wide, "wide", false, "print every line, those without a value too")
	return profiled(cmd)
}

// merge fills in what the flags leave to the spec.
func (f *robustFlags) merge(cmd *cobra.Command, s *spec.Spec) spec.Robust {
	r := s.Robust
	for name, take := range map[string]func(){
		"asset": func() { r.Asset = f.settings.Asset }, "benchmark": func() { r.Benchmark = f.settings.Benchmark },
		"blocks": func() { r.Blocks = f.settings.Blocks }, "resamples": func() { r.Resamples = f.settings.Resamples },
		"block-length": func() { r.BlockLength = f.settings.BlockLength }, "sample": func() { r.Sample = f.settings.Sample },
		"seed": func() { r.Seed = f.settings.Seed },
	} {
		if cmd.Flags().Changed(name) {
			take()
		}
	}
	return r
}

func (a *app) robust(cmd *cobra.Command, file *results.File, f *robustFlags) error {
	ctx := cmd.Context()
	s, err := file.Spec()
	if err != nil {
		return err
	}
	settings := f.merge(cmd, s)
	budget, err := f.memory.budget()
	if err != nil {
		return err
	}
	name := f.bundle
	if name == "" {
		name = s.Bundle
	}
	if name == "" {
		return usagef("the results do not name their bundle: give --bundle NAME")
	}
	b, err := a.openBundle(ctx, name, budget)
	if err != nil {
		return err
	}
	defer b.Close()
	if want, got := file.Metadata()[results.MetaDigest], b.Manifest().Digest; want != got {
		return usagef("the results are of version %s, and bundle %s has %s: give --bundle NAME@DIGEST, or run the sweep again", short(want), name, short(got))
	}
	if space := file.Metadata()[results.MetaSpace]; space != "" {
		return usagef("the trials of these results are no grid, but %s: only a grid is run again", space)
	}
	if file.Partial() {
		a.notef("warning: these results are partial: the sweep ended before its last trial")
	}
	ranking, err := robust.Rank(ctx, file, settings.Asset, 100)
	if err != nil {
		return err
	}
	source := robustSource{frame: b.Frame(), spec: ranking.Spec, asset: ranking.Asset, best: ranking.Best, settings: settings, run: f.options()}
	source.run.Budget = budget
	opts := robust.Options{
		Blocks: settings.Blocks, Sample: settings.Sample, Resamples: settings.Resamples, Length: settings.BlockLength,
		Seed: uint64(settings.Seed), Workers: f.workers,
	}
	if !f.noLedger {
		if err := a.takeLedger(b, &opts); err != nil {
			return err
		}
	}
	r, err := robust.Analyse(ctx, ranking, source.source(), opts)
	if err != nil {
		return err
	}
	return a.printRobust(r, f.wide)
}

// printRobust prints the table and, for people, the paragraph.
func (a *app) printRobust(r *robust.Report, wide bool) error {
	rec := r.Record()
	defer rec.Release()
	t := tableOf(rec)
	if a.output == outputJSON {
		t.add("summary", "paragraph", nil, nil, nil, r.Paragraph())
	}
	if a.output != outputTable {
		return a.print(t)
	}
	people := table{columns: []column{{name: "section"}, {name: "statistic", keep: true}, {name: "value", keep: true}, {name: "low"}, {name: "high"}}}
	if wide {
		people.columns = append(people.columns, column{name: "reason"})
	}
	for i, row := range t.rows {
		if row[2] == nil && !wide {
			a.notef("%s %s: no value: %s", r.Lines[i].Section, r.Lines[i].Name, r.Lines[i].Reason)
			continue
		}
		people.add(row[:len(people.columns)]...)
	}
	people.round()
	if err := a.print(people); err != nil {
		return err
	}
	a.printf("\n%s\n", block(wrap(r.Paragraph(), 100)))
	return nil
}

// robustSource runs again what an analysis asks for.
type robustSource struct {
	frame    *columnar.Frame
	spec     *spec.Spec
	asset    string
	best     []int64
	settings spec.Robust
	run      sweep.Options
}

func (s *robustSource) source() robust.Source {
	out := robust.Source{Blocks: s.blocks, Returns: s.returns, Held: s.held}
	if s.settings.Benchmark != "" {
		out.Benchmark = s.benchmark
	}
	c := s.spec.Simulation
	if c.CommissionBps > 0 || c.CommissionPerUnit > 0 || c.CommissionFixed > 0 || c.SlippageBps > 0 {
		out.Total = s.total
	}
	return out
}

// maxAll is the most trials that are all cross-validated: half a gigabyte. Of more, a
// sample of a tenth of it stands for them, beside the best.
const maxAll = 2_000_000

func (s *robustSource) blocks(ctx context.Context, n int) (robust.All, error) {
	run, of := s.run, int64(0)
	_, grid, err := s.spec.Compile(pipeline.Columns(s.frame))
	if err != nil {
		return robust.All{}, err
	}
	if grid.Size() > maxAll {
		of, _ = grid.Count()
		run.Space = sweep.ChosenTrials(grid, robust.With(robust.Sample(grid.Size(), maxAll/10, uint64(s.settings.Seed)), s.best))
	}
	sums, err := sweep.RunBlockSums(ctx, s.frame, s.spec, s.asset, n, run)
	if err != nil {
		return robust.All{}, err
	}
	return robust.All{
		Of:     of,
		Trials: sums.Trials, Annual: sums.Annual, RiskFree: sums.RiskFree,
		Sums: &robust.Blocks{Bars: sums.Bars, Sum: sums.Sum, Square: sums.Square},
	}, nil
}

func (s *robustSource) returns(ctx context.Context, trials []int64) (*robust.Matrix, error) {
	return s.returnsOf(ctx, s.spec, s.asset, trials)
}

func (s *robustSource) returnsOf(ctx context.Context, of *spec.Spec, asset string, trials []int64) (*robust.Matrix, error) {
	r, err := sweep.RunReturns(ctx, s.frame, of, trials, sweep.ReturnsOptions{Assets: []string{asset}, Workers: s.run.Workers, Budget: s.run.Budget})
	if err != nil {
		return nil, err
	}
	m := &robust.Matrix{Times: r.Rows[0].Times, Columns: r.Rows[0].Columns}
	for _, trial := range trials {
		m.Names = append(m.Names, fmt.Sprint(trial))
	}
	return m, nil
}

// benchmark is bought at the first open, without costs, and held.
func (s *robustSource) benchmark(ctx context.Context) ([]float64, error) {
	hold := *s.spec
	hold.Params, hold.Where, hold.Let, hold.Search = nil, "", nil, spec.Search{}
	hold.Rules = spec.Rules{Entry: "close > 0"}
	hold.Simulation.Direction, hold.Simulation.Fill = "", ""
	hold.Simulation.CommissionBps, hold.Simulation.CommissionPerUnit, hold.Simulation.CommissionFixed, hold.Simulation.SlippageBps = 0, 0, 0, 0
	asset := s.asset
	if s.settings.Benchmark != spec.BenchmarkHold {
		hold.Universe, asset = []string{s.settings.Benchmark}, s.settings.Benchmark
	}
	m, err := s.returnsOf(ctx, &hold, asset, []int64{0})
	if err != nil {
		return nil, fmt.Errorf("benchmark %s: %w", s.settings.Benchmark, err)
	}
	if asset == s.asset {
		return m.Columns[0], nil
	}
	own, err := s.returns(ctx, []int64{0})
	if err != nil {
		return nil, err
	}
	return alignReturns(own.Times, m.Times, m.Columns[0]), nil
}

// alignReturns puts returns on other times: what was made since the time before goes to
// the next one there is.
func alignReturns(times, from []int64, returns []float64) []float64 {
	out := make([]float64, len(times))
	next := 0
	for i, t := range times {
		total := 1.0
		for ; next < len(from) && from[next] <= t; next++ {
			total *= 1 + returns[next]
		}
		out[i] = total - 1
	}
	return out
}

// fixed returns the spec of one trial.
func (s *robustSource) fixed(trial int64) (*spec.Spec, error) {
	one := *s.spec
	for i, p := range slices.Backward(one.Params) {
		n := int64(p.Axis.Len())
		if err := one.Set(one.Params[i].Name, p.Axis.Text(int(trial%n))); err != nil {
			return nil, err
		}
		trial /= n
	}
	return &one, nil
}

func (s *robustSource) total(ctx context.Context, trial int64, costs float64) (float64, error) {
	of := *s.spec
	c := &of.Simulation
	c.CommissionBps, c.SlippageBps = math.Min(c.CommissionBps*costs, 10_000), math.Min(c.SlippageBps*costs, 9_999)
	c.CommissionPerUnit, c.CommissionFixed = c.CommissionPerUnit*costs, c.CommissionFixed*costs
	m, err := s.returnsOf(ctx, &of, s.asset, []int64{trial})
	if err != nil {
		return 0, err
	}
	return robust.TotalReturn(m.Columns[0]), nil
}

func (s *robustSource) held(ctx context.Context, trial int64) (accounts []robust.Held, trades []float64, err error) {
	one, err := s.fixed(trial)
	if err != nil {
		return nil, nil, err
	}
	b, err := sweep.RunBacktest(ctx, s.frame, one, sweep.BacktestOptions{Budget: s.run.Budget})
	if err != nil {
		return nil, nil, err
	}
	defer b.Release()
	for _, h := range b.Held() {
		if s.asset != results.PooledAsset && s.asset != h.Asset {
			continue
		}
		account := robust.Held{Market: h.Market}
		for _, span := range h.Spans {
			account.Positions = append(account.Positions, robust.Position(span))
		}
		accounts, trades = append(accounts, account), h.Trades
	}
	if len(accounts) > 1 {
		trades = nil
	}
	return accounts, trades, nil
}
