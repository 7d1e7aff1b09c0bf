package pipeline

import (
	"context"
	"math"
	"sort"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/pipeline/internal/eval"
)

// Leak is an expression that looks ahead: on data that ends earlier it has another value
// on a bar that both have.
type Leak struct {
	// Trial has the positions of the parameters' values, Asset the asset.
	Trial []int
	Asset string
	// Until is the time, in nanoseconds, before which the cut data ends, Bar the bar,
	// counted from the asset's first, and Time its time.
	Until, Time int64
	Bar         int
	// Node is the position of the expression among [strategy.Program].Nodes, Text what
	// it says, and Whole and Cut its values, 1 and 0 of masks.
	Node       int
	Text       string
	Whole, Cut float64
}

// AuditOptions are the choices of [Audit]; 0 is the default of each.
type AuditOptions struct {
	// Trials is how many trials are looked at, spread over the space; 5 by default.
	Trials int
	// Cuts is at how many bars each asset is cut; 8 by default.
	Cuts int
}

// AuditReport says what was looked at, and what was found: of each expression the
// first leak.
type AuditReport struct {
	Trials, Assets, Cuts int
	Leaks                []Leak
}

// Audit evaluates trials of a plan on data that ends at some bar, and on all of it, and
// compares what expressions say of the bars that both have: signals, sizes, stops and all
// that they are made of. Columns of the bundle are taken as they are: whether those
// knew of later days cannot be found by cutting.
func Audit(ctx context.Context, plan Plan, space Space, opts AuditOptions) (report *AuditReport, err error) {
	defer columnar.CatchFault(&err)()
	if err := plan.Validate(); err != nil {
		return nil, err
	}
	if opts.Trials <= 0 {
		opts.Trials = 5
	}
	if opts.Cuts <= 0 {
		opts.Cuts = 8
	}
	trials, err := spreadTrials(ctx, space, opts.Trials)
	if err != nil {
		return nil, err
	}
	report = &AuditReport{Trials: len(trials), Assets: plan.Frame.NumAssets(), Cuts: opts.Cuts}
	whole := assetsUntil(&plan, math.MaxInt64)
	found := map[int]bool{}
	index := make([]int, plan.NumParams)
	for i := range whole {
		times := whole[i].Times
		for k := range opts.Cuts {
			// No round number of bars: periods and tiles end on those.
			bar := (len(times)*(2*k+1)/(2*opts.Cuts) + 7*k) % max(len(times), 1)
			if len(times) == 0 || bar == 0 {
				continue
			}
			until := times[bar]
			cut := assetsUntil(&plan, until)
			for _, trial := range trials {
				space.Index(trial, index)
				d, err := eval.Audit(ctx, plan.Program, index, whole[i].eval, cut[i].eval)
				if err != nil {
					if ctx.Err() != nil {
						return nil, err
					}
					continue // the trial fails, on all data alike
				}
				if d == nil || found[d.Node] {
					continue
				}
				found[d.Node] = true
				report.Leaks = append(report.Leaks, Leak{
					Trial: append([]int(nil), index...), Asset: whole[i].ID, Until: until, Time: times[d.Bar], Bar: d.Bar,
					Node: d.Node, Text: d.Text, Whole: d.Whole, Cut: d.Cut,
				})
			}
		}
	}
	sort.SliceStable(report.Leaks, func(a, b int) bool { return report.Leaks[a].Node < report.Leaks[b].Node })
	return report, plan.Frame.Intact()
}

// spreadTrials returns some of the trials that exist, from the first on in steps of one
// length.
func spreadTrials(ctx context.Context, space Space, n int) ([]int64, error) {
	var trials []int64
	size := space.Size()
	for k := range int64(n) {
		from := int64(float64(size) * float64(k) / float64(n))
		if len(trials) > 0 {
			from = max(from, trials[len(trials)-1]+1)
		}
		if from >= size {
			break
		}
		block, _, err := space.Block(ctx, from, size, make([]int64, 0, 1))
		if err != nil {
			return nil, err
		}
		trials = append(trials, block...)
	}
	return trials, nil
}

// assetsUntil returns the assets of a plan with the bars before a time, and what is made
// of those alone.
func assetsUntil(p *Plan, until int64) []Asset {
	assets := make([]Asset, p.Frame.NumAssets())
	for i := range assets {
		assets[i] = assetUntil(p.Program, p.Frame, p.Others, i, p.Annual, until)
	}
	if p.Program.AcrossAssets() {
		join(assets)
	}
	return assets
}
