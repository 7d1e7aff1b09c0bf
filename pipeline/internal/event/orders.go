package event

import "github.com/bowstring-engine/bowstring/pipeline/internal/kernel"

// list returns the bars on which the orders of a lane fill in the tile, counted
// from e.base, in turns of an entry and an exit. due says that one is left from the
// tile before; signals come from bar at on. One that does not fill in the tile is
// left to the next. The list is borrowed until the next one.
func (e *Simulator) list(l *lane, entry, exit kernel.Bits, at int, due bool) []int32 {
	n, held := 0, l.held
	if due {
		e.orders[0], n, held = 0, 1, !held
	}
	n += e.changes.List((*[Tile]int32)(e.orders[n:]), entry, exit, at-e.from, e.to-e.from, held, e.from-e.base+e.delay)
	l.due = false
	if n > 0 && e.waits(l, e.base+int(e.orders[n-1])) {
		n--
	}
	return e.orders[:n]
}

// steps carries out orders one after the other.
func (e *Simulator) steps(l *lane, w *walk, orders []int32) {
	for _, order := range orders {
		switch f := e.base + int(order); {
		case l.needsReference:
			return
		case l.held:
			e.leave(l, w, f)
		default:
			e.enter(l, w, f)
		}
	}
}
