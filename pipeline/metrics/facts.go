package metrics

import "math"

// facts is what rows are functions of: the sums of an account over its bars,
// its trades, and what several statistics share.
type facts struct {
	Tally
	Account
	log *TradeLog
	// sd and mean are those of the returns and of the excess returns of a bar,
	// root is √ann, total the total return and growth its CAGR.
	sd, mean, root, total, growth float64
	// longest is the longest drawdown in bars; NaN where there is no curve.
	longest float64
	// ruined counts ruined accounts, and deficit is what they lacked.
	ruined, deficit float64

	// equity and returns are those of every bar, none where there is no curve;
	// sorted is memory to sort returns in.
	equity, returns []float64
	sorted          *[]float64
	shape           shape
}

// derive computes what statistics share.
func (f *facts) derive() {
	f.mean = f.Excess / float64(f.Bars)
	f.root = math.Sqrt(f.Annual)
	f.total = f.Last/f.Start - 1
	f.growth = cagr(f.total, f.Years)
}

// values writes every statistic; those that need a curve are NaN where there is
// none.
func (f *facts) values(v *Values, curve bool) {
	f.derive()
	for s := range rows {
		v[s] = math.NaN()
		if curve || rows[s].Basis.Additive() {
			v[s] = rows[s].value(f)
		}
	}
}

// traded returns a ratio of returns; NaN where nothing was ever bought or sold:
// the rounding of a risk-free rate must not invent one.
func (f *facts) traded(ratio float64) float64 {
	if f.log.Fills == 0 {
		return math.NaN()
	}
	return ratio
}

func (f *facts) sharpe() float64 {
	if !(f.sd > 0) {
		return math.NaN()
	}
	return f.traded(f.mean / f.sd * f.root)
}

// cagr is the compound annual growth of a total return; −1 where nothing is
// left.
func cagr(total, years float64) float64 {
	switch {
	case total <= -1:
		return -1
	case years <= 0:
		return math.NaN()
	}
	return math.Pow(1+total, 1/years) - 1
}
