package robust

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// Runner runs what a walk needs; a *sweep.Bound is one.
type Runner interface {
	// Spans says what the rows of a trial are about, in their order.
	Spans(ctx context.Context, s *spec.Spec) ([]pipeline.Span, error)
	// Trials runs all trials and hands their blocks to each, in order.
	Trials(ctx context.Context, s *spec.Spec, cut *pipeline.Segmentation, each func(*pipeline.Block) error) error
	// Stretches runs trials one after another, each in its stretch of time.
	Stretches(ctx context.Context, s *spec.Spec, stretches []pipeline.Stretch) (*pipeline.Stretched, error)
}

// WalkOptions are the choices of [WalkForward]. The zero value is what most callers want.
type WalkOptions struct {
	// Compare makes each choice in both ways, from segments and by runs, and notes where
	// the other one differs.
	Compare bool
	// Progress, where it is set, is called with what is done of all.
	Progress func(done, total int64)
}

// Walk is a walk forward through a history.
type Walk struct {
	// Spec is the resolved spec that the trials were run by, Select and Stitch what was
	// done where the spec leaves it open, and why.
	Spec   *spec.Spec
	Select spec.Select
	Reason string
	Stitch spec.Stitch
	// Windows are those of all walks, each with its choice.
	Windows []Chosen
	// Stitched are the walks, by their number.
	Stitched []Stitched
}

// Chosen is a window with what was chosen in it. Numbers that are not there are NaN.
type Chosen struct {
	Window
	// Trial is the best of the train, −1 where none is valid; Index are the positions
	// of its parameter values.
	Trial int64
	Index []int
	// Valid is the number of trials that have an objective and fulfil its condition.
	Valid int64
	// InSample and OutOfSample are the objective in the train, and in the real run of the
	// test; TrainReturn and TestReturn are the annual returns of the two.
	InSample, OutOfSample, TrainReturn, TestReturn float64
	// Rank is the place of the choice among all trials in the test, by what choices are made
	// from: 1 is best of RankOf.
	Rank, RankOf int64
	// Other is the trial that the other way of choosing takes, where Compare asked for
	// it; −1 is none.
	Other    int64
	Compared bool
	// Values are the statistics of the real run.
	Values metrics.Values
}

// Stitched are the tests of one walk as one curve.
type Stitched struct {
	Times  []int64
	Equity []float64
	Values metrics.Values
	// Efficiency is the annual return out of sample divided by the mean one in sample
	// (Pardo 2008).
	Efficiency float64
	// Stability is, for each parameter, the share of windows that chose the value of the
	// window before.
	Stability []float64
}

// PlanWalk says how [WalkForward] would walk: its windows, which have no choices, and
// how these would be made. It runs nothing.
func PlanWalk(ctx context.Context, s *spec.Spec, run Runner, opts WalkOptions) (*Walk, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if !s.WalkForward.Asked() {
		return nil, errors.New("walk_forward: the spec does not ask for one; give it walk_forward: {train: 3y, test: 1y}")
	}
	w, err := newWalker(ctx, s, run, opts)
	if err != nil {
		return nil, err
	}
	return w.walk, nil
}

// WalkForward walks the strategy of a spec forward through the history: in every
// window it chooses the best trial of the train and runs it on the test. The spec's
// objective and its condition choose, over all assets together. A window without a
// valid trial stays in cash.
func WalkForward(ctx context.Context, s *spec.Spec, run Runner, opts WalkOptions) (*Walk, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if !s.WalkForward.Asked() {
		return nil, errors.New("walk_forward: the spec does not ask for one; give it walk_forward: {train: 3y, test: 1y}")
	}
	w, err := newWalker(ctx, s, run, opts)
	if err != nil {
		return nil, err
	}
	choose, other := w.bySegments, w.byRuns
	if w.walk.Select == spec.SelectRuns {
		choose, other = other, choose
	}
	if err := choose(ctx, w.walk.Windows); err != nil {
		return nil, err
	}
	if opts.Compare {
		again := slices.Clone(w.walk.Windows)
		if err := other(ctx, again); err != nil {
			return nil, err
		}
		for i := range again {
			w.walk.Windows[i].Other, w.walk.Windows[i].Compared = again[i].Trial, true
		}
	}
	return w.walk, w.trade(ctx)
}

