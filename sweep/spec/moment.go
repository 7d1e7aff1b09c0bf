package spec

import (
	"errors"
	"math"
	"time"
)

var errRange = errors.New("times are within the years 1678 to 2261")

// checkTime says what is wrong with a moment, which may be zero.
func checkTime(t time.Time) error {
	if !t.IsZero() && (t.Before(time.Unix(0, math.MinInt64)) || t.After(time.Unix(0, math.MaxInt64))) {
		return errRange
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

// formatTime writes t so that parseTime reads it back: midnight as a bare
// date.
func formatTime(t time.Time) string {
	if t = t.UTC(); t.Equal(t.Truncate(24 * time.Hour)) {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339Nano)
}
