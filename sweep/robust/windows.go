package robust

import (
	"errors"
	"fmt"
	"sort"
	"time"

	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// TimeRange is the time from From on, before To, in nanoseconds UTC.
type TimeRange struct{ From, To int64 }

// Window is one step of a walk: what a choice is made from, and what it is run on.
type Window struct {
	// Walk numbers the lengths of a matrix, Number the windows of one, from 0 on.
	Walk, Number int
	// Train has several parts where an embargo has taken bars out of it.
	Train []TimeRange
	Test  TimeRange
	// TrainBars and TestBars are their numbers of bars of the calendar.
	TrainBars, TestBars int
}

// MaxWindows is the largest number of windows of all walks together.
const MaxWindows = 10_000

// Windows returns the windows that a walk over the bars at times has, ascending
// times of all accounts together. They are cut by time: a span of bars is counted on
// this calendar, and one of years, months or days is added to the first moment. The
// last test may be shorter than the others. A train or test without bars is an error.
func Windows(w *spec.WalkForward, times []int64) ([]Window, error) {
	if len(times) == 0 {
		return nil, errors.New("walk_forward: there are no bars")
	}
	walks := w.Matrix
	if walks == nil {
		walks = []spec.Lengths{{Train: w.Train, Test: w.Test}}
	}
	var all []Window
	for i, lengths := range walks {
		windows, err := walkOver(w, lengths, barTimes(times))
		if err != nil {
			return nil, err
		}
		for number := range windows {
			windows[number].Walk, windows[number].Number = i, number
		}
		if all = append(all, windows...); len(all) > MaxWindows {
			return nil, fmt.Errorf("walk_forward: more than %d windows; take longer steps", MaxWindows)
		}
	}
	return all, nil
}

// barTimes are the times of bars.
type barTimes []int64

// at returns the position of the first bar at or after a moment.
func (c barTimes) at(moment int64) int {
	return sort.Search(len(c), func(i int) bool { return c[i] >= moment })
}

// end is behind the last bar.
func (c barTimes) end() int64 { return c[len(c)-1] + 1 }

// after returns the moment that lies n spans after one.
func (c barTimes) after(moment int64, s spec.Span, n int) int64 {
	if s.Bars == 0 {
		return spec.Span{Years: n * s.Years, Months: n * s.Months, Days: n * s.Days}.Add(time.Unix(0, moment).UTC()).UnixNano()
	}
	if at := c.at(moment) + n*s.Bars; at < len(c) {
		return c[at]
	}
	return c.end()
}

// before returns the moment that lies a span before one.
func (c barTimes) before(moment int64, s spec.Span) int64 {
	if s.Bars == 0 {
		return spec.Span{Years: -s.Years, Months: -s.Months, Days: -s.Days}.Add(time.Unix(0, moment).UTC()).UnixNano()
	}
	if at := c.at(moment) - s.Bars; at > 0 {
		return c[at]
	}
	return c[0]
}

// walkOver returns the windows of one walk.
func walkOver(w *spec.WalkForward, lengths spec.Lengths, c barTimes) ([]Window, error) {
	tests, err := testsOf(w, lengths, c)
	if err != nil {
		return nil, err
	}
	var windows []Window
	for i, test := range tests {
		from := c[0]
		if !w.Anchored && lengths.Train != (spec.Span{}) {
			from = max(c.before(test.From, lengths.Train), c[0])
		}
		window := Window{Test: test, TestBars: c.at(test.To) - c.at(test.From)}
		if window.TestBars == 0 {
			return nil, fmt.Errorf("walk_forward: the test from %s to %s has no bars", day(test.From), day(test.To))
		}
		// Purged bars end the train before the test begins.
		to := test.From
		if at := c.at(test.From) - w.Purge; w.Purge > 0 {
			to = c[max(at, 0)]
		}
		window.Train = []TimeRange{{from, to}}
		for _, earlier := range tests[:i] {
			if w.Embargo > 0 && earlier.To < to {
				at := min(c.at(earlier.To)+w.Embargo, len(c))
				until := c.end()
				if at < len(c) {
					until = c[at]
				}
				window.Train = without(window.Train, TimeRange{earlier.To, until})
			}
		}
		for _, part := range window.Train {
			window.TrainBars += c.at(part.To) - c.at(part.From)
		}
		if window.TrainBars == 0 {
			return nil, fmt.Errorf("walk_forward: the train before the test from %s has no bars; give it more, or purge and embargo fewer", day(test.From))
		}
		windows = append(windows, window)
	}
	return windows, nil
}

// testsOf returns the tests of a walk.
func testsOf(w *spec.WalkForward, lengths spec.Lengths, c barTimes) ([]TimeRange, error) {
	var tests []TimeRange
	if w.Dates != nil {
		for i := range w.Dates[1:] {
			tests = append(tests, TimeRange{w.Dates[i].UnixNano(), w.Dates[i+1].UnixNano()})
		}
		if first := tests[0].From; first <= c[0] {
			return nil, fmt.Errorf("walk_forward: the first test begins on %s, and there are no bars before it: the first is at %s", day(first), day(c[0]))
		}
		return tests, nil
	}
	step := w.Step
	if step == (spec.Span{}) {
		step = lengths.Test
	}
	first := c.after(c[0], lengths.Train, 1)
	for n := 0; ; n++ {
		from := c.after(first, step, n)
		if from >= c.end() || len(tests) > MaxWindows {
			break
		}
		to := min(c.after(from, lengths.Test, 1), c.end())
		if len(tests) > 0 && from < tests[len(tests)-1].To {
			return nil, errors.New("walk_forward: tests overlap: the step is shorter than the test, and one account cannot be in both")
		}
		tests = append(tests, TimeRange{from, to})
	}
	if tests == nil {
		return nil, fmt.Errorf("walk_forward: a train of %s from %s leaves no bars to test on: the last is at %s", lengths.Train, day(c[0]), day(c[len(c)-1]))
	}
	return tests, nil
}

// without takes a hole out of ranges.
func without(parts []TimeRange, hole TimeRange) []TimeRange {
	var out []TimeRange
	for _, p := range parts {
		if hole.To <= p.From || hole.From >= p.To {
			out = append(out, p)
			continue
		}
		if p.From < hole.From {
			out = append(out, TimeRange{p.From, hole.From})
		}
		if hole.To < p.To {
			out = append(out, TimeRange{hole.To, p.To})
		}
	}
	return out
}

// day is a moment in words.
func day(moment int64) string {
	t := time.Unix(0, moment).UTC()
	if t.Equal(t.Truncate(24 * time.Hour)) {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339)
}
