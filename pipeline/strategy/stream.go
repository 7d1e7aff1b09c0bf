package strategy

import (
	"context"
	"math"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// piece stores the values of one slot of a long history in the bars from …
// to−1, and those of the margin before them.
func (b *Batch) piece(ctx context.Context, id, slot, trial, from, to int) error {
	n, s := &b.program.nodes[id], &b.stored[id]
	if n.kind == KindMask {
		if s.masks[slot] == nil {
			s.masks[slot] = make(kernel.Bits, kernel.Words(margin+b.chunk))
		}
		s.masks[slot] = s.masks[slot][:kernel.Words(to-b.origin)]
		b.show(n, trial, to)
		b.tile.mask(n, s.masks[slot])
		return nil
	}
	if s.buffers[slot] == nil && s.whole[slot] == nil {
		if err := b.begin(ctx, id, slot, trial); err != nil {
			return err
		}
	}
	if w := s.whole[slot]; w != nil {
		s.series[slot] = w[b.origin:to]
		return nil
	}
	buffer := s.buffers[slot]
	if s.streams[slot] == nil && n.windowed() {
		if b.layout.lazy[id] {
			s.series[slot] = nil // until it is asked for
			return nil
		}
		f, v, _ := b.program.window(n, b.layout.indexOf(trial), b.layout.scalarsOf(trial))
		s.series[slot] = b.slide(buffer, f, n.a, clampWindow(v, b.asset.Bars), to)
		return nil
	}
	s.series[slot] = buffer[margin-(from-b.origin) : margin+to-from]
	switch {
	case s.streams[slot] != nil:
		copy(buffer[:margin], buffer[len(buffer)-margin:]) // the chunk before was a full one
		s.streams[slot].Next(buffer[margin:margin+to-from], b.source(n.a)[from:to])
	default:
		b.show(n, trial, to)
		b.tile.arithmetic(n, s.series[slot])
	}
	return nil
}

// begin decides how the values of a slot come about: a function of a series
// that depends on no parameter is computed in pieces, a function of any other
// one over the whole history.
func (b *Batch) begin(ctx context.Context, id, slot, trial int) error {
	n, s := &b.program.nodes[id], &b.stored[id]
	b.whole.setTrial(b.layout.indexOf(trial))
	if n.windowed() && b.program.nodes[n.a].values > 1 {
		err := b.history(ctx, id, slot)
		s.whole[slot] = s.series[slot]
		return err
	}
	size := margin + b.chunk
	if n.windowed() {
		if err := b.whole.eval(ctx, n.a); err != nil {
			return err
		}
		f, v, _ := b.program.window(n, b.layout.indexOf(trial), b.layout.scalarsOf(trial))
		switch f {
		case fnEMA:
			s.streams[slot] = &kernel.EMAStream{Window: clampWindow(v, b.asset.Bars)}
		case fnRSI:
			s.streams[slot] = &kernel.RSIStream{Window: clampWindow(v, b.asset.Bars)}
		case fnAbs:
		default:
			size += f.reach(clampWindow(v, b.asset.Bars)) + kernel.Anchor
		}
	}
	s.buffers[slot] = b.memory.take(min(size, margin+b.asset.Bars))
	return nil
}

// source returns the whole history of a node that depends on no parameter.
func (b *Batch) source(id int) []float64 { return b.whole.slots[id].Series }

// reach returns how far before a bar a function looks: a spread that slides
// must have restarted once.
func (f fn) reach(window int) int {
	if f == fnStdDev {
		return window + kernel.Anchor
	}
	return window
}

// slide computes a function of a window that moves along, and returns its
// values from the bar origin to the bar before to, in buffer. The function is
// told of no more bars than its windows reach, from an anchor on, so that its
// sums restart where they do in the whole history.
func (b *Batch) slide(buffer []float64, f fn, input, window, to int) []float64 {
	src := b.source(input)
	if f == fnAbs {
		f.apply(buffer[:to-b.origin], src[b.origin:to], 0, 0)
		return buffer[:to-b.origin]
	}
	if window > to {
		for i := range to - b.origin {
			buffer[i] = math.NaN()
		}
		return buffer[:to-b.origin]
	}
	scale := b.program.nodes[input].scale
	if f == fnSMA && scale > 0 {
		if sums, from, ok := b.unitSums(input, to); ok {
			dst := buffer[:to-b.origin]
			kernel.AverageUnits(dst, sums[:to-from], window, scale)
			return dst
		}
	}
	start := max(b.origin-f.reach(window), 0) / kernel.Anchor * kernel.Anchor
	f.apply(buffer[:to-start], src[start:to], window, scale)
	return buffer[b.origin-start : to-start]
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
	sums = grown(u.sums, to-from)
	copy(sums, kept)
	u.most = 0
	for _, most := range [...]int{most, b.longest} {
		if kernel.SumUnits(sums[len(kept):], b.source(input)[at:to], before, most, b.program.nodes[input].scale) {
			u.most = most
			break
		}
	}
	u.sums, u.from, u.to = sums, from, to
	return u.sums, u.from, u.most > 0
}

// show lets the evaluator of the tile see the chunk, for the inputs of a node.
func (b *Batch) show(n *node, trial, to int) {
	t := b.tile
	t.asset.Bars, t.before, t.scalars = to-b.origin, b.origin, b.layout.scalarsOf(trial)
	for _, in := range n.inputs() {
		if input := &b.program.nodes[in]; input.op == opColumn {
			t.slots[in].Series = b.asset.Column(input.index)[b.origin:to]
			continue
		}
		slot := b.layout.nodes[in].slot[trial]
		t.slots[in].Series, t.slots[in].Mask = b.stored[in].series[slot], b.stored[in].masks[slot]
	}
}
