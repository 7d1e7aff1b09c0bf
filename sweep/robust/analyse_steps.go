package robust

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
)

// ofWinner puts what is known of the winner as if it were the only trial.
func (a *analysis) ofWinner(context.Context) error {
	var err error
	a.winner, err = MomentsOf(a.over, 0)
	year := math.Sqrt(a.all.Annual)
	if e := a.puts("winner", err, value("sharpe", year*a.winner.Sharpe), value("total_return", TotalReturn(a.raw)),
		value("max_drawdown", MaxDrawdown(a.raw)), value("skew", a.winner.Skew), value("kurtosis", a.winner.Kurtosis)); e != nil {
		return e
	}
	var errors StandardErrors
	if err == nil {
		errors, err = SharpeErrors(a.winner)
	}
	if e := a.puts("winner", err, value("sharpe_error_lo", year*errors.Lo), value("sharpe_error_mertens", year*errors.Mertens)); e != nil {
		return e
	}
	psr, e := PSR(a.winner, 0)
	if err != nil {
		e = err
	}
	if e := a.put("winner", "psr", psr, e); e != nil {
		return e
	}
	length, e := MinTRL(a.winner, 0, a.opts.Confidence)
	if err != nil {
		e = err
	}
	return a.put("winner", "min_trl_years", length/a.all.Annual, e)
}

// ofNumbers puts how many trials there were, by three counts and the ledger's, and
// what each leaves of the winner.
func (a *analysis) ofNumbers(ctx context.Context) error {
	counted := float64(a.counted())
	correlations, err := Correlate(ctx, a.compare.Select(a.sample), a.opts.Workers)
	if err != nil {
		return err
	}
	effective, effectiveErr := correlations.EffectiveTrials(counted)
	with, err := Correlate(ctx, a.compare, a.opts.Workers)
	if err != nil {
		return err
	}
	groups := float64(len(with.Clusters(ClusterCorrelation)))
	var clusterErr error
	if groups == 0 {
		clusterErr = undefined("no trial's returns ever change")
	}
	variance, varianceErr := a.spread.Variance()
	counts := []struct {
		name            string
		trials          float64
		variance        float64
		err, inVariance error
	}{
		{"counted", counted, variance, nil, varianceErr},
		{"effective", effective, variance, effectiveErr, varianceErr},
		{"clusters", groups, variance, clusterErr, varianceErr},
	}
	if t := a.opts.Tried; t != nil {
		tried := counts[0]
		tried.name, tried.trials = "ledger", max(float64(t.Trials), counted)
		if v := t.Variance / a.all.Annual; v > tried.variance || tried.inVariance != nil && !math.IsNaN(v) {
			tried.variance, tried.inVariance = v, nil // the stricter one
		}
		counts = append(counts, tried)
	}
	year := math.Sqrt(a.all.Annual)
	for _, c := range counts {
		if err := a.put("trials", "trials_"+c.name, c.trials, c.err); err != nil {
			return err
		}
		d, err := DSR(a.winner, c.trials, c.variance)
		switch {
		case c.err != nil:
			err = c.err
		case c.inVariance != nil:
			err = c.inVariance
		case a.winner.Bars == 0:
			err = undefined("the winner's returns have no deviation")
		}
		if err := a.puts("trials", err, value("luck_"+c.name, year*d.Threshold), value("dsr_"+c.name, d.Probability)); err != nil {
			return err
		}
	}
	years, err := MinBTL(counted, year*a.winner.Sharpe)
	if err := a.put("trials", "min_btl_years", years, err); err != nil {
		return err
	}
	// The best, near duplicates collapsed: columns by their places among those that
	// have correlations.
	var ranked []int
	for _, k := range a.best {
		if at, found := slices.BinarySearch(with.Trials, k); found {
			ranked = append(ranked, at)
		}
	}
	kept, _ := with.Duplicates(ranked, DuplicateCorrelation)
	return a.puts("trials", nil, value("best", float64(len(a.best))), value("best_distinct", float64(len(kept))))
}

// ofSplits puts what cross-validation finds, over all trials.
func (a *analysis) ofSplits(ctx context.Context) error {
	o, err := CSCV(ctx, a.excess, CSCVOptions{Workers: a.opts.Workers})
	if err != nil {
		o = &Overfitting{}
	}
	logits := slices.Sorted(slices.Values(o.Logits))
	a.report.Splits = o
	return a.puts("overfitting", err, value("pbo", o.PBO), value("logit_median", Quantile(logits, 0.5)),
		value("slope", o.Slope), value("probability_of_loss", o.Loss), value("splits", float64(o.Splits)))
}

// ofBenchmark puts the tests of the best against a benchmark, over the sample and the best.
func (a *analysis) ofBenchmark(ctx context.Context) error {
	opts := SPAOptions{Bootstrap: a.bootstrap()}
	if a.source.Benchmark != nil {
		benchmark, err := a.source.Benchmark(ctx)
		if err != nil {
			return err
		}
		opts.Benchmark = slices.Clone(benchmark)
		for i := range benchmark {
			opts.Benchmark[i] -= a.all.RiskFree
		}
		a.report.Benchmark = true
	}
	s, err := SPA(ctx, a.compare, opts)
	if err != nil {
		s = &Superior{}
	}
	return a.puts("benchmark", err, value("spa_lower", s.Lower), value("spa_consistent", s.Consistent), value("spa_upper", s.Upper),
		value("reality_check", s.RealityCheck), value("spa_trials", float64(s.Trials)), value("block_length", s.Length))
}

