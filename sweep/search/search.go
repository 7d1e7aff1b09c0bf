package search

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// Search asks for trials and is told what they came to. Make one with [New]. It is
// for one goroutine.
type Search struct {
	spec       *spec.Spec // resolved
	space      *space
	objectives []spec.Objective
	up         []bool
	samples    *sampler
	learns     *tpe // nil for algorithms that do not
	told       []told
	open       *Generation // asked, and not told
	generation int         // number of the next
	asked      int
	fronts     [][]bool // of what was told, once it is asked for
}

// New returns the search of a spec that has one. The error is spec.Errors: what is
// wrong with the spec, but for what needs the columns of the data.
func New(s *spec.Spec) (*Search, error) {
	if !s.Search.On() {
		return nil, errors.New("search: the spec has no search")
	}
	if err := s.Validate(); err != nil {
		return nil, err
	}
	resolved := s.Resolved()
	where, err := resolved.Condition()
	if err != nil {
		return nil, err
	}
	q := &Search{spec: &resolved, space: newSpace(resolved.Params, where), objectives: resolved.Search.Objectives}
	if len(q.objectives) == 0 {
		q.objectives = []spec.Objective{resolved.Objective}
	}
	for _, o := range q.objectives {
		q.up = append(q.up, o.Goal != spec.Minimize)
	}
	if n := resolved.Search.Trials; q.space.finite() && int64(n) > q.space.size {
		return nil, spec.Errors{{Path: "search." + string(resolved.Search.Algorithm), Msg: fmt.Sprintf("%d trials, but the space has %d combinations", n, q.space.size)}}
	}
	q.samples = newSampler(q.space, newSequence(&resolved.Search, len(q.space.free)), resolved.Search.Seed)
	if resolved.Search.Algorithm == spec.TPE {
		q.learns = &tpe{sampler: q.samples, seed: resolved.Search.Seed, candidates: candidates}
	}
	return q, nil
}

// newSequence returns the points that an algorithm asks, or begins with.
func newSequence(q *spec.Search, dims int) sequence {
	switch q.Algorithm {
	case spec.Sobol:
		return newSobol(dims).scrambled(q.Seed)
	case spec.Halton:
		return newHalton(dims).scrambled(q.Seed)
	case spec.LHS:
		return newLatin(dims, q.Trials, rng(q.Seed, streamPoints))
	}
	return uniform{rng(q.Seed, streamPoints)}
}

// Spec returns the resolved spec.
func (q *Search) Spec() *spec.Spec { return q.spec }

// Objectives returns what a [Result] has scores of.
func (q *Search) Objectives() []spec.Objective { return slices.Clone(q.objectives) }

// ErrUntold is returned by [Search.Ask] where the generation before was not told.
var ErrUntold = errors.New("search: the generation before has not been told")

// Ask returns the next generation, and nil once all trials were asked. Where hardly
// any combination is left that may be asked, or ctx has ended, it is an error.
func (q *Search) Ask(ctx context.Context) (*Generation, error) {
	n := min(q.spec.Search.Generation, q.spec.Search.Trials-q.asked)
	switch {
	case q.open != nil:
		return nil, ErrUntold
	case n == 0:
		return nil, nil
	}
	g := &Generation{Number: q.generation, First: int64(q.asked), search: q}
	var err error
	if q.learns != nil {
		q.learns.told = q.told
		g.trials, err = q.learns.ask(ctx, n, ranked(q.told, q.up))
	} else {
		for len(g.trials) < n && err == nil {
			var t trial
			t, err = q.samples.next(ctx)
			g.trials = append(g.trials, t)
		}
	}
	if err != nil {
		return nil, err
	}
	q.open = g
	q.generation++
	q.asked += n
	return g, nil
}

// Tell says what the trials of a generation came to, in their order.
func (q *Search) Tell(g *Generation, results []Result) error {
	if g == nil || g != q.open || len(results) != g.Len() {
		return fmt.Errorf("search: %d results told; want those of the generation that was asked last, once", len(results))
	}
	for i, r := range results {
		if len(r.Scores) != len(q.objectives) {
			return fmt.Errorf("search: trial %d is told with %d scores, want %d", g.First+int64(i), len(r.Scores), len(q.objectives))
		}
	}
	for i, r := range results {
		r.Scores = slices.Clone(r.Scores)
		for k, v := range r.Scores { // −0 is 0, so that equal results are equal
			r.Scores[k] = v + 0
		}
		q.told = append(q.told, told{g.trials[i], r})
	}
	q.open = nil
	return nil
}

// Best returns the trial that was told with the best result, by the first of its
// rank, and its result; false before there is one that fulfils the condition and has
// all scores.
func (q *Search) Best() (trial int64, r Result, ok bool) {
	order := ranked(q.told, q.up)
	if len(order) == 0 || q.told[order[0]].class() != 0 {
		return 0, Result{Scores: []float64{math.NaN()}}, false
	}
	return int64(order[0]), q.told[order[0]].Result, true
}

// front says of each trial that was told whether no other one dominates it, and
// whether it counts.
func (q *Search) front() (front, counts []bool) {
	if q.fronts == nil || len(q.fronts[0]) != len(q.told) {
		front, counts = pareto(q.told, q.up)
		q.fronts = [][]bool{front, counts}
	}
	return q.fronts[0], q.fronts[1]
}
