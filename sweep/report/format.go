package report

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// Options say how to draw.
type Options struct {
	// Color allows ANSI colours.
	Color bool
	// Width is the number of characters of a line; 0 has no limit.
	Width int
}

// noValue stands for what is undefined.
const noValue = "–"

// cell returns a value as people read it: a statistic by its kind, a moment
// as a date where it is one, nil and NaN as a dash.
func cell(v any, stat string) string {
	switch v := v.(type) {
	case nil:
		return noValue
	case float64:
		return number(v, stat)
	case time.Time:
		if v.Equal(v.Truncate(24 * time.Hour)) {
			return v.Format(time.DateOnly)
		}
		return v.Format(time.RFC3339)
	}
	return fmt.Sprint(v)
}

// number formats a number: shares and returns as per cent, money with two
// decimals, other statistics with three, and what is no statistic with the
// digits that it needs.
func number(v float64, stat string) string {
	if math.IsNaN(v) {
		return noValue
	}
	if math.IsInf(v, 0) {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	s, ok := metrics.ParseStat(stat)
	if !ok {
		return strconv.FormatFloat(v, 'g', 10, 64)
	}
	switch s.Describe().Kind {
	case metrics.Count:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case metrics.Fraction:
		return decimals(v*100, 2) + "%"
	case metrics.Money:
		return decimals(v, 2)
	default:
		return decimals(v, 3)
	}
}

// decimals formats v with n decimals; what has ten digits before the point
// and more is written with an exponent.
func decimals(v float64, n int) string {
	if math.Abs(v) >= 1e10 {
		return strconv.FormatFloat(v, 'e', 3, 64)
	}
	return strconv.FormatFloat(v, 'f', n, 64)
}
