package search

import (
	"context"
	"fmt"
	"slices"

	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// Generation is what is asked at a time.
type Generation struct {
	// Number counts generations, and First the trials asked before, from 0 on.
	Number int
	First  int64
	search *Search
	trials []trial
}

// Len returns the number of trials.
func (g *Generation) Len() int { return len(g.trials) }

// Value returns the value of a parameter in a trial of the generation, counted from
// 0 on: a number, or of a choice the position of the name.
func (g *Generation) Value(trial, param int) float64 { return g.trials[trial].values[param] }

// Spec returns the spec of a sweep that runs the generation: each parameter has the
// values that its trials use, and there is neither where nor a search.
func (g *Generation) Spec() *spec.Spec {
	s := *g.search.spec
	s.Search, s.Where = spec.Search{}, ""
	s.Params = slices.Clone(s.Params)
	for i := range s.Params {
		axis := s.Params[i].Axis
		used := g.used(i)
		if axis.IsChoice() {
			names := make([]string, len(used))
			for k, v := range used {
				names[k] = axis.Text(int(v))
			}
			s.Params[i].Axis = spec.Choice(names...)
		} else {
			s.Params[i].Axis = spec.List(used...)
		}
	}
	return &s
}

// used returns the values of a parameter that the trials use, in ascending order.
func (g *Generation) used(param int) []float64 {
	var used []float64
	for _, t := range g.trials {
		used = append(used, t.values[param])
	}
	slices.Sort(used)
	return slices.Compact(used)
}

// Space returns the trials as a space of [Generation.Spec], from a trial of the
// search on; their numbers are those of the search.
func (g *Generation) Space(from int64) pipeline.Space {
	s := &asked{g: g, from: max(from, g.First), params: len(g.search.space.dims)}
	s.index = make([]int, len(g.trials)*s.params)
	for p := range s.params {
		used := g.used(p)
		for i, t := range g.trials {
			s.index[i*s.params+p], _ = slices.BinarySearch(used, t.values[p])
		}
	}
	return s
}

// asked implements pipeline.Space.
type asked struct {
	g      *Generation
	from   int64
	params int
	index  []int
}

// Name implements sweep.NamedSpace.
func (a *asked) Name() string { return fmt.Sprintf("generation %d of a search", a.g.Number) }

// Size implements pipeline.Space: trials before the generation are gaps.
func (a *asked) Size() int64 { return a.g.First + int64(a.g.Len()) }

// Count implements pipeline.Space. It counts the whole generation, wherever the
// space begins, so that the same engine computes what is left of it.
func (a *asked) Count() (n int64, exact bool) { return int64(a.g.Len()), true }

// Block implements pipeline.Space.
func (a *asked) Block(ctx context.Context, from, to int64, dst []int64) (trials []int64, next int64, err error) {
	from, to = max(from, a.from), min(to, a.Size())
	dst = dst[:0]
	for ; from < to && len(dst) < cap(dst); from++ {
		dst = append(dst, from)
	}
	return dst, from, ctx.Err()
}

// Index implements pipeline.Space.
func (a *asked) Index(trial int64, dst []int) {
	at := int(trial - a.g.First)
	copy(dst, a.index[at*a.params:(at+1)*a.params])
}
