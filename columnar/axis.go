package columnar

import (
	"time"

	"github.com/bowstring-engine/bowstring/columnar/calendar"
)

// Year is the length of a year in every formula of Bowstring: 365.25 days.
const Year = 365.25 * 24 * time.Hour

// Label says which end of a bar its timestamp names.
type Label string

// The two labels.
const (
	LabelOpen  Label = "open"
	LabelClose Label = "close"
)

// Axis describes the time axis that the assets of a Frame share.
type Axis struct {
	// Frequency is the length of a bar: the most common distance of two
	// neighbouring bars. 0 where no asset has two bars.
	Frequency time.Duration
	// Calendar is where the sessions come from.
	Calendar calendar.Calendar
	// Label is the end of the bar that timestamps name; "" means open.
	Label Label
	// BarsPerYear is the nominal number of bars a year: by the calendar, or
	// as found in the data.
	BarsPerYear float64
}

// NewAxis derives the axis of a set of assets from their timestamps. Assets
// without bars do not count.
func NewAxis(c calendar.Calendar, label Label, times ...[]int64) Axis {
	a := Axis{Calendar: c.Or(calendar.AsFound()), Label: label, Frequency: modalStep(times)}
	if a.Label == "" {
		a.Label = LabelOpen
	}
	a.BarsPerYear = a.nominal(times)
	return a
}

// nominal is the calendar's number of bars a year, or where it has none for
// this frequency the number observed in the asset with the longest span.
func (a Axis) nominal(times [][]int64) float64 {
	if n, ok := a.Calendar.BarsPerYear(a.Frequency); ok {
		return n
	}
	var longest []int64
	for _, t := range times {
		if span(t) > span(longest) {
			longest = t
		}
	}
	if len(longest) == 0 {
		return 0
	}
	years := a.Years(longest[0], longest[len(longest)-1])
	if years <= 0 {
		return 0
	}
	return float64(len(longest)) / years
}

// Grid returns the times at which bars are expected between two timestamps in
// nanoseconds, nil where the calendar does not say (see [calendar.Calendar.Grid]).
func (a Axis) Grid(first, last int64) *calendar.Grid {
	return a.Calendar.Grid(a.Frequency, a.Label == LabelClose, first, last)
}

// Years returns the time from the start of the first bar to the end of the
// last, both given by their timestamps in nanoseconds, in years.
func (a Axis) Years(first, last int64) float64 {
	return float64(last-first+int64(a.Frequency)) / float64(Year)
}

func span(times []int64) int64 {
	if len(times) == 0 {
		return -1
	}
	return times[len(times)-1] - times[0]
}

// modalStep returns the most common distance of neighbouring timestamps over
// all assets; the shortest of several equally common ones.
func modalStep(times [][]int64) time.Duration {
	var steps Commonest
	for _, t := range times {
		for i := 1; i < len(t); i++ {
			steps.Add(t[i] - t[i-1])
		}
	}
	return time.Duration(steps.Value())
}

// Commonest finds the most common of many numbers, which often repeat the one
// before: a run is counted once, which keeps the map out of the inner loop. The
// zero value has seen none.
type Commonest struct {
	counts map[int64]int
	last   int64 // the number of the run
	run    int   // its length
}

// Add looks at one more number.
func (c *Commonest) Add(v int64) {
	if v != c.last {
		c.end()
		c.last = v
	}
	c.run++
}

// end counts the run.
func (c *Commonest) end() {
	if c.run > 0 {
		if c.counts == nil {
			c.counts = make(map[int64]int)
		}
		c.counts[c.last] += c.run
	}
	c.run = 0
}

// Value returns the most common number, the least of several, and 0 where there
// was none.
func (c *Commonest) Value() int64 {
	c.end()
	best, most := int64(0), 0
	for v, n := range c.counts {
		if n > most || n == most && v < best {
			best, most = v, n
		}
	}
	return best
}
