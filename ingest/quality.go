package ingest

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/report"
	"github.com/bowstring-engine/bowstring/internal/evidence"
)

// series is one asset as the quality rules see it.
type series struct {
	id                             string
	times                          []int64
	open, high, low, shut, volumes []float64
	columns                        []string    // the names of all columns, and
	values                         [][]float64 // their values
	events                         []columnar.Event
}

// evidence returns what is looked at to tell what prices are adjusted for.
func (s *series) evidence() evidence.Asset {
	a := evidence.Asset{ID: s.id, Times: s.times, Closes: s.shut, Events: s.events}
	if k := slices.IndexFunc(s.columns, evidence.IsAdjustedClose); k >= 0 {
		a.AdjustedCloses = s.values[k]
	}
	return a
}

// inspector holds what the inspection of all assets shares.
type inspector struct {
	q        Quality
	axis     columnar.Axis
	grid     *columnar.Grid
	adjusted columnar.Adjustment
	// now is the last moment that is not in the future.
	now int64
	// rows says which rules note the rows that they mean.
	rows [numQualityRules]bool
}

// inspected is the outcome for one asset.
type inspected struct {
	tallies [numQualityRules]tally
}

// inspect holds all assets against the rules, on several goroutines. The
// result is in the order of the assets, whatever their number.
func inspect(ctx context.Context, all []series, o *Options) ([]inspected, error) {
	out := make([]inspected, len(all))
	if o.Quality.Off {
		return out, nil
	}
	in, err := newInspector(all, o)
	if err != nil {
		return nil, err
	}
	tasks, ctx := errgroup.WithContext(ctx)
	tasks.SetLimit(o.workers())
	for i := range all {
		tasks.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			in.asset(&all[i], &out[i])
			return nil
		})
	}
	return out, tasks.Wait()
}

func newInspector(all []series, o *Options) (*inspector, error) {
	calendar, err := columnar.ParseCalendar(string(o.Calendar))
	if err != nil {
		return nil, err
	}
	times := make([][]int64, len(all))
	for i, s := range all {
		times[i] = s.times
	}
	in := &inspector{axis: columnar.NewAxis(calendar, o.Label, times...), adjusted: o.Adjusted}
	in.q = o.Quality.resolved(in.axis.Frequency)
	if !in.q.Now.IsZero() {
		in.now = in.q.Now.UnixNano()
		if in.axis.Frequency >= 24*time.Hour {
			// It is tomorrow already somewhere.
			in.now += int64(24 * time.Hour)
		}
	}
	for i, p := range o.qualityPolicy() {
		in.rows[i] = p == RejectRow
	}
	in.grid = in.gridOf(times)
	return in, nil
}

// gridOf returns the grid that the assets are held against, or nil.
func (in *inspector) gridOf(times [][]int64) *columnar.Grid {
	if in.axis.Calendar == columnar.CalendarAsFound {
		if len(times) < 2 {
			return nil // one asset has all the times that are found
		}
		return columnar.FoundGrid(times...)
	}
	first, last, some := int64(0), int64(0), false
	for _, t := range times {
		if len(t) == 0 {
			continue
		}
		if !some {
			first, last, some = t[0], t[len(t)-1], true
		}
		first, last = min(first, t[0]), max(last, t[len(t)-1])
	}
	if !some {
		return nil
	}
	return columnar.NewGrid(in.axis, first, last)
}

// asset applies every rule to one asset.
func (in *inspector) asset(s *series, out *inspected) {
	if len(s.times) == 0 {
		return
	}
	for code := range out.tallies {
		out.tallies[code].keepRows = in.rows[code]
	}
	in.calendar(s, out)
	in.bars(s, out)
	in.moves(s, out)
	in.absurd(s, out)
	for _, step := range contradicted(s.evidence(), in.adjusted) {
		size := math.Abs(math.Log(step.Event.Value))
		out.tallies[qualitySplitStep].add(place{bar: step.Bar, score: size, x: step.From, y: step.To, z: step.Event.Value, n: int(step.Reading)}, s.times[step.Bar], 1)
	}
}

// calendar finds gaps, bars off the grid and bars in the future.
func (in *inspector) calendar(s *series, out *inspected) {
	if in.grid != nil {
		in.grid.Compare(s.times, func(bar, missing int) {
			if missing >= in.q.GapBars {
				out.tallies[qualityGap].add(place{bar: bar, score: float64(missing), n: missing}, s.times[bar], missing)
			}
		}, func(bar int) {
			out.tallies[qualityOffGrid].add(place{bar: bar}, s.times[bar], 1)
		})
	}
	if in.axis.Calendar == columnar.CalendarAsFound {
		in.phases(s, out)
	}
	if in.q.Now.IsZero() {
		return
	}
	from, _ := slices.BinarySearch(s.times, in.now+1)
	for bar := from; bar < len(s.times); bar++ {
		out.tallies[qualityFuture].add(place{bar: bar}, s.times[bar], 1)
	}
}

// findings turns the tallies of an asset into its account.
func (out *inspected) findings(s *series) []report.Finding {
	var list []report.Finding
	for code := range out.tallies {
		t := &out.tallies[code]
		if t.count == 0 {
			continue
		}
		rule := qualityRules[code]
		f := report.Finding{Rule: rule.rule, Severity: rule.severity, Count: t.count, First: moment(t.first), Last: moment(t.last)}
		slices.SortFunc(t.worst, func(a, b place) int { return cmp.Compare(a.bar, b.bar) })
		for _, p := range t.worst {
			f.Examples = append(f.Examples, report.Example{Time: moment(s.times[p.bar]), Detail: detail(qualityCode(code), s, p)})
		}
		list = append(list, f)
	}
	return list
}

func moment(ns int64) time.Time { return time.Unix(0, ns).UTC() }

// qualityFailure returns the error of the first finding, by asset and rule,
// whose rule has the policy Fail.
func qualityFailure(found []report.AssetQuality, o *Options) error {
	policies := o.qualityPolicy()
	for _, a := range found {
		for _, f := range a.Findings {
			if code, ok := qualityCodeOf(f.Rule); !ok || policies[code] != Fail {
				continue
			}
			what := fmt.Errorf("%w: asset %q: %d bars from %s to %s", ErrQuality, a.Asset, f.Count, f.First.Format(time.RFC3339), f.Last.Format(time.RFC3339))
			var texts []string
			for _, e := range f.Examples {
				texts = append(texts, strings.TrimSpace(e.Time.Format(time.RFC3339)+" "+e.Detail))
			}
			return &InputError{File: a.Asset, Rule: f.Rule, Text: strings.Join(texts, "; "), Err: what}
		}
	}
	return nil
}
