package quality

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/ingest/report"
)

// Setting is what all assets share.
type Setting struct {
	Options  Options
	Calendar calendar.Calendar
	Label    columnar.Label
	// Adjusted is what the prices are adjusted for.
	Adjusted columnar.Adjustment
	// Rows says of each of [Rules] whether Found.Rows is wanted; nil for none.
	Rows []bool
	// Workers is the number of goroutines; 0 is one a processor.
	Workers int
}

// Found is what the rules say of one asset.
type Found struct {
	Findings []report.Finding
	// Rows are, for each of [Rules] of which they are wanted, the bars meant, in
	// order.
	Rows [][]int
}

// Inspect holds assets against the rules, and returns what is found in their
// order, whatever the number of goroutines. With Options.Off nothing is.
func Inspect(ctx context.Context, all []Series, setting Setting) ([]Found, error) {
	out := make([]Found, len(all))
	if setting.Options.Off {
		return out, nil
	}
	in := newShared(all, &setting)
	tasks, ctx := errgroup.WithContext(ctx)
	tasks.SetLimit(cmp.Or(setting.Workers, runtime.GOMAXPROCS(0)))
	for i := range all {
		tasks.Go(func() (err error) {
			defer columnar.CatchFault(&err)()
			if err := ctx.Err(); err != nil {
				return err
			}
			if len(all[i].Times) > 0 {
				out[i] = in.inspect(&all[i])
			}
			return nil
		})
	}
	return out, tasks.Wait()
}

func newShared(all []Series, setting *Setting) *shared {
	times := make([][]int64, len(all))
	for i, s := range all {
		times[i] = s.Times
	}
	in := &shared{axis: columnar.NewAxis(setting.Calendar, setting.Label, times...), adjusted: setting.Adjusted, rows: setting.Rows}
	in.q = setting.Options.resolved(in.axis.Frequency)
	byDay := in.axis
	if byDay.Frequency < 24*time.Hour && columnar.TwoClocks(times...) {
		byDay.Frequency = 24 * time.Hour
	}
	in.days = columnar.NewDays(byDay, times...)
	if !in.q.Now.IsZero() {
		in.now = in.q.Now.UnixNano()
		if in.axis.Frequency >= 24*time.Hour {
			// It is tomorrow already somewhere.
			in.now += int64(24 * time.Hour)
		}
	}
	in.grid = gridOf(in.axis, times)
	return in
}

// gridOf returns the grid that assets are held against, or nil.
func gridOf(axis columnar.Axis, times [][]int64) *calendar.Grid {
	if axis.Calendar.IsAsFound() {
		if len(times) < 2 {
			return nil // one asset has all the times that are found
		}
		return calendar.FoundGrid(times...)
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
	return axis.Grid(first, last)
}

// inspect applies every rule to one asset, which has bars.
func (in *shared) inspect(s *Series) (out Found) {
	v := s.Values
	b := &bars{shared: in, Series: s, open: v[0], high: v[1], low: v[2], shut: v[3], volumes: v[4]}
	if in.rows != nil {
		out.Rows = make([][]int, len(table))
	}
	for i, rule := range table {
		if rule.check == nil {
			continue
		}
		t := tally{keepRows: in.rows != nil && in.rows[i]}
		rule.check(b, &t)
		if t.count == 0 {
			continue
		}
		if t.keepRows {
			out.Rows[i] = t.rows
		}
		f := report.Finding{Rule: rule.Name, Severity: rule.Severity, Count: t.count, First: moment(t.first), Last: moment(t.last)}
		slices.SortFunc(t.worst, func(a, b place) int { return cmp.Compare(a.bar, b.bar) })
		for _, p := range t.worst {
			e := report.Example{Time: moment(s.Times[p.bar])}
			if rule.detail != nil {
				e.Detail = rule.detail(b, p)
			}
			f.Examples = append(f.Examples, e)
		}
		out.Findings = append(out.Findings, f)
	}
	return out
}
