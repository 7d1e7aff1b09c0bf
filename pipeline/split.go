package pipeline

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/reuse"
	"github.com/bowstring-engine/bowstring/pipeline/internal/eval"
	"github.com/bowstring-engine/bowstring/pipeline/internal/event"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// splitBars is the length of a history from which on it is worth splitting.
const splitBars = 64 * event.Tile

// splits reports whether the bars of an asset are split over the workers: they
// are many, and the trials too few to keep every worker busy. It may depend on
// the workers because the result does not: the tiles and the order in which
// they are added are the same.
func (r *runner) splits(a *Asset, trials int) bool {
	return r.splitsAny() && a.Hi-a.Lo >= splitBars && int64(trials) == r.count
}

// few reports whether a run is known to have too few trials to share tables.
func (r *runner) few() bool { return r.exact && r.count < event.TabledTrials }

// splitsAny reports whether assets are split that are long enough.
func (r *runner) splitsAny() bool {
	return r.few() && len(r.assets) < r.plan.workers() && !event.Affine(r.plan.Config) && (r.segments == nil || !r.segments.assets)
}

// split takes all trials of a layout through a history that is cut into parts.
// Each worker takes the next part, finds its signals and prescans what its bars
// come to, which is nearly all of the work; the accounts go through the parts in
// their order, behind, by whichever worker has completed the next one.
type split struct {
	event  *event.Simulator
	layout *eval.Layout
	// The history is the tiles first … last−1, of which a part has so many.
	first, last, tiles int

	free chan *part // which nobody works at
	// turn is held by who takes the next part, for as long as its signals take
	// where they follow from those of the part before.
	turn sync.Mutex
	next int // part
	// order is held by who goes through the accounts.
	order sync.Mutex
	done  []*part // complete, by number modulo its length
	added int     // parts
}

// split is tiles for a history that is split.
func (r *runner) split(ctx context.Context, a *arena, asset *Asset, l *eval.Layout) error {
	s := split{event: a.event, layout: l, tiles: a.batch.Stretch() / event.Tile,
		first: a.event.First() / event.Tile, last: (asset.Hi + event.Tile - 1) / event.Tile}
	workers := min(r.plan.workers(), (s.last-s.first+s.tiles-1)/s.tiles)
	s.done, s.free = make([]*part, 2*workers), make(chan *part, 2*workers)
	for i := range s.done {
		if i == len(a.parts) {
			a.parts = append(a.parts, new(part))
		}
		a.parts[i].size(l.Trials(), s.tiles)
		s.free <- a.parts[i]
	}
	for len(a.helpers) < workers {
		a.helpers = append(a.helpers, helper{})
	}
	batches := []*eval.Batch{a.batch}
	for i := range workers {
		h := &a.helpers[i]
		h.prescan = a.event.Prescan(h.prescan)
		switch {
		case i == 0:
		case a.batch.Recursive():
			batches = append(batches, a.batch)
		default:
			batch := eval.NewBatch(r.plan.Program, r.columns)
			batch.Reuse(h.batch)
			batch.Bind(asset.eval, l)
			batches, h.batch = append(batches, batch), batch
		}
	}
	defer func() {
		for _, batch := range batches[1:] {
			batch.Release()
		}
	}()
	g, ctx := errgroup.WithContext(ctx)
	for i, batch := range batches {
		g.Go(func() (err error) {
			debug.SetPanicOnFault(true)
			defer func() {
				if p := recover(); p != nil {
					if err = columnar.FaultOf(p); err == nil {
						err = fmt.Errorf("panic: %v", p)
					}
				}
			}()
			return s.work(ctx, batch, a.helpers[i].prescan)
		})
	}
	return g.Wait()
}

