package ingest

import (
	"cmp"
	"math"
	"slices"
)

// RuleAbsurd: a value is a million times the median of those of its column
// around it, as the sentinels of programs are, such as 2^63.
const RuleAbsurd Rule = "absurd"

const (
	// absurdTimes is how many times the median an absurd value is at least.
	absurdTimes = 1e6
	// absurdReach is the number of bars on either side that the median is taken of,
	// and absurdKnown how many of them have a value at least. Values of 0 are
	// none: many bars without volume make no other volume absurd.
	absurdReach = 100
	absurdKnown = 10
)

// absurd finds values that are too large to be true. A bar counts once, for the
// first of its columns.
func (in *inspector) absurd(s *series, out *inspected) {
	var places []place
	for k, values := range s.values {
		places = absurdPlaces(places, values, k)
	}
	slices.SortStableFunc(places, func(a, b place) int { return cmp.Compare(a.bar, b.bar) })
	before := -1
	for _, p := range places {
		if p.bar != before {
			out.tallies[qualityAbsurd].add(p, s.times[p.bar], 1)
		}
		before = p.bar
	}
}

// absurdPlaces appends the absurd values of column k. In most columns no value is
// a million times the least, and one look at each is enough.
func absurdPlaces(places []place, values []float64, k int) []place {
	least, largest := math.Inf(1), 0.0
	lows := make([]float64, 0, len(values)/absurdReach+1) // the least of each absurdReach bars
	for at := 0; at < len(values); at += absurdReach {
		low := math.Inf(1)
		for _, x := range values[at:min(at+absurdReach, len(values))] {
			m := math.Abs(x)
			if m < low && m > 0 {
				low = m
			}
			if m > largest {
				largest = m
			}
		}
		lows = append(lows, low)
		least = min(least, low)
	}
	if !(largest >= absurdTimes*least) {
		return places
	}
	for b, low := range lows {
		low = min(low, lows[max(b-1, 0)], lows[min(b+1, len(lows)-1)])
		for i := b * absurdReach; i < min((b+1)*absurdReach, len(values)); i++ {
			m := math.Abs(values[i])
			if m >= absurdTimes*low && absurdAmong(values, i, m/absurdTimes) {
				median := medianAround(values, i)
				places = append(places, place{bar: i, score: m / median, x: values[i], y: median, n: k})
			}
		}
	}
	return places
}

// absurdAmong reports whether the median of the values around bar i is at most
// most: whether fewer than half of them are above it.
func absurdAmong(values []float64, i int, most float64) bool {
	known, above := 0, 0
	for j := max(i-absurdReach, 0); j < min(i+absurdReach+1, len(values)); j++ {
		m := math.Abs(values[j])
		if !(m > 0) || j == i {
			continue
		}
		known++
		if m > most {
			if above++; above >= absurdReach {
				return false // half of all that there can be
			}
		}
	}
	return known >= absurdKnown && 2*above < known
}

// medianAround returns the median of the magnitudes around bar i, of which there
// are some.
func medianAround(values []float64, i int) float64 {
	var around []float64
	for j := max(i-absurdReach, 0); j < min(i+absurdReach+1, len(values)); j++ {
		if m := math.Abs(values[j]); m > 0 && j != i {
			around = append(around, m)
		}
	}
	return median(around)
}
