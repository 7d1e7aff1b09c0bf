package metrics

import "math"

// Sum names a number of a [Segment]. Its value is the index into it.
type Sum uint8

// The sums of a segment, in the order of the columns of a table of segments. What
// each of them is stands in its row, in segmentrows.go.
const (
	SegBars Sum = iota
	SegReturns
	SegSquares
	SegDown
	SegDownside
	SegUp
	SegFirst
	SegLast
	SegMax
	SegMin
	SegDrawdown
	SegTrades
	SegWins
	SegGains
	SegLosses
	SegPnL
	SegPnL2
	SegReturn
	SegReturn2
	SegWinReturn
	SegLossReturn
	SegBest
	SegWorst
	SegTradeBars
	SegEquity
	SegFees
	SegTraded
	SegHeld
	// NumSums is the number of sums.
	NumSums = iota
)

// Segment is what an account comes to between two cuts of its history: sums and
// extremes from which every statistic follows that adds up, for the segment and for
// any union of segments ([Segment.Join]). Bars belong to the segment they lie in,
// a trade to that of its exit, a fee to that of its order. Counts are whole. Best and
// worst are NaN without a trade, and so is all of a segment that is not known.
type Segment [NumSums]float64

// Begin makes s the segment of no bars of an account that is worth equity.
func (s *Segment) Begin(equity float64) {
	*s = Segment{SegFirst: equity, SegLast: equity, SegMax: equity, SegMin: equity, SegBest: math.NaN(), SegWorst: math.NaN()}
}

// Unknown makes s the segment of a trial that failed: all of it is NaN.
func (s *Segment) Unknown() {
	for i := range s {
		s[i] = math.NaN()
	}
}

// Add adds the next bars of the account, given by their equities; rf is the
// risk-free return of a bar. A return from 0 to 0 is 0. s has been begun.
func (s *Segment) Add(equity []float64, rf float64) {
	prev, high, low := s[SegLast], s[SegMax], s[SegMin]
	var returns, squares, below, downside, above, total float64
	ratio := 1 - s[SegDrawdown]
	for _, e := range equity {
		r := 0.0
		if e != prev {
			r = e/prev - 1
		}
		prev = e
		total += e
		returns += r
		squares += float64(r * r)
		x := r - rf
		loss := min(x, 0)
		below += loss
		downside += float64(loss * loss)
		above += x - loss
		high, low = max(high, e), min(low, e)
		if e < high {
			ratio = min(ratio, e/high)
		}
	}
	s[SegBars] += float64(len(equity))
	s[SegReturns] += returns
	s[SegSquares] += squares
	s[SegDown] += below
	s[SegDownside] += downside
	s[SegUp] += above
	s[SegEquity] += total
	s[SegLast], s[SegMax], s[SegMin], s[SegDrawdown] = prev, high, low, 1-ratio
}

// PutTally writes to s what an engine that writes no curve down has added up of
// the bars of a segment, of an account that was worth first before it. low and high
// are its extremes, first included.
func (s *Segment) PutTally(t *Tally, first, low, high float64) {
	s[SegBars], s[SegReturns], s[SegSquares] = float64(t.Bars), t.Returns, t.Squares
	s[SegDown], s[SegDownside], s[SegUp] = 0-t.Below, t.Downside, t.Above
	s[SegFirst], s[SegLast], s[SegMax], s[SegMin], s[SegDrawdown] = first, t.Last, high, low, t.Drawdown
	s[SegEquity], s[SegHeld] = t.Equity, float64(t.Held)
}

// AddTrades adds the trades and orders of another account to s, as those of a pool
// are those of its accounts.
func (s *Segment) AddTrades(o *Segment) {
	for _, i := range traded {
		s[i] += o[i]
	}
	s.extremes(o)
}

// traded are the sums over trades and orders.
var traded = [...]Sum{
	SegTrades, SegWins, SegGains, SegLosses, SegPnL, SegPnL2, SegReturn, SegReturn2,
	SegWinReturn, SegLossReturn, SegTradeBars, SegFees, SegTraded,
}

func (s *Segment) extremes(o *Segment) {
	if o[SegTrades] == 0 {
		return
	}
	if !(s[SegBest] >= o[SegBest]) {
		s[SegBest] = o[SegBest]
	}
	if !(s[SegWorst] <= o[SegWorst]) {
		s[SegWorst] = o[SegWorst]
	}
}

// Join makes s the union of itself and a segment that follows. Where next does not
// begin with what s ended with, because there is a hole between them, it is scaled
// to: its amounts of money are those of an account of that size, and its returns stay.
// An account that had lost everything in the hole counts as one that holds cash.
func (s *Segment) Join(next *Segment) {
	scale := 1.0
	if next[SegFirst] != s[SegLast] {
		scale = s[SegLast] / next[SegFirst]
	}
	n := *next
	if next[SegFirst] == 0 && s[SegLast] != 0 {
		scale = 1
		n[SegFirst], n[SegLast], n[SegMax], n[SegMin] = s[SegLast], s[SegLast], s[SegLast], s[SegLast]
		n[SegEquity] = n[SegBars] * s[SegLast]
	}
	if scale != 1 {
		for _, i := range money {
			n[i] *= scale
		}
		n[SegPnL2] *= scale * scale
	}
	s.extremes(&n)
	fall := 0.0
	if n[SegMin] < s[SegMax] {
		fall = 1 - n[SegMin]/s[SegMax]
	}
	s[SegDrawdown] = max(s[SegDrawdown], n[SegDrawdown], fall)
	s[SegMax], s[SegMin], s[SegLast] = max(s[SegMax], n[SegMax]), min(s[SegMin], n[SegMin]), n[SegLast]
	for _, i := range added {
		s[i] += n[i]
	}
}

// money are the amounts of money, but for the squares of them.
var money = [...]Sum{SegFirst, SegLast, SegMax, SegMin, SegGains, SegLosses, SegPnL, SegEquity, SegFees, SegTraded}

// added are the sums that add up over segments.
var added = [...]Sum{
	SegBars, SegReturns, SegSquares, SegDown, SegDownside, SegUp, SegTrades, SegWins, SegGains, SegLosses, SegPnL, SegPnL2,
	SegReturn, SegReturn2, SegWinReturn, SegLossReturn, SegTradeBars, SegEquity, SegFees, SegTraded, SegHeld,
}
