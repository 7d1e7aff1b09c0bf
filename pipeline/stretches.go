package pipeline

import (
	"context"
	"fmt"
	"slices"
	"sort"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/pipeline/internal/eval"
	"github.com/bowstring-engine/bowstring/pipeline/internal/reference"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// Stretch is a part of the time and the trial that is traded in it.
type Stretch struct {
	// From and To are moments in nanoseconds UTC, To behind the last.
	From, To int64
	// Index are the positions of the trial's parameter values; nil stays in cash.
	Index []int
}

// Stretched is what trials came to that were traded one after another.
type Stretched struct {
	// Parts are the stretches, each by fresh accounts.
	Parts []StretchResult
	// Whole is one account an asset from the first stretch to the end of the last, that
	// changes rules at each; see [reference.Simulator.RunChanging].
	Whole StretchResult
}

// StretchResult is the sum of the accounts over a stretch.
type StretchResult struct {
	Times  []int64
	Equity []float64
	// Values are the statistics, of all assets together.
	Values metrics.Values
	Log    metrics.TradeLog
}

// RunStretches runs the trials of stretches, which are ascending and do not overlap,
// on every asset of the plan's frame: by fresh accounts in each, and by accounts that
// go on. The bars a year are those of the plan's window throughout.
func RunStretches(ctx context.Context, plan Plan, stretches []Stretch) (out *Stretched, err error) {
	defer columnar.CatchFault(&err)()
	plan.Pooled, plan.Segments = true, nil
	if err := plan.Validate(); err != nil {
		return nil, err
	}
	r := newRunner(plan, nil)
	engine, err := reference.New(r.plan.Config)
	if err != nil {
		return nil, err
	}
	n := len(stretches)
	s := stretcher{r: r, stretches: stretches, engine: engine, parts: newParts(len(r.assets), n+1), windows: make([][]Asset, n+1)}
	for i := range n + 1 {
		from, to := stretches[0].From, stretches[n-1].To
		if i < n {
			from, to = stretches[i].From, stretches[i].To
		}
		s.windows[i] = r.window(from, to)
	}
	for asset := range r.assets {
		if err := s.asset(ctx, asset); err != nil {
			return nil, err
		}
	}
	out = &Stretched{Whole: s.result(n)}
	for i := range n {
		out.Parts = append(out.Parts, s.result(i))
	}
	return out, plan.Frame.Intact()
}

// stretcher runs stretches; the last window is the whole.
type stretcher struct {
	r         *runner
	stretches []Stretch
	engine    *reference.Simulator
	windows   [][]Asset
	parts     parts // by asset and window
	calc      metrics.Calculator
}

// window returns the assets with the bars between two moments valued.
func (r *runner) window(from, to int64) []Asset {
	assets := slices.Clone(r.assets)
	for i := range assets {
		a := &assets[i]
		at := func(moment int64) int {
			return min(max(sort.Search(len(a.Times), func(t int) bool { return a.Times[t] >= moment }), a.Lo), a.Hi)
		}
		a.Lo, a.Hi = at(from), at(to)
	}
	return assets
}

// asset runs all stretches on an asset, and the account that goes on.
func (s *stretcher) asset(ctx context.Context, asset int) error {
	known := make(map[string]reference.Part)
	n := len(s.stretches)
	whole := &s.windows[n][asset]
	var changes []reference.Part
	for i, stretch := range s.stretches {
		a := &s.windows[i][asset]
		part := reference.Part{From: a.Lo, Cash: stretch.Index == nil, Config: s.r.plan.Config}
		if !part.Cash {
			key := fmt.Sprint(stretch.Index)
			rules, ok := known[key]
			if !ok {
				// Signals belong to their evaluator, and the account that goes on needs all.
				e := eval.NewEvaluator(s.r.plan.Program, nil)
				e.Bind(s.r.assets[asset].eval)
				found, err := e.Signals(ctx, stretch.Index)
				if err != nil {
					return fmt.Errorf("%s: %w", a.ID, err)
				}
				rules.Signals, rules.Config = signalsOf(s.r.plan.Config, found)
				known[key] = rules
			}
			part.Signals, part.Config = rules.Signals, rules.Config
			if err := s.engine.Configure(part.Config); err != nil {
				return fmt.Errorf("%s: simulation of this trial: %w", a.ID, err)
			}
			result := s.engine.Run(a.Bars, part.Signals, a.Lo, a.Hi)
			s.parts[asset][i].take(&result)
		}
		if i > 0 && s.stretches[i-1].To < stretch.From {
			changes = append(changes, reference.Part{From: s.windows[i-1][asset].Hi, Cash: true, Config: s.r.plan.Config})
		}
		changes = append(changes, part)
	}
	// Of parts that begin with the same bar, since they have none, the last counts.
	changes = slices.CompactFunc(reversed(changes), func(a, b reference.Part) bool { return a.From == b.From })
	slices.Reverse(changes)
	changes = slices.DeleteFunc(changes, func(p reference.Part) bool { return p.From >= whole.Hi })
	result, err := s.engine.RunChanging(whole.Bars, changes, whole.Lo, whole.Hi)
	if err != nil {
		return fmt.Errorf("%s: %w", whole.ID, err)
	}
	s.parts[asset][n].take(&result)
	return nil
}

func reversed[T any](s []T) []T {
	s = slices.Clone(s)
	slices.Reverse(s)
	return s
}

// result adds the accounts of a window up.
func (s *stretcher) result(window int) StretchResult {
	r, assets := s.r, s.windows[window]
	axis := newPoolAxis(r.plan.Frame, assets, r.axis.annual)
	sum := account{equity: make([]float64, len(axis.times))}
	cash := r.plan.Config.Cash
	for i := range assets {
		axis.add(&sum, i, &assets[i], &s.parts[i][window], cash)
	}
	curve := axis.curve(&sum, len(assets), cash, r.plan.RiskFree)
	return StretchResult{Times: axis.times, Equity: sum.equity, Values: s.calc.Compute(curve, &sum.log), Log: sum.log}
}
