package robust

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow/array"
	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/ingest"
	"github.com/bowstring-engine/bowstring/ingest/sample"
	"github.com/bowstring-engine/bowstring/internal/proptest"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// walkSpec is an SMA cross over a small grid that walks forward.
func walkSpec(w spec.WalkForward) *spec.Spec {
	return &spec.Spec{
		Params:     []spec.Param{{Name: "fast", Axis: spec.List(5, 11, 20)}, {Name: "slow", Axis: spec.List(30, 60, 90)}},
		Let:        []spec.Expr{{Name: "fast_ma", Text: "sma(close, $fast)"}, {Name: "slow_ma", Text: "sma(close, $slow)"}},
		Rules:      spec.Rules{Entry: "crosses_above(fast_ma, slow_ma)", Exit: "crosses_below(fast_ma, slow_ma)"},
		Simulation: backtest.Config{CommissionBps: 10}, WalkForward: w,
	}
}

var threeToOne = spec.WalkForward{Train: spec.Span{Years: 3}, Test: spec.Span{Years: 1}}

func demoFrame(t testing.TB) *columnar.Frame {
	t.Helper()
	f, err := sample.Demo(sample.DemoSeed)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Release)
	return f
}

// frames are the bars that walks are held to others on: generated days, minutes, and
// the real assets where they are.
func frames(t *testing.T) map[string]*columnar.Frame {
	t.Helper()
	out := map[string]*columnar.Frame{"demo": demoFrame(t)}
	minutes, err := sample.Walk(sample.Options{Assets: 1, Bars: 30_000, Seed: 11, Frequency: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(minutes.Release)
	out["minutes"] = minutes
	dir := filepath.Join("..", "..", "..", "shared", "data", "us8", "split_adjusted")
	if _, err := os.Stat(dir); err != nil {
		t.Log("no shared/data/us8 beside the repository: without real assets")
		return out
	}
	result, err := ingest.Files(t.Context(), []string{dir}, ingest.Options{Calendar: calendar.NYSE(), Adjusted: columnar.AdjustedSplits})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(result.Frame.Release)
	out["us8"] = result.Frame
	return out
}

// lengthsFor are the windows of a walk over frames of that name.
func lengthsFor(name string) spec.WalkForward {
	if name == "minutes" {
		return spec.WalkForward{Train: spec.Span{Bars: 6000}, Test: spec.Span{Bars: 3000}}
	}
	return threeToOne
}

// curve is a trial's equity with its times.
type curve struct {
	times  []int64
	equity []float64
	start  float64
}

// curves returns the equity of every trial, pooled, by a backtest each.
func curves(t *testing.T, f *columnar.Frame, s *spec.Spec, period spec.Period) []curve {
	t.Helper()
	var out []curve
	for fast := range s.Params[0].Axis.Len() {
		for slow := range s.Params[1].Axis.Len() {
			one := *s
			one.Period = period
			for name, v := range map[string]float64{"fast": s.Params[0].Axis.Value(fast), "slow": s.Params[1].Axis.Value(slow)} {
				if err := one.Set(name, fmt.Sprint(v)); err != nil {
					t.Fatal(err)
				}
			}
			b, err := sweep.RunBacktest(context.Background(), f, &one, sweep.BacktestOptions{})
			if err != nil {
				t.Fatal(err)
			}
			d := b.Detail()
			c := curve{times: slices.Clone(d.Times), equity: slices.Clone(d.Equity), start: backtest.DefaultCash * float64(len(d.Assets))}
			out = append(out, c)
			b.Release()
		}
	}
	return out
}

// sharpe is the Sharpe ratio of the bars of a curve within ranges, times √ann: of their
// returns, each from the bar before it, in two passes.
func (c *curve) sharpe(ranges []TimeRange, ann float64) float64 {
	var r []float64
	before := c.start
	for i, e := range c.equity {
		for _, in := range ranges {
			if c.times[i] >= in.From && c.times[i] < in.To {
				r = append(r, e/before-1)
			}
		}
		before = e
	}
	mean := 0.0
	for _, v := range r {
		mean += v / float64(len(r))
	}
	spread := 0.0
	for _, v := range r {
		spread += (v - mean) * (v - mean)
	}
	return mean / math.Sqrt(spread/float64(len(r)-1)) * math.Sqrt(ann)
}

// TestWalkBySegments holds every choice that is made from segments, and its objective, to
// a naive one: every trial's equity curve is sliced at the window, and the best Sharpe
// ratio of the slices wins; its place in the test is counted in the slices of the test.
func TestWalkBySegments(t *testing.T) {
	for name, f := range frames(t) {
		for _, w := range []spec.WalkForward{
			lengthsFor(name),
			{Train: lengthsFor(name).Train, Test: lengthsFor(name).Test, Purge: 3, Embargo: 2, Anchored: true},
		} {
			s := walkSpec(w)
			run := &sweep.Bound{Frame: f}
			walk, err := WalkForward(t.Context(), s, run, WalkOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if walk.Select != spec.SelectSegments || len(walk.Windows) < 5 {
				t.Fatalf("%s: %d windows by %s", name, len(walk.Windows), walk.Select)
			}
			spans, err := run.Spans(t.Context(), walk.Spec)
			if err != nil {
				t.Fatal(err)
			}
			all := curves(t, f, s, spec.Period{})
			for _, c := range walk.Windows {
				best, score := -1, math.Inf(-1)
				for trial := range all {
					if v := all[trial].sharpe(c.Train, spans[0].Annual); v > score {
						best, score = trial, v
					}
				}
				if int64(best) != c.Trial || math.Abs(score-c.InSample) > 1e-10*math.Abs(score) {
					t.Errorf("%s window %d: trial %d with %v, by slicing %d with %v", name, c.Number, c.Trial, c.InSample, best, score)
				}
				own, rank := all[best].sharpe([]TimeRange{c.Test}, spans[0].Annual), int64(1)
				for trial := range all {
					if all[trial].sharpe([]TimeRange{c.Test}, spans[0].Annual) > own {
						rank++
					}
				}
				if !math.IsNaN(own) && rank != c.Rank {
					t.Errorf("%s window %d: rank %d, by slicing %d", name, c.Number, c.Rank, rank)
				}
			}
		}
	}
}

// TestWalkByRuns holds every choice that is made by runs to a sweep of the train, of
// which the first leader is taken, and what it came to in the test to a backtest on it.
func TestWalkByRuns(t *testing.T) {
	for name, f := range frames(t) {
		w := lengthsFor(name)
		w.Select = spec.SelectRuns
		s := walkSpec(w)
		walk, err := WalkForward(t.Context(), s, &sweep.Bound{Frame: f}, WalkOptions{Compare: true})
		if err != nil {
			t.Fatal(err)
		}
		differ := 0
		for _, c := range walk.Windows {
			if c.Trial != c.Other {
				differ++
			}
			one := *s
			one.Period = spec.Period{From: time.Unix(0, c.Train[0].From).UTC(), To: time.Unix(0, c.Train[0].To).UTC()}
			one.Ann = annualOf(t, f, s)
			r, err := sweep.Run(t.Context(), f, &one, sweep.Options{})
			if err != nil {
				t.Fatal(err)
			}
			best, err := results.Leaders(t.Context(), r, results.LeadersOptions{By: "sharpe", N: 1})
			r.Release()
			if err != nil {
				t.Fatal(err)
			}
			if trial := best.Column(0).(*array.Int64).Value(0); trial != c.Trial {
				t.Errorf("%s window %d: trial %d, a sweep of the train %d", name, c.Number, c.Trial, trial)
			}
			best.Release()
			one.Period = spec.Period{From: time.Unix(0, c.Test.From).UTC(), To: time.Unix(0, c.Test.To).UTC()}
			for p, param := range s.Params {
				if err := one.Set(param.Name, fmt.Sprint(param.Axis.Value(c.Index[p]))); err != nil {
					t.Fatal(err)
				}
			}
			b, err := sweep.RunBacktest(t.Context(), f, &one, sweep.BacktestOptions{})
			if err != nil {
				t.Fatal(err)
			}
			want := b.Detail().Pooled
			for _, stat := range metrics.All() {
				if got := c.Values[stat]; math.Abs(got-want[stat]) > 1e-10*max(math.Abs(want[stat]), 1e-3) || math.IsNaN(got) != math.IsNaN(want[stat]) {
					t.Errorf("%s window %d: %s = %v, a backtest of the test %v", name, c.Number, stat, got, want[stat])
				}
			}
			b.Release()
		}
		t.Logf("%s: segments and runs choose differently in %d of %d windows", name, differ, len(walk.Windows))
	}
}

func annualOf(t *testing.T, f *columnar.Frame, s *spec.Spec) float64 {
	t.Helper()
	pooled := *s
	pooled.Output.Rows = spec.RowsPooled
	spans, err := (&sweep.Bound{Frame: f}).Spans(t.Context(), &pooled)
	if err != nil {
		t.Fatal(err)
	}
	return spans[0].Annual
}

// TestWalkSeesNoFuture: whatever the bars behind the end of a window are, nothing that is
// said of the windows up to it changes, nor does the stitched equity.
func TestWalkSeesNoFuture(t *testing.T) {
	proptest.Examples(t, 40)
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		f, err := sample.Walk(sample.Options{Assets: 2, Bars: 900, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		defer f.Release()
		w := spec.WalkForward{
			Train: spec.Span{Bars: 200}, Test: spec.Span{Bars: 100},
			Select:   rapid.SampledFrom([]spec.Select{spec.SelectSegments, spec.SelectRuns}).Draw(t, "select"),
			Stitch:   rapid.SampledFrom([]spec.Stitch{spec.StitchAccount, spec.StitchChain}).Draw(t, "stitch"),
			Anchored: rapid.Bool().Draw(t, "anchored"), Purge: rapid.IntRange(0, 5).Draw(t, "purge"),
		}
		s := walkSpec(w)
		s.Ann = 252
		s.Simulation.Fill = rapid.SampledFrom([]backtest.Fill{backtest.FillNextOpen, backtest.FillClose, backtest.FillNextClose}).Draw(t, "fill")
		if rapid.Bool().Draw(t, "stops") {
			s.Rules.StopLoss = "0.03"
		}
		before, err := WalkForward(context.Background(), s, &sweep.Bound{Frame: f}, WalkOptions{})
		if err != nil {
			t.Fatal(err)
		}
		last := rapid.IntRange(0, len(before.Windows)-2).Draw(t, "last window")
		end := before.Windows[last].Test.To
		changed := disturbed(t, f, end, rapid.Float64Range(0.2, 5).Draw(t, "factor"))
		defer changed.Release()
		after, err := WalkForward(context.Background(), s, &sweep.Bound{Frame: changed}, WalkOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for i := range last + 1 {
			a, b := &before.Windows[i], &after.Windows[i]
			if a.Trial != b.Trial || a.InSample != b.InSample && !math.IsNaN(a.InSample) || a.Rank != b.Rank || a.Values[metrics.TotalReturn] != b.Values[metrics.TotalReturn] {
				t.Fatalf("window %d: %+v, with another future %+v", i, a, b)
			}
		}
		x, y := &before.Stitched[0], &after.Stitched[0]
		for i, at := range x.Times {
			if at < end && x.Equity[i] != y.Equity[i] {
				t.Fatalf("stitched equity %d: %v, with another future %v", i, x.Equity[i], y.Equity[i])
			}
		}
	})
}

// disturbed returns the frame with other bars from a moment on.
func disturbed(t *rapid.T, f *columnar.Frame, from int64, factor float64) *columnar.Frame {
	var bars []columnar.Bars
	for a := range f.NumAssets() {
		b := columnar.Bars{ID: f.Asset(a), Times: slices.Clone(f.Times(a))}
		for c := range f.Columns() {
			v := slices.Clone(f.WholeValues(a, c))
			for i := range v {
				if b.Times[i] >= from && i%3 != 0 {
					v[i] *= factor
				}
			}
			b.Values = append(b.Values, v)
		}
		bars = append(bars, b)
	}
	changed, err := columnar.Build(f.Columns(), bars, columnar.Info{Axis: f.Info().Axis})
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

// TestWalkOfOneTrial: where there is nothing to choose, an account that changes rules at
// each test is one that never does, from the first test on: a plain backtest. So is a
// chain only where nothing is held across a test's end, so it is not asked here.
func TestWalkOfOneTrial(t *testing.T) {
	f := demoFrame(t)
	for _, fill := range []backtest.Fill{backtest.FillNextOpen, backtest.FillClose, backtest.FillNextClose} {
		s := walkSpec(threeToOne)
		s.Simulation.Fill = fill
		s.Params = []spec.Param{{Name: "fast", Axis: spec.List(11)}, {Name: "slow", Axis: spec.List(60)}}
		walk, err := WalkForward(t.Context(), s, &sweep.Bound{Frame: f}, WalkOptions{})
		if err != nil {
			t.Fatal(err)
		}
		one := *s
		one.Period.From = time.Unix(0, walk.Windows[0].Test.From).UTC()
		b, err := sweep.RunBacktest(t.Context(), f, &one, sweep.BacktestOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if want := b.Detail(); !slices.Equal(want.Equity, walk.Stitched[0].Equity) || !slices.Equal(want.Times, walk.Stitched[0].Times) {
			t.Errorf("%s: stitched equity ends with %v, a backtest with %v", fill, walk.Stitched[0].Equity[len(walk.Stitched[0].Equity)-1], want.Equity[len(want.Equity)-1])
		}
		b.Release()
	}
}

// TestWalkStaysInCash: a window without a valid trial is reported and trades nothing.
func TestWalkStaysInCash(t *testing.T) {
	s := walkSpec(threeToOne)
	s.Objective.Require = "sharpe > 1.2"
	walk, err := WalkForward(t.Context(), s, &sweep.Bound{Frame: demoFrame(t)}, WalkOptions{})
	if err != nil {
		t.Fatal(err)
	}
	cash, traded := 0, 0
	for _, c := range walk.Windows {
		if c.Trial >= 0 {
			traded++
			if !(c.InSample > 1.2) {
				t.Errorf("window %d: chosen with %v", c.Number, c.InSample)
			}
			continue
		}
		cash++
		from, to := calendarOf(walk.Stitched[0].Times).at(c.Test.From), calendarOf(walk.Stitched[0].Times).at(c.Test.To)
		equity := walk.Stitched[0].Equity[from:to]
		// The first bar may close what the window before held, at its open.
		for i := 1; i < len(equity); i++ {
			if equity[i] != equity[0] {
				t.Fatalf("window %d: equity moves from %v to %v without a trial", c.Number, equity[0], equity[i])
			}
		}
		if c.Valid != 0 || !math.IsNaN(c.InSample) || !math.IsNaN(c.OutOfSample) {
			t.Errorf("window %d: %+v", c.Number, c)
		}
	}
	if cash == 0 || traded == 0 {
		t.Errorf("%d windows in cash, %d traded: the case says too little", cash, traded)
	}
	table := walk.WindowsTable()
	defer table.Release()
	if at := table.Schema().FieldIndices("trial")[0]; table.Column(at).NullN() != cash {
		t.Errorf("%d windows without a trial in the table, %d in the walk", table.Column(at).NullN(), cash)
	}
}

// TestWalkRefuses: what cannot be walked says why.
func TestWalkRefuses(t *testing.T) {
	f := demoFrame(t)
	for want, change := range map[string]func(*spec.Spec){
		"does not ask for one":      func(s *spec.Spec) { s.WalkForward = spec.WalkForward{} },
		"leaves no bars to test on": func(s *spec.Spec) { s.WalkForward.Train.Years = 60 },
		"tests overlap":             func(s *spec.Spec) { s.WalkForward.Step = spec.Span{Months: 1} },
		"there are no trials":       func(s *spec.Spec) { s.Where = "$fast > $slow" },
		"from 1990-01-01, and there are no bars before it": func(s *spec.Spec) {
			s.WalkForward = spec.WalkForward{Anchored: true, Dates: []time.Time{time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2005, 1, 1, 0, 0, 0, 0, time.UTC)}}
		},
		"the test from 2050-01-01 to 2051-01-01 has no bars": func(s *spec.Spec) {
			s.WalkForward = spec.WalkForward{Anchored: true, Dates: []time.Time{
				time.Date(2005, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2050, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2051, 1, 1, 0, 0, 0, 0, time.UTC)}}
		},
		"a trade that goes into or out of a train would count in trades; use select: runs": func(s *spec.Spec) {
			s.Objective.Require, s.WalkForward.Select = "trades > 3", spec.SelectSegments
		},
		"embargo takes bars out of the middle": func(s *spec.Spec) {
			s.WalkForward.Embargo, s.WalkForward.Anchored, s.WalkForward.Select = 5, true, spec.SelectRuns
		},
	} {
		s := walkSpec(threeToOne)
		change(s)
		want = strings.Replace(want, "from 1990", "on 1990", 1)
		if _, err := WalkForward(t.Context(), s, &sweep.Bound{Frame: f}, WalkOptions{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// calendarOf names the times of bars, beside the package calendar.
func calendarOf(times []int64) barTimes { return barTimes(times) }
