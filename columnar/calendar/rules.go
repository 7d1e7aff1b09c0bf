package calendar

import (
	"iter"
	"slices"
	"time"
)

// A Session is one trading day of a calendar.
type Session struct {
	// Day is midnight UTC of the date of the session, with which daily bars
	// are stamped.
	Day time.Time
	// Open and Close bound the time in which bars begin, in UTC: Open ≤ t < Close.
	Open, Close time.Time
	// Anchor is the regular opening of that day, from which bars are counted;
	// it is before Open where trading began late.
	Anchor time.Time
	// Due is the regular close of that day; it is after Close where trading
	// ended early.
	Due time.Time
}

// Short reports whether trading began later or ended earlier than on a regular
// day.
func (s Session) Short() bool { return s.Open.After(s.Anchor) || s.Close.Before(s.Due) }

// rules are what one market's calendar knows.
type rules interface {
	name() string
	zone() *time.Location
	// identity is the name, and of a table also what is in it.
	identity() string
	// known bounds what anything is known of; zero times do not.
	known() (since, until time.Time)
	sessions(from, to time.Time) iter.Seq[Session]
	// closed says why a day that is midnight UTC is no session, "" where it is
	// one or nothing is known.
	closed(day time.Time) string
	// date returns the trading day of a moment, as midnight UTC.
	date(t int64) int64
	// days yields the days that daily bars may have, and whether one must.
	days(from, to time.Time) iter.Seq2[time.Time, bool]
	barsPerYear(frequency time.Duration) (float64, bool)
	// fits says whether it is known where bars of a frequency below a day begin.
	fits(frequency time.Duration) bool
}

// day is the frequency of daily bars.
const day = 24 * time.Hour

// weekend is why a market is closed on a day off.
const weekend = "weekend"

// weekdays yields the midnights UTC in from ≤ midnight < to but those of the
// weekdays that are off. A zero to leaves the end open.
func weekdays(from, to time.Time, off ...time.Weekday) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		d := from.UTC().Truncate(day)
		if d.Before(from) {
			d = d.Add(day)
		}
		for ; to.IsZero() || d.Before(to); d = d.Add(day) {
			if !slices.Contains(off, d.Weekday()) && !yield(d) {
				return
			}
		}
	}
}

// sessionsOf yields the session of each day.
func sessionsOf(days iter.Seq[time.Time], session func(midnight time.Time) Session) iter.Seq[Session] {
	return func(yield func(Session) bool) {
		for d := range days {
			if !yield(session(d)) {
				return
			}
		}
	}
}

// expected yields days on each of which a daily bar is expected.
func expected(days iter.Seq[time.Time]) iter.Seq2[time.Time, bool] {
	return func(yield func(time.Time, bool) bool) {
		for d := range days {
			if !yield(d, true) {
				return
			}
		}
	}
}

// date is midnight UTC of a date.
func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// dateIn returns what makes a timestamp the midnight UTC of its date in a zone,
// where days end that long before midnight. Midnight UTC stays as it is.
func dateIn(zone *time.Location, t int64, ahead time.Duration) int64 {
	if mod(t, int64(day)) == 0 {
		return t
	}
	y, m, d := time.Unix(0, t).In(zone).Add(ahead).Date()
	return date(y, m, d).UnixNano()
}

// mod is the remainder of t that is not negative.
func mod(t, n int64) int64 { return (t%n + n) % n }
