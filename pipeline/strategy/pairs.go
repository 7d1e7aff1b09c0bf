package strategy

import (
	"math"
	"math/bits"

	"github.com/bowstring-engine/bowstring/columnar/kernel"
)

// pair is two series that the trials of a block compare, each trial values of
// its own: the one thing that costs a grid something for each bar of each
// trial. All comparisons and crosses of the two, either way round, come from
// one look at them.
type pair struct {
	a, b int // nodes
	// quanta says that enough trials compare them for their values to be
	// rounded to 16 bits first.
	quanta bool
}

// pairing says which pair an own node compares.
type pairing struct {
	pair    int  // -1 where it does something else
	swapped bool // b with a
}

// quantaTrials is the number of comparisons of a value from which on rounding
// it pays.
const quantaTrials = 4

// pair finds the pairs of the own nodes.
func (l *Layout) pair() {
	l.paired = make([]pairing, len(l.own))
	for i, id := range l.own {
		n := &l.program.nodes[id]
		l.paired[i].pair = -1
		if n.op != opCompare && (n.op != opCross || n.not) || !l.seen(n.a) || !l.seen(n.b) {
			continue
		}
		p := pair{a: min(n.a, n.b), b: max(n.a, n.b)}
		p.quanta = l.trials >= quantaTrials*(l.values(p.a)+l.values(p.b))
		at := 0
		for at < len(l.pairs) && l.pairs[at] != p {
			at++
		}
		if at == len(l.pairs) {
			l.pairs = append(l.pairs, p)
		}
		l.paired[i] = pairing{at, n.a != p.a}
	}
}

// seen reports whether a node is a column or stored.
func (l *Layout) seen(id int) bool {
	return l.program.nodes[id].op == opColumn || l.nodes[id].slot != nil
}

// values returns the number of values that a node takes.
func (l *Layout) values(id int) int { return max(len(l.nodes[id].trial), 1) }

// fails reports whether every trial that needs a slot fails, so that nothing is
// stored in it.
func (l *Layout) fails(id, slot int) bool {
	trial := l.nodes[id].trial
	return trial != nil && trial[slot] < 0
}

// slotOf returns the slot of a column or a stored node in a trial.
func (l *Layout) slotOf(id, trial int) int {
	if slot := l.nodes[id].slot; slot != nil {
		return int(slot[trial])
	}
	return 0
}

const tileWords = TileBars / 64

// order is how the two values of a pair compare in one trial, on the tile.
type order struct {
	known  bool // gt and lt are of this trial
	whole  bool // every value on the tile is known
	gt, lt [tileWords]uint64
	a, b   []float64 // from the tile's first bar on
	before [2]bool   // at the bar before the tile: not a <= b, not a >= b
	sides  [2]quanta
}

// quanta are the values of one side of a pair, on the tile.
type quanta struct {
	values []int16 // of every slot, a tile each
	// known are the bars of every slot that have a value; only of slots for
	// which unknown says that some bar has none.
	known   [][tileWords]uint64
	unknown []bool
}

// sampled is the number of slots of each side whose values say how to round.
const sampled = 3

// round rounds the values of the pairs that are worth it. Any rounding serves:
// a range that leaves values out only makes more of them equal.
func (b *Batch) round() {
	l := b.layout
	for i := range l.pairs {
		p, o := &l.pairs[i], &b.orders[i]
		if !p.quanta {
			continue
		}
		lo, hi := b.rangeOf(p)
		scale := 0.0
		if hi > lo {
			scale = (kernel.Quanta - 1) / (hi - lo)
		}
		for side, id := range [...]int{p.a, p.b} {
			q := &o.sides[side]
			slots := l.values(id)
			q.values, q.unknown, q.known = grown(q.values, slots*TileBars), grown(q.unknown, slots), grown(q.known, slots)
			prefix := b.unknownFirst(id)
			for slot := range slots {
				if l.fails(id, slot) {
					continue
				}
				v := b.tileOf(id, slot)
				kernel.Quantize(q.values[slot*TileBars:][:len(v)], v, lo, scale)
				q.unknown[slot] = v[0] != v[0]
				if prefix && !q.unknown[slot] {
					continue
				}
				m := kernel.Bits(q.known[slot][:kernel.Words(len(v))])
				kernel.Known(m, v)
				q.unknown[slot] = m.Count() != len(v)
			}
		}
	}
}

// rangeOf returns a range that most values of a pair on the tile lie in.
func (b *Batch) rangeOf(p *pair) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, id := range [...]int{p.a, p.b} {
		slots := b.layout.values(id)
		for i := range min(sampled, slots) {
			slot := i * (slots - 1) / max(sampled-1, 1)
			if b.layout.fails(id, slot) {
				continue
			}
			if l, h, ok := kernel.Range(b.tileOf(id, slot)); ok {
				lo, hi = min(lo, l), max(hi, h)
			}
		}
	}
	spare := (hi - lo) / 16
	return lo - spare, hi + spare
}

// unknownFirst reports whether the values of a node can be unknown only before
// its first known one: those of a window over finite numbers.
func (b *Batch) unknownFirst(id int) bool {
	n := &b.program.nodes[id]
	if n.op == opColumn || !n.windowed() || b.program.nodes[n.a].op != opColumn {
		return false
	}
	return b.finite(b.program.nodes[n.a].index)
}

