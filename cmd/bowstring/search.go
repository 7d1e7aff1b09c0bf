package main

import (
	"context"
	"fmt"

	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/sweep"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/search"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// running is a table that is being computed: of a grid or of a search.
type running interface {
	results.Described
	array.RecordReader
	Resumed() results.Resumed
	// At returns how far it has come, in what of it is counted.
	At() (done, total int64)
	Stats() sweep.RunStats
	Sharpes() sweep.Sharpes
}

// gridRun is the sweep of a grid.
type gridRun struct{ *sweep.Reader }

// At implements running.
func (g gridRun) At() (done, total int64) {
	p := g.Progress()
	return p.Passed, p.Total
}

// searchRun is a search, and what its generations run on.
type searchRun struct {
	*search.Reader
	runner  *sweep.Runner
	frame   *columnar.Frame // adjusted
	tool    string
	current *sweep.Reader  // of the generation under way
	stats   sweep.RunStats // of those before
	sharpes sweep.Sharpes  // of those before
}

// startSearch starts a search; opts are those of its sweeps.
func startSearch(ctx context.Context, b *bundles.Bundle, s *spec.Spec, of search.Options, opts sweep.Options) (_ running, err error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	defer columnar.CatchFault(&err)()
	// Once for all generations.
	frame, err := adjusted(ctx, b.Frame(), s, opts.Budget)
	if err != nil {
		return nil, err
	}
	r := &searchRun{frame: frame, tool: opts.Tool}
	defer func() {
		if err != nil {
			r.free()
		}
	}()
	if r.runner, err = sweep.NewRunner(sweep.RunnerOptions{Workers: opts.Workers, CacheBytes: opts.CacheBytes, Budget: opts.Budget}); err != nil {
		return nil, err
	}
	r.Reader, err = search.Run(ctx, s, r.generation, of)
	return r, err
}

// adjusted returns the universe of a spec, adjusted. The caller releases it.
func adjusted(ctx context.Context, frame *columnar.Frame, s *spec.Spec, budget *columnar.Budget) (*columnar.Frame, error) {
	if len(s.Universe) > 0 {
		universe, err := frame.Select(s.Universe...)
		if err != nil {
			return nil, fmt.Errorf("universe: %w", err)
		}
		defer universe.Release()
		frame = universe
	}
	return s.Adjusted(ctx, frame, budget)
}

// generation runs a generation.
func (r *searchRun) generation(ctx context.Context, s *spec.Spec, space pipeline.Space) (array.RecordReader, error) {
	r.stats, r.sharpes = r.Stats(), r.Sharpes()
	r.current = nil
	reader, err := r.runner.RunFrame(ctx, r.frame, s, sweep.Options{Space: space, Tool: r.tool})
	if err != nil {
		return nil, err
	}
	r.current = reader
	return reader, nil
}

// At implements running.
func (r *searchRun) At() (done, total int64) { return r.Progress() }

// Stats implements running: sums over generations, and the one cache of all.
func (r *searchRun) Stats() sweep.RunStats {
	sum := r.stats
	if r.current != nil {
		now := r.current.Stats()
		sum.Trials, sum.BarSteps, sum.Rows = sum.Trials+now.Trials, sum.BarSteps+now.BarSteps, sum.Rows+now.Rows
		sum.Assets, sum.Bars = now.Assets, now.Bars
	}
	sum.Cache = r.runner.CacheStats()
	return sum
}

// Sharpes implements running.
func (r *searchRun) Sharpes() sweep.Sharpes {
	if r.current == nil {
		return r.sharpes
	}
	return r.sharpes.And(r.current.Sharpes())
}

// Release ends the search and what it ran on.
func (r *searchRun) Release() {
	r.Reader.Release()
	r.free()
}

func (r *searchRun) free() {
	if r.runner != nil {
		r.runner.Close()
	}
	r.frame.Release()
}

// searchPlan returns what explain says of a search: the plan of its first generation,
// and the search itself.
func searchPlan(ctx context.Context, frame *columnar.Frame, s *spec.Spec) (*sweep.Plan, *spec.Search, error) {
	q, err := search.New(s)
	if err != nil {
		return nil, nil, err
	}
	g, err := q.Ask(ctx)
	if err != nil {
		return nil, nil, err
	}
	plan, err := sweep.Explain(ctx, frame, g.Spec(), sweep.ExplainOptions{Space: g.Space(0)})
	if err != nil {
		return nil, nil, err
	}
	of := q.Spec().Search
	each := plan.Rows / plan.Trials
	plan.BarSteps = plan.BarSteps / plan.Trials * int64(of.Trials)
	plan.Trials, plan.Rows = int64(of.Trials), each*int64(of.Trials)
	plan.Columns = results.Schema(q.Spec()).NumFields()
	return plan, &of, nil
}
