package calendar

import (
	"math"
	"slices"
	"sort"
	"time"
)

// A Grid is the timestamps at which a calendar expects bars of a frequency, in
// order. It does not change and may be used by many goroutines.
type Grid struct {
	// from and to bound the moments of which anything is known: from ≤ t < to.
	from, to int64
	step     int64
	// daily makes a timestamp the day that it stands for; nil for bars within
	// a session.
	daily func(t int64) int64
	runs  []run
	// found, unless nil, is all there is: a Grid of times that were seen.
	found []int64
}

// run is a row of expected timestamps one step apart: a session, or a day.
type run struct {
	first int64
	// bars is how many are expected; 0 for a single timestamp at which a bar
	// may be or not.
	bars int
	// end is another timestamp of the last bar: the close, where it is shorter
	// than the others and timestamps are ends.
	end int64
	// before counts the bars of the runs before this one.
	before int
}

// Grid returns the times of bars of a frequency between two timestamps, in
// nanoseconds, that name the openings of bars, or their closes if atClose is set.
// It is nil where none is known: for AsFound (see [FoundGrid]), an unknown
// frequency, bars longer than a day, bars that do not fit into a session, and for
// currencies bars of more than an hour and less than a day, which vendors begin at
// different hours.
//
// Daily bars are expected at their day, and count for it at any timestamp that
// belongs to it (see [Calendar.DateOf]): midnight UTC, midnight on the market's
// clock, the opening or the close. Of currencies, whose day ends at 17:00 in New
// York, a bar for the hours of Sunday may be, but is not expected. Bars within a
// session are counted from its regular opening; one is expected for each step
// in which the exchange trades, so a late opening or an early close makes them
// fewer.
func (c Calendar) Grid(frequency time.Duration, atClose bool, first, last int64) *Grid {
	r := c.is()
	switch {
	case frequency <= 0 || frequency > day || last < first, c.IsAsFound():
		return nil
	case frequency < day && !r.fits(frequency):
		return nil
	}
	g := &Grid{step: int64(frequency), from: first, to: math.MaxInt64}
	if r == rules(alwaysOpen{}) {
		// Bars of a day from its midnight, and so of all days.
		at := first - mod(first, g.step)
		g.runs = []run{{first: at, bars: int((last-at)/g.step) + 1}}
		return g
	}
	since, until := r.known()
	if !since.IsZero() {
		g.from = max(g.from, since.UnixNano())
	}
	if !until.IsZero() {
		g.to = until.UnixNano()
	}
	from, to := time.Unix(0, first).UTC().Add(-3*day), time.Unix(0, last).UTC().Add(3*day)
	if frequency == day {
		g.daily = r.date
		for d, must := range r.days(from, to) {
			one := run{first: d.UnixNano()}
			if must {
				one.bars = 1
			}
			g.add(one)
		}
		return g
	}
	for s := range r.sessions(from, to) {
		g.add(sessionRun(s, g.step, atClose))
	}
	return g
}

// FoundGrid returns the grid of AsFound: the times that any of the
// given lists has, each in increasing order. The lists are borrowed.
func FoundGrid(times ...[]int64) *Grid {
	lists := slices.Clone(times)
	for len(lists) > 1 {
		half := (len(lists) + 1) / 2
		for i := range len(lists) / 2 {
			lists[i] = union(lists[2*i], lists[2*i+1])
		}
		if len(lists)%2 == 1 {
			lists[half-1] = lists[len(lists)-1]
		}
		lists = lists[:half]
	}
	g := &Grid{found: []int64{}, to: math.MaxInt64}
	if len(lists) == 1 && len(lists[0]) > 0 {
		g.found, g.from = lists[0], lists[0][0]
	}
	return g
}

// union merges two increasing lists. A list that has all of the other is
// returned as it is, which is the rule for assets of one market.
func union(a, b []int64) []int64 {
	if len(a) < len(b) {
		a, b = b, a
	}
	if slices.Equal(a, b) {
		return a
	}
	merged := []int64(nil) // a up to where b has something new
	i := 0
	for _, t := range b {
		for i < len(a) && a[i] < t {
			if merged != nil {
				merged = append(merged, a[i])
			}
			i++
		}
		if i < len(a) && a[i] == t {
			continue
		}
		if merged == nil {
			merged = append(make([]int64, 0, len(a)+len(b)), a[:i]...)
		}
		merged = append(merged, t)
	}
	if merged == nil {
		return a
	}
	return append(merged, a[i:]...)
}

