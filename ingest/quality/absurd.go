package quality

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

const (
	// absurdTimes is how many times the median an absurd value is at least.
	absurdTimes = 1e6
	// absurdReach is the number of bars on either side that the median is taken of,
	// and absurdKnown how many of them have a value at least. Values of 0 are
	// none: many bars without volume make no other volume absurd.
	absurdReach = 100
	absurdKnown = 10
)

// checkAbsurd finds values that are too large to be true. A bar counts once, for
// the first of its columns.
func checkAbsurd(b *bars, t *tally) {
	var places []place
	for k, values := range b.Values {
		for _, v := range absurdValues(values) {
			places = append(places, place{bar: v.bar, score: math.Abs(v.value) / v.median, x: v.value, y: v.median, n: k})
		}
	}
	slices.SortStableFunc(places, func(a, b place) int { return cmp.Compare(a.bar, b.bar) })
	for i, p := range places {
		if i == 0 || p.bar != places[i-1].bar {
			t.add(p, b.Times[p.bar], 1)
		}
	}
}

func absurdDetail(b *bars, p place) string {
	return fmt.Sprintf("%s %s beside a median of %s", b.Columns[p.n], figure(p.x), figure(p.y))
}

// absurdValue is a value of a bar that is too large to be true, and the median of
// the magnitudes around it.
type absurdValue struct {
	bar           int
	value, median float64
}

// absurdValues returns the absurd values of a column. In most columns no value is
// a million times the least, and one look at each is enough.
func absurdValues(values []float64) (found []absurdValue) {
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
		return nil
	}
	for b, low := range lows {
		low = min(low, lows[max(b-1, 0)], lows[min(b+1, len(lows)-1)])
		for i := b * absurdReach; i < min((b+1)*absurdReach, len(values)); i++ {
			m := math.Abs(values[i])
			if m >= absurdTimes*low && absurdAmong(values, i, m/absurdTimes) {
				found = append(found, absurdValue{i, values[i], medianAround(values, i)})
			}
		}
	}
	return found
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

// medianAround returns the median of the magnitudes around bar i, the upper one of
// two; there are some.
func medianAround(values []float64, i int) float64 {
	var around []float64
	for j := max(i-absurdReach, 0); j < min(i+absurdReach+1, len(values)); j++ {
		if m := math.Abs(values[j]); m > 0 && j != i {
			around = append(around, m)
		}
	}
	slices.Sort(around)
	return around[len(around)/2]
}
