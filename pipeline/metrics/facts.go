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
	// moved says that equity did more than last bits.
	moved bool
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
	if f.Years < shortest {
		f.growth = math.NaN()
	}
	f.moved = math.Sqrt(f.Squares/float64(f.Bars)) > lastBits
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

// traded returns a ratio of returns; NaN where nothing was ever bought or sold, or
// where equity moved by last bits only: rounding must not invent one.
func (f *facts) traded(ratio float64) float64 {
	if f.log.Fills == 0 || !f.moved {
		return math.NaN()
	}
	return ratio
}

// shortest is the time, in years, below which growth says nothing of a year: 30 days,
// but for rounding.
const shortest = 30 / 365.25 * (1 - 1e-9)

func (f *facts) sharpe() float64 {
	if !(beyond(f.sd) > 0) {
		return math.NaN()
	}
	return f.traded(f.mean / f.sd * f.root)
}

// downside is √mean(min(r − rf, 0)²).
func (f *facts) downside() float64 { return beyond(math.Sqrt(f.Downside / float64(f.Bars))) }

// omega takes losses of last bits for none.
func (f *facts) omega() float64 {
	if f.downside() == 0 {
		return f.traded(f.Above / 0)
	}
	return f.traded(f.Above / f.Below)
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
