package bundles

import (
	"fmt"
	"math"
	"slices"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/evidence"
)

// maxContradictions is how many splits are named, and sameSplit how far the ratios
// of one split may be from each other, which are rounded now and then.
const (
	maxContradictions = 3
	sameSplit         = 1e-4
)

// settleSplits sees that of a split that the version and the new bars date
// differently, but that takes effect on one bar, only one is left, the earlier.
// Splits of different ratios there are an error: one after the other they would
// be a third. The events stand in order; times and more are the bars.
func settleSplits(events, news []columnar.Event, times, more []int64) (kept []columnar.Event, err error) {
	bar := func(e columnar.Event) int {
		at, _ := slices.BinarySearch(times, e.Time)
		if at == len(times) {
			behind, _ := slices.BinarySearch(more, e.Time)
			at += behind
		}
		return at
	}
	for _, e := range events {
		other := slices.IndexFunc(kept, func(k columnar.Event) bool {
			return k.Type == columnar.EventSplit && e.Type == k.Type && bar(k) == bar(e) && (bar(e) < len(times)+len(more) || k.Time == e.Time) &&
				(slices.Contains(news, k) || slices.Contains(news, e))
		})
		switch {
		case other < 0:
			kept = append(kept, e)
		case math.Abs(kept[other].Value/e.Value-1) > sameSplit:
			return nil, fmt.Errorf("the %s and the %s take effect on one bar; leave out the wrong one, or give their product where both are right", kept[other], e)
		}
	}
	return kept, nil
}

// newContradictions returns the splits that the prices of an asset contradict,
// and those of before did not.
func newContradictions(before func() evidence.Asset, after evidence.Asset, have columnar.Adjustment) (names []string) {
	var known []evidence.Step
	for _, s := range evidence.Look(after) {
		if !s.Contradicts(have) {
			continue
		}
		if known == nil {
			known = evidence.Look(before())
		}
		if !slices.ContainsFunc(known, func(b evidence.Step) bool { return b.Event == s.Event && b.Reading == s.Reading }) {
			names = append(names, s.String())
		}
	}
	return names
}

// evidenceOf returns what prices show of an asset.
func evidenceOf(f *columnar.Frame, asset int) evidence.Asset {
	a := evidence.Asset{ID: f.Asset(asset), Times: f.Times(asset), Events: f.Events(asset)}
	if c, ok := f.ColumnIndex(columnar.Close); ok {
		a.Closes = f.Values(asset, c)
	} else {
		a.Events = nil
	}
	for c, column := range f.Columns() {
		if evidence.IsAdjustedClose(column.Name) {
			a.AdjustedCloses = f.Values(asset, c)
		}
	}
	return a
}
