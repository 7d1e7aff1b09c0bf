package calendar

import (
	"iter"
	"time"
)

// alwaysOpen trades around the clock, every day from midnight UTC.
type alwaysOpen struct{}

func (alwaysOpen) name() string              { return "24x7" }
func (a alwaysOpen) identity() string        { return a.name() }
func (alwaysOpen) zone() *time.Location      { return time.UTC }
func (alwaysOpen) known() (_, _ time.Time)   { return }
func (alwaysOpen) closed(time.Time) string   { return "" }
func (alwaysOpen) date(t int64) int64        { return t - mod(t, int64(day)) }
func (alwaysOpen) fits(f time.Duration) bool { return day%f == 0 }

func (alwaysOpen) sessions(from, to time.Time) iter.Seq[Session] {
	return sessionsOf(weekdays(from, to), func(d time.Time) Session {
		return Session{Day: d, Open: d, Close: d.Add(day), Anchor: d, Due: d.Add(day)}
	})
}

func (alwaysOpen) days(from, to time.Time) iter.Seq2[time.Time, bool] {
	return expected(weekdays(from, to))
}

func (alwaysOpen) barsPerYear(frequency time.Duration) (float64, bool) {
	if frequency > day {
		return 0, false
	}
	return 365 * float64(day) / float64(frequency), true
}
