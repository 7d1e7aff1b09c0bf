package calendar

import (
	"iter"
	"math"
	"time"
)

// NYSEFirstYear is the first year whose sessions [NYSE] knows.
const NYSEFirstYear = 1970

// fullSession is the length of a session of the exchange since 1985.
const fullSession = 390 * time.Minute

// nyse is the New York Stock Exchange.
type nyse struct{}

func (nyse) name() string              { return "nyse" }
func (nyse) zone() *time.Location      { return newYork() }
func (n nyse) identity() string        { return n.name() }
func (nyse) date(t int64) int64        { return dateIn(newYork(), t, 0) }
func (nyse) fits(f time.Duration) bool { return f <= fullSession }

func (nyse) known() (since, until time.Time) {
	return date(NYSEFirstYear, time.January, 1), time.Time{}
}

func (nyse) sessions(from, to time.Time) iter.Seq[Session] {
	return sessionsOf(nyseDays(from, to), nyseSession)
}

func (nyse) days(from, to time.Time) iter.Seq2[time.Time, bool] { return expected(nyseDays(from, to)) }

func (n nyse) closed(d time.Time) string {
	since, _ := n.known()
	switch w := d.Weekday(); {
	case d.Before(since):
		return ""
	case w == time.Saturday, w == time.Sunday:
		return weekend
	}
	return nyseClosed(d.Year())[d]
}

func (nyse) barsPerYear(frequency time.Duration) (float64, bool) {
	switch {
	case frequency == day:
		return 252, true
	case frequency <= fullSession:
		return 252 * math.Ceil(float64(fullSession)/float64(frequency)), true
	}
	return 0, false
}

// nyseDays yields the days of the sessions.
func nyseDays(from, to time.Time) iter.Seq[time.Time] {
	if first := date(NYSEFirstYear, time.January, 1); from.Before(first) {
		from = first
	}
	return func(yield func(time.Time) bool) {
		year, closed := 0, map[time.Time]string(nil)
		for d := range weekdays(from, to, time.Saturday, time.Sunday) {
			if d.Year() != year {
				year, closed = d.Year(), nyseClosed(d.Year())
			}
			if closed[d] == "" && !yield(d) {
				return
			}
		}
	}
}

// nyseClosed returns the closed days of a year and why, weekends left aside.
func nyseClosed(year int) map[time.Time]string {
	closed := make(map[time.Time]string)
	for _, h := range nyseHolidays {
		if year >= h.since && (h.until == 0 || year <= h.until) {
			closed[h.on(year)] = h.name
		}
	}
	for _, c := range nyseClosures {
		for d := c.from; !d.After(c.to); d = d.AddDate(0, 0, 1) {
			closed[d] = c.reason
		}
	}
	return closed
}

// A holiday is a rule that gives one closed day a year. Its years are those
// in which the exchange kept it so, the last one 0 where it still does. A day
// that falls on a weekend anyway closes nothing.
type holiday struct {
	name         string
	since, until int
	on           func(year int) time.Time
}

// The rules are those of Rule 7.2 (formerly 51) of the exchange as its yearly
// lists of holidays apply them, and for older years the history of its closed
// days ("NYSE Special Closings").
var nyseHolidays = []holiday{
	{"New Year's Day", 1970, 0, newYearsDay},
	{"Martin Luther King Jr. Day", 1998, 0, func(y int) time.Time { return nth(y, time.January, time.Monday, 3) }},
	{"Washington's Birthday", 1970, 1970, func(y int) time.Time { return observed(date(y, time.February, 22)) }},
	// The Uniform Monday Holiday Act moved it and Memorial Day from 1971 on. On
	// 30 May 1970, a Saturday, Memorial Day was not made up for.
	{"Washington's Birthday", 1971, 0, func(y int) time.Time { return nth(y, time.February, time.Monday, 3) }},
	{"Good Friday", 1970, 0, func(y int) time.Time { return easter(y).AddDate(0, 0, -2) }},
	{"Memorial Day", 1971, 0, func(y int) time.Time { return nth(y, time.June, time.Monday, 1).AddDate(0, 0, -7) }},
	{"Juneteenth", 2022, 0, func(y int) time.Time { return observed(date(y, time.June, 19)) }},
	{"Independence Day", 1970, 0, func(y int) time.Time { return observed(date(y, time.July, 4)) }},
	{"Labor Day", 1970, 0, func(y int) time.Time { return nth(y, time.September, time.Monday, 1) }},
	{"Thanksgiving", 1970, 0, thanksgiving},
	{"Christmas", 1970, 0, func(y int) time.Time { return observed(date(y, time.December, 25)) }},
}

// newYearsDay is observed on a Monday where it is a Sunday. A Saturday is not
// made up for, because the Friday before it ends an accounting year.
func newYearsDay(year int) time.Time {
	d := date(year, time.January, 1)
	if d.Weekday() == time.Sunday {
		return d.AddDate(0, 0, 1)
	}
	return d
}

func thanksgiving(year int) time.Time { return nth(year, time.November, time.Thursday, 4) }

// observed moves a Saturday to the Friday and a Sunday to the Monday.
func observed(d time.Time) time.Time {
	switch d.Weekday() {
	case time.Saturday:
		return d.AddDate(0, 0, -1)
	case time.Sunday:
		return d.AddDate(0, 0, 1)
	}
	return d
}

// nth returns the n-th such weekday of a month.
func nth(year int, month time.Month, weekday time.Weekday, n int) time.Time {
	first := date(year, month, 1)
	ahead := (int(weekday) - int(first.Weekday()) + 7) % 7
	return first.AddDate(0, 0, ahead+7*(n-1))
}

// easter returns the Gregorian Easter Sunday by the anonymous algorithm
// (Nature, 20 April 1876; Meeus, Astronomical Algorithms, chapter 8).
func easter(year int) time.Time {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (b - (b+8)/25 + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	sum := h + l - 7*m + 114
	return date(year, time.Month(sum/31), sum%31+1)
}
