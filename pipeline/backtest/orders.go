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
	l := listing{orders: e.orders}
	if held {
		l.held = 1
	}
	if due {
		e.orders[0], l.n, l.held = int32(e.from), 1, l.held^1
	}
	for words := firedWords(entry, exit, at-e.from, e.to-e.from); words != 0; words &= words - 1 {
		word := bits.TrailingZeros32(words)
		mask := within64(at-e.from-word<<6, e.to-e.from-word<<6)
		in, out := e.resolve(fired(entry, word)&mask, fired(exit, word)&mask)
		offset := int32(e.from + e.delay + word<<6)
		// How many bits a word has cannot be foretold, but few have more than two.
		rest := l.next(offset, in, in|out)
		for rest = l.next(offset, in, rest); rest != 0; {
			rest = l.next(offset, in, rest)
		}
	}
	return e.orders[:l.n]
}

// listing is a list of orders that grows. held is 1 where the account holds a
// position after them, or else 0.
type listing struct {
	orders *[2 * Tile]int32
	n      int
	held   uint64
}

// next looks at the first bit of rest, a signal to enter if it is in in, or else
// to leave, and returns the others. It has no branch: an order is written always,
// and counted where there is a bit which asks for what is not so yet.
func (l *listing) next(offset int32, in, rest uint64) uint64 {
	b := bits.TrailingZeros64(rest)
	l.orders[l.n&(2*Tile-1)] = offset + int32(b)
	changes := (in>>uint(b&63) ^ l.held) & 1 & ((rest | -rest) >> 63)
	l.n += int(changes)
	l.held ^= changes
	return rest & (rest - 1)
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
