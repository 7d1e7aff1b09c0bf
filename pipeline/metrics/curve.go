package metrics

import (
	"math"

	"github.com/bowstring-engine/bowstring/internal/reuse"
)

// Tile is the number of bars whose sum is taken before it is added to the
// total. It fixes the shape of every sum over bars.
const Tile = 1024

// Curve is an equity curve and what is needed to read it.
type Curve struct {
	// Equity is the value of the account at every bar's close.
	Equity []float64
	// Start is the cash before the first bar.
	Start float64
	// Annual is the number of bars a year, Years the length of the curve.
	Annual, Years float64
	// RiskFree is the risk-free return of one year, as a fraction.
	RiskFree float64
	// Held is the number of bars that hold a position at the close, out of
	// HeldOf (0: the number of bars).
	Held, HeldOf int
	// Ruined counts accounts whose equity fell to 0 or below, and Deficit is
	// what was missing then.
	Ruined  int
	Deficit float64
}

// RiskFreeBar returns the risk-free return of one bar:
// (1 + rf)^(1/annual) − 1.
func RiskFreeBar(rf, annual float64) float64 {
	if rf == 0 || annual <= 0 {
		return 0
	}
	return math.Pow(1+rf, 1/annual) - 1
}

// Calculator computes statistics and keeps the memory that it needs for it.
// The zero value is ready. It is used by one goroutine at a time.
type Calculator struct {
	// SkipCurve leaves out what is [FromCurve] and takes longer than all the rest:
	// it is NaN.
	SkipCurve bool

	returns, sorted []float64
	facts           facts
}

// Compute returns every statistic of a curve and its trades. It allocates
// only where a curve is longer than all before.
func (c *Calculator) Compute(curve Curve, log *TradeLog) Values {
	n := len(curve.Equity)
	c.returns = reuse.Slice(c.returns, n)
	returns := c.returns
	s := scan(returns, curve.Equity, curve.Start, RiskFreeBar(curve.RiskFree, curve.Annual))
	sd := deviation(returns, s.returns/float64(n))
	c.facts = facts{
		Tally: Tally{
			Squares: squares(sd, s.returns, n),
			Bars:    n, Held: curve.Held, HeldOf: curve.HeldOf, Last: math.NaN(), Equity: s.equity,
			Returns: s.returns, Excess: s.excess, Above: s.above, Below: s.below, Downside: s.downside,
			Drawdown: math.NaN(),
		},
		Account: Account{curve.Start, curve.Annual, curve.Years, curve.RiskFree},
		log:     log, sd: sd, longest: float64(max(s.longest, s.sincePeak)),
		ruined: float64(curve.Ruined), deficit: curve.Deficit,
		equity: curve.Equity, returns: returns, sorted: &c.sorted,
	}
	f := &c.facts
	if n > 0 {
		f.Last, f.Drawdown = curve.Equity[n-1], s.drawdown
	}
	if f.HeldOf == 0 {
		f.HeldOf = n
	}
	var v Values
	f.values(&v, !c.SkipCurve)
	return v
}

// Sums writes the statistics that follow from sums and from trades to v; those
// that need a curve are NaN, and what ruin leaves is 0. It reports false where
// so much has cancelled that a statistic may be off by more than about 1e-11 of
// it: the caller has to look at the curve then.
func (c *Calculator) Sums(v *Values, t *Tally, a Account, log *TradeLog) (ok bool) {
	spread := t.spread()
	c.facts = facts{Tally: *t, Account: a, log: log, sd: math.NaN(), longest: math.NaN()}
	if t.Bars > 1 {
		c.facts.sd = math.Sqrt(max(spread, 0) / float64(t.Bars-1))
	}
	c.facts.values(v, false)
	return t.sound(spread)
}

// Segment writes the statistics of a segment, or of a union of them, to v: of its
// bars as those of a history of its own, which begins with what the account was worth
// before. accounts is how many are pooled, 1 for one. a.Start is not looked at. What
// a segment does not know ([Stat.Sums]) is NaN, and so are all but stats, where there
// are some.
func (c *Calculator) Segment(v *Values, s *Segment, a Account, accounts int, stats ...Stat) {
	for i := range v {
		v[i] = math.NaN()
	}
	if !(s[SegBars] > 0) {
		return
	}
	n, bars := int(s[SegTrades]), int(s[SegBars])
	log := TradeLog{
		closed: n, wins: int(s[SegWins]), bars: int(s[SegTradeBars]), gains: s[SegGains], losses: 0 - s[SegLosses],
		winReturn: s[SegWinReturn], lossRet: s[SegLossReturn], best: s[SegBest], worst: s[SegWorst],
		Fees: s[SegFees], Traded: s[SegTraded],
	}
	if n > 0 {
		log.mean = s[SegPnL] / s[SegTrades]
		if log.m2 = s[SegPnL2] - float64(log.mean*s[SegPnL]); !(log.m2 > s[SegPnL2]*apart) {
			log.m2 = 0
		}
	}
	if s[SegHeld] > 0 || s[SegTraded] > 0 || s[SegSquares] > 0 {
		log.Fills = 1
	}
	a.Start = s[SegFirst]
	t := Tally{
		Bars: bars, Held: int(s[SegHeld]), HeldOf: bars * accounts, Last: s[SegLast], Equity: s[SegEquity],
		Returns: s[SegReturns], Squares: s[SegSquares], Excess: s[SegReturns] - float64(s[SegBars]*RiskFreeBar(a.RiskFree, a.Annual)), Above: s[SegUp], Below: 0 - s[SegDown],
		Downside: s[SegDownside], Drawdown: s[SegDrawdown],
	}
	c.facts = facts{Tally: t, Account: a, log: &log, sd: math.NaN(), longest: math.NaN()}
	if bars > 1 {
		spread := t.spread()
		if !(spread > t.Squares*apart) {
			spread = 0
		}
		c.facts.sd = math.Sqrt(spread / float64(bars-1))
	}
	c.facts.derive()
	if len(stats) == 0 {
		stats = All()
	}
	for _, stat := range stats {
		if rows[stat].sums != nil {
			v[stat] = rows[stat].value(&c.facts)
		}
	}
}

