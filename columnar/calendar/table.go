package calendar

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Table is a calendar that is given session by session: that of any exchange.
type Table struct {
	// Name is a short one for messages and files, of letters, digits, - and _, and
	// not one of those that [Known] calendars have.
	Name string
	// Zone is that of the market's clock, one of the IANA database; nil is UTC.
	Zone *time.Location
	// Sessions are in order and do not overlap. Each opens at most a day before its
	// Day and closes at most two days after it. A zero Anchor is the opening that most
	// of the sessions around have on the market's clock, or Open where that is
	// earlier, and a zero Due likewise the close.
	Sessions []Session
	// DaysPerYear is the nominal number of sessions a year; 0 is what the table has:
	// in the whole years that it spans or, of less than one, at that rate.
	DaysPerYear float64
}

// ErrTable is returned for a table of sessions that cannot be.
var ErrTable = errors.New("invalid table of sessions")

// New returns the calendar of a table, which is copied. Nothing is known before its
// first session and after its last: there are no sessions, and no bar is out of
// place. Two calendars are equal whose names, zones, days a year and sessions are.
// The error is [ErrTable].
func New(t Table) (Calendar, error) {
	if t.Zone == nil {
		t.Zone = time.UTC
	}
	t.Sessions = slices.Clone(t.Sessions)
	for i := range t.Sessions {
		s := &t.Sessions[i]
		for _, at := range []*time.Time{&s.Day, &s.Open, &s.Close, &s.Anchor, &s.Due} {
			if !at.IsZero() {
				*at = at.UTC()
			}
		}
	}
	if err := t.check(); err != nil {
		return Calendar{}, err
	}
	t.regular()
	if t.DaysPerYear == 0 {
		t.DaysPerYear = t.count()
	}
	listed := &table{Table: t, full: t.fullSession()}
	listed.digest = fmt.Sprintf("%s sha256:%x", t.Name, sha256.Sum256(listed.encode()))
	return Calendar{listed}, nil
}

var tableName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

func (t *Table) check() error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%w: calendar %q: %s", ErrTable, t.Name, fmt.Sprintf(format, args...))
	}
	if !tableName.MatchString(t.Name) {
		return bad("its name is not 1 to 64 letters, digits, - and _")
	}
	if known, err := Parse(t.Name); err == nil {
		return bad("%s is a calendar that is known already; choose another name", known)
	}
	if _, err := time.LoadLocation(t.Zone.String()); err != nil || t.Zone == time.Local {
		return bad("its zone %q is none of the IANA database, such as Europe/Berlin", t.Zone)
	}
	if t.DaysPerYear < 0 || t.DaysPerYear > 366 || math.IsNaN(t.DaysPerYear) {
		return bad("%v days a year, want 0 to 366", t.DaysPerYear)
	}
	if len(t.Sessions) == 0 {
		return bad("it has no sessions")
	}
	for i, s := range t.Sessions {
		on := s.Day.Format(time.DateOnly)
		switch {
		case s.Day.IsZero() || !s.Day.Equal(s.Day.Truncate(day)):
			return bad("session %d: its day %v is not midnight UTC of a date", i+1, s.Day)
		case s.Day.Year() < 1700 || s.Day.Year() > 2200:
			return bad("%s is not a year of 1700 to 2200", on)
		case !s.Open.Before(s.Close):
			return bad("%s: it opens at %v and closes at %v", on, s.Open, s.Close)
		case s.Open.Before(s.Day.Add(-day)) || s.Close.After(s.Day.Add(2*day)):
			return bad("%s: %v to %v is not about that day", on, s.Open, s.Close)
		case s.Open.Nanosecond() != 0 || s.Close.Nanosecond() != 0 || s.Anchor.Nanosecond() != 0 || s.Due.Nanosecond() != 0:
			return bad("%s: its hours are not whole seconds", on)
		case !s.Anchor.IsZero() && s.Anchor.After(s.Open), !s.Due.IsZero() && s.Due.Before(s.Close):
			return bad("%s: its hours are outside the regular ones", on)
		case i > 0 && !s.Day.After(t.Sessions[i-1].Day):
			return bad("%s comes after %s", on, t.Sessions[i-1].Day.Format(time.DateOnly))
		case i > 0 && s.Open.Before(t.Sessions[i-1].Close):
			return bad("%s opens before the session before has closed", on)
		}
	}
	return nil
}

// around is how many sessions before and after one say what is regular: fewer than a
// season has, and more than twice the short days that come together.
const around = 10

