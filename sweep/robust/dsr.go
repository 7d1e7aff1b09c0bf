package robust

import (
	"math"
)

// Deflated is a deflated Sharpe ratio and what it was measured against.
type Deflated struct {
	// Trials is the number of trials that it supposes, Variance that of their Sharpe
	// ratios, a bar's.
	Trials, Variance float64
	// Threshold is the Sharpe ratio, a bar's, that the best of so many trials without
	// any skill is expected to have.
	Threshold float64
	// Probability is that the true Sharpe ratio is above 0, after the selection.
	Probability float64
}

// DSR is the deflated Sharpe ratio of the best of many trials: PSR against
// SR₀ = √V · E[max of N], with V the variance of the trials' Sharpe ratios, a bar's.
// By Bailey and López de Prado, The deflated Sharpe ratio (2014). trials need not be
// whole: see [EffectiveTrials].
func DSR(m Moments, trials, variance float64) (Deflated, error) {
	d := Deflated{Trials: trials, Variance: variance}
	expected := ExpectedMax(trials)
	switch {
	case math.IsNaN(expected):
		return d, undefined("%v trials are none", trials)
	case !(variance >= 0) || math.IsInf(variance, 0):
		return d, undefined("the variance of the trials' Sharpe ratios is %v", variance)
	}
	d.Threshold = math.Sqrt(variance) * expected
	var err error
	d.Probability, err = PSR(m, d.Threshold)
	return d, err
}

// Spread gathers the Sharpe ratios of trials, one at a time, for the V of [DSR]: their
// number, mean and variance by Welford (1962). What is NaN is counted and left out. The zero
// value is empty.
type Spread struct {
	// Trials have a Sharpe ratio, Unknown have none.
	Trials, Unknown int64
	mean, squares   float64
}

// Add adds the Sharpe ratio of a trial.
func (s *Spread) Add(sharpe float64) {
	if math.IsNaN(sharpe) || math.IsInf(sharpe, 0) {
		s.Unknown++
		return
	}
	s.Trials++
	d := sharpe - s.mean
	s.mean += d / float64(s.Trials)
	s.squares += d * (sharpe - s.mean)
}

// Mean returns the mean Sharpe ratio; NaN where there is none.
func (s *Spread) Mean() float64 {
	if s.Trials == 0 {
		return math.NaN()
	}
	return s.mean
}

// Variance returns the variance of the Sharpe ratios, ddof 1. It is undefined for fewer
// than two.
func (s *Spread) Variance() (float64, error) {
	if s.Trials < 2 {
		return 0, undefined("%d trials with a Sharpe ratio have no variance", s.Trials)
	}
	return s.squares / float64(s.Trials-1), nil
}
