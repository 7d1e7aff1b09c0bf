package robust

import (
	"fmt"
	"math"
)

// PSR is the probabilistic Sharpe ratio: the probability that the true Sharpe ratio
// (a bar's) is above target, given that of m,
//
//	Φ[(SR − SR*) √(n−1) / √(1 − γ₃SR + (γ₄−1)/4 · SR²)],
//
// by Bailey and López de Prado, The Sharpe ratio efficient frontier (2012). The
// kurtosis is raw.
func PSR(m Moments, target float64) (float64, error) {
	v, err := m.variance()
	switch {
	case err != nil:
		return 0, err
	case m.Bars < 2:
		return 0, undefined("%d returns say nothing of a Sharpe ratio", m.Bars)
	case math.IsNaN(target) || math.IsInf(target, 0):
		return 0, undefined("the Sharpe ratio to beat is %v", target)
	}
	return Normal((m.Sharpe - target) * math.Sqrt(float64(m.Bars-1)/v)), nil
}

// MinTRL is the minimum track record length: how many bars it takes until PSR against
// target (a bar's Sharpe ratio) reaches confidence, with the moments of m,
//
//	1 + (1 − γ₃SR + (γ₄−1)/4 · SR²) (Φ⁻¹(α) / (SR − SR*))²,
//
// by Bailey and López de Prado (2012). Where m is not better than target no length is
// enough, which is undefined.
func MinTRL(m Moments, target, confidence float64) (float64, error) {
	if !(confidence > 0.5 && confidence < 1) {
		return 0, fmt.Errorf("confidence %v is not between 0.5 and 1", confidence)
	}
	v, err := m.variance()
	switch {
	case err != nil:
		return 0, err
	case math.IsNaN(target):
		return 0, undefined("the Sharpe ratio to beat is NaN")
	case m.Sharpe <= target:
		return 0, undefined("a Sharpe ratio of %.4g a bar is not above %.4g: no length shows that it is", m.Sharpe, target)
	}
	z := NormalQuantile(confidence) / (m.Sharpe - target)
	return 1 + v*z*z, nil
}

// MinBTL is the minimum backtest length in years: below it, the best of so many trials
// without any skill is expected to have an annual Sharpe ratio of target. It is
// (E[max of N] / target)² by Bailey, Borwein, López de Prado and Zhu,
// Pseudo-mathematics and financial charlatanism (2014).
func MinBTL(trials, target float64) (float64, error) {
	expected := ExpectedMax(trials)
	switch {
	case math.IsNaN(expected):
		return 0, undefined("%v trials are none", trials)
	case !(target > 0):
		return 0, undefined("a Sharpe ratio of %v takes no luck", target)
	}
	return (expected / target) * (expected / target), nil
}

// StandardErrors are those of a Sharpe ratio, in its unit.
type StandardErrors struct {
	// Lo is √((1 + SR²/2) / n), for independent normal returns: Lo, The statistics of
	// Sharpe ratios (2002).
	Lo float64
	// Mertens is √((1 − γ₃SR + (γ₄−1)/4 · SR²) / n), for independent returns of any
	// distribution: Mertens, Comments on variance of the IID estimator in Lo (2002).
	Mertens float64
}

// SharpeErrors returns the standard errors of the Sharpe ratio of m, a bar's.
func SharpeErrors(m Moments) (StandardErrors, error) {
	v, err := m.variance()
	if err != nil {
		return StandardErrors{}, err
	}
	if m.Bars < 1 {
		return StandardErrors{}, undefined("%d returns say nothing of a Sharpe ratio", m.Bars)
	}
	n := float64(m.Bars)
	return StandardErrors{Lo: math.Sqrt((1 + m.Sharpe*m.Sharpe/2) / n), Mertens: math.Sqrt(v / n)}, nil
}

// AnnualFactor returns what a bar's Sharpe ratio is multiplied by to be that of q bars
// where returns are correlated with earlier ones:
//
//	η(q) = q / √(q + 2 Σₖ (q−k) ρₖ), k = 1 … q−1,
//
// by Lo (2002). correlations are ρ₁, ρ₂, …; those that are missing count as 0, so that
// without any the factor is √q.
func AnnualFactor(q int, correlations []float64) (float64, error) {
	if q < 1 {
		return 0, fmt.Errorf("%d bars are none", q)
	}
	v := float64(q)
	for i, rho := range correlations[:min(q-1, len(correlations))] {
		v += 2 * float64(q-i-1) * rho
	}
	if !(v > 0) {
		return 0, undefined("such correlations give the sum of %d returns no variance", q)
	}
	return float64(q) / math.Sqrt(v), nil
}
