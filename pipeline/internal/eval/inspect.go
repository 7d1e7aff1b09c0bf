package eval

import (
	"context"
	"math"

	"github.com/bowstring-engine/bowstring/pipeline/internal/graph"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// Inspect returns the value on one bar of every named expression, rule and
// stop and of their parts, each after what it is made of. The arguments and errors are
// those of [Evaluator.Signals]; it panics where there is no such bar.
func (e *Evaluator) Inspect(ctx context.Context, index []int, bar int) ([]strategy.NodeValue, error) {
	e.setTrial(index)
	if _, err := e.strategy.StopsOf(e.index); err != nil {
		return nil, err
	}
	values := make([]strategy.NodeValue, 0, len(e.program.Watched))
	for i := range e.program.Watched {
		w := &e.program.Watched[i]
		for _, id := range w.Nodes() {
			if err := e.eval(ctx, id); err != nil {
				return nil, err
			}
		}
		values = append(values, e.valueOf(w, bar))
	}
	return values, nil
}

// valueOf returns the value of a watched expression whose nodes are in their slots.
func (e *Evaluator) valueOf(w *graph.Watch, bar int) strategy.NodeValue {
	v := strategy.NodeValue{Name: w.Name, Text: w.Text, Kind: strategy.KindCondition, Number: math.NaN()}
	switch {
	case w.Scalar >= 0:
		v.Kind, v.Number = strategy.KindScalar, e.scalars[w.Scalar]
		return v
	case w.Series >= 0:
		v.Kind, v.Number = strategy.KindSeries, e.slots[w.Series].Series[bar]
		return v
	case w.PerBar:
		v.Kind = strategy.KindMask
	}
	switch {
	case e.slots[w.Yes].Mask.Get(bar):
		v.Truth = strategy.True
	case e.slots[w.No].Mask.Get(bar):
		v.Truth = strategy.False
	}
	return v
}
