package calendar

import (
	"fmt"
	"iter"
	"strings"
	"time"
)

// A Calendar says when a market trades. It does not change, may be used by many
// goroutines, and is compared with [Calendar.Equal]. As text it is its name.
type Calendar struct {
	rules rules
}

// AsFound is the calendar without sessions of its own: the bars a year, and the
// times at which bars are expected, are taken from the data. Its name is
// "as-found".
func AsFound() Calendar { return Calendar{asFound{}} }

// NYSE has the sessions of the New York Stock Exchange since [NYSEFirstYear], 252
// a year of 390 minutes each. Its name is "nyse".
func NYSE() Calendar { return Calendar{nyse{}} }

// AlwaysOpen has 365 days a year of 24 hours each, from midnight UTC. Its name is
// "24x7".
func AlwaysOpen() Calendar { return Calendar{alwaysOpen{}} }

// FX has 260 days a year of 24 hours each: the week is open from Sunday 17:00 to
// Friday 17:00 in New York, a day ends at 17:00 there, and there are no holidays.
// Its name is "fx".
func FX() Calendar { return Calendar{fx{}} }

// Known returns the calendars that have a name of their own.
func Known() []Calendar { return []Calendar{NYSE(), AlwaysOpen(), FX(), AsFound()} }

// Parse returns the known calendar of that name, whatever its case; "" is AsFound.
func Parse(name string) (Calendar, error) {
	if name == "" {
		return AsFound(), nil
	}
	for _, c := range Known() {
		if c.String() == strings.ToLower(name) {
			return c, nil
		}
	}
	return Calendar{}, fmt.Errorf("calendar %q: want nyse, 24x7, fx or as-found", name)
}

// is returns the rules, which are AsFound's where none were named.
func (c Calendar) is() rules {
	if c.rules == nil {
		return asFound{}
	}
	return c.rules
}

// IsZero reports whether no calendar was named.
func (c Calendar) IsZero() bool { return c.rules == nil }

// IsAsFound reports whether the calendar leaves everything to the data.
func (c Calendar) IsAsFound() bool { return c.is() == rules(asFound{}) }

// Or returns the calendar, or the other where none was named.
func (c Calendar) Or(other Calendar) Calendar {
	if c.IsZero() {
		return other
	}
	return c
}

// Equal reports whether two calendars say the same. One that was not named is
// equal to no other.
func (c Calendar) Equal(other Calendar) bool { return c.Identity() == other.Identity() }

// Identity returns a text that only equal calendars share: the name of a known one,
// and the name and the SHA-256 of the sessions of a [Table].
func (c Calendar) Identity() string {
	if c.rules == nil {
		return ""
	}
	return c.rules.identity()
}

// String returns the calendar's name, "" where none was named.
func (c Calendar) String() string {
	if c.rules == nil {
		return ""
	}
	return c.rules.name()
}

// MarshalText implements [encoding.TextMarshaler] by the name, which is less than a
// [Table] has: JSON has all of it.
func (c Calendar) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler]. It fails on names that
// [Parse] does not know.
func (c *Calendar) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*c = Calendar{}
		return nil
	}
	known, err := Parse(string(text))
	if err == nil {
		*c = known
	}
	return err
}

// Zone returns the zone of the market's clock, UTC where it has none.
func (c Calendar) Zone() *time.Location { return c.is().zone() }

// BarsPerYear returns the nominal number of bars a year of a frequency: days a
// year, times the bars of a full session where bars are shorter. It is false
// for frequencies of which the calendar has no number: those longer than a day
// or not up to a session, and all of AsFound.
func (c Calendar) BarsPerYear(frequency time.Duration) (float64, bool) {
	if frequency <= 0 {
		return 0, false
	}
	return c.is().barsPerYear(frequency)
}

// asFound knows nothing.
type asFound struct{}

func (asFound) name() string                              { return "as-found" }
func (asFound) zone() *time.Location                      { return time.UTC }
func (a asFound) identity() string                        { return a.name() }
func (asFound) known() (_, _ time.Time)                   { return }
func (asFound) sessions(_, _ time.Time) iter.Seq[Session] { return func(func(Session) bool) {} }
func (asFound) closed(time.Time) string                   { return "" }
func (asFound) date(t int64) int64                        { return t - mod(t, int64(day)) }
func (asFound) fits(time.Duration) bool                   { return false }

func (asFound) days(_, _ time.Time) iter.Seq2[time.Time, bool] {
	return func(func(time.Time, bool) bool) {}
}

func (asFound) barsPerYear(time.Duration) (float64, bool) { return 0, false }
