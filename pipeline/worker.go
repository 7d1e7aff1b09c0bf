package pipeline

import (
	"context"
	"fmt"
	"math"

	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// arena is what a worker needs to itself: the memory of one simulation.
type arena struct {
	engine *backtest.Reference
	calc   metrics.Calculator
	eval   *strategy.Evaluator
}

// work runs tasks until there are no more.
func (r *runner) work(ctx context.Context) error {
	engine, err := backtest.NewReference(r.plan.Config)
	if err != nil {
		return err
	}
	a := &arena{engine: engine, eval: r.plan.Program.NewEvaluator(r.cache)}
	for {
		select {
		case t, ok := <-r.tasks:
			if !ok {
				return nil
			}
			if err := r.run(ctx, a, t); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// run simulates the trials of a block on one asset; with the block's last
// asset it completes the block.
func (r *runner) run(ctx context.Context, a *arena, t task) error {
	b, asset := t.block, &r.assets[t.asset]
	a.eval.Bind(asset.eval)
	var parts []contribution
	if b.pool != nil {
		parts = make([]contribution, len(b.Trials))
	}
	for i := range b.Trials {
		if err := ctx.Err(); err != nil {
			return err
		}
		var part *contribution
		if parts != nil {
			part = &parts[i]
			part.equity = r.buffers.get(asset.Hi - asset.Lo)
		}
		row := r.trial(ctx, a, t.asset, b.index(i, r.plan.NumParams), part)
		if row.Err != nil && ctx.Err() != nil {
			return ctx.Err() // the trial did not fail, it was stopped
		}
		if row.Err != nil && part != nil {
			part.err = fmt.Errorf("%s: %w", asset.ID, row.Err)
		}
		r.store(b, i, t.asset, row)
	}
	if b.pool != nil {
		b.pool.put(t.asset, parts)
	}
	if b.left.Add(-1) > 0 {
		return nil
	}
	if b.pool != nil {
		r.finishPool(b, a)
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
			row = failed(fmt.Errorf("panic: %v", p))
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
	result := as.Simulate(a.engine, signals)
	if err := ctx.Err(); err != nil {
		return failed(err)
	}
	if part != nil {
		*part = r.axis.contribute(asset, &result, part.equity)
	}
	if err := ctx.Err(); err != nil {
		return failed(err)
	}
	if r.plan.Assets {
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
func (r *runner) store(b *Block, trial, asset int, row Row) {
	if r.plan.Assets {
		b.Rows[trial*r.rows()+asset] = row
	}
}

// finishPool computes the pooled rows of a block whose assets are all added.
func (r *runner) finishPool(b *Block, a *arena) {
	rows := r.rows()
	for i := range b.Trials {
		acc := &b.pool.accounts[i]
		row := &b.Rows[(i+1)*rows-1]
		if acc.err != nil {
			*row = failed(acc.err)
			continue
		}
		c := r.axis.curve(acc, len(r.assets), r.plan.Config.Cash, r.plan.RiskFree)
		row.Values = a.calc.Compute(c, &acc.log)
	}
	b.pool.release()
}
