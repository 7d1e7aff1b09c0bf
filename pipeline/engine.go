package pipeline

import (
	"context"
	"fmt"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/internal/eval"
	"github.com/bowstring-engine/bowstring/pipeline/internal/event"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// Engine names what simulates the trials of a run.
type Engine string

// The engines.
const (
	// EngineReference goes bar by bar and runs every setting.
	EngineReference Engine = "reference"
	// EngineEvent adds trades up from tables that all trials share.
	EngineEvent Engine = "event"
)

// Engine returns what simulates the plan's trials, and why. It depends on the
// plan alone and not on workers, blocks or the processor, so that the last
// bits of a result do not either.
func (p *Plan) Engine() (e Engine, reason string) {
	if p.Reference {
		return EngineReference, "it was asked for"
	}
	if what, ok := p.Program.OfPositions(); ok {
		return EngineReference, what
	}
	if err := event.Decomposes(p.Config); err != nil {
		return EngineReference, err.Error()
	}
	if p.Config.RequireVolume && len(p.Program.Stops()) > 0 {
		return EngineReference, "bars without volume are not held against stops"
	}
	if s, ok := p.ofCurve(); ok {
		return EngineReference, fmt.Sprintf("%s is not a sum over trades", s)
	}
	if event.Affine(p.Config) {
		return EngineEvent, "between two fills an account is affine in the price"
	}
	return EngineEvent, "an account that is fully invested or in cash adds up over trades"
}

// statistics returns those that rows must have.
func (p *Plan) statistics() []metrics.Stat {
	if p.Statistics == nil {
		return metrics.All()
	}
	return p.Statistics
}

// ofCurve returns a statistic that rows must have and that needs a whole curve, if
// there is one.
func (p *Plan) ofCurve() (metrics.Stat, bool) {
	for _, s := range p.statistics() {
		if !s.Describe().Basis.Additive() {
			return s, true
		}
	}
	return 0, false
}

// additive reports whether sums over trades are all that rows need.
func (p *Plan) additive() bool {
	_, curve := p.ofCurve()
	return !curve
}

// events simulates all trials of a block on one asset, tile by tile. It
// reports which trials it could not finish; those are left to the reference
// engine. A panic leaves all of them to it, which finds whose it is; a fault is
// the error of all.
func (r *runner) events(ctx context.Context, a *arena, t task, parts []contribution) (left []int, err error) {
	b, asset := t.block, &r.assets[t.asset]
	defer func() {
		if p := recover(); p != nil {
			left, err = b.all, columnar.FaultOf(p)
		}
	}()
	layout := b.shared()
	a.batch.Bind(asset.eval, layout)
	defer a.batch.Release()
	rf := metrics.RiskFreeBar(r.plan.RiskFree, asset.Annual)
	a.event.Start(asset.Bars, asset.Lo, asset.Hi, rf, len(b.Trials), !r.few())
	for i := range b.Trials {
		a.event.Guard(i, backtest.Stops(layout.Stops(i)))
	}
	for i := range parts {
		a.event.Follow(i, parts[i].path)
	}
	if r.segments != nil {
		a.event.Segment(r.segments.needs)
		r.beginSegments(b, t.asset)
	}
	run := r.tiles
	if r.splits(asset, len(b.Trials)) {
		run = r.split
	}
	if r.segments != nil {
		run = func(ctx context.Context, a *arena, _ *Asset, l *eval.Layout) error {
			return r.tilesInParts(ctx, a, t, l)
		}
	}
	if err := run(ctx, a, asset, layout); err != nil {
		// But for the end of ctx it is a panic: of a part, or of another worker
		// that was computing an indicator for this one too.
		if fault := columnar.FaultOf(err); fault != nil {
			return nil, fault
		}
		return b.all, ctx.Err()
	}
	account := metrics.Account{Start: r.plan.Config.Cash, Annual: asset.Annual, Years: asset.Years, RiskFree: r.plan.RiskFree}
	left = a.left[:0]
	for i := range b.Trials {
		if layout.Err(i) != nil {
			left = append(left, i)
			continue
		}
		row := &a.row
		if r.plan.Assets {
			row = &b.Rows[i*r.rows()+t.asset]
		}
		row.Err = nil
		ok := a.event.Finish(&row.Values, i, account)
		if parts != nil {
			parts[i].log, parts[i].path = a.event.Log(i)
		}
		if !ok {
			left = append(left, i)
		}
	}
	a.left = left
	return left, nil
}

// tiles takes all trials of a layout through one tile after another.
func (r *runner) tiles(ctx context.Context, a *arena, asset *Asset, l *eval.Layout) error {
	affine := event.Affine(r.plan.Config)
	for from := a.event.First() / event.Tile * event.Tile; from < asset.Hi; from += event.Tile {
		if err := a.batch.Load(ctx, from); err != nil {
			return err
		}
		a.event.Load(from, from+event.Tile)
		for i := range l.Trials() {
			if i%ctxTrials == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			switch {
			case l.Err(i) != nil:
			case affine:
				var m event.Masks
				m.Entry, m.Exit, m.ShortEntry, m.ShortExit = a.batch.Sides(i)
				a.event.StepSides(i, &m)
			default:
				entry, exit := a.batch.Signals(i)
				a.event.Step(i, entry, exit)
			}
		}
	}
	return nil
}

// ctxTrials is the number of trials in a tile between two looks at a context:
// about a tenth of a millisecond.
const ctxTrials = 512

// tilesInParts is tiles for a run with segments: a tile is gone through in parts, up
// to each cut. Signals are evaluated once a tile, and kept where there is another
// part.
func (r *runner) tilesInParts(ctx context.Context, a *arena, t task, l *eval.Layout) error {
	asset := &r.assets[t.asset]
	sides := event.Affine(r.plan.Config)
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
				a.step(i, part, len(a.ends), sides)
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
func (a *arena) step(i, part, parts int, sides bool) {
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

// endSegments takes the segments from … to−1 of a trial, which end with the current
// part of a tile.
func (r *runner) endSegments(a *arena, b *Block, trial, asset, from, to int) {
	var s metrics.Segment
	if !a.event.Cut(&s, trial) {
		return
	}
	r.keep(b, trial, asset, from, &s)
	last := s[metrics.SegLast]
	for i := from + 1; i < to; i++ {
		s.Begin(last)
		r.keep(b, trial, asset, i, &s)
	}
}

// beginSegments takes the segments of all trials that end where the window begins.
func (r *runner) beginSegments(b *Block, asset int) {
	var s metrics.Segment
	s.Begin(r.plan.Config.Cash)
	bounds := r.segments.bounds[asset]
	for i := 0; i < r.segments.Len() && bounds[i+1] == bounds[0]; i++ {
		for trial := range b.Trials {
			r.keep(b, trial, asset, i, &s)
		}
	}
}
