package pipeline

import (
	"context"

	"github.com/bowstring-engine/bowstring/pipeline/internal/eval"
	"github.com/bowstring-engine/bowstring/pipeline/internal/event"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// tilesInParts is tiles for a run with segments: a tile is gone through in parts, up
// to each cut. Signals are evaluated once a tile, and kept where there is another
// part.
func (r *runner) tilesInParts(ctx context.Context, a *arena, t task, l *eval.Layout) error {
	asset := &r.assets[t.asset]
	for from := a.event.First() / event.Tile * event.Tile; from < asset.Hi; from += event.Tile {
		if err := a.batch.Load(ctx, from); err != nil {
			return err
		}
		a.ends = r.segments.parts(a.ends, t.asset, from, asset.Hi)
		begin := from
		for part, end := range a.ends {
			a.event.LoadPart(from, begin, end)
			segment, next := r.segments.ending(t.asset, end)
			for i := range l.Trials() {
				if i%ctxTrials == 0 && ctx.Err() != nil {
					return ctx.Err()
				}
				if l.Err(i) != nil {
					continue
				}
				a.step(i, part, len(a.ends))
				if segment < next {
					r.endSegments(a, t.block, i, t.asset, segment, next)
				}
			}
			begin = end
		}
	}
	return nil
}

// step takes trial i through a part of a tile.
func (a *arena) step(i, part, parts int) {
	sides := event.Affine(a.run.plan.Config)
	var m event.Masks
	switch {
	case part > 0:
		m = a.kept[i]
	case sides:
		m.Entry, m.Exit, m.ShortEntry, m.ShortExit = a.batch.Sides(i)
	default:
		m.Entry, m.Exit = a.batch.Signals(i)
	}
	if part == 0 && parts > 1 {
		a.keep(i, &m)
	}
	if sides {
		a.event.StepSides(i, &m)
	} else {
		a.event.Step(i, m.Entry, m.Exit)
	}
}

// keep copies the signals of trial i, which are borrowed until those of the next.
func (a *arena) keep(i int, m *event.Masks) {
	if n := i + 1; len(a.kept) < n {
		a.kept = append(a.kept, make([]event.Masks, n-len(a.kept))...)
	}
	k := &a.kept[i]
	for _, c := range [...]struct{ dst, src *kernel.Bits }{
		{&k.Entry, &m.Entry}, {&k.Exit, &m.Exit}, {&k.ShortEntry, &m.ShortEntry}, {&k.ShortExit, &m.ShortExit},
	} {
		if *c.src == nil {
			*c.dst = nil
			continue
		}
		if cap(*c.dst) < tileWords {
			*c.dst = make(kernel.Bits, tileWords)
		}
		*c.dst = append((*c.dst)[:0], *c.src...)
	}
}
