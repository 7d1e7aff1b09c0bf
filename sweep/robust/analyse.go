package robust

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Source runs what an analysis needs to see again. Package sweep makes the returns; a
// caller whose trials are its own may have them in memory.
type Source struct {
	// Blocks returns the sums over s blocks of bars of every trial, by their numbers in
	// order, with the number of bars a year and the risk-free rate a bar.
	Blocks func(ctx context.Context, s int) (All, error)
	// Returns returns the returns of trials, a column each.
	Returns func(ctx context.Context, trials []int64) (*Matrix, error)
	// Benchmark returns what trials have to beat, bar by bar; nil means cash at the
	// risk-free rate.
	Benchmark func(ctx context.Context) ([]float64, error)
	// Total returns the total return of a trial with its costs multiplied; nil where
	// it has none.
	Total func(ctx context.Context, trial int64, costs float64) (float64, error)
	// Held returns what the accounts of a trial held, and the returns of its trades in
	// order; nil where it is not known. Trades of several accounts are left out: they
	// overlap.
	Held func(ctx context.Context, trial int64) (accounts []Held, trades []float64, err error)
}

// All is what [Source].Blocks returns.
type All struct {
	Trials           []int64
	Sums             *Blocks
	Annual, RiskFree float64
	// Of is the number of trials that Trials are a sample of; 0 where they are all.
	Of int64
}

// Tried is what a ledger knows of earlier sweeps on the same data: how many trials
// there were, this sweep's included, and the variance of their annual Sharpe ratios (NaN
// where it is not known).
type Tried struct {
	Sweeps, Trials int64
	Variance       float64
}

// Options are the choices of [Analyse]. The zero value is what most callers want.
type Options struct {
	// Blocks is the S of [CSCV]; 0 means 16.
	Blocks int
	// Sample is how many trials are compared with each other bar by bar, beside the
	// best; 0 means 2,000. Best is how many of the best; 0 means 100.
	Sample, Best int
	// Resamples, Length and Seed are those of every [Bootstrap] and [Draws].
	Resamples int
	Length    float64
	Seed      uint64
	// Confidence is that of MinTRL; 0 means 0.95. Level is that of intervals; 0 means
	// 0.9.
	Confidence, Level float64
	// Workers is the number of goroutines; 0 means one a processor.
	Workers int
	// Tried is what a ledger knows; nil where there is none.
	Tried *Tried
}

// Thresholds of correlation: trials of a cluster, and near duplicates.
const (
	ClusterCorrelation   = 0.5
	DuplicateCorrelation = 0.95
)

// resolve fills in defaults.
func (o Options) resolve() (Options, error) {
	for _, v := range []struct {
		value    *int
		standard int
		name     string
	}{{&o.Blocks, 16, "blocks"}, {&o.Sample, 2000, "sample"}, {&o.Best, 100, "best"}, {&o.Resamples, DefaultResamples, "resamples"}} {
		if *v.value < 0 {
			return o, fmt.Errorf("options: %s %d", v.name, *v.value)
		}
		if *v.value == 0 {
			*v.value = v.standard
		}
	}
	if o.Blocks%2 != 0 || o.Blocks > MaxBlocks {
		return o, fmt.Errorf("options: %d blocks: want an even number from 2 to %d", o.Blocks, MaxBlocks)
	}
	if o.Confidence == 0 {
		o.Confidence = 0.95
	}
	return o, nil
}

// analysis is a report while it is made.
type analysis struct {
	opts    Options
	ranking *Ranking
	source  Source
	report  *Report

	all     All
	excess  *Blocks // of all trials
	spread  Spread
	winner  Moments
	raw     []float64 // the winner's returns
	over    []float64 // less the risk-free rate
	compare *Matrix   // excess returns of the sample and of the best
	best    []int     // their columns, best first
	sample  []int     // the columns of the sample
}

