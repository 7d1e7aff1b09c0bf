package backtest

import (
	"math/bits"

	"github.com/bowstring-engine/bowstring/columnar/kernel"
)

// list returns the bars on which the orders of the tile fill, in turns of an
// entry and an exit, for an account that holds a position or not. due says that
// one is left from the tile before; signals come from bar at on. The last may
// fill behind the tile. The list is borrowed until the next one.
func (e *Event) list(held bool, entry, exit kernel.Bits, at int, due bool) []int32 {
	n := 0
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
	return e.orders[:n]
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

// carryOut carries out the orders of a list.
func (e *Event) carryOut(l *lane, w *walk, orders []int32) {
	last := len(orders) - 1
	waits := last >= 0 && int(orders[last]) >= e.to
	if waits {
		orders = orders[:last]
	}
	if e.plain(l) {
		e.trips(l, w, orders)
	} else {
		e.steps(l, w, orders)
	}
	if waits && !l.odd {
		e.wait(l, int(e.orders[last]))
	}
}

// steps carries out orders one after the other.
func (e *Event) steps(l *lane, w *walk, orders []int32) {
	for _, order := range orders {
		switch f := int(order); {
		case l.odd:
			return
		case l.held:
			e.leave(l, w, f)
		default:
			e.enter(l, w, f)
		}
	}
}
