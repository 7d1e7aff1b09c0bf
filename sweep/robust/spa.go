package robust

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// SPAOptions are the choices of [SPA]. The zero value tests against cash.
type SPAOptions struct {
	// Benchmark is what trials have to beat, a return a bar; nil means cash that earns
	// nothing.
	Benchmark []float64
	// Bootstrap says how bars are drawn. Where its Length is 0, the difference of the
	// trial with the best Sharpe ratio to the benchmark decides.
	Bootstrap Bootstrap
	// Plain leaves the differences as they are. Hansen's test divides each by its
	// standard error, so that a wild trial does not decide alone.
	Plain bool
}

// Superior is the outcome of [SPA]: how often chance alone is as good as the best.
type Superior struct {
	// Trials were tested, Bars long; Flat are those that were left out, since their
	// difference to the benchmark never changes.
	Trials, Bars, Flat int
	// Best is the trial that has the largest Statistic: √n · mean difference, over its
	// standard error unless it is plain. It is not always the trial with the best
	// Sharpe ratio.
	Best      int
	Statistic float64
	// Lower, Consistent and Upper are Hansen's p-values, by which trials that are worse
	// than the benchmark count as such, count as such where that is beyond doubt, or count as
	// if they were as good. Consistent is the one to quote.
	Lower, Consistent, Upper float64
	// RealityCheck is White's p-value: plain differences, as Upper counts them.
	RealityCheck float64
	// Resamples and Length are those of the bootstrap.
	Resamples int
	Length    float64
}

// group is how many trials are resampled together: their running sums stand side by
// side, so that a stretch of bars is two cache lines.
const group = 8

// SPA is Hansen's test for superior predictive ability (2005) and White's reality check
// (2000): whether the best of many trials beats a benchmark by more than the best of as many
// trials that are no better than it. The standard error is Hansen's estimate for the
// stationary bootstrap, and p-values are the shares of resamples whose best is above that
// of the trials, so that the smallest is 0: below 1/Resamples.
//
// It takes a subtraction for each trial and stretch of bars of a resample. Memory is, for
// each worker, 64 bytes a bar and 32 a resample, and 8 bytes a stretch of all resamples.
func SPA(ctx context.Context, m *Matrix, opts SPAOptions) (*Superior, error) {
	if err := m.Check(); err != nil {
		return nil, err
	}
	bars := m.Bars()
	if bars < 3 {
		return nil, undefined("%d bars are too few to draw from", bars)
	}
	if opts.Benchmark != nil && len(opts.Benchmark) != bars {
		return nil, fmt.Errorf("benchmark has %d bars, the trials %d", len(opts.Benchmark), bars)
	}
	if err := finite(opts.Benchmark); err != nil {
		return nil, fmt.Errorf("benchmark: %w", err)
	}
	boot, err := opts.Bootstrap.resolve(bars, nil)
	if opts.Bootstrap.Length == 0 {
		boot, err = opts.Bootstrap.resolve(bars, bestDifference(m, opts.Benchmark))
	}
	if err != nil {
		return nil, err
	}
	if boot.Workers == 0 {
		boot.Workers = runtime.GOMAXPROCS(0)
	}
	drawn := make([][]stretch, boot.Resamples)
	var indices []int32
	var list []stretch
	for b := range drawn {
		indices = boot.draw(indices, bars, b)
		list = stretches(list, indices)
		drawn[b] = append([]stretch(nil), list...)
	}
	workers := make([]*superior, min(boot.Workers, (m.Trials()+group-1)/group))
	var next atomic.Int64
	tasks, ctx := errgroup.WithContext(ctx)
	for w := range workers {
		s := newSuperior(m, opts, boot)
		workers[w] = s
		tasks.Go(func() error {
			for {
				first := int(next.Add(1)-1) * group
				if first >= m.Trials() {
					return nil
				}
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
				s.test(drawn, first)
			}
		})
	}
	if err := tasks.Wait(); err != nil {
		return nil, err
	}
	for _, other := range workers[1:] {
		workers[0].merge(other)
	}
	return workers[0].outcome(bars)
}

// bestDifference returns the difference to the benchmark of the trial that has the best
// Sharpe ratio of it.
func bestDifference(m *Matrix, benchmark []float64) []float64 {
	d := make([]float64, m.Bars())
	best, most := 0, math.Inf(-1)
	for k := range m.Columns {
		difference(d, m.Columns[k], benchmark)
		if moments, err := MomentsOf(d, 0); err == nil && moments.Sharpe > most {
			best, most = k, moments.Sharpe
		}
	}
	difference(d, m.Columns[best], benchmark)
	return d
}

// difference sets dst to what a trial has over the benchmark.
func difference(dst, returns, benchmark []float64) {
	copy(dst, returns)
	for i, v := range benchmark {
		dst[i] -= v
	}
}

// outcome counts the resamples whose best is above that of the trials.
func (s *superior) outcome(bars int) (*Superior, error) {
	out := &Superior{
		Trials: s.tested, Bars: bars, Flat: s.flat, Best: s.best, Statistic: s.statistic,
		Resamples: s.boot.Resamples, Length: s.boot.Length,
	}
	if s.tested == 0 {
		return nil, undefined("no trial's difference to the benchmark ever changes")
	}
	count := func(maxima []float64, statistic float64) float64 {
		above := 0
		for _, v := range maxima {
			if v > statistic {
				above++
			}
		}
		return float64(above) / float64(len(maxima))
	}
	out.Lower, out.Consistent = count(s.lower, s.statistic), count(s.consistent, s.statistic)
	out.Upper, out.RealityCheck = count(s.upper, s.statistic), count(s.plain, s.plainStatistic)
	return out, nil
}