// apart is the share of a sum of squares that has to be left when the mean is taken
// out: what is less may be the rounding of equal values, which have no deviation.
const apart = 1e-13

// sums is what one pass over a curve finds.
type sums struct {
	returns, excess    float64 // Σ r, Σ (r − rf)
	downside           float64 // Σ min(r − rf, 0)²
	above, below       float64 // Σ max(r − rf, 0), Σ max(rf − r, 0)
	equity             float64
	drawdown           float64
	longest, sincePeak int
	peak               float64
}

// scan writes the return of every bar to returns and sums up the curve, tile
// by tile. A tile is gone through three times, in cache: with all sums in one
// loop they do not fit into registers, and it takes twice as long.
func scan(returns, equity []float64, start, rf float64) sums {
	s := sums{peak: start}
	prev := start
	for at := 0; at < len(equity); at += Tile {
		end := min(at+Tile, len(equity))
		s.value(returns[at:end], equity[at:end], prev)
		s.excessReturns(returns[at:end], rf)
		s.drawdowns(equity[at:end])
		prev = equity[end-1]
	}
	return s
}

// value writes the returns of a tile that follows a bar of equity prev. A
// return from 0 to 0 is 0.
func (s *sums) value(returns, equity []float64, prev float64) {
	var sum, value float64
	returns = returns[:len(equity)]
	for i, e := range equity {
		r := 0.0
		if e != prev {
			r = e/prev - 1
		}
		prev = e
		returns[i] = r
		sum += r
		value += e
	}
	s.returns += sum
	s.equity += value
}

func (s *sums) excessReturns(returns []float64, rf float64) {
	var excess, downside, above, below float64
	for _, r := range returns {
		x := r - rf
		// The sign of a return is as good as random, so it is not branched on.
		bits := math.Float64bits(x)
		loss := math.Float64frombits(bits & uint64(int64(bits)>>63)) // min(x, 0)
		excess += x
		downside += float64(loss * loss)
		below -= loss
		above += x - loss
	}
	s.excess += excess
	s.downside += downside
	s.above += above
	s.below += below
}

func (s *sums) drawdowns(equity []float64) {
	// Only an equity below floor can deepen the drawdown; the slack covers the
	// rounding of floor, so that the division decides.
	const slack = 1e-12
	peak, drawdown, sincePeak, longest := s.peak, s.drawdown, s.sincePeak, s.longest
	floor := peak * (1 - drawdown) * (1 + slack)
	for _, e := range equity {
		if e >= peak {
			if sincePeak > 0 {
				longest = max(longest, sincePeak+1)
			}
			if e > peak {
				peak = e
				floor = peak * (1 - drawdown) * (1 + slack)
			}
			sincePeak = 0
			continue
		}
		sincePeak++
		if e < floor {
			drawdown = max(drawdown, 1-e/peak)
			floor = peak * (1 - drawdown) * (1 + slack)
		}
	}
	s.peak, s.drawdown, s.sincePeak, s.longest = peak, drawdown, sincePeak, longest
}

// squares returns Σ r² of n returns with a sum and a deviation.
func squares(sd, sum float64, n int) float64 {
	about := float64(sum * (sum / float64(n)))
	if n < 2 {
		return about
	}
	return about + float64(float64(sd*sd)*float64(n-1))
}

// deviation returns the standard deviation of v around mean with ddof 1; NaN
// for fewer than two values.
func deviation(v []float64, mean float64) float64 {
	if len(v) < 2 {
		return math.NaN()
	}
	// A curve that never moves has deviation 0 by rule: its mean is 0 exactly.
	total := 0.0
	for at := 0; at < len(v); at += Tile {
		sum := 0.0
		for _, x := range v[at:min(at+Tile, len(v))] {
			d := x - mean
			sum += float64(d * d)
		}
		total += sum
	}
	return math.Sqrt(total / float64(len(v)-1))
}
