package metrics

import (
	"math"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// Trade is what the statistics need of one round trip.
type Trade struct {
	// PnL is the profit after the commissions of both sides, in cash.
	PnL float64
	// Return is PnL / entry value (units × entry fill price).
	Return float64
	// Bars is the number of bars from entry to exit.
	Bars int
}

// TradeLog sums up trades one at a time. Statistics over trades are those of
// the trades in the order in which they were added. The zero value is empty.
type TradeLog struct {
	closed, wins int
	// Open is the number of positions open at the end; they count nowhere else.
	Open int
	// Fills is the number of executed orders, Fees the sum of their
	// commissions, and Traded the sum of their values (units × fill price).
	Fills        int
	Fees, Traded float64
	// Orders that were cut, refused, or still pending at the end.
	Partial, Rejected, Dropped int
	// StopExits is the number of closed trades that a stop or a target ended.
	StopExits int

	gains, losses      float64 // sums of pnl; losses positive
	mean, m2           float64 // of pnl, by Welford's update
	winReturn, lossRet float64 // sums of returns
	squares            float64 // Σ return²
	best, worst        float64
	bars               int
}

// Add counts a closed trade.
func (l *TradeLog) Add(t Trade) {
	if l.closed == 0 {
		l.best, l.worst = t.Return, t.Return
	}
	l.closed++
	l.bars += t.Bars
	l.best, l.worst = max(l.best, t.Return), min(l.worst, t.Return)
	l.squares += float64(t.Return * t.Return)
	won := t.PnL > 0
	if won {
		l.wins++
	}
	l.gains += kernel.Only(t.PnL, won)
	l.winReturn += kernel.Only(t.Return, won)
	l.losses -= kernel.Only(t.PnL, !won)
	l.lossRet += kernel.Only(t.Return, !won)
	d := t.PnL - l.mean
	l.mean += d / float64(l.closed)
	l.m2 += float64(d * (t.PnL - l.mean))
}

// Begin prepares t for trades that are added to those of l, of which orders make
// one or more.
func (l *TradeLog) Begin(t *kernel.ClosedTrades, table *kernel.OrderTable, orders []int32) {
	if l.closed > 0 {
		t.Best, t.Worst, t.Shift = l.best, l.worst, l.mean
		return
	}
	t.Best, t.Worst, t.Shift = math.Inf(-1), math.Inf(1), t.FirstPnL(table, orders)
}

// AddClosed counts closed trades that t sums up, from Begin on, and that took so
// many bars. Sums differ from those of [TradeLog.Add] in rounding only.
func (l *TradeLog) AddClosed(t *kernel.ClosedTrades, closed, bars int) {
	l.closed += closed
	l.bars += bars
	l.wins += int(t.Wins)
	l.gains += t.Won[0]
	l.winReturn += t.Won[1]
	l.losses -= t.Lost[0]
	l.lossRet += t.Lost[1]
	l.best, l.worst = t.Best, t.Worst
	// Moments about the mean so far, or about the first pnl where there is none,
	// moved to the new mean: about 0 they would cancel where pnls are alike.
	move := t.Apart / float64(l.closed)
	l.mean = t.Shift + move
	l.m2 += t.Apart2 - float64(t.Apart*move)
}

// AddSquares adds Σ return² of trades that AddClosed counts, which does not know it.
// Only segments have it.
func (l *TradeLog) AddSquares(squares float64) { l.squares += squares }

// Closed returns the number of trades added.
func (l *TradeLog) Closed() int { return l.closed }

// Merge adds what o holds to l, as if o's trades had been added after l's.
// Sums differ from that in rounding only, and equal inputs merged in equal
// order give equal bits.
func (l *TradeLog) Merge(o *TradeLog) {
	l.Open += o.Open
	l.Fills += o.Fills
	l.Fees += o.Fees
	l.Traded += o.Traded
	l.Partial += o.Partial
	l.Rejected += o.Rejected
	l.Dropped += o.Dropped
	l.StopExits += o.StopExits
	if o.closed == 0 {
		return
	}
	if l.closed == 0 {
		l.best, l.worst = o.best, o.worst
	}
	l.best, l.worst = max(l.best, o.best), min(l.worst, o.worst)
	// Chan, Golub and LeVeque (1979): moments of the union of two samples.
	n, m := float64(l.closed), float64(o.closed)
	d := o.mean - l.mean
	l.m2 += o.m2 + float64(d*d*(n*m/(n+m)))
	l.mean += float64(d * (m / (n + m)))
	l.closed += o.closed
	l.wins += o.wins
	l.bars += o.bars
	l.gains += o.gains
	l.losses += o.losses
	l.winReturn += o.winReturn
	l.lossRet += o.lossRet
	l.squares += o.squares
}

// closedOr returns x where a trade was closed, else NaN.
func (l *TradeLog) closedOr(x float64) float64 {
	if l.closed == 0 {
		return math.NaN()
	}
	return x
}

func (l *TradeLog) sqn() float64 {
	if l.closed < 2 || !(l.m2 > 0) {
		return math.NaN()
	}
	n := float64(l.closed)
	sd := math.Sqrt(l.m2 / (n - 1))
	if sd <= lastBits*math.Abs(l.mean) {
		return math.NaN()
	}
	return math.Sqrt(n) * l.mean / sd
}

// kelly is W − (1 − W) × mean loss / mean win; without losers it is 1, and
// without winners it is undefined.
func (l *TradeLog) kelly() float64 {
	switch l.wins {
	case 0:
		return math.NaN()
	case l.closed:
		return 1
	}
	w := float64(l.wins) / float64(l.closed)
	loss := -l.lossRet / float64(l.closed-l.wins)
	return w - (1-w)*loss/(l.winReturn/float64(l.wins))
}

// PutSegment writes to s what the trades that ended in it came to, and the orders
// that filled.
func (l *TradeLog) PutSegment(s *Segment) {
	n := float64(l.closed)
	s[SegTrades], s[SegWins], s[SegTradeBars] = n, float64(l.wins), float64(l.bars)
	s[SegGains], s[SegLosses] = l.gains, 0-l.losses
	s[SegPnL], s[SegPnL2] = l.gains-l.losses, l.m2+float64(n*l.mean*l.mean)
	s[SegReturn], s[SegReturn2] = l.winReturn+l.lossRet, l.squares
	s[SegWinReturn], s[SegLossReturn] = l.winReturn, l.lossRet
	s[SegBest], s[SegWorst] = l.closedOr(l.best), l.closedOr(l.worst)
	s[SegFees], s[SegTraded] = l.Fees, l.Traded
}