// walker makes a walk.
type walker struct {
	run  Runner
	opts WalkOptions
	walk *Walk
	spec *spec.Spec // of one row a trial
	span pipeline.Span
	// judge is asked about the trials of a block.
	judge *walkJudge
}

func newWalker(ctx context.Context, s *spec.Spec, run Runner, opts WalkOptions) (*walker, error) {
	resolved := s.Resolved()
	// One row a trial: that of all assets, or of the one there is.
	resolved.Output.Rows = spec.RowsPooled
	one := resolved
	one.Output.Rows = spec.RowsAssets
	spans, err := run.Spans(ctx, &one)
	if err != nil {
		return nil, err
	}
	if len(spans) == 1 {
		resolved = one
	} else if spans, err = run.Spans(ctx, &resolved); err != nil {
		return nil, err
	}
	w := &walker{run: run, opts: opts, spec: &resolved, span: spans[0]}
	if w.judge, err = newJudge(&resolved); err != nil {
		return nil, err
	}
	windows, err := Windows(&resolved.WalkForward, w.span.Times)
	if err != nil {
		return nil, err
	}
	w.walk = &Walk{Spec: &resolved, Stitch: resolved.WalkForward.Stitch}
	if w.walk.Stitch == "" {
		w.walk.Stitch = spec.StitchAccount
	}
	for _, window := range windows {
		w.walk.Windows = append(w.walk.Windows, Chosen{Window: window, Trial: -1, Other: -1})
	}
	return w, w.decide()
}

// decide says what choices are made from.
func (w *walker) decide() error {
	cfg := w.spec.Simulation.Resolved()
	proportional := cfg.CommissionFixed == 0 && cfg.CommissionPerUnit == 0 &&
		(cfg.Sizing.Mode == backtest.SizeAllIn || cfg.Sizing.Mode == backtest.SizePercent)
	unknown, trades := w.judge.unknown(), w.judge.ofTrades()
	var why string
	switch {
	case unknown != "":
		why = fmt.Sprintf("%s does not follow from segments", unknown)
	case trades != "":
		why = fmt.Sprintf("a trade that goes into or out of a train would count in %s", trades)
	case !proportional:
		why = "sizes or costs are not in proportion to the account"
	}
	holes := slices.ContainsFunc(w.walk.Windows, func(c Chosen) bool { return len(c.Train) > 1 })
	asked := w.spec.WalkForward.Select
	switch {
	case holes && (asked == spec.SelectRuns || why != "" || w.opts.Compare):
		return fmt.Errorf("walk_forward: embargo takes bars out of the middle of a train, which no run leaves out, and choices are to be made by runs%s; leave out embargo", because(why))
	case asked == spec.SelectSegments && (unknown != "" || trades != "") || w.opts.Compare && (unknown != "" || trades != ""):
		return fmt.Errorf("walk_forward: choices cannot be made from segments: %s; use select: runs", why)
	case asked != "":
		w.walk.Select, w.walk.Reason = asked, "the spec asks for it"
	case why != "":
		w.walk.Select, w.walk.Reason = spec.SelectRuns, why
	default:
		w.walk.Select, w.walk.Reason = spec.SelectSegments, "sizes and costs are in proportion to the account"
	}
	return nil
}

func because(why string) string {
	if why == "" {
		return ""
	}
	return ", since " + why
}

