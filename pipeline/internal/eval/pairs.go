package eval

import (
	"math"
	"slices"

	"github.com/bowstring-engine/bowstring/internal/reuse"
	"github.com/bowstring-engine/bowstring/pipeline/internal/graph"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
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
	// crossed says that a rule asks where the one crosses the other.
	crossed bool
	// sums says that both are windows over one decimal column, so that sums may
	// tell how averages compare: see [Batch.orderSums].
	sums bool
}

// pairing says which pair an own node compares.
type pairing struct {
	pair int // -1 where it does something else
	mask mask
}

// mask says which of the masks of a pair a node is.
type mask uint8

const (
	maskGreater mask = iota
	maskLess
	maskUp
	maskDown
	// maskUnequal is greater or less; maskOther none, as neither of them tells
	// equal from unknown.
	maskUnequal
	maskOther
)

// maskOf returns the mask of a node; swapped says that the pair has its second
// value first.
func maskOf(n *graph.Node, swapped bool) mask {
	m := maskOther
	switch {
	case n.Op == graph.OpCross:
		m = maskUp
	case n.Compare == kernel.Greater:
		m = maskGreater
	case n.Compare == kernel.Less:
		m = maskLess
	case n.Compare == kernel.NotEqual:
		return maskUnequal
	}
	if swapped && m != maskOther {
		m ^= 1 // greater and less, up and down
	}
	return m
}

// quantaTrials is the number of comparisons of a value from which on rounding
// it pays.
const quantaTrials = 4

// pair finds the pairs of the own nodes.
func (l *Layout) pair() {
	l.paired = make([]pairing, len(l.own))
	for i, id := range l.own {
		n := &l.program.Nodes[id]
		l.paired[i].pair = -1
		if n.Op != graph.OpCompare && (n.Op != graph.OpCross || n.Not) || !l.seen(n.In[0]) || !l.seen(n.In[1]) {
			continue
		}
		p := pair{a: min(n.In[0], n.In[1]), b: max(n.In[0], n.In[1])}
		p.quanta = l.trials >= quantaTrials*(l.values(p.a)+l.values(p.b))
		// An average costs about what sums cost more than it to be compared.
		p.sums = l.trials <= l.values(p.a)+l.values(p.b) && sameDecimals(l.program, p.a, p.b)
		at := slices.IndexFunc(l.pairs, func(o pair) bool { return o.a == p.a && o.b == p.b })
		if at < 0 {
			at = len(l.pairs)
			l.pairs = append(l.pairs, p)
		}
		l.pairs[at].crossed = l.pairs[at].crossed || n.Op == graph.OpCross
		l.paired[i] = pairing{at, maskOf(n, n.In[0] != p.a)}
	}
}