// work takes one part after another until none is left.
func (s *split) work(ctx context.Context, batch *eval.Batch, prescan *event.Prescan) error {
	for {
		select {
		case p := <-s.free:
			more, err := s.find(ctx, p, batch, prescan)
			if err != nil || !more {
				return err
			}
			if err := s.complete(ctx, p); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// find takes the next part and finds everything out about it. It reports false
// where none is left.
func (s *split) find(ctx context.Context, p *part, batch *eval.Batch, prescan *event.Prescan) (more bool, err error) {
	s.turn.Lock()
	unlock := sync.OnceFunc(s.turn.Unlock)
	defer unlock()
	p.number = s.next
	from, to := s.bounds(p)
	if from >= to {
		return false, nil
	}
	s.next++
	stride := to - from
	if !batch.Recursive() {
		unlock()
		stride = 1 // a tile is gone over while it is in cache
	}
	prescan.Begin()
	for i := range p.found {
		p.found[i].Reset()
	}
	for at := from; at < to; at += stride {
		for tile := at; tile < at+stride; tile++ {
			if err := s.signals(ctx, p, batch, tile, from); err != nil {
				return false, err
			}
		}
		unlock()
		for tile := at; tile < at+stride; tile++ {
			prescan.Load(tile*event.Tile, (tile+1)*event.Tile)
			for i := range p.found {
				prescan.Step(i, tileOf(p.entry[i], tile-from), tileOf(p.exit[i], tile-from), &p.found[i])
			}
		}
	}
	return true, nil
}

// bounds returns the tiles of a part.
func (s *split) bounds(p *part) (from, to int) {
	from = s.first + p.number*s.tiles
	return from, min(from+s.tiles, s.last)
}

// signals writes the signals of a tile to its part, which begins at tile from.
func (s *split) signals(ctx context.Context, p *part, batch *eval.Batch, tile, from int) error {
	if err := batch.Load(ctx, tile*event.Tile); err != nil {
		return err
	}
	for i := range p.found {
		var entry, exit kernel.Bits
		if s.layout.Err(i) == nil {
			entry, exit = batch.Signals(i)
		}
		keep(tileOf(p.entry[i], tile-from), entry)
		keep(tileOf(p.exit[i], tile-from), exit)
	}
	return nil
}

// complete takes the accounts through a part, once it is the next one, and those
// behind it that are complete.
func (s *split) complete(ctx context.Context, p *part) error {
	s.order.Lock()
	defer s.order.Unlock()
	n := len(s.done)
	s.done[p.number%n] = p
	for {
		p := s.done[s.added%n]
		if p == nil {
			return nil
		}
		s.done[s.added%n] = nil
		s.added++
		from, to := s.bounds(p)
		for tile := from; tile < to; tile++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			s.event.Load(tile*event.Tile, (tile+1)*event.Tile)
			for i := range p.found {
				s.event.StepFound(i, tileOf(p.entry[i], tile-from), tileOf(p.exit[i], tile-from), &p.found[i])
			}
		}
		s.free <- p
	}
}

// part is a number of tiles that follow each other, and what has been found out
// about each trial on them.
type part struct {
	number      int
	entry, exit []kernel.Bits // by trial
	found       []event.Found
}

// size makes room for so many tiles of so many trials.
func (p *part) size(trials, tiles int) {
	p.entry, p.exit, p.found = reuse.Slice(p.entry, trials), reuse.Slice(p.exit, trials), reuse.Slice(p.found, trials)
	for i := range trials {
		p.entry[i], p.exit[i] = reuse.Slice(p.entry[i], tiles*tileWords), reuse.Slice(p.exit[i], tiles*tileWords)
	}
}

const tileWords = event.Tile / 64

// tileOf returns the words of a tile.
func tileOf(m kernel.Bits, tile int) kernel.Bits { return m[tile*tileWords : (tile+1)*tileWords] }

// keep writes a mask that may be shorter, or nil.
func keep(dst, m kernel.Bits) { clear(dst[copy(dst, m):]) }

// helper is what a worker of a split keeps from one to the next.
type helper struct {
	batch   *eval.Batch // its own, but for the first
	prescan *event.Prescan
}
