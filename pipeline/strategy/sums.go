package strategy

import (
	"math"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// mostOrdered is the largest product of two windows for which sums are asked: the
// larger it is, the smaller have prices to be.
const mostOrdered = 1 << 20

// sameDecimals reports whether two nodes are windows over one column of decimal
// numbers.
func (p *Program) sameDecimals(a, b int) bool {
	x, y := &p.nodes[a], &p.nodes[b]
	return x.windowed() && y.windowed() && x.a == y.a && p.nodes[x.a].op == opColumn && p.nodes[x.a].scale > 0
}

// averaged returns the windows of a pair in a trial, and whether they are those
// of two averages that sums can order.
func (b *Batch) averaged(p *pair, trial int) (x, y int, ok bool) {
	windows := [2]int{}
	for i, id := range [...]int{p.a, p.b} {
		f, v, err := b.program.window(&b.program.nodes[id], b.layout.indexOf(trial), b.layout.scalarsOf(trial))
		if err != nil || f != fnSMA || v > mostOrdered {
			return 0, 0, false
		}
		windows[i] = int(v)
	}
	return windows[0], windows[1], windows[0]*windows[1] <= mostOrdered
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
	x, y, ok := b.averaged(p, trial)
	longest := max(x, y)
	if !ok || !b.streamed || n%64 > 0 || b.lo <= longest {
		return false
	}
	sums, from, ok := b.unitSums(b.program.nodes[p.a].a, b.loaded)
	if !ok || b.units[b.program.nodes[p.a].a].most < kernel.MaxOrderUnits(x, y) || b.lo-1-from < longest {
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
	s, n := &b.stored[id], &b.program.nodes[id]
	trial := int(b.layout.nodes[id].trial[slot])
	f, v, _ := b.program.window(n, b.layout.indexOf(trial), b.layout.scalarsOf(trial))
	s.series[slot] = b.slide(s.buffers[slot], f, n.a, clampWindow(v, b.asset.Bars), b.loaded)
	return s.series[slot]
}
