package backtest

import (
	"math/bits"

	"github.com/bowstring-engine/bowstring/columnar/kernel"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// plain reports whether nothing but its signals decides about a trial on the
// tile, so that its orders can be listed first and then carried out in one
// loop, by [Event.list] and [Event.trips]. It is what most trials of a grid do
// on most tiles.
func (e *Event) plain(l *lane) bool { return e.fillable && !e.tradesOnly && !l.followed }

// fillsAll reports whether orders can fill on every bar of the tile.
func (e *Event) fillsAll() bool {
	for i, price := range e.fills[e.base:e.to] {
		if !Tradable(price) || e.cfg.RequireVolume && !(e.bars.Volume[e.base+i] > 0) {
			return false
		}
	}
	return true
}

// walkPlain goes through the orders of a plain trial on the tile. It reports
// false, and has done nothing, where one cannot be carried out.
func (e *Event) walkPlain(l *lane, w *walk, entry, exit kernel.Bits, at int, due bool) bool {
	orders := e.orders[:e.list(l, entry, exit, at, due)]
	last := len(orders) - 1
	waits := last >= 0 && int(orders[last]) >= e.to
	if waits {
		orders = orders[:last]
	}
	if !e.trips(l, w, orders) {
		return false
	}
	if waits {
		e.wait(l, int(e.orders[last]))
	}
	return true
}

// list writes down the bars on which the orders of the tile fill, in turns of
// an entry and an exit, and returns their number. due says that one is left from
// the tile before; signals come from bar at on. The last may fill behind the
// tile.
func (e *Event) list(l *lane, entry, exit kernel.Bits, at int, due bool) (n int) {
	held := l.held
	if due {
		e.orders[0], n, held = int32(e.from), 1, !held
	}
	first, bars := at-e.from, e.to-e.from
	mask := ^uint64(0) << (uint(first) & 63)
	for word := first >> 6; word<<6 < bars; word++ {
		in, out := fired(entry, word), fired(exit, word)
		if in|out == 0 { // as in most words
			mask = ^uint64(0)
			continue
		}
		if rest := bars - word<<6; rest < 64 {
			mask &= 1<<uint(rest) - 1
		}
		in, out = e.resolve(in&mask, out&mask)
		mask = ^uint64(0)
		now, then := in, out // signals of the side that is waited for, and of the other
		if held {
			now, then = out, in
		}
		offset := int32(e.from + e.delay + word<<6)
		for now != 0 {
			b := bits.TrailingZeros64(now)
			e.orders[n&(len(e.orders)-1)] = offset + int32(b)
			n++
			held = !held
			after := ^uint64(1) << uint(b)
			now, then = then&after, now&after
		}
	}
	return n
}

// trips carries out listed orders: positions that open and close on the tile,
// each valued by a few differences of prefix sums and two look-ups. It does what
// enter and leave do, in the same order, but a position costs no call and no
// branch that cannot be foreseen. It reports false, and has done nothing, where
// an order cannot be carried out.
func (e *Event) trips(l *lane, w *walk, orders []int32) bool {
	var (
		sums, closes, fills      = &e.tables.sums, e.bars.Close, e.fills
		buying, selling          = 1 + e.slippage, 1 - e.slippage
		rate, gross              = e.rate, 1 + e.rate
		perUnit, fixed           = e.cfg.CommissionPerUnit, e.cfg.CommissionFixed
		rf, base                 = e.rf, e.base
		t                        = w.tally
		high, low                = toBits(t.high), toBits(t.low)
		log                      = l.log
		cash, units, price, paid = l.cash, l.units, l.price, l.fee
		entry, at, entered, held = l.entry, w.at, w.entered, l.held
	)
	for i := 0; ; {
		if !held {
			if i == len(orders) {
				break
			}
			f := int(orders[i])
			i++
			price = fills[f] * buying
			units = (cash - fixed) / (float64(price*gross) + perUnit)
			if !(units > 0) {
				return false
			}
			value := float64(units * price)
			paid = cash - value
			log.Fills++
			log.Traded += value
			log.Fees += paid
			t.equity += float64(cash * float64(f-at))
			r := float64(units*closes[f])/cash - 1
			loss := negative(r - rf)
			t.returns += r
			t.squares += float64(r * r)
			t.below -= loss
			t.downside += float64(loss * loss)
			t.moved++
			at, entry, entered, held = f, f, true, true
		}
		if i == len(orders) {
			break
		}
		g := int(orders[i])
		i++
		if at < g {
			from, to := at-base, g-base
			pure := from
			if entered {
				pure++
			}
			a, s, b := &sums[from], &sums[pure], &sums[to]
			t.returns += b.returns - s.returns
			t.squares += b.squares - s.squares
			t.below += b.below - s.below
			t.downside += b.downside - s.downside
			t.equity += float64(units * (b.price - a.price))
			t.moved += to - pure
			t.invested += to - from
			t.belowNoise += b.below
			t.squareNoise += b.squares
			first, second := e.tables.ranges.parts(from, to)
			t.ratio = min(t.ratio, first.ratio, second.ratio)
			if later, earlier := fromBits(second.low), fromBits(first.high); later < earlier*t.ratio*slack {
				t.ratio = min(t.ratio, later/earlier)
			}
			least := units * fromBits(min(first.low, second.low))
			if least < fromBits(high)*t.ratio*slack {
				t.ratio = min(t.ratio, least/fromBits(high))
			}
			low = min(low, toBits(least))
			high = max(high, toBits(units*fromBits(max(first.high, second.high))))
		}
		out := fills[g] * selling
		fee := float64(units*out*rate) + float64(units*perUnit) + fixed
		value := float64(units * out)
		cash = value - fee
		if !(cash > 0) {
			return false
		}
		log.Fills++
		log.Traded += value
		log.Fees += fee
		pnl := float64((out-price)*units) - (paid + fee)
		log.Add(metrics.Trade{PnL: pnl, Return: pnl / (units * price), Bars: g - entry})
		r := cash/float64(units*closes[g-1]) - 1
		loss := negative(r - rf)
		t.returns += r
		t.squares += float64(r * r)
		t.below -= loss
		t.downside += float64(loss * loss)
		t.moved++
		if cash < fromBits(high)*t.ratio*slack {
			t.ratio = min(t.ratio, cash/fromBits(high))
		}
		low, high = min(low, toBits(cash)), max(high, toBits(cash))
		at, entered, held = g, false, false
	}
	t.high, t.low = fromBits(high), fromBits(low)
	l.log = log
	l.units, l.price, l.fee, l.entry, l.held = units, price, paid, entry, held
	if l.cash = cash; held {
		l.cash = 0
	}
	w.tally, w.at, w.entered = t, at, entered
	return true
}
