package robust

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// near complains where a value is not within a tolerance of what it should be.
func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s = %.12g, want %.12g ± %g", what, got, want, tolerance)
	}
}

// want fails where there is an error.
func want(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantUndefined complains where a value is defined or has no reason.
func wantUndefined(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, ErrUndefined) {
		t.Errorf("%s: error %v, want ErrUndefined with a reason", what, err)
	}
}

// annual returns the moments of a Sharpe ratio a year with so many bars a year.
func annual(sharpe, year float64, bars int, skew, kurtosis float64) Moments {
	return Moments{Bars: bars, Sharpe: sharpe / math.Sqrt(year), Skew: skew, Kurtosis: kurtosis}
}

// The values are those of Bailey and López de Prado, The Sharpe ratio efficient
// frontier (2012), recomputed to six digits by an independent script (ROBUSTNESS).
func TestPSR(t *testing.T) {
	for _, c := range []struct {
		skew, kurtosis, want float64
	}{
		{0, 3, 0.981675},
		{-2.448, 10.164, 0.913361},
	} {
		p, err := PSR(Moments{Bars: 24, Sharpe: 0.458, Skew: c.skew, Kurtosis: c.kurtosis}, 0)
		want(t, err)
		near(t, "PSR", p, c.want, 5e-7)
	}
	// Excess kurtosis in place of raw must be noticed: it is another number.
	p, err := PSR(Moments{Bars: 24, Sharpe: 0.458, Skew: -2.448, Kurtosis: 10.164 - 3}, 0)
	want(t, err)
	if math.Abs(p-0.913361) < 1e-3 {
		t.Error("PSR does not tell raw kurtosis from excess kurtosis")
	}
}

// Values as in TestPSR, of the same paper.
func TestMinTRL(t *testing.T) {
	for _, c := range []struct {
		year, skew, kurtosis, want float64
	}{
		{250, 0, 3, 2.731188},
		{52, 0, 3, 2.828834},
		{12, 0, 3, 3.239801},
		{12, -0.72, 5.78, 4.991258},
	} {
		bars, err := MinTRL(annual(2, c.year, 0, c.skew, c.kurtosis), 1/math.Sqrt(c.year), 0.95)
		want(t, err)
		near(t, "MinTRL", bars/c.year, c.want, 5e-7)
	}
	_, err := MinTRL(annual(1, 250, 500, 0, 3), 1/math.Sqrt(250), 0.95)
	wantUndefined(t, "a Sharpe ratio that is not above the target", err)
	if _, err := MinTRL(annual(2, 250, 500, 0, 3), 0, 1); err == nil || errors.Is(err, ErrUndefined) {
		t.Errorf("confidence 1: %v, want an error that names it", err)
	}
}

// With as many bars as MinTRL says, PSR is the confidence.
func TestMinTRLInvertsPSR(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Moments{
			Sharpe: rapid.Float64Range(0.05, 0.5).Draw(t, "sharpe"), Skew: rapid.Float64Range(-2, 2).Draw(t, "skew"),
			Kurtosis: rapid.Float64Range(5.1, 20).Draw(t, "kurtosis"),
		}
		bars, err := MinTRL(m, 0, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range []int{0, 1} {
			m.Bars = int(bars) + d
			if p, err := PSR(m, 0); err != nil || (p >= 0.95) != (d == 1 || bars == math.Trunc(bars)) {
				t.Fatalf("PSR of %d bars is %v (%v), MinTRL is %v", m.Bars, p, err, bars)
			}
		}
	})
}

// The values are those of ROBUSTNESS, recomputed by an independent script.
func TestExpectedMax(t *testing.T) {
	for n, value := range map[float64]float64{
		1: 0, 10: 1.574598, 45: 2.235640, 100: 2.530603, 1e3: 3.255122, 1e4: 3.860665, 1e6: 4.867860, 1e8: 5.710446,
	} {
		near(t, "E[max]", ExpectedMax(n), value, 5e-7)
	}
	if !math.IsNaN(ExpectedMax(0)) || !math.IsNaN(ExpectedMax(math.NaN())) {
		t.Error("the largest of no numbers is known")
	}
	if v := ExpectedMax(1.1); v != 0 {
		t.Errorf("E[max of 1.1] = %v, want 0", v)
	}
}

// The example of Bailey and López de Prado, The deflated Sharpe ratio (2014):
// a Sharpe ratio of 2.5 a year of 250 days in 1250 days, the trials' variance ½ a year.
// The last row is the planted mistake: excess kurtosis in place of raw.
func TestDSR(t *testing.T) {
	for _, c := range []struct {
		skew, kurtosis, trials, want float64
	}{
		{-3, 10, 100, 0.900397},
		{-3, 10, 46, 0.950502},
		{0, 3, 88, 0.950491},
		{-3, 10 - 3, 100, 0.901779},
	} {
		d, err := DSR(annual(2.5, 250, 1250, c.skew, c.kurtosis), c.trials, 0.5/250)
		want(t, err)
		near(t, "DSR", d.Probability, c.want, 5e-7)
		if c.trials == 100 {
			near(t, "SR0", d.Threshold, 0.113172, 5e-7)
		}
	}
	one, err := DSR(annual(1, 250, 500, 0, 3), 1, 0.1)
	want(t, err)
	psr, err := PSR(annual(1, 250, 500, 0, 3), 0)
	want(t, err)
	near(t, "DSR of one trial, which is its PSR,", one.Probability, psr, 0)
	_, err = DSR(annual(1, 250, 500, 0, 3), 0, 0.1)
	wantUndefined(t, "no trials", err)
	_, err = DSR(annual(1, 250, 500, 0, 3), 10, math.NaN())
	wantUndefined(t, "variance NaN", err)
}

