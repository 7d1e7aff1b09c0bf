package eval

import (
	"context"
	"math"

	"github.com/bowstring-engine/bowstring/pipeline/internal/graph"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// Named returns the values on every bar of all named expressions, rules and stops,
// which are the caller's. Those of conditions are 1, 0 and, where unknown, NaN. The
// arguments and errors are those of [Evaluator.Signals].
func (e *Evaluator) Named(ctx context.Context, index []int) ([]strategy.NamedSeries, error) {
	e.setTrial(index)
	if _, err := e.strategy.StopsOf(e.index); err != nil {
		return nil, err
	}
	var all []strategy.NamedSeries
	for i := range e.program.Watched {
		w := &e.program.Watched[i]
		if w.Name == "" {
			continue
		}
		for _, id := range w.Nodes() {
			if err := e.eval(ctx, id); err != nil {
				return nil, err
			}
		}
		all = append(all, e.seriesOf(w))
	}
	return all, nil
}

// seriesOf returns the values of a watched expression whose nodes are in their slots.
func (e *Evaluator) seriesOf(w *graph.Watch) strategy.NamedSeries {
	s := strategy.NamedSeries{Name: w.Name, Text: w.Text, Values: make([]float64, e.asset.Bars)}
	for bar := range s.Values {
		v := e.valueOf(w, bar)
		s.Kind = v.Kind
		if s.Values[bar] = v.Number; v.Kind == strategy.KindMask || v.Kind == strategy.KindCondition {
			s.Values[bar] = map[strategy.Truth]float64{strategy.True: 1, strategy.False: 0, strategy.Unknown: math.NaN()}[v.Truth]
		}
	}
	return s
}
