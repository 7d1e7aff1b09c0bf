package ingest

import (
	"fmt"
	"math"
	"slices"

	"github.com/bowstring-engine/bowstring/columnar"
)

// The ratio of a split may be rounded by sameSplit from one source to another.
// One of a column and one of a file with the same ratio are one split on
// different dates where no more than nearSplit bars lie between them.
const (
	sameSplit = 1e-4
	nearSplit = 3
)

// knownSplit is a split that an asset has.
type knownSplit struct {
	event    columnar.Event
	ofColumn bool
}

// splitsOfAsset are the splits of an asset by the bar that they take effect on.
type splitsOfAsset map[int]knownSplit

// splitsOf returns the splits among events of columns.
func splitsOf(times []int64, events []columnar.Event) splitsOfAsset {
	out := make(splitsOfAsset)
	for _, e := range events {
		if e.Type == columnar.EventSplit {
			bar, _ := slices.BinarySearch(times, e.Time)
			out[bar] = knownSplit{e, true}
		}
	}
	return out
}

// add enters a split of a file, and reports whether it is known already. Behind
// the last bar splits wait for theirs, each by its own time.
func (s splitsOfAsset) add(times []int64, e columnar.Event) (known bool, err error) {
	bar, _ := slices.BinarySearch(times, e.Time)
	if bar == len(times) {
		for ; s[bar] != (knownSplit{}) && s[bar].event.Time != e.Time; bar++ {
		}
	}
	if other, ok := s[bar]; ok {
		if other.event.Value != e.Value && math.Abs(other.event.Value/e.Value-1) > sameSplit {
			return false, fmt.Errorf("the %s and the %s take effect on one bar; remove the wrong one, or give their product where both are right", other.event, e)
		}
		return true, nil
	}
	for k := max(0, bar-nearSplit); k <= min(bar+nearSplit, len(times)-1); k++ {
		if other, ok := s[k]; ok && other.ofColumn && math.Abs(other.event.Value/e.Value-1) <= sameSplit {
			return false, fmt.Errorf("the %s of the file and the %s of a column look like one split; leave out one of the two", e, other.event)
		}
	}
	s[bar] = knownSplit{event: e}
	return false, nil
}

// laterSplits returns the product of the splits after a moment, by which prices
// that are adjusted for splits have been divided. One after the last bar has not
// been adjusted for, and is left out.
func laterSplits(times []int64, events []columnar.Event, moment int64) float64 {
	product := 1.0
	for _, later := range events {
		if later.Type == columnar.EventSplit && later.Time > moment && len(times) > 0 && later.Time <= times[len(times)-1] {
			product *= later.Value
		}
	}
	return product
}
