package quality

import (
	"fmt"
	"slices"
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
)

// onGrid is what the grid says of the bars of an asset.
type onGrid struct {
	gaps []place // the bars behind gaps
	off  []int   // the bars off the grid
}

// onGrid compares the bars with the grid, which costs as much as all other rules of
// an asset, so once.
func (b *bars) onGrid() *onGrid {
	if b.compared != nil {
		return b.compared
	}
	b.compared = &onGrid{}
	if b.grid != nil {
		b.grid.Compare(b.Times, func(bar, missing int) {
			if missing >= b.q.GapBars {
				b.compared.gaps = append(b.compared.gaps, place{bar: bar, score: float64(missing), n: missing})
			}
		}, func(bar int) { b.compared.off = append(b.compared.off, bar) })
	}
	return b.compared
}

// checkGap finds bars that are missing.
func checkGap(b *bars, t *tally) {
	for _, p := range b.onGrid().gaps {
		t.add(p, b.Times[p.bar], p.n)
	}
}

func gapDetail(b *bars, p place) string {
	return fmt.Sprintf("%d missing since %s", p.n, moment(b.Times[p.bar-1]).Format(time.RFC3339))
}

// checkOffGrid finds bars at times at which there are none.
func checkOffGrid(b *bars, t *tally) {
	off := func(bar int) { t.add(place{bar: bar}, b.Times[bar], 1) }
	for _, bar := range b.onGrid().off {
		off(bar)
	}
	if b.axis.Calendar.IsAsFound() {
		b.phases(off)
	}
}

// checkSession finds bars of one session, week or month: daily bars of two clocks, and a
// running bar behind a whole one.
func checkSession(b *bars, t *tally) {
	before, known := int64(0), false
	for i, at := range b.Times {
		n, ok := b.days.Period(at)
		if !ok {
			return
		}
		if known && n == before {
			t.add(place{bar: i}, at, 1)
		}
		before, known = n, true
	}
}

func sessionDetail(b *bars, p place) string {
	return "after " + moment(b.Times[p.bar-1]).Format(time.RFC3339)
}

// checkFuture finds bars that have not been yet.
func checkFuture(b *bars, t *tally) {
	if b.q.Now.IsZero() {
		return
	}
	from, _ := slices.BinarySearch(b.Times, b.now+1)
	for bar := from; bar < len(b.Times); bar++ {
		t.add(place{bar: bar}, b.Times[bar], 1)
	}
}

// phases finds the bars off the grid where there is no calendar: those whose
// timestamp, counted from midnight UTC in steps of the frequency, has another
// remainder than most of the asset's. From a day on, times of day within an
// hour of each other are one, since clocks change.
func (b *bars) phases(found func(bar int)) {
	const day = int64(24 * time.Hour)
	step, slack := int64(b.axis.Frequency), int64(0)
	switch {
	case step <= 0:
		return
	case step >= day:
		step, slack = day, int64(time.Hour)
	}
	common := commonPhase(b.Times, step)
	off := false
	for i, t := range b.Times {
		if i == 0 || t-b.Times[i-1] != step { // else as the bar before
			off = distance(phase(t, step), common, step) > slack
		}
		if off {
			found(i)
		}
	}
}

// phase is the remainder of t that is not negative.
func phase(t, step int64) int64 { return (t%step + step) % step }

// distance is how far two phases are apart on their circle.
func distance(a, b, step int64) int64 {
	d := phase(a-b, step)
	return min(d, step-d)
}

// commonPhase is the most common remainder; the smallest of several.
func commonPhase(times []int64, step int64) int64 {
	var phases columnar.Commonest
	same := int64(0)
	for i, t := range times {
		if i == 0 || t-times[i-1] != step {
			same = phase(t, step)
		}
		phases.Add(same)
	}
	return phases.Value()
}
