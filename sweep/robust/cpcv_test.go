package robust

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// TestCPCVCounts: C(N, k) splits and k·C(N, k)/N paths (López de Prado 2018, chapter 12),
// and every group of every path from a split that tests it, each once.
func TestCPCVCounts(t *testing.T) {
	for _, c := range []struct{ groups, tests, splits, paths int }{{6, 2, 15, 5}, {8, 2, 28, 7}, {10, 2, 45, 9}, {5, 1, 5, 1}, {6, 3, 20, 10}} {
		splits, err := CPCV(1000, c.groups, c.tests, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		paths := CPCVPaths(splits, c.groups)
		if len(splits) != c.splits || len(paths) != c.paths {
			t.Errorf("(%d, %d): %d splits and %d paths, want %d and %d", c.groups, c.tests, len(splits), len(paths), c.splits, c.paths)
		}
		for g := range c.groups {
			seen := make(map[int]bool)
			for _, path := range paths {
				if !slices.Contains(splits[path[g]].TestGroups, g) || seen[path[g]] {
					t.Errorf("(%d, %d): group %d of a path is from split %d", c.groups, c.tests, g, path[g])
				}
				seen[path[g]] = true
			}
		}
	}
}

// TestCPCVAgainstSkfolio holds splits to those of skfolio 1.12.2's CombinatorialPurgedCV
// over 120 bars with these folds, purged and embargoed sizes: of each split i the number n
// of train bars, the sum s of their numbers, and m and u of the test, added up as
// Σ (i + 1)(n + 3s + 5m + 7u); and those of two splits as they are.
func TestCPCVAgainstSkfolio(t *testing.T) {
	for _, c := range []struct {
		groups, tests, purge, embargo int
		second, last                  [4]int
		sum                           int
	}{
		{6, 2, 3, 2, [4]int{67, 5426, 40, 1180}, [4]int{69, 2682, 40, 3580}, 3713760},
		{8, 2, 1, 4, [4]int{79, 6131, 30, 660}, [4]int{83, 3592, 30, 2910}, 11536175},
		{10, 2, 2, 0, [4]int{90, 6577, 24, 420}, [4]int{90, 4133, 24, 2436}, 28135404},
		{6, 3, 0, 5, [4]int{50, 4350, 60, 2170}, [4]int{55, 1860, 60, 4970}, 7696405},
	} {
		splits, err := CPCV(120, c.groups, c.tests, c.purge, c.embargo)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0
		for i, s := range splits {
			var got [4]int
			for side, ranges := range [][]BarRange{s.Train, s.Test} {
				for _, r := range ranges {
					for bar := r.From; bar < r.To; bar++ {
						got[2*side]++
						got[2*side+1] += bar
					}
				}
			}
			sum += (i + 1) * (got[0] + 3*got[1] + 5*got[2] + 7*got[3])
			if i == 1 && got != c.second || i == len(splits)-2 && got != c.last {
				t.Errorf("(%d, %d): split %d has %v", c.groups, c.tests, i, got)
			}
		}
		if sum != c.sum {
			t.Errorf("(%d, %d): the splits come to %d, those of skfolio to %d", c.groups, c.tests, sum, c.sum)
		}
	}
	// skfolio's recombined_paths of (6, 2), by path.
	splits, err := CPCV(120, 6, 2, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]int{{0, 0, 1, 2, 3, 4}, {1, 5, 5, 6, 7, 8}, {2, 6, 9, 9, 10, 11}, {3, 7, 10, 12, 12, 13}, {4, 8, 11, 13, 14, 14}}
	for p, path := range CPCVPaths(splits, 6) {
		if !slices.Equal(path, want[p]) {
			t.Errorf("path %d: %v, want %v", p, path, want[p])
		}
	}
}

// TestSplitErrors: splits that leave nothing to train or to test on.
func TestSplitErrors(t *testing.T) {
	for want, c := range map[string][5]int{
		"6 of 6 groups are tested": {100, 6, 6, 0, 0}, "0 of 6 groups": {100, 6, 0, 0, 0}, "10 groups of 9 bars": {9, 10, 2, 0, 0},
		"nothing is left to train on": {12, 6, 5, 1, 2}, "purge -1": {100, 6, 2, -1, 0}, "more than 1000000 splits": {100, 40, 20, 0, 0},
	} {
		if _, err := CPCV(c[0], c[1], c[2], c[3], c[4]); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: error %v, want %q", c, err, want)
		}
	}
	if s, err := InOut(100, 0.7, 5); err != nil || s.Train[0] != (BarRange{0, 65}) || s.Test[0] != (BarRange{70, 100}) {
		t.Errorf("in and out of sample: %+v, %v", s, err)
	}
	for _, share := range []float64{0, 1, 0.001, 0.9999} {
		if s, err := InOut(100, share, 1); err == nil && (s.Train[0].To < 1 || s.Test[0].From > 99) {
			t.Errorf("a share of %v: %+v", share, s)
		}
	}
}

