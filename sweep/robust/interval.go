package robust

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// Interval is what a statistic of a trial is, and between which values the given share of
// its resamples lies.
type Interval struct {
	Value, Low, High float64
}

// IntervalOptions are the choices of [Intervals]. The zero value asks for 90 %.
type IntervalOptions struct {
	Bootstrap Bootstrap
	// Level is the share of resamples inside; 0 means 0.9: a twentieth lies on either
	// side.
	Level float64
	// Annual is the number of bars a year; 0 means 1, so that Sharpe is a bar's.
	Annual float64
	// RiskFree is the rate a bar that Sharpe is measured over.
	RiskFree float64
}

// Spans are the intervals of a trial's statistics.
type Spans struct {
	// TotalReturn and MaxDrawdown are fractions, Sharpe is a year's.
	TotalReturn, Sharpe, MaxDrawdown Interval
	// Resamples and Length are those of the bootstrap, Level the share inside.
	Resamples     int
	Length, Level float64
}

// Intervals resamples the returns of a trial in stationary blocks and returns the
// percentile intervals of its statistics (Efron 1979; quantiles by linear interpolation).
// They say how much the figures would move by chance if the future had blocks like those of
// the past; they know nothing of the selection of the trial. Constant returns are
// undefined, and a resample without deviation counts in no interval of the Sharpe ratio.
func Intervals(ctx context.Context, returns []float64, opts IntervalOptions) (*Spans, error) {
	switch {
	case opts.Level == 0:
		opts.Level = 0.9
	case !(opts.Level > 0 && opts.Level < 1):
		return nil, fmt.Errorf("options: level %v is not between 0 and 1", opts.Level)
	}
	if opts.Annual == 0 {
		opts.Annual = 1
	}
	m, err := MomentsOf(returns, opts.RiskFree)
	if err != nil {
		return nil, err
	}
	paths, err := Resample(ctx, returns, opts.Bootstrap, opts.RiskFree)
	if err != nil {
		return nil, err
	}
	root := math.Sqrt(opts.Annual)
	span := func(value, scale float64, values []float64) Interval {
		known := slices.DeleteFunc(slices.Clone(values), math.IsNaN)
		slices.Sort(known)
		tail := (1 - opts.Level) / 2
		return Interval{scale * value, scale * Quantile(known, tail), scale * Quantile(known, 1-tail)}
	}
	return &Spans{
		TotalReturn: span(TotalReturn(returns), 1, paths.TotalReturn),
		Sharpe:      span(m.Sharpe, root, paths.Sharpe),
		MaxDrawdown: span(MaxDrawdown(returns), 1, paths.MaxDrawdown),
		Resamples:   len(paths.Sharpe), Length: paths.Length, Level: opts.Level,
	}, nil
}

// Paths are statistics of each of many histories that might have been.
type Paths struct {
	// TotalReturn and MaxDrawdown are fractions, Sharpe is a bar's and NaN where a
	// history has no deviation.
	TotalReturn, Sharpe, MaxDrawdown []float64
	// Length is the mean length of blocks that bars were drawn in; 0 where they were not.
	Length float64
}

// Resample draws the bars of a trial in stationary blocks and returns the statistics of
// each history. It tests how much of the result hangs on which stretches of the past came
// up, and in what order.
func Resample(ctx context.Context, returns []float64, boot Bootstrap, riskFree float64) (*Paths, error) {
	if err := finite(returns); err != nil {
		return nil, err
	}
	boot, err := boot.resolve(len(returns), returns)
	if err != nil {
		return nil, err
	}
	p := newPaths(boot.Resamples)
	p.Length = boot.Length
	err = each(ctx, boot.Workers, boot.Resamples, func() func(int) {
		var indices []int32
		drawn := make([]float64, len(returns))
		return func(b int) {
			indices = boot.draw(indices, len(returns), b)
			for i, at := range indices {
				drawn[i] = returns[at]
			}
			p.set(b, drawn, riskFree)
		}
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

func newPaths(n int) *Paths {
	return &Paths{TotalReturn: make([]float64, n), Sharpe: make([]float64, n), MaxDrawdown: make([]float64, n)}
}

// set computes the statistics of a history.
func (p *Paths) set(i int, returns []float64, riskFree float64) {
	p.TotalReturn[i], p.MaxDrawdown[i] = TotalReturn(returns), MaxDrawdown(returns)
	p.Sharpe[i] = math.NaN()
	if m, err := MomentsOf(returns, riskFree); err == nil {
		p.Sharpe[i] = m.Sharpe
	}
}

// each calls a function with 0 … n−1, on workers that each have their own; 0 workers mean
// one a processor.
func each(ctx context.Context, workers, n int, worker func() func(i int)) error {
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var next atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	for range min(workers, n) {
		group.Go(func() error {
			work := worker()
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return nil
				}
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
				work(i)
			}
		})
	}
	return group.Wait()
}

// TotalReturn returns what returns come to, one after the other: Π(1+r) − 1.
func TotalReturn(returns []float64) float64 {
	equity := 1.0
	for _, r := range returns {
		equity *= 1 + r
	}
	return equity - 1
}

// MaxDrawdown returns the largest fall from a peak, the start among them, as a positive
// fraction.
func MaxDrawdown(returns []float64) float64 {
	equity, peak, fall := 1.0, 1.0, 0.0
	for _, r := range returns {
		equity *= 1 + r
		peak = max(peak, equity)
		fall = max(fall, 1-equity/peak)
	}
	return fall
}

// Quantile returns the q-quantile of sorted values, between two of them by linear
// interpolation; NaN where there are none.
func Quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 || !(q >= 0 && q <= 1) {
		return math.NaN()
	}
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}
