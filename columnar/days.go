package columnar

import "time"

// Days tells to which session, week or month bars of a day and longer belong, by the
// date of the exchange. A bar at midnight UTC has that date. Another has the date of
// its calendar; where there is none it has that of UTC, unless bars stand on the eve of
// their date, as those of exchanges east of Greenwich do: midnight in Tokyo is 15:00
// UTC of the day before.
type Days struct {
	axis Axis
	eve  bool
}

const (
	dayNanos = int64(24 * time.Hour)
	// eveNanos is how long before midnight UTC a date can begin.
	eveNanos = dayNanos / 2
	// eveBars is how many bars of an asset are looked at.
	eveBars = 2048
)

// NewDays returns the days of an axis of bars with these times. Where the calendar has
// no dates, bars in the second half of the day are on the eve of theirs if so many are
// on Sundays, and none on Fridays, as only the next day makes trading days of.
func NewDays(a Axis, times ...[]int64) Days {
	d := Days{axis: a}
	if a.Frequency < 24*time.Hour {
		return d
	}
	bars, eves, fridays, sundays := 0, 0, 0, 0
	for _, t := range times {
		for _, ns := range t[:min(len(t), eveBars)] {
			midnight := floorDay(ns)
			if ns == midnight {
				continue
			}
			bars++
			switch {
			case !a.Calendar.IsAsFound():
				if a.Calendar.DateOf(ns) > midnight {
					eves++
				}
			case ns-midnight >= eveNanos:
				eves++
				switch time.Unix(0, ns).UTC().Weekday() {
				case time.Friday:
					fridays++
				case time.Sunday:
					sundays++
				}
			}
		}
	}
	d.eve = bars > 0 && eves*2 > bars
	if a.Calendar.IsAsFound() {
		d.eve = d.eve && sundays*10 >= eves && fridays*50 <= eves
	}
	return d
}

// TwoClocks reports whether bars of two a day are those of days by two clocks, one of
// which is midnight UTC: most steps are of one length or of what is left of a day.
func TwoClocks(times ...[]int64) bool {
	steps := make(map[int64]int)
	all, midnights := 0, 0
	for _, t := range times {
		for i := 1; i < min(len(t), eveBars); i++ {
			steps[t[i]-t[i-1]]++
			all++
			if t[i] == floorDay(t[i]) {
				midnights++
			}
		}
	}
	for step, n := range steps {
		if rest := dayNanos - step; step > 0 && step < eveNanos && n*3 >= all && steps[rest]*4 >= all {
			return midnights*3 >= all
		}
	}
	return false
}

// DaysOf returns the days of a Frame.
func DaysOf(f *Frame) Days {
	times := make([][]int64, f.NumAssets())
	for i := range times {
		times[i] = f.Times(i)
	}
	return NewDays(f.Info().Axis, times...)
}

// Date returns midnight UTC of the date that a bar belongs to.
func (d Days) Date(t int64) int64 {
	midnight := floorDay(t)
	switch {
	case t == midnight:
		return t
	case !d.axis.Calendar.IsAsFound():
		return d.axis.Calendar.DateOf(t)
	case d.eve && t-midnight >= eveNanos:
		return midnight + dayNanos
	}
	return midnight
}

// Start returns the first moment that can belong to a date, which is midnight UTC: that
// midnight, or noon before it where bars stand on the eve of their date.
func (d Days) Start(date int64) int64 {
	if d.eve && date == floorDay(date) {
		return date - eveNanos
	}
	return date
}

// Period returns a number of the session, week or month that a bar belongs to, which is
// the same for bars of one of them only; false where bars are of other lengths. A week
// begins on Monday.
func (d Days) Period(t int64) (n int64, ok bool) {
	switch f := d.axis.Frequency; {
	case f == 24*time.Hour:
		return d.Date(t) / dayNanos, true
	case f == 7*24*time.Hour:
		return weekOf(d.Date(t)), true
	case f >= 28*24*time.Hour && f <= 31*24*time.Hour:
		at := time.Unix(0, d.Date(t)).UTC()
		return int64(at.Year())*12 + int64(at.Month()), true
	}
	return 0, false
}

// floorDay returns midnight UTC before a moment, or the moment.
func floorDay(t int64) int64 { return t - (t%dayNanos+dayNanos)%dayNanos }

// weekOf counts weeks that begin on Monday: 1970 began on a Thursday.
func weekOf(date int64) int64 {
	week, at := 7*dayNanos, date+3*dayNanos
	return (at - (at%week+week)%week) / week
}