func (a *analysis) bootstrap() Bootstrap {
	return Bootstrap{Resamples: a.opts.Resamples, Length: a.opts.Length, Seed: a.opts.Seed, Workers: a.opts.Workers}
}

// ofResampling puts intervals of the winner's figures.
func (a *analysis) ofResampling(ctx context.Context) error {
	s, err := Intervals(ctx, a.raw, IntervalOptions{Bootstrap: a.bootstrap(), Level: a.opts.Level, Annual: a.all.Annual, RiskFree: a.all.RiskFree})
	if err != nil {
		s = &Spans{}
	}
	line := func(name string, i Interval) Line { return Line{Name: name, Value: i.Value, Low: i.Low, High: i.High} }
	return a.puts("blocks of returns", err, line("total_return", s.TotalReturn), line("sharpe", s.Sharpe), line("max_drawdown", s.MaxDrawdown))
}

// ofHolding puts what is left of the winner where its entries are random, and where its
// trades come in another order.
func (a *analysis) ofHolding(ctx context.Context) error {
	var accounts []Held
	var trades []float64
	err := undefined("what the trial held is not known")
	if a.source.Held != nil {
		if accounts, trades, err = a.source.Held(ctx, a.report.Trial); err != nil {
			return err
		}
	}
	draws := Draws{Count: a.opts.Resamples, Seed: a.opts.Seed, Workers: a.opts.Workers}
	timing := &Timing{}
	if err == nil {
		timing, err = RandomEntries(ctx, accounts, draws)
	}
	if err != nil {
		timing = &Timing{}
	}
	random := slices.Sorted(slices.Values(timing.Random))
	if err := a.puts("random entries", err, value("p", timing.P),
		Line{Name: "total_return", Value: timing.Actual, Low: Quantile(random, 0.05), High: Quantile(random, 0.95)}); err != nil {
		return err
	}
	if trades == nil && len(accounts) > 1 {
		err = undefined("trades of a pool overlap, so that they have no order; look at one asset")
		return a.puts("order of trades", err, value("max_drawdown", 0))
	}
	paths, err := ShuffleTrades(ctx, trades, draws)
	if err != nil {
		paths = newPaths(0)
	}
	falls := slices.Sorted(slices.Values(paths.MaxDrawdown))
	return a.puts("order of trades", err,
		Line{Name: "max_drawdown", Value: MaxDrawdown(trades), Low: Quantile(falls, 0.05), High: Quantile(falls, 0.95)})
}

// ofGrid puts the winner's place in its grid.
func (a *analysis) ofGrid(context.Context) error {
	err := undefined("%s", a.ranking.NoSurface)
	s := &Sensitivities{}
	if a.ranking.Surface != nil {
		if s, err = Sensitivity(a.ranking.Surface, int(a.report.Trial)); err != nil {
			s = &Sensitivities{}
		}
		a.report.Surface = s
	}
	plateau := value("plateau", s.Plateau)
	switch {
	case len(s.Neighbours) == 0:
		plateau.Reason = "undefined: the winner has no neighbour in the grid"
	case math.IsNaN(s.Plateau):
		plateau.Reason = "undefined: the winner's objective is not above 0"
	}
	if err := a.puts("grid", err, value("objective", s.Peak), value("neighbours", float64(len(s.Neighbours))), value("neighbours_median", s.Median),
		plateau, Line{Name: "grid_median", Value: s.GridMedian, Low: s.Quantiles[0], High: s.Quantiles[4]},
		value("grid_above_0", s.Share)); err != nil {
		return err
	}
	for _, p := range s.Profiles {
		known := slices.DeleteFunc(slices.Clone(p.Values), math.IsNaN)
		if len(p.Values) == 1 || len(known) == 0 {
			continue
		}
		if err := a.puts("grid", nil, Line{Name: "along_" + a.ranking.Surface.Axes[p.Axis].Name, Value: s.Peak,
			Low: slices.Min(known), High: slices.Max(known)}); err != nil {
			return err
		}
	}
	return nil
}

// ofCosts puts the winner's total return at multiples of its costs.
func (a *analysis) ofCosts(ctx context.Context) error {
	if a.source.Total == nil {
		return a.puts("costs", undefined("the spec has no costs: fills as good as that are not to be had"), value("break_even", 0))
	}
	c, err := CostLadder(ctx, nil, func(ctx context.Context, multiple float64) (float64, error) {
		return a.source.Total(ctx, a.report.Trial, multiple)
	})
	if err != nil && !errors.Is(err, ErrUndefined) {
		return err
	}
	if c == nil || err != nil {
		return a.puts("costs", err, value("break_even", 0))
	}
	for _, rung := range c.Rungs {
		if err := a.puts("costs", nil, value(fmt.Sprintf("total_return_x%v", rung.Multiple), rung.Value)); err != nil {
			return err
		}
	}
	if math.IsNaN(c.BreakEven) {
		return a.puts("costs", undefined("the trial makes nothing even without costs"), value("break_even", 0))
	}
	return a.puts("costs", nil, value("break_even", c.BreakEven))
}
