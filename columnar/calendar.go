package columnar

import (
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // New York's daylight saving must be known on machines without zone files
)

// Calendar names the sessions that a bundle's bars come from. The number of
// bars a year and the [Grid] depend on it.
type Calendar string

// The calendars known today.
const (
	// CalendarAsFound has no sessions of its own: the bars a year, and the
	// times at which bars are expected, are taken from the data.
	CalendarAsFound Calendar = "as-found"
	// CalendarNYSE has the sessions of the New York Stock Exchange since 1970,
	// 252 a year of 390 minutes each.
	CalendarNYSE Calendar = "nyse"
	// Calendar24x7 has 365 days a year of 24 hours each, from midnight UTC.
	Calendar24x7 Calendar = "24x7"
	// CalendarFX has 260 days a year of 24 hours each: the week is open from
	// Sunday 17:00 to Friday 17:00 in New York, a day ends at 17:00 there, and
	// there are no holidays.
	CalendarFX Calendar = "fx"
)

// ParseCalendar returns the calendar of that name; "" is CalendarAsFound.
func ParseCalendar(name string) (Calendar, error) {
	switch c := Calendar(strings.ToLower(name)); c {
	case "":
		return CalendarAsFound, nil
	case CalendarAsFound, CalendarNYSE, Calendar24x7, CalendarFX:
		return c, nil
	}
	return "", fmt.Errorf("calendar %q: want nyse, 24x7, fx or as-found", name)
}

// BarsPerYear returns the nominal number of bars a year of a frequency: days a
// year, times the bars of a full session where bars are shorter. It is false
// for frequencies of which the calendar has no number: those longer than a day
// or not up to a session, and all of CalendarAsFound.
func (c Calendar) BarsPerYear(frequency time.Duration) (float64, bool) {
	switch {
	case frequency <= 0:
	case c == CalendarNYSE && frequency == day:
		return 252, true
	case c == CalendarNYSE && frequency <= fullSession:
		return 252 * math.Ceil(float64(fullSession)/float64(frequency)), true
	case c == Calendar24x7 && frequency <= day:
		return 365 * float64(day) / float64(frequency), true
	case c == CalendarFX && frequency <= day:
		return 260 * float64(day) / float64(frequency), true
	}
	return 0, false
}

// day is the frequency of daily bars.
const day = 24 * time.Hour

// A Session is one trading day of a calendar.
type Session struct {
	// Day is midnight UTC of the date of the session, with which daily bars
	// are stamped.
	Day time.Time
	// Open and Close bound the time in which bars begin: Open ≤ t < Close.
	Open, Close time.Time
	// Anchor is the regular opening of that day, from which bars are counted;
	// it is before Open where trading began late.
	Anchor time.Time
}

// Sessions yields the sessions whose Day lies in from ≤ Day < to, in order. A
// zero to leaves the end open: sessions go on by today's rules. CalendarAsFound
// has none, and CalendarNYSE none before [NYSEFirstYear].
func (c Calendar) Sessions(from, to time.Time) iter.Seq[Session] {
	switch c {
	case CalendarNYSE:
		return nyseSessions(from, to)
	case CalendarFX:
		return sessionsOf(weekdays(from, to, time.Saturday, time.Sunday), fxSession)
	case Calendar24x7:
		return sessionsOf(weekdays(from, to), func(d time.Time) Session {
			return Session{Day: d, Open: d, Close: d.Add(day), Anchor: d}
		})
	}
	return func(func(Session) bool) {}
}

// Next returns the first session that opens after t. It is false for
// CalendarAsFound.
func (c Calendar) Next(t time.Time) (Session, bool) {
	// A session opens at most a day before its Day.
	for s := range c.Sessions(t.Add(-2*day), time.Time{}) {
		if s.Open.After(t) {
			return s, true
		}
	}
	return Session{}, false
}

// Previous returns the last session that has closed by t. It is false where
// the calendar knows none.
func (c Calendar) Previous(t time.Time) (last Session, ok bool) {
	// No stretch of closed days is as long as two weeks: the longest known
	// since 1970 are the six of September 2001.
	for s := range c.Sessions(t.Add(-14*day), t.Add(2*day)) {
		if s.Close.After(t) {
			break
		}
		last, ok = s, true
	}
	return last, ok
}

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

// fxSession is the day of the currency market that ends at 17:00 in New York,
// which is also when the next one begins.
func fxSession(d time.Time) Session {
	open := newYorkTime(d.AddDate(0, 0, -1), 17*time.Hour)
	return Session{Day: d, Open: open, Close: newYorkTime(d, 17*time.Hour), Anchor: open}
}

// newYork is the zone of the sessions of the exchange and of currencies.
var newYork = sync.OnceValue(func() *time.Location {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		panic("columnar: time/tzdata lacks America/New_York: " + err.Error())
	}
	return zone
})

// newYorkTime returns the moment of a time of day in New York on the date that
// d has in UTC.
func newYorkTime(d time.Time, clock time.Duration) time.Time {
	minutes := int(clock / time.Minute)
	return time.Date(d.Year(), d.Month(), d.Day(), minutes/60, minutes%60, 0, 0, newYork()).UTC()
}
