package calendar_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/columnar/calendar"
)

// spaced is the bars of a calendar at a distance.
type spaced struct {
	calendar  calendar.Calendar
	frequency time.Duration
}

// instants parses times separated by commas.
func instants(t *testing.T, texts string) []int64 {
	t.Helper()
	var out []int64
	for text := range strings.SplitSeq(texts, ",") {
		out = append(out, instant(t, strings.TrimSpace(text)).UnixNano())
	}
	return out
}

// compared says what Compare finds, as "bar-missing" and "bar!".
func compared(g *calendar.Grid, times []int64) string {
	var out []string
	g.Compare(times,
		func(bar, missing int) { out = append(out, fmt.Sprintf("%d-%d", bar, missing)) },
		func(bar int) { out = append(out, fmt.Sprintf("%d!", bar)) })
	return strings.Join(out, " ")
}

// All by hand from the calendar of 2024: New York is at UTC-5 until 10 March
// and at UTC-4 from then on; Friday 29 March was Good Friday, and 3 July ended
// at 13:00, which is 17:00 UTC.
func TestGridCompares(t *testing.T) {
	for _, c := range []struct {
		name      string
		calendar  calendar.Calendar
		frequency time.Duration
		atClose   bool
		times     string
		want      string
	}{
		{"days", calendar.NYSE(), hours24, false, "2024-03-27, 2024-03-28, 2024-04-01, 2024-04-02", ""},
		{"a missing day", calendar.NYSE(), hours24, false, "2024-03-27, 2024-04-01", "1-1"},
		{"a holiday and a Saturday", calendar.NYSE(), hours24, false, "2024-03-28, 2024-03-29, 2024-03-30, 2024-04-01", "1! 2!"},
		{"midnights in New York", calendar.NYSE(), hours24, false, "2024-03-07 05:00:00, 2024-03-08 05:00:00, 2024-03-11 04:00:00, 2024-03-13 04:00:00", "3-1"},
		{"openings", calendar.NYSE(), hours24, false, "2024-03-08 14:30:00, 2024-03-11 13:30:00", ""},
		{"before what is known", calendar.NYSE(), hours24, false, "1969-06-02, 1969-07-04, 1970-01-02, 1970-01-06", "3-1"},
		{"minutes over a close", calendar.NYSE(), time.Minute, false, "2024-03-08 20:58:00, 2024-03-08 20:59:00, 2024-03-11 13:30:00, 2024-03-11 13:31:00", ""},
		{"minutes over summer time, not adjusted", calendar.NYSE(), time.Minute, false, "2024-03-08 20:59:00, 2024-03-11 14:30:00", "1-60"},
		{"early close", calendar.NYSE(), time.Minute, false, "2024-07-03 16:59:00, 2024-07-05 13:30:00", ""},
		{"after an early close", calendar.NYSE(), time.Minute, false, "2024-07-03 16:59:00, 2024-07-03 17:00:00, 2024-07-05 13:30:00", "1!"},
		{"off the grid", calendar.NYSE(), 5 * time.Minute, false, "2024-07-02 13:30:00, 2024-07-02 13:37:00, 2024-07-02 13:40:00", "1! 1-1"},
		// 9:30, 10:30, … 15:30: seven bars, the last of half an hour.
		{"hours", calendar.NYSE(), time.Hour, false, "2024-07-01 19:30:00, 2024-07-02 13:30:00, 2024-07-02 19:30:00", "2-5"},
		{"hours by their ends", calendar.NYSE(), time.Hour, true, "2024-07-01 19:30:00, 2024-07-01 20:00:00, 2024-07-02 14:30:00", ""},
		{"hours by their full ends", calendar.NYSE(), time.Hour, true, "2024-07-01 19:30:00, 2024-07-01 20:30:00, 2024-07-02 15:30:00", "2-1"},
		{"24/7", calendar.AlwaysOpen(), time.Hour, false, "2024-03-09 23:00:00, 2024-03-10 00:00:00, 2024-03-10 02:30:00, 2024-03-10 03:00:00", "2! 2-2"},
		// From 17:00 in New York: 22:00 UTC on 8 March, 21:00 on the 10th.
		{"currency week", calendar.FX(), time.Hour, false, "2024-03-08 21:00:00, 2024-03-10 21:00:00, 2024-03-11 00:00:00", "2-2"},
		{"currencies after Friday", calendar.FX(), time.Hour, false, "2024-03-08 21:00:00, 2024-03-08 22:00:00, 2024-03-10 21:00:00", "1!"},
		{"currency days", calendar.FX(), hours24, false, "2024-03-08, 2024-03-10, 2024-03-11, 2024-03-15, 2024-03-18", "3-3"},
		{"currency days from 17:00", calendar.FX(), hours24, false, "2024-03-07 22:00:00, 2024-03-10 21:00:00, 2024-03-11 21:00:00", ""},
	} {
		times := instants(t, c.times)
		g := c.calendar.Grid(c.frequency, c.atClose, times[0], times[len(times)-1])
		if got := compared(g, times); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// 2024 had 252 sessions, three of them of 210 minutes (3 July, 29 November, 24
// December), and 366 days; 262 of the days were weekdays.
func TestGridCounts(t *testing.T) {
	first, last := instant(t, "2024-01-01 12:00:00").UnixNano(), instant(t, "2024-12-31 22:00:00").UnixNano()
	for _, c := range []struct {
		calendar  calendar.Calendar
		frequency time.Duration
		want      int
	}{
		{calendar.NYSE(), hours24, 252},
		{calendar.NYSE(), time.Minute, 249*390 + 3*210},
		{calendar.NYSE(), time.Hour, 249*7 + 3*4},
		{calendar.FX(), hours24, 263},         // 17:00 in New York is the next day
		{calendar.AlwaysOpen(), hours24, 365}, // the first midnight is not in
	} {
		g := c.calendar.Grid(c.frequency, false, first, last)
		if got := g.Count(first, last); got != c.want {
			t.Errorf("%s every %v: %d bars, want %d", c.calendar, c.frequency, got, c.want)
		}
	}
	for _, a := range []spaced{
		{calendar: calendar.AsFound(), frequency: hours24}, {calendar: calendar.NYSE()},
		{calendar: calendar.NYSE(), frequency: 7 * hours24}, {calendar: calendar.NYSE(), frequency: 7 * time.Hour},
		{calendar: calendar.FX(), frequency: 4 * time.Hour},
	} {
		if a.calendar.Grid(a.frequency, false, first, last) != nil {
			t.Errorf("%+v has a grid", a)
		}
	}
}

// Compare against Rank, which searches, on any times; ranks against a walk
// over the sessions.
func TestGridProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := spaced{
			calendar:  rapid.SampledFrom([]calendar.Calendar{calendar.NYSE(), calendar.FX(), calendar.AlwaysOpen()}).Draw(t, "calendar"),
			frequency: rapid.SampledFrom([]time.Duration{hours24, time.Hour, 30 * time.Minute}).Draw(t, "frequency"),
		}
		start := time.Date(2001, 9, 3, 0, 0, 0, 0, time.UTC).UnixNano()
		half := int64(30 * time.Minute)
		set := rapid.SliceOfNDistinct(rapid.Int64Range(0, 20*48), 1, 60, rapid.ID[int64]).Draw(t, "halves")
		slices.Sort(set)
		times := make([]int64, len(set))
		for i, n := range set {
			times[i] = start + n*half
			if x.frequency == hours24 {
				times[i] = start + n/48*day
			}
		}
		times = slices.Compact(times)
		g := x.calendar.Grid(x.frequency, false, times[0], times[len(times)-1])
		var want []string
		for i, tm := range times {
			if _, on := g.Rank(tm); !on {
				want = append(want, fmt.Sprintf("%d!", i))
			}
			if i > 0 {
				between := 0
				for s := times[i-1] + half; s < tm; s += half {
					if isExpected(x, s) {
						between++
					}
				}
				if between > 0 {
					want = append(want, fmt.Sprintf("%d-%d", i, between))
				}
			}
		}
		if got := compared(g, times); got != strings.Join(want, " ") {
			t.Fatalf("%+v: %v: got %q, want %q", x, times, got, want)
		}
	})
}