// Analyse looks at a sweep's selection: it runs again what the source has for it, and
// returns every statistic with its value or the reason why there is none. Only what makes
// all of them impossible is an error: a context that ended, bad options, returns that
// cannot be had.
func Analyse(ctx context.Context, ranking *Ranking, source Source, opts Options) (*Report, error) {
	opts, err := opts.resolve()
	if err != nil {
		return nil, err
	}
	if len(ranking.Best) == 0 {
		return nil, undefined("there is no winner")
	}
	a := &analysis{opts: opts, ranking: ranking, source: source, report: &Report{Asset: ranking.Asset, Trial: ranking.Best[0], Winner: ranking.Winner}}
	for _, step := range []func(context.Context) error{
		a.gather, a.ofWinner, a.ofNumbers, a.ofSplits, a.ofBenchmark, a.ofResampling, a.ofHolding, a.ofGrid, a.ofCosts,
	} {
		if err := step(ctx); err != nil {
			return nil, err
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return a.report, nil
}

// gather runs the trials that are looked at.
func (a *analysis) gather(ctx context.Context) error {
	var err error
	if a.all, err = a.source.Blocks(ctx, a.opts.Blocks); err != nil {
		return err
	}
	if err := a.all.Sums.Check(); err != nil {
		return err
	}
	if len(a.all.Trials) != a.all.Sums.Trials() {
		return fmt.Errorf("blocks of %d trials for %d numbers", a.all.Sums.Trials(), len(a.all.Trials))
	}
	a.excess = a.all.Sums.Over(a.all.RiskFree)
	for k := range a.all.Trials {
		a.spread.Add(a.excess.Sharpe(k))
	}
	places := Sample(int64(len(a.all.Trials)), a.opts.Sample, a.opts.Seed)
	chosen := make([]int64, len(places))
	for i, p := range places {
		chosen[i] = a.all.Trials[p]
	}
	best := a.ranking.Best[:min(len(a.ranking.Best), a.opts.Best)]
	trials := With(chosen, best)
	m, err := a.source.Returns(ctx, trials)
	if err != nil {
		return err
	}
	if err := m.Check(); err != nil {
		return err
	}
	if m.Trials() != len(trials) {
		return fmt.Errorf("returns of %d trials, asked for %d", m.Trials(), len(trials))
	}
	place := func(trial int64) int { at, _ := slices.BinarySearch(trials, trial); return at }
	a.raw = slices.Clone(m.Columns[place(best[0])])
	a.compare = m
	if a.all.RiskFree != 0 {
		a.compare = &Matrix{Times: m.Times, Columns: make([][]float64, m.Trials())}
		for k, column := range m.Columns {
			a.compare.Columns[k] = slices.Clone(column)
			for i := range column {
				a.compare.Columns[k][i] -= a.all.RiskFree
			}
		}
	}
	for _, trial := range best {
		a.best = append(a.best, place(trial))
	}
	for _, trial := range chosen {
		a.sample = append(a.sample, place(trial))
	}
	a.over = a.compare.Columns[a.best[0]]
	a.report.Bars, a.report.Annual, a.report.Counted = m.Bars(), a.all.Annual, a.counted()
	return nil
}

// counted is the number of trials of the sweep.
func (a *analysis) counted() int64 {
	if a.all.Of > 0 {
		return a.all.Of
	}
	return int64(len(a.all.Trials))
}

// put adds a line; an ErrUndefined becomes the reason of a line without a value.
func (a *analysis) put(section, name string, value float64, err error) error {
	l := Line{Section: section, Name: name, Value: value, Low: math.NaN(), High: math.NaN()}
	switch {
	case errors.Is(err, ErrUndefined):
		l.Value, l.Reason = math.NaN(), err.Error()
	case err != nil:
		return err
	case math.IsNaN(value):
		l.Reason = "it has no value for this input"
	}
	a.report.Lines = append(a.report.Lines, l)
	return nil
}

// puts is put for several lines that one call gives, in order.
func (a *analysis) puts(section string, err error, lines ...Line) error {
	for _, l := range lines {
		if e := a.put(section, l.Name, l.Value, err); e != nil {
			return e
		}
		if err == nil {
			last := &a.report.Lines[len(a.report.Lines)-1]
			last.Low, last.High = l.Low, l.High
			if l.Reason != "" {
				last.Reason = l.Reason
			}
		}
	}
	return nil
}

// value is a line of a number alone.
func value(name string, v float64) Line {
	return Line{Name: name, Value: v, Low: math.NaN(), High: math.NaN()}
}