// N 45, target 1: 4.998 years (ROBUSTNESS; Bailey, Borwein, López de Prado, Zhu 2014
// say that 45 trials take about five years).
func TestMinBTL(t *testing.T) {
	years, err := MinBTL(45, 1)
	want(t, err)
	near(t, "MinBTL", years, 4.998, 5e-4)
	_, err = MinBTL(45, 0)
	wantUndefined(t, "target 0", err)
	_, err = MinBTL(0, 1)
	wantUndefined(t, "no trials", err)
}

// Closed forms by hand: SR 0.1 a bar, 100 bars.
func TestSharpeErrors(t *testing.T) {
	e, err := SharpeErrors(Moments{Bars: 100, Sharpe: 0.1, Skew: 0, Kurtosis: 3})
	want(t, err)
	near(t, "Lo", e.Lo, 0.1002496882788171, 1e-15) // √(1.005/100)
	near(t, "Mertens", e.Mertens, e.Lo, 1e-15)     // the same for a normal distribution
	e, err = SharpeErrors(Moments{Bars: 100, Sharpe: 0.1, Skew: -2, Kurtosis: 9})
	want(t, err)
	near(t, "Mertens", e.Mertens, math.Sqrt(1.22/100), 1e-15)
	_, err = SharpeErrors(Moments{Bars: 100, Sharpe: 2, Skew: 3, Kurtosis: 3})
	wantUndefined(t, "impossible moments", err)
}

// Lo (2002): without correlation √q; for q = 12 and an AR(1) of 0.2 the factor is 2.88
// (his equation 19 evaluated by hand: 12/√(12 + 2·Σ(12−k)0.2ᵏ) = 12/√(12+5.375)).
func TestAnnualFactor(t *testing.T) {
	f, err := AnnualFactor(252, nil)
	want(t, err)
	near(t, "η(252)", f, math.Sqrt(252), 1e-14)
	rho, sum := make([]float64, 11), 0.0
	for k := range rho {
		rho[k] = math.Pow(0.2, float64(k+1))
		sum += float64(11-k) * rho[k]
	}
	near(t, "Σ(12−k)ρₖ", sum, 2.6875, 1e-4)
	f, err = AnnualFactor(12, rho)
	want(t, err)
	near(t, "η(12)", f, 12/math.Sqrt(12+2*2.6875), 1e-4)
	_, err = AnnualFactor(2, []float64{-1})
	wantUndefined(t, "returns that cancel", err)
}

// By hand: returns 1, 2, 3, 6 have mean 3, deviations −2, −1, 0, 3.
func TestMomentsOf(t *testing.T) {
	m, err := MomentsOf([]float64{1, 2, 3, 6}, 0.5)
	want(t, err)
	near(t, "mean", m.Mean, 2.5, 0)
	near(t, "sd", m.SD, math.Sqrt(14.0/3), 1e-15)
	near(t, "sharpe", m.Sharpe, 2.5/math.Sqrt(14.0/3), 1e-15)
	near(t, "skew", m.Skew, (18.0/4)/math.Pow(14.0/4, 1.5), 1e-15)
	near(t, "kurtosis", m.Kurtosis, (98.0/4)/(14.0/4*14.0/4), 1e-15)
	for what, returns := range map[string][]float64{
		"no returns": nil, "one return": {0.1}, "constant returns": {0.1, 0.1, 0.1}, "no trades": {0, 0},
		"tiny returns": {1e-200, 2e-200},
	} {
		_, err := MomentsOf(returns, 0)
		wantUndefined(t, what, err)
	}
	_, err = MomentsOf([]float64{1, math.NaN()}, 0)
	if err == nil || errors.Is(err, ErrUndefined) {
		t.Errorf("NaN: %v, want an error that names the bar", err)
	}
}

func TestNormalQuantile(t *testing.T) {
	// scipy 1.17.1: norm.ppf and norm.isf.
	for p, value := range map[float64]float64{
		0.5: 0, 0.95: 1.6448536269514722, 0.05: -1.6448536269514729, 0.975: 1.959963984540054, 0.7: 0.5244005127080407,
	} {
		near(t, "quantile", NormalQuantile(p), value, 2e-15)
	}
	near(t, "upper quantile of 1e-8", upperQuantile(1e-8), 5.612001244174789, 1e-14)
	near(t, "upper quantile of 1e-18", upperQuantile(1e-18), 8.757290348782315, 1e-14)
	if !math.IsInf(NormalQuantile(1), 1) || !math.IsInf(NormalQuantile(0), -1) || !math.IsNaN(NormalQuantile(2)) {
		t.Error("quantiles at and beyond the ends")
	}
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(-7, 7).Draw(t, "x")
		if got := NormalQuantile(Normal(-math.Abs(x))); math.Abs(got+math.Abs(x)) > 1e-12*max(1, math.Abs(x)) {
			t.Fatalf("quantile of Φ(%v) is %v", -math.Abs(x), got)
		}
	})
}

func TestSpread(t *testing.T) {
	var s Spread
	if _, err := s.Variance(); !errors.Is(err, ErrUndefined) || !math.IsNaN(s.Mean()) {
		t.Error("an empty spread has a variance or a mean")
	}
	for _, v := range []float64{1, math.NaN(), 2, 3, 6} {
		s.Add(v)
	}
	v, err := s.Variance()
	want(t, err)
	near(t, "variance", v, 14.0/3, 1e-15)
	near(t, "mean", s.Mean(), 3, 1e-15)
	if s.Trials != 4 || s.Unknown != 1 {
		t.Errorf("%d trials, %d unknown; want 4 and 1", s.Trials, s.Unknown)
	}
}
