package eval

import (
	"context"
	"fmt"

	"github.com/bowstring-engine/bowstring/internal/reuse"
	"github.com/bowstring-engine/bowstring/pipeline/indicator"
	"github.com/bowstring-engine/bowstring/pipeline/internal/graph"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// Batch evaluates a block of trials on one asset, a tile of bars at a time:
// what trials share is computed once, what is a trial's own when its signals
// are asked for. The values are those of an [Evaluator], to the bit. A Batch
// belongs to one goroutine and keeps its memory.
//
//	Bind(asset, layout)
//	for each tile in order: Load(from), then Signals(trial) for each trial
type Batch struct {
	program *graph.Program
	layout  *Layout
	asset   Asset
	whole   *Evaluator // computes columns over the whole history
	tile    *Evaluator // computes what is a trial's own, on the tile
	memory  arena
	stored  []store // by node

	streamed       bool
	recursive      bool         // some value needs all bars before it
	longest        int          // window that is not longer than the history
	ordered        int          // see mostUnits
	units          []unitSums   // by node
	chunk          int          // bars in a chunk
	origin, loaded int          // the bars for which values are stored
	first, lo, hi  int          // the tile is lo … hi−1; views of it begin at first
	orders         []order      // of each pair
	finites        map[int]bool // of the asset's columns that were asked for
}

// store holds the values of a node's slots, from the bar origin on.
type store struct {
	series [][]float64
	masks  []kernel.Bits
	// outputs are the series of an indicator that makes several, in place of series.
	outputs [][][]float64
	// What the chunks of a long history need.
	buffers [][]float64 // margin + chunk bars of each slot and series
	whole   [][]float64 // the whole history of each slot, where it is kept
	streams []indicator.Stream
	calls   []call // of windowed nodes
	seen    int32  // the slot that the tile's view shows
}

// NewBatch returns a Batch that shares the columns of short histories through
// c. With nil it shares none, and computes them tile by tile in memory of its
// own.
func NewBatch(s *strategy.Program, c *FeatureCache) *Batch {
	p := s.Graph()
	return &Batch{program: p, whole: NewEvaluator(s, c), tile: NewEvaluator(s, nil), stored: make([]store, p.Used), units: make([]unitSums, p.Used)}
}

// Reuse takes over the memory of a Batch that is not used any more, or nil.
func (b *Batch) Reuse(old *Batch) {
	if old != nil {
		b.memory, b.orders = old.memory, old.orders
	}
}

// Bind makes a block of trials on an asset the subject of the calls that
// follow. Both are borrowed until the next Bind.
func (b *Batch) Bind(a Asset, l *Layout) {
	if l.program != b.program {
		panic("eval: layout of another program")
	}
	b.asset, b.layout = a, l
	b.whole.Bind(a)
	b.whole.passing = l.passing
	b.tile.Bind(a)
	b.memory.reset()
	b.origin, b.loaded = 0, 0
	b.streamed = b.whole.cache == nil || a.Bars > wholeBars
	for id := range b.stored {
		s := &b.stored[id]
		slots := len(l.nodes[id].trial)
		s.series, s.masks, s.outputs = resize(s.series, slots), resize(s.masks, slots), resize(s.outputs, slots)
		b.units[id].to = 0
		s.buffers, s.whole, s.streams = resize(s.buffers, slots), resize(s.whole, slots), resize(s.streams, slots)
		s.calls = resize(s.calls, slots)
	}
	b.chunk = b.chunkFor()
	b.orders = reuse.Slice(b.orders, len(l.pairs))
	b.finites = map[int]bool{}
}

// Release lets go of the asset and the block, not of the memory.
func (b *Batch) Release() {
	b.layout, b.asset, b.loaded = nil, Asset{}, 0
	b.whole.Bind(Asset{})
	b.tile.Bind(Asset{})
	for id := range b.stored {
		s := &b.stored[id]
		clear(s.series)
		clear(s.masks)
		clear(s.outputs)
		clear(s.buffers)
		clear(s.whole)
		clear(s.streams)
	}
}

// chunkFor returns the length of a chunk, and looks up what is called in it.
func (b *Batch) chunkFor() int {
	if !b.streamed {
		return b.asset.Bars
	}
	longest, reaching := 1, false
	b.recursive = false
	for _, id := range b.layout.stored {
		n := &b.program.Nodes[id]
		if !n.Windowed() {
			continue
		}
		for slot, trial := range b.layout.nodes[id].trial {
			if trial < 0 {
				continue
			}
			c := &b.stored[id].calls[slot]
			*c = b.call(n, int(trial))
			switch {
			case c.Row.GoesOn():
				b.recursive = true
				continue
			case c.Row.Memory == indicator.Pointwise, b.exact(n, c.Row): // see slide
			default:
				reaching = true
			}
			if w := c.first + 1; w <= b.asset.Bars {
				longest = max(longest, w)
			}
		}
	}
	b.longest, b.ordered = longest, b.mostUnits()
	if !reaching {
		return TileBars
	}
	return min(max(chunkBars, (longest+TileBars-1)/TileBars*4*TileBars), longestChunk)
}

// Recursive reports whether some value follows from the one of the bar before
// it, so that tiles which are left out have to be computed all the same.
func (b *Batch) Recursive() bool { return !b.streamed || b.recursive }

// Stretch returns the number of bars that are worth going to where others have
// been left out before them, as what windows reach before them is computed once
// more: a multiple of [TileBars].
func (b *Batch) Stretch() int {
	if !b.streamed {
		return StretchBars
	}
	return (max(StretchBars, 8*b.longest) + b.chunk - 1) / b.chunk * b.chunk
}

// Load makes the tile that begins at bar from the current one. Tiles may be
// left out, but not gone back to. An error is that of ctx: what can fail in a
// trial, its layout knows.
func (b *Batch) Load(ctx context.Context, from int) error {
	if from%TileBars != 0 || from < b.lo && b.loaded > 0 || from >= b.asset.Bars {
		panic(fmt.Sprintf("eval: tile at bar %d of %d after %d", from, b.asset.Bars, b.lo))
	}
	if from > b.loaded && !b.Recursive() {
		b.loaded = from
	}
	for from >= b.loaded {
		if err := b.next(ctx); err != nil {
			return err
		}
	}
	b.lo, b.hi = from, min(from+TileBars, b.asset.Bars)
	b.first = max(b.lo-margin, 0)
	t := b.tile
	t.asset.Bars, t.before = b.hi-b.first, b.first
	for id := range b.program.Nodes[:b.program.Used] {
		b.stored[id].seen = -1
		if n := &b.program.Nodes[id]; n.Op == graph.OpColumn && n.Axis == 0 {
			t.slots[id].Series = b.asset.Column(n.Index)[b.first:b.hi]
		}
	}
	for _, id := range b.layout.own {
		t.grow(&t.slots[id].own, &b.program.Nodes[id])
	}
	b.round()
	return nil
}

// next computes what trials share in the next chunk, or in the whole history.
func (b *Batch) next(ctx context.Context) error {
	from, to := b.loaded, min(b.loaded+b.chunk, b.asset.Bars)
	b.origin = max(from-margin, 0)
	for _, id := range b.layout.stored {
		if !b.streamed && !b.layout.asked[id] {
			continue // what is made of it may be in the cache already
		}
		at := &b.layout.nodes[id]
		for slot, trial := range at.trial {
			if trial < 0 {
				continue
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			var err error
			if n := &b.program.Nodes[id]; n.Op == graph.OpOutput {
				b.output(n, slot, id, int(trial))
			} else if b.streamed {
				err = b.piece(ctx, id, slot, int(trial), from, to)
			} else {
				b.whole.setTrial(b.layout.indexOf(int(trial)))
				err = b.history(ctx, id, slot)
			}
			if err != nil {
				return err
			}
		}
	}
	b.loaded = to
	return nil
}

// history stores the values of one slot over the whole history.
func (b *Batch) history(ctx context.Context, id, slot int) error {
	n, s, e := &b.program.Nodes[id], &b.stored[id], b.whole
	var f Feature
	var err error
	if n.Shared && e.cache != nil && !b.layout.passing[id] {
		err = e.eval(ctx, id)
		f = e.slots[id].Feature
	} else {
		if n.Series > 0 {
			f.Series = b.memory.take(b.asset.Bars * n.Series)
		} else {
			f.Mask = make(kernel.Bits, kernel.Words(b.asset.Bars))
		}
		err = e.compute(ctx, id, f)
	}
	s.series[slot], s.masks[slot] = f.Series, f.Mask
	return err
}

// Signals evaluates the rules for long positions of one trial on the current
// tile: the masks begin at the tile's first bar, and are nil where there is no
// such rule. They are borrowed until the next call. The trial must not be one
// that its layout fails.
func (b *Batch) Signals(trial int) (entry, exit kernel.Bits) {
	b.evaluate(trial)
	return b.rule(graph.Entry, trial), b.rule(graph.Exit, trial)
}

// Sides is [Batch.Signals] of the rules for both sides.
func (b *Batch) Sides(trial int) (entry, exit, shortEntry, shortExit kernel.Bits) {
	b.evaluate(trial)
	return b.rule(graph.Entry, trial), b.rule(graph.Exit, trial), b.rule(graph.ShortEntry, trial), b.rule(graph.ShortExit, trial)
}

// evaluate computes the nodes that are a trial's own, unless its rules are masks
// of pairs.
func (b *Batch) evaluate(trial int) {
	l, t := b.layout, b.tile
	for i := range b.orders {
		b.orders[i].known = false
	}
	if l.isDirect {
		return
	}
	t.scalars = l.scalarsOf(trial)
	for _, id := range l.views {
		slot := l.nodes[id].slot[trial]
		s := &b.stored[id]
		if s.seen == slot {
			continue
		}
		s.seen = slot
		if b.program.Nodes[id].Series == 1 {
			t.slots[id].Series = s.series[slot][b.first-b.origin : b.hi-b.origin]
		} else {
			t.slots[id].Mask = s.masks[slot][(b.lo-b.origin)/64 : (b.hi-b.origin+63)/64]
		}
	}
	for i, id := range l.own {
		n, s := &b.program.Nodes[id], &t.slots[id]
		switch p := l.paired[i]; {
		case n.Series == 1:
			s.Series = s.own.Series
			t.operate(n, Feature{Series: s.Series})
		case p.pair >= 0:
			s.Mask = b.pairMask(n, p, trial, s.own.Mask[:kernel.Words(b.hi-b.lo)])
		case n.Op == graph.OpAnd || n.Op == graph.OpOr:
			s.Mask = s.own.Mask[:kernel.Words(b.hi-b.lo)]
			t.operate(n, Feature{Mask: s.Mask})
		default:
			t.operate(n, Feature{Mask: s.own.Mask})
			s.Mask = s.own.Mask[(b.lo-b.first)/64:]
		}
	}
}

// rule returns the mask of a rule, nil where the program has none.
func (b *Batch) rule(r, trial int) kernel.Bits {
	root := b.program.Roots[r]
	switch {
	case root < 0:
		return nil
	case b.layout.isDirect:
		p := b.layout.direct[r]
		return b.compare(p.pair, trial).mask(p.mask)[:kernel.Words(b.hi-b.lo)]
	}
	return b.tile.slots[root].Mask
}