// TestWindowsByHand: the windows of a walk over the days of ten years, by hand.
func TestWindowsByHand(t *testing.T) {
	day := func(y, m, d int) int64 { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).UnixNano() }
	var times []int64
	for at := time.Date(2010, 3, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2016; at = at.AddDate(0, 0, 1) {
		times = append(times, at.UnixNano())
	}
	w := spec.WalkForward{Train: spec.Span{Years: 3}, Test: spec.Span{Years: 1}}
	rolling, err := Windows(&w, times)
	if err != nil {
		t.Fatal(err)
	}
	last := times[len(times)-1] + 1
	want := []Window{
		{0, 0, []TimeRange{{day(2010, 3, 1), day(2013, 3, 1)}}, TimeRange{day(2013, 3, 1), day(2014, 3, 1)}, 1096, 365},
		{0, 1, []TimeRange{{day(2011, 3, 1), day(2014, 3, 1)}}, TimeRange{day(2014, 3, 1), day(2015, 3, 1)}, 1096, 365},
		{0, 2, []TimeRange{{day(2012, 3, 1), day(2015, 3, 1)}}, TimeRange{day(2015, 3, 1), last}, 1095, 306},
	}
	equal(t, rolling, want)

	// Two bars purged, three embargoed behind every earlier test: 2014-03-01 … 03 are in
	// no later train.
	w.Anchored, w.Purge, w.Embargo = true, 2, 3
	anchored, err := Windows(&w, times)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, anchored, []Window{
		{0, 0, []TimeRange{{day(2010, 3, 1), day(2013, 2, 27)}}, want[0].Test, 1094, 365},
		{0, 1, []TimeRange{{day(2010, 3, 1), day(2014, 2, 27)}}, want[1].Test, 1459, 365},
		{0, 2, []TimeRange{{day(2010, 3, 1), day(2014, 3, 1)}, {day(2014, 3, 4), day(2015, 2, 27)}}, want[2].Test, 1461 + 360, 306},
	})

	// Spans of bars are counted on the calendar; a matrix has a walk for each pair.
	matrix := spec.WalkForward{Matrix: []spec.Lengths{{Train: spec.Span{Bars: 1000}, Test: spec.Span{Bars: 600}}, {Train: spec.Span{Bars: 2000}, Test: spec.Span{Bars: 400}}}}
	bars, err := Windows(&matrix, times)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, bars, []Window{
		{0, 0, []TimeRange{{times[0], times[1000]}}, TimeRange{times[1000], times[1600]}, 1000, 600},
		{0, 1, []TimeRange{{times[600], times[1600]}}, TimeRange{times[1600], last}, 1000, len(times) - 1600},
		{1, 0, []TimeRange{{times[0], times[2000]}}, TimeRange{times[2000], last}, 2000, len(times) - 2000},
	})
}

func equal(t *testing.T, got, want []Window) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d windows, want %d: %+v", len(got), len(want), got)
	}
	for i := range got {
		a, b := got[i], want[i]
		if a.Walk != b.Walk || a.Number != b.Number || !slices.Equal(a.Train, b.Train) || a.Test != b.Test || a.TrainBars != b.TrainBars || a.TestBars != b.TestBars {
			t.Errorf("window %d: %+v\nwant %+v", i, a, b)
		}
	}
}
