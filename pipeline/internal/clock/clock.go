package clock

import (
	"math"
	"time"

	"github.com/bowstring-engine/bowstring/columnar/calendar"
)

// Bars are the timestamps of an asset, in nanoseconds, and what they mean.
type Bars struct {
	Times []int64
	// Frequency is the length of a bar; 0 counts as a day.
	Frequency time.Duration
	// AtClose says that timestamps name the ends of bars.
	AtClose  bool
	Calendar calendar.Calendar
	// Zone is that of the clock and of dates, nil for the calendar's.
	Zone *time.Location
}

const day = 24 * time.Hour

// daily reports whether bars stand for days, or for longer.
func (b *Bars) daily() bool { return b.Frequency <= 0 || b.Frequency >= day }

// open returns the moment at which a bar of less than a day begins.
func (b *Bars) open(i int) int64 {
	if b.AtClose {
		return b.Times[i] - int64(b.Frequency)
	}
	return b.Times[i]
}

// local returns the clock at the opening of a bar. Bars of a day that are stamped with
// midnight UTC have that date in every zone, and the hour 0.
func (b *Bars) local(i int) time.Time {
	t := b.Times[i]
	if !b.daily() {
		t = b.open(i)
	} else if t%int64(day) == 0 {
		return time.Unix(0, t).UTC()
	}
	zone := b.Zone
	if zone == nil {
		zone = b.Calendar.Zone()
	}
	return time.Unix(0, t).In(zone)
}

// date returns midnight UTC of the trading day of a bar: by the calendar, or by the
// clock of the zone where one is given.
func (b *Bars) date(i int) time.Time {
	if b.Zone == nil {
		t := b.Times[i]
		if !b.daily() {
			t = b.open(i)
		}
		return time.Unix(0, b.Calendar.DateOf(t)).UTC()
	}
	y, m, d := b.local(i).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// Column returns a column by its name in the language; it panics for another name.
// Masks are 1, 0 and, where nothing is known, NaN, as all else is there.
func Column(name string, b Bars) []float64 {
	out := make([]float64, len(b.Times))
	if f := ofDate[name]; f != nil {
		for i := range out {
			out[i] = float64(f(b.date(i)))
		}
		return out
	}
	if f := ofClock[name]; f != nil {
		for i := range out {
			out[i] = f(b.local(i))
		}
		return out
	}
	f := ofSession[name]
	if f == nil {
		panic("clock: no column " + name)
	}
	s := newSessions(&b)
	for i := range out {
		s.step(i)
		out[i] = f(s)
	}
	return out
}

// ofDate are the columns of the trading day.
var ofDate = map[string]func(time.Time) int{
	"weekday": func(d time.Time) int { return (int(d.Weekday())+6)%7 + 1 },
	"day":     time.Time.Day,
	"month":   func(d time.Time) int { return int(d.Month()) },
	"quarter": func(d time.Time) int { return (int(d.Month())-1)/3 + 1 },
	"year":    time.Time.Year,
}

// ofClock are the columns of the time of day at the opening.
var ofClock = map[string]func(time.Time) float64{
	"hour":   func(t time.Time) float64 { return float64(t.Hour()) },
	"minute": func(t time.Time) float64 { return float64(t.Minute()) },
	"time of day": func(t time.Time) float64 {
		return float64(60*t.Hour()+t.Minute()) + float64(t.Second())/60
	},
}

// ofSession are the columns of the session of a bar.
var ofSession = map[string]func(*sessions) float64{
	"session_bar":   (*sessions).bar,
	"bars_to_close": (*sessions).toClose,
	"session_first": func(s *sessions) float64 { return truth(s.first) },
	"session_last": func(s *sessions) float64 {
		left := s.toClose()
		if left != left {
			return left
		}
		return truth(left == 0)
	},
	"month_end": func(s *sessions) float64 {
		return s.ends(func(a, b time.Time) bool { return a.Year() == b.Year() && a.Month() == b.Month() })
	},
	"week_end": func(s *sessions) float64 {
		return s.ends(func(a, b time.Time) bool {
			y, w := a.ISOWeek()
			z, v := b.ISOWeek()
			return y == z && w == v
		})
	},
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

var unknown = math.NaN()