// regular fills in the regular hours where they were not given.
func (t *Table) regular() {
	opens, closes := make([]time.Duration, len(t.Sessions)), make([]time.Duration, len(t.Sessions))
	for i, s := range t.Sessions {
		opens[i], closes[i] = t.clock(s, s.Open), t.clock(s, s.Close)
	}
	for i := range t.Sessions {
		s := &t.Sessions[i]
		from, to := max(i-around, 0), min(i+around+1, len(t.Sessions))
		if s.Anchor.IsZero() {
			s.Anchor = s.Open.Add(-max(opens[i]-commonest(opens[from:to]), 0))
		}
		if s.Due.IsZero() {
			s.Due = s.Close.Add(max(commonest(closes[from:to])-closes[i], 0))
		}
	}
}

// clock returns what the market's clock shows at a moment, counted from midnight of
// the session's date.
func (t *Table) clock(s Session, at time.Time) time.Duration {
	y, m, d := at.In(t.Zone).Date()
	h, minute, sec := at.In(t.Zone).Clock()
	return date(y, m, d).Sub(s.Day) + time.Duration(h*3600+minute*60+sec)*time.Second
}

// commonest returns the most common duration, the first of several.
func commonest(all []time.Duration) (most time.Duration) {
	count := map[time.Duration]int{}
	for _, d := range all {
		count[d]++
	}
	for _, d := range all {
		if count[d] > count[most] {
			most = d
		}
	}
	return most
}

// count returns the number of sessions a year that the table has.
func (t *Table) count() float64 {
	first, last := t.Sessions[0].Day, t.Sessions[len(t.Sessions)-1].Day.Add(day)
	years := 0
	for ; !first.AddDate(years+1, 0, 0).After(last); years++ {
	}
	if years == 0 {
		return math.Round(float64(len(t.Sessions)) / last.Sub(first).Hours() * 24 * 365.25)
	}
	within, _ := slices.BinarySearchFunc(t.Sessions, first.AddDate(years, 0, 0), byDay)
	return math.Round(float64(within) / float64(years))
}

// fullSession returns the most common length of a session.
func (t *Table) fullSession() time.Duration {
	lengths := make([]time.Duration, len(t.Sessions))
	for i, s := range t.Sessions {
		lengths[i] = s.Close.Sub(s.Open)
	}
	return commonest(lengths)
}

func byDay(s Session, d time.Time) int { return s.Day.Compare(d) }

// table is the rules of a [Table].
type table struct {
	Table
	full   time.Duration
	digest string
}

func (t *table) name() string              { return t.Name }
func (t *table) identity() string          { return t.digest }
func (t *table) zone() *time.Location      { return t.Zone }
func (t *table) fits(f time.Duration) bool { return f <= t.full }

func (t *table) known() (since, until time.Time) {
	return t.Sessions[0].Day, t.Sessions[len(t.Sessions)-1].Day.Add(day)
}

func (t *table) sessions(from, to time.Time) iter.Seq[Session] {
	return func(yield func(Session) bool) {
		i, _ := slices.BinarySearchFunc(t.Sessions, from, byDay)
		for _, s := range t.Sessions[i:] {
			if !to.IsZero() && !s.Day.Before(to) || !yield(s) {
				return
			}
		}
	}
}

func (t *table) days(from, to time.Time) iter.Seq2[time.Time, bool] {
	return func(yield func(time.Time, bool) bool) {
		for s := range t.sessions(from, to) {
			if !yield(s.Day, true) {
				return
			}
		}
	}
}

func (t *table) closed(d time.Time) string {
	since, until := t.known()
	if _, ok := slices.BinarySearchFunc(t.Sessions, d, byDay); ok || d.Before(since) || !d.Before(until) {
		return ""
	}
	return "no session"
}

// date is the day of the session that a moment lies in, its close included unless
// another begins there, and elsewhere that of the market's clock.
func (t *table) date(at int64) int64 {
	if mod(at, int64(day)) == 0 {
		return at
	}
	when := time.Unix(0, at)
	i, _ := slices.BinarySearchFunc(t.Sessions, when, func(s Session, w time.Time) int { return cmp.Or(s.Open.Compare(w), -1) })
	if i > 0 && !when.After(t.Sessions[i-1].Close) {
		return t.Sessions[i-1].Day.UnixNano()
	}
	return dateIn(t.Zone, at, 0)
}

func (t *table) barsPerYear(frequency time.Duration) (float64, bool) {
	switch {
	case frequency == day:
		return t.DaysPerYear, true
	case frequency <= t.full:
		return t.DaysPerYear * math.Ceil(float64(t.full)/float64(frequency)), true
	}
	return 0, false
}

// encode returns the table as JSON has it, without its days a year and name.
func (t *table) encode() []byte {
	return []byte(fmt.Sprintf("%s %v\n%s", t.Zone, t.DaysPerYear, strings.Join(t.lines(), "\n")))
}
