package pipeline

import (
	"context"
	"fmt"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/internal/eval"
	"github.com/bowstring-engine/bowstring/pipeline/internal/reference"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// AssetValues is what a trial has on every bar of one asset.
type AssetValues struct {
	Asset *Asset
	// Named are the named expressions, rules and stops, over the whole history.
	Named []strategy.NamedSeries
	// States are the account on each bar of the asset's window.
	States []backtest.BarState
}

// RunValues runs one trial, given by the position of each parameter's value, on every
// asset of the plan's frame, and calls yield with what it has on every bar, asset by
// asset. It ends with the first error, of yield too.
func RunValues(ctx context.Context, plan Plan, index []int, yield func(*AssetValues) error) (err error) {
	defer columnar.CatchFault(&err)()
	if err := plan.Validate(); err != nil {
		return err
	}
	plan.Config = plan.Config.Resolved()
	engine, err := reference.New(plan.Config)
	if err != nil {
		return err
	}
	eval := eval.NewEvaluator(plan.Program, nil)
	for _, a := range newRunner(plan, nil).assets {
		v := AssetValues{Asset: &a, States: make([]backtest.BarState, 0, a.Hi-a.Lo)}
		engine.Watch = func(s backtest.BarState) { v.States = append(v.States, s) }
		eval.Bind(a.eval)
		signals, err := eval.Signals(ctx, index)
		if err != nil {
			return fmt.Errorf("%s: %w", a.ID, err)
		}
		if _, err := simulate(plan.Config, &a, engine, signals); err != nil {
			return fmt.Errorf("%s: %w", a.ID, err)
		}
		if v.Named, err = eval.Named(ctx, index); err != nil {
			return fmt.Errorf("%s: %w", a.ID, err)
		}
		if err := yield(&v); err != nil {
			return err
		}
	}
	return plan.Frame.Intact()
}
