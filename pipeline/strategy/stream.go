package strategy

import (
	"context"
	"math"

	"github.com/bowstring-engine/bowstring/columnar/kernel"
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
	s.series[slot] = buffer[margin-(from-b.origin) : margin+to-from]
	switch {
	case s.streams[slot] != nil:
		copy(buffer[:margin], buffer[len(buffer)-margin:]) // the chunk before was a full one
		s.streams[slot].Next(buffer[margin:margin+to-from], b.source(n.a)[from:to])
	case n.windowed():
		f, v, _ := b.program.window(n, b.layout.indexOf(trial), b.layout.scalarsOf(trial))
		b.slide(s.series[slot], f, n.a, clampWindow(v, b.asset.Bars), to)
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
		}
	}
	s.buffers[slot] = b.memory.take(margin + b.chunk)
	return nil
}

// source returns the whole history of a node that depends on no parameter.
func (b *Batch) source(id int) []float64 { return b.whole.slots[id].Series }

// slide computes a function of a window that moves along: its values from the
// bar origin to the bar before to. The function is told of no more bars than
// its windows reach, from an anchor on, so that its sums restart where they
// do in the whole history. A spread that slides must also have restarted once.
func (b *Batch) slide(dst []float64, f fn, input, window, to int) {
	src := b.source(input)
	if f == fnAbs {
		f.apply(dst, src[b.origin:to], 0, 0)
		return
	}
	if window > to {
		for i := range dst {
			dst[i] = math.NaN()
		}
		return
	}
	reach := window
	if f == fnStdDev {
		reach += kernel.Anchor
	}
	start := max(b.origin-reach, 0) / kernel.Anchor * kernel.Anchor
	if need := to - start; len(b.scratch) < need {
		b.scratch = make([]float64, need)
	}
	scratch := b.scratch[:to-start]
	f.apply(scratch, src[start:to], window, b.program.nodes[input].scale)
	copy(dst, scratch[b.origin-start:])
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
