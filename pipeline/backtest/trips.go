package backtest

import (
	"math/bits"

	"github.com/bowstring-engine/bowstring/columnar/kernel"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// plain reports whether nothing but its signals decides about a trial on the
// tile, so that its orders can be listed first and then carried out in one loop,
// by [Event.trips]. It is what most trials of a grid do on most tiles.
func (e *Event) plain(l *lane) bool {
	return e.fillable && l.guard == nil && l.path == nil && !e.tradesOnly
}

// fillsAll reports whether orders can fill on every bar of the tile.
func (e *Event) fillsAll() bool {
	for i, price := range e.fills[e.base:e.to] {
		if !Tradable(price) || e.cfg.RequireVolume && !(e.bars.Volume[e.base+i] > 0) {
			return false
		}
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
	for words := firedWords(entry, exit, at-e.from, e.to-e.from); words != 0; words &= words - 1 {
		word := bits.TrailingZeros32(words)
		mask := within64(at-e.from-word<<6, e.to-e.from-word<<6)
		in, out := e.resolve(fired(entry, word)&mask, fired(exit, word)&mask)
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

// firedWords returns the words of a tile from bar from to bar to−1 in which either
// mask has a bar, as bits. Most have none.
func firedWords(entry, exit kernel.Bits, from, to int) (words uint32) {
	for w := from >> 6; w<<6 < to; w++ {
		some := fired(entry, w) | fired(exit, w)
		words |= uint32((some|-some)>>63) << uint(w&31)
	}
	return words
}

// trips carries out the orders of a plain trial: positions that open and close
// on the tile are each valued by a few differences of prefix sums and two
// look-ups. It does what enter and leave do, in the same order, but a position
// costs few calls and no branch that cannot be foretold. due says that an order
// is left from the tile before; signals come from bar at on.
func (e *Event) trips(l *lane, w *walk, entry, exit kernel.Bits, at int, due bool) {
	orders := e.orders[:e.list(l, entry, exit, at, due)]
	waits := 0 // for a bar behind the tile
	if last := len(orders) - 1; last >= 0 && int(orders[last]) >= e.to {
		orders, waits = orders[:last], int(orders[last])
	}
	var (
		sums, closes, fills = &e.tables.sums, e.bars.Close, e.fills
		buying, selling     = 1 + e.slippage, 1 - e.slippage
		rate, gross         = e.rate, 1 + e.rate
		perUnit, fixed      = e.cfg.CommissionPerUnit, e.cfg.CommissionFixed
		rf, base            = e.rf, e.base
		t, log              = &w.tally, &l.log
		high, low           = toBits(t.high), toBits(t.low)
	)
	for i := 0; ; {
		if !l.held {
			if i == len(orders) {
				break
			}
			f := int(orders[i])
			i++
			price := fills[f] * buying
			cash := l.cash
			units := (cash - fixed) / (float64(price*gross) + perUnit)
			if !(units > 0) {
				l.odd = true
				return
			}
			value := float64(units * price)
			fee := cash - value
			log.Fills++
			log.Traded += value
			log.Fees += fee
			t.equity += float64(cash * float64(f-w.at))
			r := float64(units*closes[f])/cash - 1
			loss := negative(r - rf)
			t.returns += r
			t.squares += float64(r * r)
			t.below -= loss
			t.downside += float64(loss * loss)
			t.moved++
			l.units, l.price, l.fee, l.entry, l.held, l.cash = units, price, fee, f, true, 0
			w.at, w.entered = f, true
		}
		if i == len(orders) {
			break
		}
		g := int(orders[i])
		i++
		units := l.units
		if w.at < g {
			from, to := w.at-base, g-base
			pure := from
			if w.entered {
				pure++
			}
			a, s, b := &sums[from], &sums[pure], &sums[to]
			t.returns += b.returns - s.returns
			t.squares += b.squares - s.squares
			t.below += b.below - s.below
			t.downside += b.downside - s.downside
			t.equity += float64(units * (b.price - a.price))
			t.moved += int32(to - pure)
			t.invested += int32(to - from)
			t.belowNoise += b.below
			t.squareNoise += b.squares
			first, second := e.tables.ranges.parts(from, to)
			ratio := min(toBits(t.ratio), toBits(first.ratio), toBits(second.ratio))
			if later, earlier := fromBits(second.low), fromBits(first.high); later < earlier*fromBits(ratio)*slack {
				ratio = min(ratio, toBits(later/earlier))
			}
			least := units * fromBits(min(first.low, second.low))
			if least < fromBits(high)*fromBits(ratio)*slack {
				ratio = min(ratio, toBits(least/fromBits(high)))
			}
			t.ratio = fromBits(ratio)
			low = min(low, toBits(least))
			high = max(high, toBits(units*fromBits(max(first.high, second.high))))
		}
		price := fills[g] * selling
		fee := float64(units*price*rate) + float64(units*perUnit) + fixed
		value := float64(units * price)
		cash := value - fee
		if !(cash > 0) {
			l.odd = true
			return
		}
		log.Fills++
		log.Traded += value
		log.Fees += fee
		pnl := float64((price-l.price)*units) - (l.fee + fee)
		log.Add(metrics.Trade{PnL: pnl, Return: pnl / (units * l.price), Bars: g - l.entry})
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
		l.held, l.cash = false, cash
		w.at, w.entered = g, false
	}
	t.high, t.low = fromBits(high), fromBits(low)
	if waits > 0 {
		e.wait(l, waits)
	}
}
