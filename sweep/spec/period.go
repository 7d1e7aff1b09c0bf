package spec

import (
	"errors"
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
	if err := errors.Join(checkTime(p.From), checkTime(p.To)); err != nil {
		return errRange
	}
	if !p.From.IsZero() && !p.To.IsZero() && !p.From.Before(p.To) {
		return errors.New("ends before it begins")
	}
	return nil
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

// formatEnd writes the first moment after a period so that parseEnd reads it
// back.
func formatEnd(t time.Time) string {
	if t = t.UTC(); t.Equal(t.Truncate(24 * time.Hour)) {
		return t.AddDate(0, 0, -1).Format(time.DateOnly)
	}
	// A last moment at midnight would read as a whole day without its time.
	return t.Add(-1).Format("2006-01-02T15:04:05.999999999Z07:00")
}
