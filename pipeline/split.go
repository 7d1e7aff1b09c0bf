package pipeline

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/bowstring-engine/bowstring/columnar/kernel"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// splitBars is the length of a history from which on it is worth splitting.
const splitBars = 64 * backtest.Tile

// splits reports whether the bars of an asset are split over the workers: they
// are many, and the trials too few to keep every worker busy. It may depend on
// the workers because the result does not: the tiles and the order in which
// they are added are the same.
func (r *runner) splits(a *Asset, trials int) bool {
	return r.plan.workers() > 1 && a.Hi-a.Lo >= splitBars && r.space.Size() < backtest.TabledTrials &&
		int64(trials) == r.space.Size() && len(r.assets) < r.plan.workers()
}

// history is what the parts of a split learn of one trial.
type history struct {
	entry, exit kernel.Bits // over all tiles
	before      []backtest.Position
	values      []backtest.Tally
	valued      []bool
}

// split is tiles for a history that is cut into parts, one a worker. Signals
// are found and positions are valued in all parts at once; in between, the
// trades, which are few, are gone through in their order.
func (r *runner) split(ctx context.Context, a *arena, asset *Asset, l *strategy.Layout) error {
	first := a.event.First() / backtest.Tile
	tiles := (asset.Hi + backtest.Tile - 1) / backtest.Tile
	trials := make([]history, l.Trials())
	for i := range trials {
		words := tiles * backtest.Tile / 64
		trials[i] = history{
			entry: make(kernel.Bits, words), exit: make(kernel.Bits, words),
			before: make([]backtest.Position, tiles), values: make([]backtest.Tally, tiles), valued: make([]bool, tiles),
		}
	}
	parts := r.plan.workers()
	if a.batch.Recursive() {
		parts = 1 // signals need all bars before them
	}
	err := inParts(ctx, first, tiles, parts, func(ctx context.Context, from, to int) error {
		return r.findSignals(ctx, a, asset, l, trials, from, to)
	})
	if err != nil {
		return err
	}
	for tile := first; tile < tiles; tile++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		a.event.Load(tile*backtest.Tile, (tile+1)*backtest.Tile)
		for i := range trials {
			h := &trials[i]
			h.before[tile] = a.event.Position(i)
			a.event.Trade(i, tileOf(h.entry, tile), tileOf(h.exit, tile))
		}
	}
	err = inParts(ctx, first, tiles, r.plan.workers(), func(ctx context.Context, from, to int) error {
		event := a.event.Fork()
		for tile := from; tile < to; tile++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			event.Load(tile*backtest.Tile, (tile+1)*backtest.Tile)
			for i := range trials {
				h := &trials[i]
				h.values[tile], h.valued[tile] = event.Value(h.before[tile], tileOf(h.entry, tile), tileOf(h.exit, tile))
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i := range trials {
		for tile := first; tile < tiles; tile++ {
			if trials[i].valued[tile] {
				a.event.Add(i, &trials[i].values[tile])
			}
		}
	}
	return nil
}

// findSignals writes the signals of the tiles from … to−1.
func (r *runner) findSignals(ctx context.Context, a *arena, asset *Asset, l *strategy.Layout, trials []history, from, to int) error {
	batch := a.batch
	if from > a.event.First()/backtest.Tile {
		batch = r.plan.Program.NewBatch(r.columns)
		batch.Bind(asset.eval, l)
	}
	for tile := from; tile < to; tile++ {
		if err := batch.Load(ctx, tile*backtest.Tile); err != nil {
			return err
		}
		for i := range trials {
			if l.Err(i) == nil {
				entry, exit := batch.Signals(i)
				copy(tileOf(trials[i].entry, tile), entry)
				copy(tileOf(trials[i].exit, tile), exit)
			}
		}
	}
	return nil
}

// inParts calls work for parts of the tiles from … to−1, at once, and returns
// the first error.
func inParts(ctx context.Context, from, to, parts int, work func(ctx context.Context, from, to int) error) error {
	g, ctx := errgroup.WithContext(ctx)
	n := to - from
	for p := range parts {
		lo, hi := from+n*p/parts, from+n*(p+1)/parts
		if lo < hi {
			g.Go(func() (err error) {
				defer func() {
					if p := recover(); p != nil {
						err = fmt.Errorf("panic: %v", p)
					}
				}()
				return work(ctx, lo, hi)
			})
		}
	}
	return g.Wait()
}

// tileOf returns the words of a tile.
func tileOf(m kernel.Bits, tile int) kernel.Bits {
	const words = backtest.Tile / 64
	return m[tile*words : (tile+1)*words]
}
