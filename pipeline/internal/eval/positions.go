package eval

import (
	"context"
	"fmt"

	"github.com/bowstring-engine/bowstring/pipeline/internal/graph"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// more adds to the signals of a trial what only some programs have: exits at series,
// settings that are expressions, and rules that ask for the position.
func (e *Evaluator) more(ctx context.Context, s *Signals) error {
	if _, ok := e.strategy.OfPositions(); !ok {
		return nil
	}
	held := &strategy.HeldValues{Extra: make([]graph.Values, len(e.program.Extra)), Scalars: e.scalars}
	for i, id := range e.program.Extra {
		if err := e.eval(ctx, id); err != nil {
			return err
		}
		held.Extra[i] = e.slots[id].Feature
	}
	exits := e.strategy.Exits()
	for i := range exits {
		x := Exit{PriceExit: &exits[i]}
		if h := exits[i].Held; h != nil {
			x.Level = func(bar int, p strategy.Holding) float64 { return h.Number(held, bar, &p) }
		} else {
			x.At = held.Extra[exits[i].Extra].Series
		}
		s.Exits = append(s.Exits, x)
	}
	for _, n := range e.strategy.Numbers() {
		number := Number{Name: n.Name}
		if n.Scalar >= 0 {
			number.Value = e.scalars[n.Scalar]
		} else {
			number.Series = held.Extra[n.Extra].Series
		}
		s.Numbers = append(s.Numbers, number)
	}
	if id, ok := e.strategy.MaxBars(); ok {
		bars := e.scalars[id]
		if s.MaxBars = int(bars); float64(s.MaxBars) != bars || s.MaxBars < 1 {
			return fmt.Errorf("max_bars: %v is not a whole number ≥ 1%s", bars, e.program.Origin(id, e.index))
		}
	}
	s.HeldExit, s.HeldShortExit = e.heldRule(strategy.Exit, held), e.heldRule(strategy.ShortExit, held)
	return nil
}

func (e *Evaluator) heldRule(r strategy.Rule, held *strategy.HeldValues) func(bar int, p strategy.Holding) bool {
	h := e.strategy.Held(r)
	if h == nil {
		return nil
	}
	return func(bar int, p strategy.Holding) bool { return h.Truth(held, bar, &p) == strategy.True }
}
