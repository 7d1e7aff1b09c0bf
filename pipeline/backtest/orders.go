package backtest

import "github.com/bowstring-engine/bowstring/columnar/kernel"

// list returns the bars on which the orders of the tile fill, counted from e.base,
// in turns of an entry and an exit, for an account that holds a position or not.
// due says that one is left from the tile before; signals come from bar at on. The
// last may fill behind the tile. The list is borrowed until the next one.
func (e *Event) list(held bool, entry, exit kernel.Bits, at int, due bool) []int32 {
	n := 0
	if due {
		e.orders[0], n, held = 0, 1, !held
	}
	n += e.turns.List((*[Tile]int32)(e.orders[n:]), entry, exit, at-e.from, e.to-e.from, held, e.from-e.base+e.delay)
	return e.orders[:n]
}

// carryOut carries out the orders of a list.
func (e *Event) carryOut(l *lane, w *walk, orders []int32) {
	last := len(orders) - 1
	waits := last >= 0 && int(orders[last]) >= e.to-e.base
	if waits {
		orders = orders[:last]
	}
	e.steps(l, w, orders)
	if waits && !l.odd {
		e.wait(l, e.base+int(e.orders[last]))
	}
}

// steps carries out orders one after the other.
func (e *Event) steps(l *lane, w *walk, orders []int32) {
	for _, order := range orders {
		switch f := e.base + int(order); {
		case l.odd:
			return
		case l.held:
			e.leave(l, w, f)
		default:
			e.enter(l, w, f)
		}
	}
}