// sessionRun is the bars of one session.
func sessionRun(s Session, step int64, atClose bool) run {
	anchor, open, shut := s.Anchor.UnixNano(), s.Open.UnixNano(), s.Close.UnixNano()
	skip := (open - anchor) / step
	bars := (shut-anchor+step-1)/step - skip
	r := run{first: anchor + skip*step, bars: int(bars)}
	if atClose {
		r.first += step
		r.end = shut
	}
	return r
}

func (g *Grid) add(r run) {
	if n := len(g.runs); n > 0 {
		r.before = g.runs[n-1].before + g.runs[n-1].bars
	}
	g.runs = append(g.runs, r)
}

// Rank returns how many bars are expected before timestamp t, and whether a
// bar may have that timestamp. Differences of ranks count expected bars; the
// rank itself begins somewhere near the first timestamp that the grid was asked for.
func (g *Grid) Rank(t int64) (before int, on bool) {
	return g.rank(g.place(t))
}

// Count returns how many bars are expected from one timestamp to another, both
// included.
func (g *Grid) Count(first, last int64) int {
	lo, _ := g.rank(g.place(first))
	hi, _ := g.rank(g.place(last) + 1)
	return max(hi-lo, 0)
}

// place returns the timestamp that the grid has for t: for daily bars the day.
func (g *Grid) place(t int64) int64 {
	if g.daily != nil {
		return g.daily(t)
	}
	return t
}

func (g *Grid) rank(place int64) (before int, on bool) {
	if g.found != nil {
		return slices.BinarySearch(g.found, place)
	}
	i := sort.Search(len(g.runs), func(i int) bool { return g.runs[i].first > place }) - 1
	if i < 0 {
		return 0, false
	}
	return g.runs[i].rank(place, g.step)
}

// rank is Rank for a timestamp that is not before the run.
func (r *run) rank(t, step int64) (before int, on bool) {
	if r.bars == 0 {
		return r.before, t == r.first
	}
	n, over := (t-r.first)/step, (t-r.first)%step
	switch {
	case r.end != 0 && t == r.end:
		return r.before + r.bars - 1, true
	case over == 0 && n < int64(r.bars):
		return r.before + int(n), true
	case over == 0:
		return r.before + r.bars, false
	}
	return r.before + int(min(n+1, int64(r.bars))), false
}

// Compare goes through the increasing timestamps of an asset. It calls gap for
// each bar before which expected bars are missing, counted since the bar
// before it, and off for each bar at whose timestamp none can be. Nothing is
// said of bars before the calendar's first year, or after its last session. It takes time in proportion
// to the bars and the sessions.
func (g *Grid) Compare(times []int64, gap func(bar, missing int), off func(bar int)) {
	if g.found != nil && slices.Equal(times, g.found) {
		return // as for most assets of one market
	}
	last := -1 // rank behind the bar before, once there is one
	c := cursor{grid: g}
	for i, t := range times {
		if t < g.from || t >= g.to {
			continue
		}
		if i > 0 && times[i-1] < g.from {
			// What is missing since the first moment that is known.
			last, _ = g.rank(g.place(g.from))
		}
		before, after, on := c.rank(t)
		if !on {
			off(i)
		}
		if last >= 0 && before > last {
			gap(i, before-last)
		}
		last = max(last, after)
	}
}

// cursor finds the ranks of increasing timestamps without searching.
type cursor struct {
	grid *Grid
	at   int // run, or place in found
}

// rank is Grid.Rank, and the rank behind a bar of that timestamp.
func (c *cursor) rank(t int64) (before, after int, on bool) {
	g := c.grid
	if g.found != nil {
		for c.at < len(g.found) && g.found[c.at] < t {
			c.at++
		}
		if c.at < len(g.found) && g.found[c.at] == t {
			return c.at, c.at + 1, true
		}
		return c.at, c.at, false
	}
	t = g.place(t)
	for c.at+1 < len(g.runs) && g.runs[c.at+1].first <= t {
		c.at++
	}
	if len(g.runs) == 0 || t < g.runs[c.at].first {
		return 0, 0, false
	}
	r := &g.runs[c.at]
	if before, on = r.rank(t, g.step); !on {
		return before, before, false
	}
	return before, min(before+1, r.before+r.bars), true
}