// isExpected is naive: it asks every session of the time around.
func isExpected(x spaced, at int64) bool {
	tm := time.Unix(0, at).UTC()
	for s := range x.calendar.Sessions(tm.Add(-4*hours24), tm.Add(4*hours24)) {
		if x.frequency == hours24 {
			if s.Day.Equal(tm) {
				return true
			}
			continue
		}
		for b := s.Anchor; b.Before(s.Close); b = b.Add(x.frequency) {
			if b.Equal(tm) && b.Add(x.frequency).After(s.Open) {
				return true
			}
		}
	}
	return false
}

func TestFoundGrid(t *testing.T) {
	for _, c := range []struct {
		lists [][]int64
		times []int64
		want  string
	}{
		{[][]int64{{1, 2, 4}, {2, 3, 9}}, []int64{1, 2, 4}, "2-1"},
		{[][]int64{{1, 2, 4}, {2, 3, 9}}, []int64{2, 3, 9}, "2-1"},
		{[][]int64{{1, 2, 3}, {2}, {}, {1, 3}}, []int64{1, 3}, "1-1"},
		{[][]int64{{5}, {1}, {9}, {7}, {3}}, []int64{1, 9}, "1-3"},
		{nil, []int64{4}, "0!"},
	} {
		if got := compared(calendar.FoundGrid(c.lists...), c.times); got != c.want {
			t.Errorf("%v: %v: got %q, want %q", c.lists, c.times, got, c.want)
		}
	}
}

// TestGapFromBefore: a hole that begins before the first session that is known counts
// from that session on: the 22 weekdays of January 1970 but New Year's Day.
func TestGapFromBefore(t *testing.T) {
	at := func(year int, month time.Month, day int) int64 {
		return time.Date(year, month, day, 0, 0, 0, 0, time.UTC).UnixNano()
	}
	times := []int64{at(1969, 12, 15), at(1969, 12, 16), at(1970, 2, 2), at(1970, 2, 3)}
	g := calendar.NYSE().Grid(24*time.Hour, false, times[0], times[3])
	gaps := 0
	g.Compare(times, func(_, missing int) { gaps += missing }, func(bar int) { t.Errorf("bar %d is off the grid", bar) })
	if gaps != 21 { // the sessions of January
		t.Errorf("%d bars are missing, want 21", gaps)
	}
}
