package pipeline

import (
	"context"
	"fmt"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/reuse"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/internal/eval"
	"github.com/bowstring-engine/bowstring/pipeline/internal/reference"
)

// Curves are a trial's equity at every close: what of [Detail] takes no statistics.
type Curves struct {
	// Trial is its place among the trials asked for.
	Trial int
	// Assets hold the equity of each account over its window, in the order of the
	// frame. They are in memory of the run, and valid until the call that has them returns.
	Assets [][]float64
	// Pooled is their sum on the union calendar; nil where the plan has no pooled rows.
	Pooled []float64
}

// RunCurves runs trials, each given by the position of each parameter's value, by the
// reference engine, and calls sink with the curves of each: once a trial, in any order
// and from several goroutines at once, with memory that is used again. The plan's
// Assets and Pooled say what of them is made. What a worker takes is set aside in
// the plan's budget.
func RunCurves(ctx context.Context, plan Plan, trials [][]int, sink func(c *Curves) error) (err error) {
	defer columnar.CatchFault(&err)()
	if err := plan.Validate(); err != nil {
		return err
	}
	r := newRunner(plan, nil)
	if _, err := reference.New(r.plan.Config); err != nil {
		return err
	}
	workers := min(plan.workers(), len(trials))
	var held []func()
	defer func() {
		for _, release := range held {
			release()
		}
	}()
	for w := range workers {
		release, err := ReserveDetail(plan)
		if err != nil {
			if w == 0 {
				return err
			}
			workers = w // as many as there is room for
			break
		}
		held = append(held, release)
	}
	var next atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	for range workers {
		group.Go(func() (err error) {
			defer columnar.CatchFault(&err)()
			engine, err := reference.New(r.plan.Config)
			if err != nil {
				return err
			}
			c := &curveWorker{runner: r, engine: engine, eval: eval.NewEvaluator(plan.Program, nil)}
			for {
				i := int(next.Add(1)) - 1
				if i >= len(trials) {
					return nil
				}
				if err := c.run(ctx, i, trials[i], sink); err != nil {
					return err
				}
			}
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return plan.Frame.Intact()
}

// curveWorker runs trials, one after another, in memory of its own.
type curveWorker struct {
	runner *runner
	engine *reference.Simulator
	eval   *eval.Evaluator
	curves Curves
	sum    account
}

func (w *curveWorker) run(ctx context.Context, trial int, index []int, sink func(c *Curves) error) error {
	r := w.runner
	w.curves.Trial, w.curves.Pooled = trial, nil
	if r.axis != nil {
		w.sum.equity = reuse.Slice(w.sum.equity, len(r.axis.times))
		w.sum.reset()
		w.curves.Pooled = w.sum.equity
	}
	w.curves.Assets = reuse.Slice(w.curves.Assets, len(r.assets))
	for i := range r.assets {
		if err := ctx.Err(); err != nil {
			return err
		}
		a := &r.assets[i]
		w.eval.Bind(a.eval)
		signals, err := w.eval.Signals(ctx, index)
		if err != nil {
			return fmt.Errorf("%s: %w", a.ID, err)
		}
		result, err := simulate(r.plan.Config, a, w.engine, signals)
		if err != nil {
			return fmt.Errorf("%s: %w", a.ID, err)
		}
		w.curves.Assets[i] = append(w.curves.Assets[i][:0], result.Equity...)
		if r.axis != nil {
			part := contribution{path: append(backtest.Path(nil), result.Path...), log: result.Log, ruined: result.Ruined, deficit: result.Deficit}
			r.axis.add(&w.sum, i, a, &part, r.plan.Config.Cash)
		}
	}
	return sink(&w.curves)
}
