package pipeline

import (
	"context"
	"fmt"
	"math"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/reuse"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// run simulates the trials of a block on one asset; with the block's last
// asset it completes the block. A panic that is no trial's becomes the error of
// the run: workers outlive it, and so do the sweeps beside it. So does a fault,
// whoever's it is: what others read of that file cannot be trusted either.
func (r *runner) run(ctx context.Context, a *arena, t task) (err error) {
	defer func() {
		if p := recover(); p != nil {
			*a = arena{} // whatever state it was left in
			if err = columnar.FaultOf(p); err != nil {
				return
			}
			err = fmt.Errorf("block %d, %s: panic: %v", t.block.number, r.assets[t.asset].ID, p)
		}
	}()
	if err := a.arm(r); err != nil {
		return err
	}
	b, asset := t.block, &r.assets[t.asset]
	var parts []contribution
	if b.parts != nil {
		parts = b.parts[t.asset]
	}
	left := b.all
	if r.engine == EngineEvent {
		var err error
		if left, err = r.events(ctx, a, t, parts); err != nil {
			return err
		}
	}
	if len(left) > 0 {
		if err := r.fallBack(); err != nil {
			return err
		}
	}
	a.eval.Bind(asset.eval)
	for _, i := range left {
		if err := ctx.Err(); err != nil {
			return err
		}
		var part *contribution
		if parts != nil {
			part = &parts[i]
		}
		row := r.trial(ctx, a, t.asset, b.index(i, r.plan.NumParams), part)
		if row.Err != nil && ctx.Err() != nil {
			return ctx.Err() // the trial did not fail, it was stopped
		}
		if fault := columnar.FaultOf(row.Err); fault != nil {
			return fault
		}
		r.store(b, a, i, t.asset, row)
	}
	if b.left.Add(-1) > 0 {
		return nil
	}
	if b.parts != nil {
		if err := r.pool(ctx, b, a); err != nil {
			return err
		}
	}
	select {
	case r.blocks <- b:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// trial runs one trial on one asset. A panic becomes the error of the trial,
// and so does the end of ctx, which is looked at between the passes over the
// bars: on ten million of them each takes a while.
func (r *runner) trial(ctx context.Context, a *arena, asset int, index []int, part *contribution) (row Row) {
	defer func() {
		if p := recover(); p != nil {
			err := fmt.Errorf("panic: %v", p)
			if fault := columnar.FaultOf(p); fault != nil {
				err = fault
			}
			row = failed(err)
		}
		if row.Err != nil && part != nil {
			part.err = row.Err
		}
	}()
	signals, err := a.eval.Signals(ctx, index)
	if err != nil {
		return failed(err)
	}
	as := &r.assets[asset]
	if err := ctx.Err(); err != nil {
		return failed(err)
	}
	result, err := simulate(r.plan.Config, as, a.engine, signals)
	if err != nil {
		return failed(err)
	}
	if err := ctx.Err(); err != nil {
		return failed(err)
	}
	if part != nil {
		part.take(&result)
	}
	if r.segments != nil && r.segments.assets {
		a.segments = reuse.Slice(a.segments, r.segments.Len())
		cutResult(a.segments, r.segments.bounds[asset], &result, a.engine.Costs, r.plan.Config.Cash, metrics.RiskFreeBar(r.plan.RiskFree, as.Annual))
	}
	if err := ctx.Err(); err != nil {
		return failed(err)
	}
	if r.plan.Assets {
		a.calc.SkipCurve = r.plan.additive()
		row.Values = a.calc.Compute(as.Curve(&result, r.plan.Config.Cash, r.plan.RiskFree), &result.Log)
	}
	return row
}

func failed(err error) Row {
	row := Row{Err: err}
	for i := range row.Values {
		row.Values[i] = math.NaN()
	}
	return row
}

// store puts the row of an asset where it belongs, if it is asked for.
func (r *runner) store(b *Block, a *arena, trial, asset int, row Row) {
	if r.plan.Assets {
		b.Rows[trial*r.rows()+asset] = row
	}
	switch {
	case r.segments == nil || !r.segments.assets:
	case row.Err == nil:
		for i := range a.segments {
			r.keep(b, trial, asset, i, &a.segments[i])
		}
	case r.plan.Assets:
		r.segments.unknown(b.Segments, trial*r.rows()+asset)
	}
}

// pool computes the pooled rows of a block whose assets have all come in.
func (r *runner) pool(ctx context.Context, b *Block, a *arena) error {
	if n := len(r.axis.times); cap(a.pooled.equity) < n {
		a.pooled.equity = make([]float64, n)
	} else {
		a.pooled.equity = a.pooled.equity[:n]
	}
	rows, sum := r.rows(), &a.pooled
	if sum.cuts = nil; r.segments != nil {
		sum.cuts, sum.heldIn = r.segments.pooled, reuse.Slice(sum.heldIn, r.segments.Len())
	}
	for i := range b.Trials {
		if err := ctx.Err(); err != nil {
			return err
		}
		sum.reset()
		for asset := range r.assets {
			r.axis.add(sum, asset, &r.assets[asset], &b.parts[asset][i], r.plan.Config.Cash)
		}
		row := &b.Rows[(i+1)*rows-1]
		if sum.err != nil {
			*row = failed(sum.err)
			if r.segments != nil {
				r.segments.unknown(b.Segments, (i+1)*rows-1)
			}
			continue
		}
		c := r.axis.curve(sum, len(r.assets), r.plan.Config.Cash, r.plan.RiskFree)
		a.calc.SkipCurve = r.plan.additive()
		*row = Row{Values: a.calc.Compute(c, &sum.log)}
		if r.segments != nil {
			r.poolSegments(b, i, sum)
		}
	}
	return nil
}

// keep puts a segment of a trial on an asset where it is asked for.
func (r *runner) keep(b *Block, trial, asset, number int, of *metrics.Segment) {
	if r.plan.Assets {
		r.segments.put(b.Segments, trial*r.rows()+asset, number, of)
	}
	if b.parts != nil && r.segments.trades {
		b.parts[asset][trial].segments[number] = *of
	}
}

// poolSegments writes the segments of a pooled row: those of the sum of the accounts, with
// their trades.
func (r *runner) poolSegments(b *Block, trial int, sum *account) {
	s := r.segments
	row := (trial+1)*r.rows() - 1
	rf := metrics.RiskFreeBar(r.plan.RiskFree, r.axis.annual)
	var segment metrics.Segment
	first := r.plan.Config.Cash * float64(len(r.assets))
	for i := range s.Len() {
		segment.Begin(first)
		segment.Add(sum.equity[s.pooled[i]:s.pooled[i+1]], rf)
		first = segment[metrics.SegLast]
		segment[metrics.SegHeld] = float64(sum.heldIn[i])
		if s.trades {
			for asset := range r.assets {
				segment.AddTrades(&b.parts[asset][trial].segments[i])
			}
		}
		s.put(b.Segments, row, i, &segment)
	}
}
