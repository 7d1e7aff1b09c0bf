package calendar

import "time"

// nyseSession returns the hours of a day on which the exchange trades.
func nyseSession(d time.Time) Session {
	h := regularHours(d)
	regular := h
	if early := earlyClose(d); early != 0 {
		h.close = early
	}
	if x, ok := nyseIrregular[d]; ok {
		if x.open != 0 {
			h.open = x.open
		}
		if x.close != 0 {
			h.close = x.close
		}
	}
	return Session{Day: d, Open: newYorkTime(d, h.open), Close: newYorkTime(d, h.close), Anchor: newYorkTime(d, regular.open), Due: newYorkTime(d, regular.close)}
}

// hours are times of day in New York; in the table of irregular days 0 is as
// usual.
type hours struct{ open, close time.Duration }

// clock is a time of day.
func clock(hour, minute int) time.Duration {
	return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
}

// regularHours are the hours of a normal day. Trading was extended to 15:30
// again on 4 May 1970, to 16:00 on 1 October 1974 and from 10:00 to 9:30 on 30
// September 1985 (the exchange's timeline of its trading hours).
func regularHours(d time.Time) hours {
	h := hours{clock(9, 30), clock(16, 0)}
	if d.Before(date(1985, time.September, 30)) {
		h.open = clock(10, 0)
	}
	switch {
	case d.Before(date(1970, time.May, 4)):
		h.close = clock(15, 0) // shortened while back offices caught up
	case d.Before(date(1974, time.October, 1)):
		h.close = clock(15, 30)
	}
	return h
}

// earlyClose returns when a day ends early by rule, or 0: the day after
// Thanksgiving since 1992, Christmas Eve since 1990 and the day before
// Independence Day since 1995, at 13:00 and until 1992 at 14:00. Where
// Independence Day is a Thursday the Friday after it was the short day until
// 2012; since 2013 it is the Wednesday before.
func earlyClose(d time.Time) time.Duration {
	year, month, dom := d.Date()
	short := false
	switch {
	case month == time.November && year >= 1992:
		short = d.Equal(thanksgiving(year).AddDate(0, 0, 1))
	case month == time.December && dom == 24 && year >= 1990:
		short = true // a Friday or a weekend is no session
	case month == time.July && dom == 3 && year >= 1995:
		short = d.Weekday() != time.Wednesday || year >= 2013
	case month == time.July && dom == 5 && year >= 1995 && year < 2013:
		short = d.Weekday() == time.Friday
	}
	switch {
	case !short:
		return 0
	case year < 1993:
		return clock(14, 0)
	}
	return clock(13, 0)
}