// trade runs what was chosen, and stitches the tests together.
func (w *walker) trade(ctx context.Context) error {
	for from := 0; from < len(w.walk.Windows); {
		to := from
		for to < len(w.walk.Windows) && w.walk.Windows[to].Walk == w.walk.Windows[from].Walk {
			to++
		}
		windows := w.walk.Windows[from:to]
		stretches := make([]pipeline.Stretch, len(windows))
		for i, c := range windows {
			stretches[i] = pipeline.Stretch{From: c.Test.From, To: c.Test.To, Index: c.Index}
			if c.Trial < 0 {
				stretches[i].Index = nil
			} else if c.Index == nil {
				stretches[i].Index = []int{}
			}
		}
		traded, err := w.run.Stretches(ctx, w.spec, stretches)
		if err != nil {
			return err
		}
		if err := w.stitch(windows, traded); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// stitch notes what the tests of a walk came to.
func (w *walker) stitch(windows []Chosen, traded *pipeline.Stretched) error {
	s := Stitched{Times: traded.Whole.Times, Equity: traded.Whole.Equity, Values: traded.Whole.Values}
	if w.walk.Stitch == spec.StitchChain {
		s = w.chain(traded)
	}
	inSample, years := 0.0, 0
	for i := range windows {
		c := &windows[i]
		c.OutOfSample, c.TestReturn = math.NaN(), math.NaN()
		if c.Trial < 0 {
			continue
		}
		c.Values = traded.Parts[i].Values
		score, err := w.judge.score([]metrics.Values{c.Values}, [][]int{c.Index}, []int64{c.Trial})
		if err != nil {
			return err
		}
		c.OutOfSample = score[0]
		c.TestReturn = annualReturn(&c.Values, w.span.Years(c.Test.From, c.Test.To))
		if !math.IsNaN(c.TrainReturn) {
			inSample, years = inSample+c.TrainReturn, years+1
		}
	}
	s.Efficiency = math.NaN()
	if n := len(s.Times); n > 0 && years > 0 {
		s.Efficiency = annualReturn(&s.Values, w.span.Years(s.Times[0], s.Times[n-1])) / (inSample / float64(years))
	}
	for p := range w.spec.Params {
		s.Stability = append(s.Stability, stability(windows, p))
	}
	w.walk.Stitched = append(w.walk.Stitched, s)
	return nil
}

// annualReturn is the compound annual return of a stretch, however short.
func annualReturn(v *metrics.Values, years float64) float64 {
	total := v[metrics.TotalReturn]
	if total <= -1 {
		return -1
	}
	return math.Pow(1+total, 1/years) - 1
}

// stability is the share of windows that chose the value of parameter p that the
// window before had; NaN where there are no two.
func stability(windows []Chosen, p int) float64 {
	same, of := 0, 0
	for i := 1; i < len(windows); i++ {
		if a, b := &windows[i-1], &windows[i]; a.Trial >= 0 && b.Trial >= 0 {
			of++
			if a.Index[p] == b.Index[p] {
				same++
			}
		}
	}
	if of == 0 {
		return math.NaN()
	}
	return float64(same) / float64(of)
}

// chain makes one curve of the fresh accounts of the tests, each scaled to begin where
// the one before ended.
func (w *walker) chain(traded *pipeline.Stretched) Stitched {
	start := w.spec.Simulation.Resolved().Cash * float64(w.span.Accounts)
	var s Stitched
	var log metrics.TradeLog
	now := start
	for i := range traded.Parts {
		p := &traded.Parts[i]
		scale := now / start
		for at, e := range p.Equity {
			s.Times, s.Equity = append(s.Times, p.Times[at]), append(s.Equity, e*scale)
		}
		if n := len(s.Equity); n > 0 {
			now = s.Equity[n-1]
		}
		log.Merge(&p.Log)
	}
	years := 0.0
	if n := len(s.Times); n > 0 {
		years = w.span.Years(s.Times[0], s.Times[n-1])
	}
	var calc metrics.Calculator
	s.Values = calc.Compute(metrics.Curve{Equity: s.Equity, Start: start, Annual: w.span.Annual, Years: years, RiskFree: w.spec.RiskFree}, &log)
	return s
}
