package robust

import (
	"fmt"
	"math"
)

// Moments are what the closed forms need of the returns of a trial.
type Moments struct {
	// Bars is the number of returns.
	Bars int
	// Mean and SD are a bar's; SD has ddof 1.
	Mean, SD float64
	// Sharpe is Mean / SD, a bar's.
	Sharpe float64
	// Skew is the biased third moment, Kurtosis the biased fourth and raw: 3 for a
	// normal distribution.
	Skew, Kurtosis float64
}

// MomentsOf returns the moments of returns over a rate a bar. Fewer than two bars and
// returns that are all equal are undefined; a NaN or an infinity is an error that
// names its bar.
func MomentsOf(returns []float64, riskFree float64) (Moments, error) {
	if err := finite(returns); err != nil {
		return Moments{}, err
	}
	n := float64(len(returns))
	if n < 2 {
		return Moments{}, undefined("%d returns have no deviation", len(returns))
	}
	sum, least, most := 0.0, math.Inf(1), math.Inf(-1)
	for _, r := range returns {
		sum += r
		least, most = min(least, r), max(most, r)
	}
	if least == most {
		return Moments{}, undefined("all %d returns are %v: they have no deviation", len(returns), least)
	}
	mean := sum / n
	var second, third, fourth float64
	for _, r := range returns {
		d := r - mean
		square := float64(d * d)
		second += square
		third += float64(square * d)
		fourth += float64(square * square)
	}
	if second == 0 || math.IsInf(second, 0) || math.IsInf(fourth, 0) {
		return Moments{}, undefined("returns between %v and %v have no deviation that a number holds", least, most)
	}
	m := Moments{Bars: len(returns), Mean: mean - riskFree, SD: math.Sqrt(second / (n - 1))}
	m.Sharpe = m.Mean / m.SD
	second, third, fourth = second/n, third/n, fourth/n
	m.Skew = third / (second * math.Sqrt(second))
	m.Kurtosis = fourth / (second * second)
	return m, nil
}

// variance returns 1 − γ₃SR + (γ₄−1)/4 · SR²: n times the variance of an estimated
// Sharpe ratio, by Mertens (2002).
func (m Moments) variance() (float64, error) {
	for _, v := range []float64{m.Sharpe, m.Skew, m.Kurtosis} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return 0, undefined("the moments are not all known (Sharpe %v, skewness %v, kurtosis %v)", m.Sharpe, m.Skew, m.Kurtosis)
		}
	}
	v := 1 - m.Skew*m.Sharpe + (m.Kurtosis-1)/4*m.Sharpe*m.Sharpe
	if v <= 0 {
		return 0, undefined("no distribution has skewness %v and raw kurtosis %v (a normal one has 0 and 3)", m.Skew, m.Kurtosis)
	}
	return v, nil
}

// finite complains about the first return that is not a number.
func finite(returns []float64) error {
	for i, r := range returns {
		if math.IsNaN(r) || math.IsInf(r, 0) {
			return fmt.Errorf("return %d of %d is %v; want finite numbers", i+1, len(returns), r)
		}
	}
	return nil
}