// seen reports whether a node is a column or stored.
func (l *Layout) seen(id int) bool {
	return l.program.Nodes[id].Op == graph.OpColumn || l.nodes[id].slot != nil
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

// quanta are the values of one side of a pair, on the tile.
type quanta struct {
	// values are those of every slot. Bars that have none before the first that
	// has, and those behind the history, are beyond all others: above on the first
	// side and below on the second.
	values [][TileBars]int16
	// first is, for every slot, the first bar that has a value, if all behind it
	// have one, and −1 where one has not.
	first []int16
	// known are the bars that have a value, of slots whose first is not 0.
	known [][tileWords]uint64
	// before are the values of every slot on the bar before the tile.
	before []float64
}

// knownOf returns the bars of a slot that have a value, nil where all have.
func (q *quanta) knownOf(slot int) []uint64 {
	if q.first[slot] == 0 {
		return nil
	}
	return q.known[slot][:]
}

// see finds out which values of a slot are known, and gives those before the
// first a quantum.
func (q *quanta) see(slot int, v []float64, beyond int16) {
	m := kernel.Bits(q.known[slot][:kernel.Words(len(v))])
	kernel.Known(m, v)
	first := 0
	for first < len(v) && !m.Get(first) {
		q.values[slot][first] = beyond
		first++
	}
	if q.first[slot] = int16(first); m.Count() != len(v)-first {
		q.first[slot] = -1
	}
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
			q.values, q.first, q.known = reuse.Slice(q.values, slots), reuse.Slice(q.first, slots), reuse.Slice(q.known, slots)
			q.before = reuse.Slice(q.before, slots)
			prefix, beyond := b.unknownFirst(id), [...]int16{math.MaxInt16, math.MinInt16}[side]
			for slot := range slots {
				if l.fails(id, slot) {
					continue
				}
				v := b.tileOf(id, slot)
				kernel.Quantize(q.values[slot][:len(v)], v, lo, scale)
				for i := len(v); i < TileBars; i++ {
					q.values[slot][i] = beyond
				}
				q.before[slot] = b.barBefore(id, slot)
				if q.first[slot] = 0; !prefix || v[0] != v[0] {
					q.see(slot, v, beyond)
				}
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
// its first known one: those of an indicator of finite numbers.
func (b *Batch) unknownFirst(id int) bool {
	n := &b.program.Nodes[id]
	if n.Op == graph.OpOutput {
		n = &b.program.Nodes[n.In[0]]
	}
	if !n.Windowed() {
		return false
	}
	for _, in := range n.Inputs() {
		if input := &b.program.Nodes[in]; input.Op != graph.OpColumn || !b.finite(input.Index) {
			return false
		}
	}
	return true
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

// tileOf returns the values of a column or a slot of a stored node on the
// tile.
func (b *Batch) tileOf(id, slot int) []float64 {
	if n := &b.program.Nodes[id]; n.Op == graph.OpColumn {
		return b.asset.Column(n.Index)[b.lo:b.hi]
	}
	return b.seriesOf(id, slot)[b.lo-b.origin : b.hi-b.origin]
}

// barBefore returns the value on the bar before the tile, NaN where there is
// none.
func (b *Batch) barBefore(id, slot int) float64 {
	if b.lo == 0 {
		return math.NaN()
	}
	if n := &b.program.Nodes[id]; n.Op == graph.OpColumn {
		return b.asset.Column(n.Index)[b.lo-1]
	}
	return b.seriesOf(id, slot)[b.lo-1-b.origin]
}

// compare compares the values of a pair in a trial.
func (b *Batch) compare(pair, trial int) *order {
	o := &b.orders[pair]
	if o.known {
		return o
	}
	o.known = true
	p := &b.layout.pairs[pair]
	if p.sums && b.orderSums(p, o, trial) {
		return o
	}
	sa, sb := b.layout.slotOf(p.a, trial), b.layout.slotOf(p.b, trial)
	if p.quanta {
		b.compareQuanta(p, o, sa, sb)
		return o
	}
	words := kernel.Words(b.hi - b.lo)
	x, y := b.tileOf(p.a, sa), b.tileOf(p.b, sb)
	kernel.Order(o.Greater[:words], o.Less[:words], x, y)
	if p.crossed {
		o.cross(words, x, y, b.barBefore(p.a, sa), b.barBefore(p.b, sb))
	}
	return o
}

// compareQuanta compares the values of two slots of a pair by their quanta, and
// looks at the values themselves where quanta are equal.
func (b *Batch) compareQuanta(p *pair, o *order, sa, sb int) {
	qa, qb := &o.sides[0], &o.sides[1]
	before, after := qa.before[sa], qb.before[sb]
	n := b.hi - b.lo
	if first := max(qa.first[sa], qb.first[sb]); qa.first[sa]|qb.first[sb] >= 0 && o.Quanta(&qa.values[sa], &qb.values[sb], n) {
		if first == 0 {
			o.begin(before, after)
		} else {
			o.forget(int(first))
		}
		return
	}
	words, x, y := kernel.Words(n), b.tileOf(p.a, sa), b.tileOf(p.b, sb)
	kernel.OrderQuanta(o.Greater[:words], o.Less[:words], qa.values[sa][:n], qb.values[sb][:n])
	o.decide(x, y, qa.knownOf(sa), qb.knownOf(sb))
	o.crossKnown(n, qa.knownOf(sa), qb.knownOf(sb), bit(before <= after), bit(before >= after))
}

// within returns the first n bits, up to 64.
func within(n int) uint64 {
	if n >= 64 {
		return ^uint64(0)
	}
	return 1<<uint(n) - 1
}

func bit(set bool) uint64 {
	if set {
		return 1
	}
	return 0
}

// pairMask returns the values of an own node that comes from its pair; they
// are the pair's, or stand in own.
func (b *Batch) pairMask(n *graph.Node, p pairing, trial int, own kernel.Bits) kernel.Bits {
	o, words := b.compare(p.pair, trial), len(own)
	switch p.mask {
	default:
		return o.mask(p.mask)[:words]
	case maskUnequal:
		kernel.Or(own, o.Greater[:words], o.Less[:words])
	case maskOther:
		x, y := b.layout.slotOf(n.In[0], trial), b.layout.slotOf(n.In[1], trial)
		kernel.CompareSeries(own, n.Compare, b.tileOf(n.In[0], x), b.tileOf(n.In[1], y))
	}
	return own
}
