package records

import "time"

// Moments is the one form that the moments of a column have as text: a date where
// every one is midnight UTC, else ISO 8601 in UTC with as many decimals of a second as
// one of them needs. The zero value has seen none.
type Moments struct {
	times  bool // one has a time of day
	digits int  // decimals of a second: 0, 3, 6 or 9
}

const nanosOfDay = int64(24 * time.Hour)

// Add looks at a moment, in nanoseconds since 1970.
func (m *Moments) Add(at int64) {
	if at%nanosOfDay == 0 {
		return
	}
	m.times = true
	for m.digits < 9 && at%[...]int64{1e9, 1e6, 1e3}[m.digits/3] != 0 {
		m.digits += 3
	}
}

// Format returns a moment in the form of all that were added.
func (m *Moments) Format(at int64) string {
	t := time.Unix(0, at).UTC()
	if !m.times && at%nanosOfDay == 0 {
		return t.Format(time.DateOnly)
	}
	one := *m
	one.Add(at) // one that was not added has the decimals that it needs
	return t.Format([...]string{"2006-01-02T15:04:05Z", "2006-01-02T15:04:05.000Z", "2006-01-02T15:04:05.000000Z", "2006-01-02T15:04:05.000000000Z"}[one.digits/3])
}

// Number returns a number as the CSV files of all commands have it: the shortest text
// that gives it back, inf and -inf, and nothing for NaN.
func Number(v float64) string { return number(v) }
