package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/bowstring-engine/bowstring/internal/visible"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// Options say what the output may look like. The zero value is plain text of
// any width.
type Options struct {
	// Color allows ANSI escape sequences.
	Color bool
	// Width is the number of characters of a line; 0 is no limit.
	Width int
}

// missing stands for a value that is undefined.
const missing = "–"

// format returns v as people read it. stat is the name of a statistic, which
// decides how a float64 is shown: shares as percentages, money with two
// decimals, ratios with three; any other name, such as a parameter's, shows
// the number as it is. nil and NaN are a dash, times in UTC. Control
// characters in texts are shown.
func format(stat string, v any) string {
	switch v := v.(type) {
	case nil:
		return missing
	case float64:
		return formatFloat(stat, v)
	case time.Time:
		return formatTime(v.UTC())
	case string:
		return visible.Text(v)
	}
	return visible.Text(fmt.Sprint(v))
}

func formatFloat(stat string, v float64) string {
	switch {
	case math.IsNaN(v):
		return missing
	case math.IsInf(v, 0):
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	s, ok := metrics.ParseStat(stat)
	if !ok {
		return general(v)
	}
	switch kind := s.Describe().Kind; {
	case kind == metrics.Count:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case math.Abs(v) >= 1e12:
		return strconv.FormatFloat(v, 'g', 6, 64)
	case kind == metrics.Fraction:
		return fixed(100*v, 2) + "%"
	case kind == metrics.Money:
		return thousands(fixed(v, 2))
	}
	return fixed(v, 3)
}

// fixed writes v with some decimals, and what rounds to zero without a sign.
func fixed(v float64, decimals int) string {
	text := strconv.FormatFloat(v, 'f', decimals, 64)
	if strings.Trim(text, "-0.") == "" {
		return strings.TrimPrefix(text, "-")
	}
	return text
}

// general writes the shortest text that is v, without an exponent for numbers
// of a usual size.
func general(v float64) string {
	if a := math.Abs(v); a != 0 && (a < 1e-6 || a >= 1e15) {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// thousands puts commas into the whole part of a decimal.
func thousands(text string) string {
	whole, fraction, _ := strings.Cut(text, ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return sign + whole + "." + fraction
}

// formatTime leaves out a time of day that is midnight.
func formatTime(t time.Time) string {
	if t.Equal(t.Truncate(24 * time.Hour)) {
		return t.Format(time.DateOnly)
	}
	return t.Format("2006-01-02 15:04:05.999999999")
}
