package eval

import (
	"math"

	"github.com/bowstring-engine/bowstring/internal/reuse"
	"github.com/bowstring-engine/bowstring/pipeline/internal/graph"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// mostOrdered is the largest product of two windows for which sums are asked: the
// larger it is, the smaller have prices to be.
const mostOrdered = 1 << 20

// sameDecimals reports whether two nodes are windows over one column of decimal
// numbers.
func sameDecimals(p *graph.Program, a, b int) bool {
	x, y := &p.Nodes[a], &p.Nodes[b]
	return x.Windowed() && y.Windowed() && x.In[0] == y.In[0] && p.Nodes[x.In[0]].Op == graph.OpColumn && p.Nodes[x.In[0]].Scale > 0
}

// unitSums are the exact sums that the averages of a source share in a chunk.
type unitSums struct {
	sums []float64
	from int // the bar of the first sum
	to   int // the bar after the last, which tells chunks apart
	most int // the longest window that they are exact for, 0 where there are none
}

// unitSums returns the sums of a source over all bars that windows of this
// chunk reach, and the bar of the first. It reports false where the source is
// not decimal there. Sums go on from the chunk before, where there are some as
// exact as they can be asked to be.
func (b *Batch) unitSums(input, to int) (sums []float64, from int, ok bool) {
	u := &b.units[input]
	if u.to == to {
		return u.sums, u.from, u.most > 0
	}
	kept, before, most := u.sums[:0], 0.0, max(b.longest, b.ordered)
	from = max(b.origin-b.longest, 0)
	at := from // the first bar to add
	if u.most == most && from >= u.from && from < u.to && u.to < to {
		at = u.to
		kept = u.sums[:copy(u.sums, u.sums[from-u.from:])]
		before = kept[len(kept)-1]
	}
	sums = reuse.Slice(u.sums, to-from)
	copy(sums, kept)
	u.most = 0
	for _, most := range [...]int{most, b.longest} {
		if kernel.SumUnits(sums[len(kept):], b.source(input)[at:to], before, most, b.asset.scale(b.program, input)) {
			u.most = most
			break
		}
	}
	u.sums, u.from, u.to = sums, from, to
	return u.sums, u.from, u.most > 0
}

// averaged returns the windows of a pair in a trial, and whether they are those
// of two averages that sums can order. The trial does not fail.
func (b *Batch) averaged(p *pair, trial int) (x, y int, ok bool) {
	one := &b.stored[p.a].calls[b.layout.slotOf(p.a, trial)]
	two := &b.stored[p.b].calls[b.layout.slotOf(p.b, trial)]
	if !one.Row.ExactMean || !two.Row.ExactMean {
		return 0, 0, false
	}
	x, y = one.first+1, two.first+1
	return x, y, x*y <= mostOrdered
}

// mostUnits returns the longest window whose sums must be exact for the averages
// of every trial to be ordered by them.
func (b *Batch) mostUnits() int {
	most := 0
	for i := range b.layout.pairs {
		p := &b.layout.pairs[i]
		if !p.sums {
			continue
		}
		for trial := range b.layout.trials {
			if b.layout.Err(trial) != nil {
				continue
			}
			if x, y, ok := b.averaged(p, trial); ok {
				most = max(most, kernel.MaxOrderUnits(x, y))
			}
		}
	}
	return most
}

// orderSums is compare for a pair of averages of one decimal column that few
// trials compare: the sums that they share say how they compare, and the averages
// themselves need not be computed. It reports false where that does not hold, for
// the averages to be compared: on bars without an average, on the history's last,
// and where a value is not decimal or too large.
func (b *Batch) orderSums(p *pair, o *order, trial int) bool {
	n := b.hi - b.lo
	if !b.streamed || n%64 > 0 {
		return false
	}
	x, y, ok := b.averaged(p, trial)
	longest := max(x, y)
	if !ok || b.lo <= longest {
		return false
	}
	sums, from, ok := b.unitSums(b.program.Nodes[p.a].In[0], b.loaded)
	if !ok || b.units[b.program.Nodes[p.a].In[0]].most < kernel.MaxOrderUnits(x, y) || b.lo-1-from < longest {
		return false
	}
	words := n / 64
	kernel.OrderUnits(o.Greater[:words], o.Less[:words], sums[:b.hi-from], x, y)
	if p.crossed {
		at := b.lo - 1 - from
		sum := math.Float64bits(sums[at])
		a := int64(sum-math.Float64bits(sums[at-x])) * int64(y)
		c := int64(sum-math.Float64bits(sums[at-y])) * int64(x)
		o.crossKnown(n, nil, nil, bit(a <= c), bit(a >= c))
	}
	return true
}

// seriesOf returns the values of a slot from the bar origin on.
func (b *Batch) seriesOf(id, slot int) []float64 {
	if v := b.stored[id].series[slot]; v != nil {
		return v
	}
	return b.compute(id, slot)
}

// compute computes the values of a slot that is lazy, in the chunk.
func (b *Batch) compute(id, slot int) []float64 {
	s, n := &b.stored[id], &b.program.Nodes[id]
	b.slide(s, slot, n, b.loaded)
	return s.series[slot]
}
