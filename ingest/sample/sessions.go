package sample

import (
	"iter"
	"slices"
	"time"
)

// FirstYear is the first year whose sessions are known.
const FirstYear = 2000

// Sessions returns the trading days of the New York Stock Exchange from one
// day to another, both included, as midnights UTC. The rules hold from
// FirstYear on; days on which the exchange was closed out of turn are known
// up to the end of 2024.
func Sessions(from, to time.Time) []time.Time {
	var days []time.Time
	for day := range sessionsFrom(from) {
		if day.After(to) {
			break
		}
		days = append(days, day)
	}
	return days
}

// sessionsFrom yields the sessions from a day on, without an end.
func sessionsFrom(from time.Time) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		day := midnight(from)
		closed := closedIn(day.Year())
		for ; ; day = day.AddDate(0, 0, 1) {
			if day.YearDay() == 1 {
				closed = closedIn(day.Year())
			}
			if w := day.Weekday(); w == time.Saturday || w == time.Sunday || slices.Contains(closed, day) {
				continue
			}
			if !yield(day) {
				return
			}
		}
	}
}

// closedIn returns the days of a year on which the exchange is closed,
// weekends left aside.
func closedIn(year int) []time.Time {
	var days []time.Time
	for _, c := range closures {
		for day := c.from; day.Year() == year && !day.After(c.to); day = day.AddDate(0, 0, 1) {
			days = append(days, day)
		}
	}
	for _, h := range holidays {
		if year >= h.since {
			days = append(days, h.on(year))
		}
	}
	return days
}

func midnight(t time.Time) time.Time {
	t = t.UTC()
	return date(t.Year(), t.Month(), t.Day())
}

func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// A closure is a stretch of days without trading that follows no rule.
type closure struct {
	from, to time.Time
	reason   string
}

var closures = []closure{
	{date(2001, 9, 11), date(2001, 9, 14), "attacks of 11 September"},
	{date(2004, 6, 11), date(2004, 6, 11), "mourning for President Reagan"},
	{date(2007, 1, 2), date(2007, 1, 2), "mourning for President Ford"},
	{date(2012, 10, 29), date(2012, 10, 30), "hurricane Sandy"},
	{date(2018, 12, 5), date(2018, 12, 5), "mourning for President George H. W. Bush"},
}

// A holiday is a rule that gives one closed day a year.
type holiday struct {
	name  string
	since int
	on    func(year int) time.Time
}

var holidays = []holiday{
	{"New Year's Day", FirstYear, newYear},
	{"Martin Luther King Jr. Day", FirstYear, func(y int) time.Time { return nth(y, time.January, time.Monday, 3) }},
	{"Washington's Birthday", FirstYear, func(y int) time.Time { return nth(y, time.February, time.Monday, 3) }},
	{"Good Friday", FirstYear, func(y int) time.Time { return easter(y).AddDate(0, 0, -2) }},
	{"Memorial Day", FirstYear, func(y int) time.Time { return nth(y, time.June, time.Monday, 1).AddDate(0, 0, -7) }},
	{"Juneteenth", 2022, func(y int) time.Time { return observed(date(y, time.June, 19)) }},
	{"Independence Day", FirstYear, func(y int) time.Time { return observed(date(y, time.July, 4)) }},
	{"Labor Day", FirstYear, func(y int) time.Time { return nth(y, time.September, time.Monday, 1) }},
	{"Thanksgiving", FirstYear, func(y int) time.Time { return nth(y, time.November, time.Thursday, 4) }},
	{"Christmas", FirstYear, func(y int) time.Time { return observed(date(y, time.December, 25)) }},
}

// newYear is observed on a Monday where it is a Sunday. A Saturday is not
// made up for, because the Friday before it ends an accounting year.
func newYear(year int) time.Time {
	day := date(year, time.January, 1)
	if day.Weekday() == time.Sunday {
		return day.AddDate(0, 0, 1)
	}
	return day
}

// observed moves a Saturday to the Friday and a Sunday to the Monday.
func observed(day time.Time) time.Time {
	switch day.Weekday() {
	case time.Saturday:
		return day.AddDate(0, 0, -1)
	case time.Sunday:
		return day.AddDate(0, 0, 1)
	}
	return day
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
