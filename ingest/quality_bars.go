package ingest

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
)

// bars finds what shows in single bars and in runs of them: stale, flat, zero
// and negative volumes.
func (in *inspector) bars(s *series, out *inspected) {
	stale := runLength{least: in.q.StaleBars}
	flat := runLength{least: in.q.FlatBars}
	zero, negative := &out.tallies[qualityZeroVolume], &out.tallies[qualityNegativeVolume]
	n := len(s.times)
	open, high, low, shut, volumes := s.open[:n], s.high[:n], s.low[:n], s.shut[:n], s.volumes[:n]
	last := 0.0
	for i, c := range shut {
		if v := volumes[i]; v <= 0 {
			if v == 0 {
				zero.add(place{bar: i}, s.times[i], 1)
			} else {
				negative.add(place{bar: i, score: -v, x: v}, s.times[i], 1)
			}
		}
		// A run of equal closes has begun a bar before the first repetition.
		if same := i > 0 && c == last; same != (stale.length > 0) {
			if same {
				stale.begin(i - 1)
			} else {
				stale.end(s, &out.tallies[qualityStale])
			}
		}
		if stale.length > 0 {
			stale.length++
		}
		last = c
		if one := high[i] == low[i] && open[i] == c && c == high[i]; one {
			if flat.length == 0 {
				flat.first = i
			}
			flat.length++
		} else if flat.length > 0 {
			flat.end(s, &out.tallies[qualityFlat])
		}
	}
	stale.end(s, &out.tallies[qualityStale])
	flat.end(s, &out.tallies[qualityFlat])
}

// absurd finds values that are too large to be true. A bar counts once, for the
// first of its columns.
func (in *inspector) absurd(s *series, out *inspected) {
	var places []place
	for k, values := range s.values {
		for _, v := range absurdValues(values) {
			places = append(places, place{bar: v.bar, score: math.Abs(v.value) / v.median, x: v.value, y: v.median, n: k})
		}
	}
	slices.SortStableFunc(places, func(a, b place) int { return cmp.Compare(a.bar, b.bar) })
	for i, p := range places {
		if i == 0 || p.bar != places[i-1].bar {
			out.tallies[qualityAbsurd].add(p, s.times[p.bar], 1)
		}
	}
}

// runLength follows a run of bars.
type runLength struct {
	least, first, length int
}

// begin starts a run with the bar before the present one.
func (r *runLength) begin(first int) { r.first, r.length = first, 1 }

// end counts a run that is long enough.
func (r *runLength) end(s *series, t *tally) {
	if r.length >= r.least && r.length > 0 {
		t.addRun(place{bar: r.first, score: float64(r.length), x: s.shut[r.first], n: r.length}, s.times[r.first], r.length)
	}
	r.length = 0
}

// phases finds the bars off the grid where there is no calendar: those whose
// timestamp, counted from midnight UTC in steps of the frequency, has another
// remainder than most of the asset's. From a day on, times of day within an
// hour of each other are one, since clocks change.
func (in *inspector) phases(s *series, out *inspected) {
	const day = int64(24 * time.Hour)
	step, slack := int64(in.axis.Frequency), int64(0)
	switch {
	case step <= 0:
		return
	case step >= day:
		step, slack = day, int64(time.Hour)
	}
	common := commonPhase(s.times, step)
	off := false
	for i, t := range s.times {
		if i == 0 || t-s.times[i-1] != step { // else as the bar before
			off = distance(phase(t, step), common, step) > slack
		}
		if off {
			out.tallies[qualityOffGrid].add(place{bar: i}, t, 1)
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
