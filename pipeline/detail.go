package pipeline

import (
	"context"
	"fmt"
	"slices"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/internal/eval"
	"github.com/bowstring-engine/bowstring/pipeline/internal/reference"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// Detail is everything about one trial: what [Run] leaves out of a row.
type Detail struct {
	Assets []AssetDetail
	// Times is the union calendar, Equity the sum of the accounts on it and
	// Pooled the statistics of that.
	Times  []int64
	Equity []float64
	Pooled metrics.Values
}

// AssetDetail is one trial on one asset. It owns its slices.
type AssetDetail struct {
	Asset  *Asset
	Result backtest.Result
	Values metrics.Values
}

// RunDetail runs one trial, given by the position of each parameter's value,
// on every asset of the plan's frame, by the reference engine: where Run takes
// the event engine, last bits may differ.
func RunDetail(ctx context.Context, plan Plan, index []int) (detail *Detail, err error) {
	defer columnar.CatchFault(&err)()
	plan.Pooled = true
	if err := plan.Validate(); err != nil {
		return nil, err
	}
	r := newRunner(plan, nil)
	engine, err := reference.New(r.plan.Config)
	if err != nil {
		return nil, err
	}
	d := &Detail{Times: r.axis.times, Equity: make([]float64, len(r.axis.times))}
	eval := eval.NewEvaluator(plan.Program, nil)
	sum := account{equity: d.Equity}
	var calc metrics.Calculator
	cash := r.plan.Config.Cash
	for i := range r.assets {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		a := &r.assets[i]
		eval.Bind(a.eval)
		signals, err := eval.Signals(ctx, index)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.ID, err)
		}
		result, err := simulate(plan.Config, a, engine, signals)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.ID, err)
		}
		result.Equity, result.Trades, result.Path = slices.Clone(result.Equity), slices.Clone(result.Trades), slices.Clone(result.Path)
		var part contribution
		part.take(&result)
		r.axis.add(&sum, i, a, &part, cash)
		d.Assets = append(d.Assets, AssetDetail{
			Asset: a, Result: result, Values: calc.Compute(a.Curve(&result, cash, plan.RiskFree), &result.Log),
		})
	}
	d.Pooled = calc.Compute(r.axis.curve(&sum, len(r.assets), cash, plan.RiskFree), &sum.log)
	return d, plan.Frame.Intact()
}

// BarReport says what happened on one bar of one trial, and why.
type BarReport struct {
	Asset string
	// Bar counts from the asset's first bar, Time is its timestamp.
	Bar  int
	Time int64
	// Valued is false for a bar outside the simulated window.
	Valued                         bool
	Open, High, Low, Close, Volume float64
	// Nodes are the named expressions and rules with their values, Previous
	// the same on the bar before, which a cross looks at too; nil for the
	// first bar.
	Nodes, Previous []strategy.NodeValue
	// Before is the account at the end of the bar before, After at the end of
	// this one.
	Before, After backtest.BarState
	// Trades are those that were entered or ended on this bar.
	Trades []backtest.Trade
}

// ExplainBar runs one trial on asset i of the plan's frame and reports on one
// bar, counted from the asset's first.
func ExplainBar(ctx context.Context, plan Plan, index []int, i, bar int) (report *BarReport, err error) {
	defer columnar.CatchFault(&err)()
	if err := plan.Validate(); err != nil {
		return nil, err
	}
	engine, err := reference.New(plan.Config)
	if err != nil {
		return nil, err
	}
	a := newRunner(plan, nil).assets[i]
	if bar < 0 || bar >= len(a.Times) {
		return nil, fmt.Errorf("%s: bar %d of %d", a.ID, bar, len(a.Times))
	}
	b := a.Bars
	rep := &BarReport{
		Asset: a.ID, Bar: bar, Time: a.Times[bar], Valued: bar >= a.Lo && bar < a.Hi,
		Open: b.Open[bar], High: b.High[bar], Low: b.Low[bar], Close: b.Close[bar], Volume: b.Volume[bar],
	}
	cash := plan.Config.Resolved().Cash
	rep.Before = backtest.BarState{Bar: bar - 1, Cash: cash, Equity: cash}
	rep.After = backtest.BarState{Bar: bar, Cash: cash, Equity: cash}
	engine.Watch = func(s backtest.BarState) {
		switch s.Bar {
		case bar - 1:
			rep.Before = s
		case bar:
			rep.After = s
		}
	}
	eval := eval.NewEvaluator(plan.Program, nil)
	eval.Bind(a.eval)
	signals, err := eval.Signals(ctx, index)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", a.ID, err)
	}
	result, err := simulate(plan.Config, &a, engine, signals)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", a.ID, err)
	}
	for _, t := range result.Trades {
		if t.Entry == bar || t.Exit == bar && !t.Open() {
			rep.Trades = append(rep.Trades, t)
		}
	}
	if rep.Nodes, err = eval.Inspect(ctx, index, bar); err != nil {
		return nil, err
	}
	if bar > 0 {
		rep.Previous, err = eval.Inspect(ctx, index, bar-1)
	}
	return rep, err
}

// Span is the time that a row of a plan's results is about.
type Span struct {
	// Asset is whose row it is; it is Pooled where it is that of all.
	Asset  string
	Pooled bool
	// Times are those of the bars that are valued, Annual the number of bars a year.
	Times  []int64
	Annual float64
	// Accounts is the number of accounts that are pooled, 1 of an asset.
	Accounts int

	axis columnar.Axis
}

// Years returns the time from the start of one bar to the end of another, given by
// their times, in years.
func (s *Span) Years(first, last int64) float64 { return s.axis.Years(first, last) }

// Spans returns what the rows of a trial are about, in their order.
func Spans(p Plan) []Span {
	r := newRunner(p, nil)
	var spans []Span
	if p.Assets {
		for i := range r.assets {
			a := &r.assets[i]
			spans = append(spans, Span{Asset: a.ID, Times: a.Times[a.Lo:a.Hi], Annual: a.Annual, Accounts: 1, axis: p.Frame.Info().Axis.Of(a.Times)})
		}
	}
	if p.Pooled {
		spans = append(spans, Span{Pooled: true, Times: r.axis.times, Annual: r.axis.annual, Accounts: len(r.assets), axis: p.Frame.Info().Axis.Of(r.axis.times)})
	}
	return spans
}

// Calendar returns the times of all valued bars of a frame, ascending.
func Calendar(f *columnar.Frame) []int64 {
	windows := make([][]int64, f.NumAssets())
	for i := range windows {
		windows[i] = f.Times(i)
	}
	return union(windows)
}
