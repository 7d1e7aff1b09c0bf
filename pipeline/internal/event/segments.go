package event

import (
	"math"

	"github.com/bowstring-engine/bowstring/internal/reuse"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// past is what a lane that is cut into segments knows beside the current one, whose
// sums are those of the lane. Tiles end at cuts, so that nothing of a tile lies in
// two segments.
type past struct {
	// total and log are of the segments before.
	total tally
	log   metrics.TradeLog
	// from is the first bar of the current segment, first what the account was
	// worth before it, cash, units and mark what it had then.
	from        int
	first       float64
	cash, units float64
	// fees and traded are those of the segments before, where the log goes on.
	fees, traded float64
	// fills are what the account had from the bars of its orders on.
	fills backtest.Path
}

// Needs says what is asked for of segments beside the sums that are added up anyway:
// what is not asked for is not to be looked at.
type Needs struct {
	// Trades are sums over trades; Bars are the lowest equity, and Σ min(r − rf, 0), its
	// squares, and Σ max(r − rf, 0); Squares is Σ return² of trades.
	Trades, Bars, Squares bool
}

// Segment asks, between Start and the first Load, for the segments of all trials.
// Then tiles must end at cuts, by [Simulator.LoadPart], and [Simulator.Cut] is called
// at each. A split history has none.
func (e *Simulator) Segment(needs Needs) {
	e.needs = needs
	e.pasts = reuse.Slice(e.pasts, len(e.lanes))
	for i := range e.lanes {
		p := &e.pasts[i]
		*p = past{from: e.lo, first: e.cfg.Cash, cash: e.cfg.Cash, fills: p.fills[:0], total: tally{high: e.cfg.Cash, ratio: 1}}
		if e.lanes[i].past = p; needs.Bars || needs.Squares {
			e.lanes[i].fills = &p.fills
		}
		e.lanes[i].total.low = e.cfg.Cash
	}
}

// Cut ends a segment of trial i at the end of the current tile, writes what it came
// to and begins the next. It reports false where the trial is left to the reference
// engine.
func (e *Simulator) Cut(s *metrics.Segment, i int) (ok bool) {
	l := &e.lanes[i]
	if l.needsReference {
		return false
	}
	p := l.past
	last := l.cash
	if l.held {
		last = l.equity(e.bars.Close[e.to-1])
	}
	t := l.total.metrics(e.to-p.from, last, e.rf)
	switch {
	case e.needs.Bars && !t.Sound():
		e.resum(l, &t)
	case !e.needs.Bars && !t.SoundSquares():
		l.needsReference = true
		return false
	}
	s.PutTally(&t, p.first, l.total.low, l.total.high)
	p.total.join(&l.total)
	if e.needs.Trades || e.needs.Squares {
		l.log.PutSegment(s)
		p.log.Merge(&l.log)
		l.log = metrics.TradeLog{}
	} else {
		s[metrics.SegFees], s[metrics.SegTraded] = l.log.Fees-p.fees, l.log.Traded-p.traded
		p.fees, p.traded = l.log.Fees, l.log.Traded
	}
	l.total = tally{high: last, ratio: 1, low: last}
	p.from, p.first, p.cash, p.units, p.fills = e.to, last, l.cash, 0, p.fills[:0]
	if l.held {
		p.units = l.units
	}
	return true
}

// fill takes note of what an account has from the bar of an order on.
func (l *lane) fill(bar int, cash, units float64) {
	*l.fills = append(*l.fills, backtest.Point{Bar: bar, Cash: cash, Units: units})
}

// resum adds the returns of the current segment up afresh, bar by bar, where
// differences have too few digits left: those of a few bars that are held, say.
func (e *Simulator) resum(l *lane, t *metrics.Tally) {
	p := l.past
	var s metrics.Segment
	s.Begin(p.first)
	now := backtest.Point{Bar: p.from, Cash: p.cash, Units: p.units}
	var equity [64]float64
	for next := 0; now.Bar < e.to; next++ {
		end, after := e.to, backtest.Point{Bar: e.to}
		if next < len(p.fills) {
			after = p.fills[next]
			end = after.Bar
		}
		for at := now.Bar; at < end; {
			n := min(end-at, len(equity))
			for i, c := range e.bars.Close[at : at+n] {
				equity[i] = now.Cash
				if now.Units != 0 {
					equity[i] += float64(now.Units * c)
				}
			}
			s.Add(equity[:n], e.rf)
			at += n
		}
		now = after
	}
	t.Returns, t.Squares, t.Below, t.Downside, t.Above = s[metrics.SegReturns], s[metrics.SegSquares], 0-s[metrics.SegDown], s[metrics.SegDownside], s[metrics.SegUp]
	t.Excess = t.Returns - float64(float64(t.Bars)*e.rf)
	// What is left in the lane is what the whole is made of.
	o := &l.total
	flat := float64(t.Bars - int(o.moved))
	loss := math.Max(e.rf, 0)
	o.returns, o.squares = t.Returns, t.Squares
	o.below, o.downside = t.Below-float64(flat*loss), t.Downside-float64(flat*loss*loss)
	o.belowNoise, o.squareNoise, o.rounded = flat*loss, flat*loss*loss, 0
}

// join adds the tally of the segment that follows, whose extremes are its own.
func (t *tally) join(o *tally) {
	if o.low < t.high {
		o.ratio = min(o.ratio, o.low/t.high)
	}
	ratio, high := min(t.ratio, o.ratio), max(t.high, o.high)
	t.add(o)
	t.ratio, t.high = ratio, high
}

// retrace follows the orders of a tile that went by the table, for what the table
// does not add up: the lowest equity, Σ return² of trades, and what there was after
// each order.
func (e *Simulator) retrace(l *lane, orders []int32) {
	low, squares, at := l.total.low, 0.0, 0
	cash, units, price, held := l.cash, l.units, l.price, l.held
	for _, order := range orders {
		bar := int(order)
		if held {
			out := &e.table.Exits[bar%Tile]
			low = e.lowest(low, units, at, bar)
			cash = units * out.Factor
			low = kernel.Least(low, cash)
			r := ((out.Price - price) - float64((price+out.Price)*e.Rate)) / price
			squares += float64(r * r)
			l.fill(e.base+bar, cash, 0)
		} else {
			in := &e.table.Entries[bar%Tile]
			units, price = cash*in.Factor, in.Price
			l.fill(e.base+bar, 0, units)
		}
		at, held = bar, !held
	}
	if held {
		low = e.lowest(low, units, at, e.to-e.base)
	}
	l.total.low = low
	l.log.AddSquares(squares)
}

// lowest returns the lowest equity of units that are held on the bars from … to−1
// of the tile, or low where that is less.
func (e *Simulator) lowest(low, units float64, from, to int) float64 {
	if from >= to || units*e.tables.lowest >= low {
		return low
	}
	first, second := e.tables.ranges.Parts(from, to)
	return kernel.Least(low, units*kernel.Least(first.Low, second.Low))
}
