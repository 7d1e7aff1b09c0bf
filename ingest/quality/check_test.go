package quality_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/ingest/quality"
	"github.com/bowstring-engine/bowstring/ingest/report"
)

// frame has one asset of daily bars from 2024-01-01 on, flat but for the change,
// with a column of the caller's behind those of bars.
func frame(t *testing.T, n int, change func(times []int64, values [][]float64)) *columnar.Frame {
	t.Helper()
	start := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	times, values := make([]int64, n), make([][]float64, 6)
	for k := range values {
		values[k] = make([]float64, n)
	}
	for i := range n {
		times[i] = start.AddDate(0, 0, i).UnixNano()
		c := []float64{100, 101, 103, 102}[i%4]
		for k, v := range []float64{c, c * 1.01, c * 0.99, c, 1000, 7} {
			values[k][i] = v
		}
	}
	change(times, values)
	f, err := columnar.Build(append(columnar.BarColumns(), columnar.Column{Name: "trades"}),
		[]columnar.Bars{{ID: "AAA", Times: times, Values: values}}, columnar.Info{Axis: columnar.Axis{Calendar: calendar.AlwaysOpen()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Release)
	return f
}

// TestEveryRule breaks each rule that looks at bars, and no other: the bar and the
// count are by hand. A rule that is added without a case fails.
func TestEveryRule(t *testing.T) {
	none := func([]int64, [][]float64) {}
	prices := func(values [][]float64, bar int, x float64) {
		for k, f := range []float64{1, 1.01, 0.99, 1} {
			values[k][bar] = f * x
		}
	}
	cases := map[report.Rule]struct {
		change  func(times []int64, values [][]float64)
		options quality.Options
		bar     int
		count   int64
		also    report.Rule
	}{
		quality.Gap: {func(times []int64, _ [][]float64) {
			for i := 30; i < 40; i++ {
				times[i] += 2 * int64(24*time.Hour)
			}
		}, quality.Options{}, 30, 2, ""},
		quality.OffGrid:        {func(times []int64, _ [][]float64) { times[30] += int64(time.Hour) }, quality.Options{}, 30, 1, quality.Gap},
		quality.Session:        {func(times []int64, _ [][]float64) { times[39] -= 19 * int64(time.Hour) }, quality.Options{}, 39, 1, quality.OffGrid},
		quality.Future:         {none, quality.Options{Now: time.Date(2024, 2, 7, 12, 0, 0, 0, time.UTC)}, 39, 1, ""},
		quality.Stale:          {func(_ []int64, v [][]float64) { copy(v[3][8:], slices.Repeat([]float64{100}, 10)) }, quality.Options{}, 8, 10, ""},
		quality.Flat:           {func(_ []int64, v [][]float64) { copyFlat(v, 8, 3) }, quality.Options{}, 8, 3, ""},
		quality.ZeroVolume:     {func(_ []int64, v [][]float64) { v[4][5] = 0 }, quality.Options{}, 5, 1, ""},
		quality.NegativeVolume: {func(_ []int64, v [][]float64) { v[4][5] = -3 }, quality.Options{}, 5, 1, ""},
		quality.Jump: {func(_ []int64, v [][]float64) {
			for i := 30; i < 40; i++ {
				prices(v, i, 141+float64(i%2))
			}
		}, quality.Options{}, 30, 1, ""},
		quality.SplitLike: {func(_ []int64, v [][]float64) {
			for i := 30; i < 40; i++ {
				prices(v, i, 50+float64(i%2)/2)
			}
		}, quality.Options{}, 30, 1, quality.Jump},
		quality.Scale:  {func(_ []int64, v [][]float64) { prices(v, 30, 10000); prices(v, 31, 10100) }, quality.Options{}, 30, 2, ""},
		quality.Absurd: {func(_ []int64, v [][]float64) { v[5][20] = math.Exp2(63) }, quality.Options{}, 20, 1, ""},
		quality.TickerReuse: {func(times []int64, v [][]float64) {
			for i := 30; i < 40; i++ {
				times[i] += 200 * int64(24*time.Hour)
				prices(v, i, 150+float64(i%2))
			}
		}, quality.Options{GapBars: 1000}, 30, 1, ""},
	}
	for _, rule := range quality.Rules() {
		c, ok := cases[rule.Name]
		switch {
		case rule.LooksAt == "files" || rule.LooksAt == "splits":
			continue // found by an ingest, and below
		case !ok:
			t.Errorf("rule %s has no case", rule.Name)
			continue
		}
		f := frame(t, 40, c.change)
		found, err := quality.Check(t.Context(), f, c.options)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, a := range found {
			for _, x := range a.Findings {
				if x.Rule != c.also {
					got = append(got, fmt.Sprintf("%s %d %s", x.Rule, x.Count, x.First.Format(time.RFC3339)))
				}
			}
		}
		want := []string{fmt.Sprintf("%s %d %s", rule.Name, c.count, time.Unix(0, f.Times(0)[c.bar]).UTC().Format(time.RFC3339))}
		if !slices.Equal(got, want) {
			t.Errorf("%s: found %q, want %q", rule.Name, got, want)
		}
		err = quality.Err(found)
		if isError := rule.Severity == report.SeverityError; errors.Is(err, quality.ErrBroken) != isError || isError && !strings.HasSuffix(err.Error(), fmt.Sprintf("%s in 1", rule.Name)) {
			t.Errorf("%s: %v", rule.Name, err)
		}
	}
}

// copyFlat makes bars of one price, their close.
func copyFlat(v [][]float64, from, n int) {
	for i := from; i < from+n; i++ {
		v[0][i], v[1][i], v[2][i] = v[3][i], v[3][i], v[3][i]
	}
}

// TestSplitStep: a split of 2 without a step contradicts prices as traded.
func TestSplitStep(t *testing.T) {
	f := frame(t, 40, func([]int64, [][]float64) {})
	b := columnar.Bars{ID: "AAA", Times: f.Times(0), Events: []columnar.Event{{Time: f.Times(0)[30], Type: columnar.EventSplit, Value: 2}}}
	for k := range f.Columns() {
		b.Values = append(b.Values, f.Values(0, k))
	}
	with, err := columnar.Build(f.Columns(), []columnar.Bars{b}, columnar.Info{Axis: f.Info().Axis, Adjusted: columnar.AdjustedNone})
	if err != nil {
		t.Fatal(err)
	}
	defer with.Release()
	found, err := quality.Check(t.Context(), with, quality.Options{})
	if err != nil || len(found) != 1 || len(found[0].Findings) != 1 || found[0].Findings[0].Rule != quality.SplitStep ||
		found[0].Findings[0].Examples[0].Detail != "close from 101 to 103 at a split of 2: no step" {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestCheckEnds(t *testing.T) {
	f := frame(t, 40, func([]int64, [][]float64) {})
	if found, err := quality.Check(t.Context(), f, quality.Options{}); found != nil || err != nil {
		t.Errorf("%v, %v", found, err)
	}
	if _, err := quality.Check(t.Context(), f, quality.Options{StaleBars: -1}); err == nil {
		t.Error("options that cannot be are taken")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := quality.Check(ctx, f, quality.Options{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
