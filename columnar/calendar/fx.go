package calendar

import (
	"iter"
	"sync"
	"time"
	_ "time/tzdata" // New York's daylight saving must be known on machines without zone files
)

// fx is the market of currencies, whose days are those of New York.
type fx struct{}

func (fx) name() string              { return "fx" }
func (a fx) identity() string        { return a.name() }
func (fx) zone() *time.Location      { return newYork() }
func (fx) known() (_, _ time.Time)   { return }
func (fx) date(t int64) int64        { return dateIn(newYork(), t, 7*time.Hour) }
func (fx) fits(f time.Duration) bool { return time.Hour%f == 0 }

func (fx) closed(d time.Time) string {
	if w := d.Weekday(); w == time.Saturday || w == time.Sunday {
		return weekend
	}
	return ""
}

func (fx) sessions(from, to time.Time) iter.Seq[Session] {
	return sessionsOf(weekdays(from, to, time.Saturday, time.Sunday), fxSession)
}

// days has the Sundays too, on which a bar may be for the hours since the market
// opened.
func (fx) days(from, to time.Time) iter.Seq2[time.Time, bool] {
	return func(yield func(time.Time, bool) bool) {
		for d := range weekdays(from, to, time.Saturday) {
			if !yield(d, d.Weekday() != time.Sunday) {
				return
			}
		}
	}
}

func (fx) barsPerYear(frequency time.Duration) (float64, bool) {
	if frequency > day {
		return 0, false
	}
	return 260 * float64(day) / float64(frequency), true
}

// fxSession is the day of the currency market that ends at 17:00 in New York,
// which is also when the next one begins.
func fxSession(d time.Time) Session {
	open, shut := newYorkTime(d.AddDate(0, 0, -1), 17*time.Hour), newYorkTime(d, 17*time.Hour)
	return Session{Day: d, Open: open, Close: shut, Anchor: open, Due: shut}
}

// newYork is the zone of the sessions of the exchange and of currencies.
var newYork = sync.OnceValue(func() *time.Location {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		panic("calendar: time/tzdata lacks America/New_York: " + err.Error())
	}
	return zone
})

// newYorkTime returns the moment of a time of day in New York on the date that
// d has in UTC.
func newYorkTime(d time.Time, clock time.Duration) time.Time {
	minutes := int(clock / time.Minute)
	return time.Date(d.Year(), d.Month(), d.Day(), minutes/60, minutes%60, 0, 0, newYork()).UTC()
}
