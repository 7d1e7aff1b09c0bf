package clock

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Timeframe are bars of a longer kind, made of bars.
type Timeframe struct {
	// First is the first bar of each, and one more: the number of all bars.
	First []int
	// Known is, for each bar, the last longer one that has closed when the bar has, -1
	// before the first. One closes on the bar with which its last session ends by the
	// calendar; where that is not known, with the first bar of the next one.
	Known []int32
}

// ParseTimeframe reads the length of a longer bar: minutes, hours, a day, a week or a
// month, such as 30m, 4h, 1d, 1w and 1M.
func ParseTimeframe(text string) (length time.Duration, unit byte, ok bool) {
	if text == "" {
		return 0, 0, false
	}
	unit = text[len(text)-1]
	n, err := strconv.Atoi(text[:len(text)-1])
	if err != nil || n < 1 || n > 10_000 || strings.HasPrefix(text, "+") {
		return 0, 0, false
	}
	switch unit {
	case 'm':
		return time.Duration(n) * time.Minute, unit, n <= 24*60
	case 'h':
		return time.Duration(n) * time.Hour, 'm', n <= 24
	case 'd', 'w', 'M':
		return 0, unit, n == 1
	}
	return 0, 0, false
}

// NewTimeframe groups bars into longer ones, of a length that [ParseTimeframe] reads.
func NewTimeframe(text string, b Bars) *Timeframe {
	length, unit, _ := ParseTimeframe(text)
	t := &Timeframe{Known: make([]int32, len(b.Times))}
	s := newSessions(&b)
	before := int64(math.MinInt64)
	for i := range b.Times {
		s.step(i)
		period, last := s.period(i, length, unit)
		if period != before {
			t.First = append(t.First, i)
			before = period
		}
		t.Known[i] = int32(len(t.First) - 2)
		if last {
			t.Known[i]++
		}
	}
	t.First = append(t.First, len(b.Times))
	return t
}

// period returns a number that the bars of one longer bar have in common, and whether
// it is known to end with the bar.
func (s *sessions) period(i int, length time.Duration, unit byte) (period int64, last bool) {
	date := s.bars.date(i)
	ends := s.toClose() == 0
	switch unit {
	case 'd':
		return date.Unix(), ends
	case 'w':
		y, w := date.ISOWeek()
		return int64(100*y + w), ends && s.lastOf(func(a, b time.Time) bool {
			ya, wa := a.ISOWeek()
			yb, wb := b.ISOWeek()
			return ya == yb && wa == wb
		})
	case 'M':
		return int64(12*date.Year()) + int64(date.Month()), ends && s.lastOf(func(a, b time.Time) bool {
			return a.Year() == b.Year() && a.Month() == b.Month()
		})
	}
	open, from := s.bars.open(i), date.UnixNano()
	if s.at >= 0 {
		from = s.list[s.at].Anchor.UnixNano()
	}
	index := func(t int64) int64 { return (t - from) / int64(length) }
	if s.at < 0 {
		return from + index(open), false
	}
	return from + index(open), ends || index(open+int64(s.bars.Frequency)) != index(open)
}

// lastOf reports whether the session of the bar is the last one of a period.
func (s *sessions) lastOf(same func(a, b time.Time) bool) bool { return s.ends(same) == 1 }

// Column aggregates a column: the first known value of open, the largest of high, the
// smallest of low, the sum of volume, and the last known one of any other.
func (t *Timeframe) Column(name string, src []float64) []float64 {
	out := make([]float64, len(t.First)-1)
	for k := range out {
		out[k] = aggregate(name, src[t.First[k]:t.First[k+1]])
	}
	return out
}

func aggregate(name string, values []float64) float64 {
	known := slices.DeleteFunc(slices.Clone(values), math.IsNaN)
	if len(known) == 0 {
		return math.NaN()
	}
	switch name {
	case "open":
		return known[0]
	case "high":
		return slices.Max(known)
	case "low":
		return slices.Min(known)
	case "volume":
		sum := 0.0
		for _, v := range known {
			sum += v
		}
		return sum
	}
	return known[len(known)-1]
}

// AsOf returns, for each time, the position of the last of others that is not later, -1
// before the first.
func AsOf(times, others []int64) []int32 {
	at := make([]int32, len(times))
	j := -1
	for i, t := range times {
		for j+1 < len(others) && others[j+1] <= t {
			j++
		}
		at[i] = int32(j)
	}
	return at
}
