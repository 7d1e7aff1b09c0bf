package columnar

import (
	"math"
	"time"
)

// day is the length of a bar of which nothing else is known.
const day = 24 * time.Hour

// observedAfter is the shortest history whose own density is believed, and
// observedTolerance how far it may be from the calendar's before it is used.
const (
	observedAfter     = 90 * day
	observedTolerance = 0.02
)

// A hole is longer than holeBars bars and holeLength: the asset was not traded, or is
// not known, and its bars a year are those of the time around.
const (
	holeBars   = 10
	holeLength = 15 * day
)

// ownSteps is the number of an asset's first distances that say how long its bars are,
// and fewestSteps the number of them that it takes.
const (
	ownSteps    = 1000
	fewestSteps = 9
)

// Of returns the axis of one asset with its own bar length, given the timestamps of its
// whole history: the most common distance of its first 1,001 bars, or the length that
// the assets share where it has fewer than ten. Without any, a bar is a day.
// BarsPerYear is the calendar's for that length; where the calendar has none, that of
// all assets, or for another length than theirs the asset's own number.
func (a Axis) Of(times []int64) Axis {
	own := a
	if len(times) > fewestSteps {
		own.Frequency = modalStep([][]int64{times[:min(len(times), ownSteps+1)]})
	}
	if own.Frequency == 0 {
		own.Frequency = day
	}
	if n, ok := a.Calendar.BarsPerYear(own.Frequency); ok {
		own.BarsPerYear = n
	} else if own.Frequency != a.Frequency {
		own.BarsPerYear, _ = own.observed(times)
	}
	return own
}

// Annual returns the bars a year of an asset in a window, given the window's
// timestamps: BarsPerYear, or the observed number where the window without its holes
// is at least 90 days long and the two differ by more than 2 %. A hole is a distance of
// two bars that is longer than both ten bars and 15 days. 0 where neither is known. a
// is the axis of the asset; see [Axis.Of].
func (a Axis) Annual(times []int64) float64 {
	observed, length := a.observed(times)
	switch {
	case a.BarsPerYear == 0:
		return observed
	case length < observedAfter:
		return a.BarsPerYear
	case math.Abs(observed-a.BarsPerYear) > observedTolerance*a.BarsPerYear:
		return observed
	}
	return a.BarsPerYear
}

// observed returns the bars a year of the time that is no hole, and how long that is,
// from the first bar to the last.
func (a Axis) observed(times []int64) (annual float64, length time.Duration) {
	if len(times) == 0 {
		return 0, 0
	}
	longest := int64(max(holeBars*a.Frequency, holeLength))
	last := len(times) - 1
	length = time.Duration(times[last] - times[0] - holes(times, longest, int64(a.Frequency)))
	years := float64(length+a.Frequency) / float64(Year)
	if years <= 0 {
		return 0, length
	}
	return float64(len(times)) / years, length
}

// holes adds up the distances above longest, but for a bar each. It leaves out what as a
// whole is not longer, which is nearly everything.
func holes(times []int64, longest, bar int64) int64 {
	last := len(times) - 1
	switch {
	case last < 1 || times[last]-times[0] <= longest:
		return 0
	case last == 1:
		return times[1] - times[0] - bar
	}
	return holes(times[:last/2+1], longest, bar) + holes(times[last/2:], longest, bar)
}
