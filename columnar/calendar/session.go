package calendar

import (
	"iter"
	"time"
)

// Sessions yields the sessions whose Day lies in from ≤ Day < to, in order. A
// zero to leaves the end open: sessions go on by today's rules. AsFound has
// none, and NYSE none before [NYSEFirstYear].
func (c Calendar) Sessions(from, to time.Time) iter.Seq[Session] { return c.is().sessions(from, to) }

// At returns the session that is open at t: Open ≤ t < Close. It is false where
// the market is closed.
func (c Calendar) At(t time.Time) (Session, bool) {
	for s := range c.around(t) {
		if !t.Before(s.Open) && t.Before(s.Close) {
			return s, true
		}
	}
	return Session{}, false
}

// On returns the session of the date that t has in UTC. It is false where that
// day is none.
func (c Calendar) On(t time.Time) (Session, bool) {
	d := t.UTC().Truncate(day)
	for s := range c.Sessions(d, d.Add(day)) {
		return s, true
	}
	return Session{}, false
}

// Next returns the first session that opens after t. It is false for AsFound.
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

// around yields the sessions that may be open at t.
func (c Calendar) around(t time.Time) iter.Seq[Session] {
	return c.Sessions(t.Add(-2*day), t.Add(3*day))
}

// DateOf returns midnight UTC of the trading day to which a timestamp in
// nanoseconds belongs: midnight UTC is the day itself, with which daily bars are
// stamped; any other moment has the date of the market's clock, where a day of
// currencies ends at 17:00 in New York. The day need not be a session.
func (c Calendar) DateOf(t int64) int64 { return c.is().date(t) }

// Closed says why the date that t has in UTC is no session: "weekend", a holiday,
// or what happened. It is false for sessions, and where nothing is known.
func (c Calendar) Closed(t time.Time) (why string, closed bool) {
	why = c.is().closed(t.UTC().Truncate(day))
	return why, why != ""
}
