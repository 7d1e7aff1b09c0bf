package eval

import (
	"context"
	"math"

	"github.com/bowstring-engine/bowstring/pipeline/indicator"
	"github.com/bowstring-engine/bowstring/pipeline/internal/graph"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// piece stores the values of one slot of a long history in the bars from …
// to−1, and those of the margin before them.
func (b *Batch) piece(ctx context.Context, id, slot, trial, from, to int) error {
	n, s := &b.program.Nodes[id], &b.stored[id]
	if n.Series == 0 {
		if s.masks[slot] == nil {
			s.masks[slot] = make(kernel.Bits, kernel.Words(margin+b.chunk))
		}
		s.masks[slot] = s.masks[slot][:kernel.Words(to-b.origin)]
		b.show(n, trial, to)
		b.tile.operate(n, Feature{Mask: s.masks[slot]})
		return nil
	}
	if s.buffers[slot] == nil && s.whole[slot] == nil {
		if err := b.begin(ctx, id, slot, trial); err != nil {
			return err
		}
	}
	if w := s.whole[slot]; w != nil {
		for i := range n.Series {
			s.put(n, slot, i, graph.Part(w, i, n.Series)[b.origin:to])
		}
		return nil
	}
	switch {
	case s.streams[slot] != nil:
		b.goOn(s, slot, n, from, to)
	case !n.Windowed():
		s.series[slot] = s.buffers[slot][margin-(from-b.origin) : margin+to-from]
		b.show(n, trial, to)
		b.tile.operate(n, Feature{Series: s.series[slot]})
	case b.layout.lazy[id]:
		s.series[slot] = nil // until it is asked for
	default:
		b.slide(s, slot, n, to)
	}
	return nil
}

// put stores series i of those that a node makes.
func (s *store) put(n *graph.Node, slot, i int, values []float64) {
	if n.Series == 1 {
		s.series[slot] = values
		return
	}
	if s.outputs[slot] == nil {
		s.outputs[slot] = make([][]float64, n.Series)
	}
	s.outputs[slot][i] = values
}

// output stores a series of those that an indicator makes.
func (b *Batch) output(n *graph.Node, slot, id, trial int) {
	from, at := &b.stored[n.In[0]], b.layout.slotOf(n.In[0], trial)
	if b.streamed {
		b.stored[id].series[slot] = from.outputs[at][n.Index]
		return
	}
	b.stored[id].series[slot] = b.program.Part(n, from.series[at])
}

// call is an indicator with its parameters.
type call struct {
	graph.Arguments
	first int // bar of its first value
}

// call returns what a node calls in a trial that does not fail.
func (b *Batch) call(n *graph.Node, trial int) call {
	args, _ := b.program.Arguments(n, b.layout.indexOf(trial), b.layout.scalarsOf(trial))
	args.Fit(b.asset.Bars)
	return call{args, args.Row.FirstValue(args.Params())}
}

// reach returns how many bars before the first one it is asked for an indicator
// looks at.
func (c *call) reach() int { return c.first + 1 + c.Row.Settles }

// begin decides how the values of a slot come about: an indicator of series that
// depend on no parameter is computed in pieces, any other one over the whole
// history.
func (b *Batch) begin(ctx context.Context, id, slot, trial int) error {
	n, s := &b.program.Nodes[id], &b.stored[id]
	b.whole.setTrial(b.layout.indexOf(trial))
	if keptWhole(b.program, n) {
		err := b.history(ctx, id, slot)
		s.whole[slot] = s.series[slot]
		return err
	}
	size := margin + b.chunk
	if n.Windowed() {
		for _, in := range n.Inputs() {
			if err := b.whole.eval(ctx, in); err != nil {
				return err
			}
		}
		c := &s.calls[slot]
		switch {
		case c.Row.GoesOn():
			s.streams[slot] = c.Row.Start(c.Params())
		case c.Row.Memory == indicator.Windowed:
			size += c.reach() + kernel.Anchor
		}
	}
	s.buffers[slot] = b.memory.take(min(size, margin+b.asset.Bars) * n.Series)
	return nil
}

// source returns the whole history of a node that depends on no parameter.
func (b *Batch) source(id int) []float64 { return b.whole.slots[id].Series }

// exact reports whether an indicator is a mean of decimal numbers, which sums that
// all windows share may give.
func (b *Batch) exact(n *graph.Node, row *indicator.Row) bool {
	return row.ExactMean && b.asset.scale(b.program, n.In[0]) > 0
}

// goOn lets a stream go on over the bars from … to−1.
func (b *Batch) goOn(s *store, slot int, n *graph.Node, from, to int) {
	for i := range n.Series {
		buffer := graph.Part(s.buffers[slot], i, n.Series)
		copy(buffer[:margin], buffer[len(buffer)-margin:]) // the chunk before was a full one
		b.tile.caller.Output(buffer[margin : margin+to-from])
		s.put(n, slot, i, buffer[margin-(from-b.origin):margin+to-from])
	}
	for _, in := range n.Inputs() {
		b.tile.caller.Input(b.source(in)[from:to])
	}
	b.tile.caller.Next(s.streams[slot])
}

// slide computes an indicator whose window moves along, and stores its values from
// the bar origin to the bar before to. The indicator is told of no more bars than
// its windows reach, from an anchor on, so that its sums restart where they do in
// the whole history.
func (b *Batch) slide(s *store, slot int, n *graph.Node, to int) {
	c, start := &s.calls[slot], b.origin
	if c.first >= to {
		for i := range n.Series {
			dst := graph.Part(s.buffers[slot], i, n.Series)[:to-b.origin]
			for j := range dst {
				dst[j] = math.NaN()
			}
			s.put(n, slot, i, dst)
		}
		return
	} else if b.exact(n, c.Row) {
		if sums, from, ok := b.unitSums(n.In[0], to); ok {
			dst := s.buffers[slot][:to-b.origin]
			kernel.AverageUnits(dst, sums[:to-from], c.first+1, b.asset.scale(b.program, n.In[0]))
			s.series[slot] = dst
			return
		}
	}
	if c.Row.Memory == indicator.Windowed {
		start = max(b.origin-c.reach(), 0) / kernel.Anchor * kernel.Anchor
	}
	for i := range n.Series {
		buffer := graph.Part(s.buffers[slot], i, n.Series)[:to-start]
		b.tile.caller.Output(buffer)
		s.put(n, slot, i, buffer[b.origin-start:])
	}
	for _, in := range n.Inputs() {
		b.tile.caller.Input(b.source(in)[start:to])
	}
	b.tile.caller.Compute(&c.Arguments, b.asset.scale(b.program, n.In[0]))
}

// show lets the evaluator of the tile see the chunk, for the inputs of a node.
func (b *Batch) show(n *graph.Node, trial, to int) {
	t := b.tile
	t.asset.Bars, t.before, t.scalars = to-b.origin, b.origin, b.layout.scalarsOf(trial)
	for _, in := range n.Inputs() {
		if input := &b.program.Nodes[in]; input.Op == graph.OpColumn {
			t.slots[in].Series = b.asset.Column(input.Index)[b.origin:to]
			continue
		}
		slot := b.layout.nodes[in].slot[trial]
		t.slots[in].Series, t.slots[in].Mask = b.stored[in].series[slot], b.stored[in].masks[slot]
	}
}
