package spec

import (
	"errors"
	"math"
	"time"
)

// ParsePeriod returns the period from from to to as a spec file has them: a
// date or a date-time, UTC unless it names an offset, or "" for an open end.
// Both ends are included; a bare date is that whole day.
func ParsePeriod(from, to string) (Period, error) {
	var p Period
	var errFrom, errTo error
	if from != "" {
		p.From, _, errFrom = parseTime(from)
	}
	if to != "" {
		p.To, errTo = parseEnd(to)
	}
	if err := errors.Join(errFrom, errTo); err != nil {
		return Period{}, err
	}
	return p, p.check()
}

// check says what is wrong with p.
func (p Period) check() error {
	for _, t := range []time.Time{p.From, p.To} {
		if !t.IsZero() && (t.Before(time.Unix(0, math.MinInt64)) || t.After(time.Unix(0, math.MaxInt64))) {
			return errors.New("times are within the years 1678 to 2261")
		}
	}
	if !p.From.IsZero() && !p.To.IsZero() && !p.From.Before(p.To) {
		return errors.New("ends before it begins")
	}
	return nil
}

var timeLayouts = []string{
	"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04",
}

var errTime = errors.New("want a date such as 2000-01-31 or a date-time such as 2000-01-31T15:30:00")

// parseTime reads a date or date-time and tells whether it is a bare date.
func parseTime(text string) (t time.Time, bare bool, err error) {
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return t, true, nil
	}
	if len(text) > len(time.DateOnly) && text[len(time.DateOnly)] == ' ' {
		text = text[:len(time.DateOnly)] + "T" + text[len(time.DateOnly)+1:]
	}
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), false, nil
		}
	}
	return time.Time{}, false, errTime
}

// parseEnd reads the last moment of a period and returns the first one after.
func parseEnd(text string) (time.Time, error) {
	t, bare, err := parseTime(text)
	switch {
	case err != nil:
		return time.Time{}, err
	case bare:
		return t.AddDate(0, 0, 1), nil
	}
	return t.Add(1), nil
}

// formatTime writes t so that parseTime reads it back: midnight as a bare
// date.
func formatTime(t time.Time) string {
	if t = t.UTC(); t.Equal(t.Truncate(24 * time.Hour)) {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339Nano)
}

// formatEnd writes the first moment after a period so that parseEnd reads it
// back.
func formatEnd(t time.Time) string {
	if t = t.UTC(); t.Equal(t.Truncate(24 * time.Hour)) {
		return t.AddDate(0, 0, -1).Format(time.DateOnly)
	}
	// A last moment at midnight would read as a whole day without its time.
	return t.Add(-1).Format("2006-01-02T15:04:05.999999999Z07:00")
}