// finite reports whether every value of a column is finite.
func (b *Batch) finite(column int) bool {
	known, ok := b.finites[column]
	if !ok {
		known = true
		for v := b.asset.Column(column); len(v) > 0 && known; v = v[min(TileBars, len(v)):] {
			part := v[:min(TileBars, len(v))]
			var mask [tileWords]uint64
			m := kernel.Bits(mask[:kernel.Words(len(part))])
			kernel.Known(m, part)
			known = m.Count() == len(part)
			for _, x := range part {
				known = known && !math.IsInf(x, 0)
			}
		}
		b.finites[column] = known
	}
	return known
}

// grown returns a slice of n values of any content.
func grown[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// tileOf returns the values of a column or a slot of a stored node on the
// tile.
func (b *Batch) tileOf(id, slot int) []float64 {
	if n := &b.program.nodes[id]; n.op == opColumn {
		return b.asset.Column(n.index)[b.lo:b.hi]
	}
	return b.stored[id].series[slot][b.lo-b.origin : b.hi-b.origin]
}

// barBefore returns the value on the bar before the tile.
func (b *Batch) barBefore(id, slot int) float64 {
	if n := &b.program.nodes[id]; n.op == opColumn {
		return b.asset.Column(n.index)[b.lo-1]
	}
	return b.stored[id].series[slot][b.lo-1-b.origin]
}

// compare compares the values of a pair in a trial.
func (b *Batch) compare(pair, trial int) *order {
	o := &b.orders[pair]
	if o.known {
		return o
	}
	o.known = true
	p, l := &b.layout.pairs[pair], b.layout
	sa, sb := l.slotOf(p.a, trial), l.slotOf(p.b, trial)
	o.a, o.b = b.tileOf(p.a, sa), b.tileOf(p.b, sb)
	o.before = [2]bool{true, true}
	if b.lo > 0 {
		x, y := b.barBefore(p.a, sa), b.barBefore(p.b, sb)
		o.before = [2]bool{!(x <= y), !(x >= y)}
	}
	n := len(o.a)
	gt, lt := kernel.Bits(o.gt[:kernel.Words(n)]), kernel.Bits(o.lt[:kernel.Words(n)])
	if !p.quanta {
		o.whole = false
		kernel.Order(gt, lt, o.a, o.b)
		return o
	}
	x, y := &o.sides[0], &o.sides[1]
	kernel.OrderQuanta(gt, lt, x.values[sa*TileBars:][:n], y.values[sb*TileBars:][:n])
	o.whole = !x.unknown[sa] && !y.unknown[sb]
	for w := range gt {
		known := ^uint64(0)
		if rest := n - w*64; rest < 64 {
			known = 1<<uint(rest) - 1
		}
		if !o.whole {
			known &= x.knownWord(sa, w) & y.knownWord(sb, w)
			gt[w] &= known
			lt[w] &= known
		}
		open := known &^ (gt[w] | lt[w])
		for ; open != 0; open &= open - 1 {
			i := bits.TrailingZeros64(open)
			x, y := o.a[w*64+i], o.b[w*64+i]
			if x > y {
				gt[w] |= 1 << i
			} else if x < y {
				lt[w] |= 1 << i
			}
		}
	}
	return o
}

// knownWord returns the bars of a word on which a slot has a value.
func (q *quanta) knownWord(slot, w int) uint64 {
	if !q.unknown[slot] {
		return ^uint64(0)
	}
	return q.known[slot][w]
}

// pairMask computes an own node from its pair.
func (b *Batch) pairMask(n *node, p pairing, trial int, dst kernel.Bits) {
	o := b.compare(p.pair, trial)
	gt, lt := &o.gt, &o.lt
	x, y, before := o.a, o.b, o.before[0]
	if p.swapped {
		gt, lt = lt, gt
		x, y, before = y, x, o.before[1]
	}
	if n.op == opCross {
		carry := uint64(0)
		if before {
			carry = 1
		}
		if o.whole { // then what is not above is at or below
			for w, above := range gt[:len(dst)] {
				dst[w] = above &^ (above<<1 | carry)
				carry = above >> 63
			}
			return
		}
		for w := range dst {
			above := gt[w]
			rising := above &^ (above<<1 | carry)
			carry = above >> 63
			for rest := rising; rest != 0; rest &= rest - 1 {
				// Not above is at or below, or unknown, which rises from nothing.
				if t := w*64 + bits.TrailingZeros64(rest) - 1; t >= 0 && !(x[t] <= y[t]) {
					rising &^= rest & -rest
				}
			}
			dst[w] = rising
		}
		return
	}
	switch n.compare {
	case kernel.Greater:
		copy(dst, gt[:])
	case kernel.Less:
		copy(dst, lt[:])
	case kernel.NotEqual:
		for w := range dst {
			dst[w] = gt[w] | lt[w]
		}
	default:
		// At or above, at or below, equal: neither mask tells equal from unknown.
		kernel.CompareSeries(dst, n.compare, x, y)
	}
}
