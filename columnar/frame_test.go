package columnar_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/columnar"
)

func TestFrameShowsItsBars(t *testing.T) {
	f := buildTwo(t)
	if f.NumAssets() != 2 || f.NumRows() != 8 || f.NumBars(0) != 3 || f.NumBars(1) != 5 {
		t.Fatalf("%d assets, %d rows, %d and %d bars", f.NumAssets(), f.NumRows(), f.NumBars(0), f.NumBars(1))
	}
	given := twoAssets()
	for i, b := range []columnar.Bars{given[1], given[0]} {
		if !slices.Equal(f.Times(i), b.Times) || !slices.Equal(f.WholeTimes(i), b.Times) {
			t.Errorf("%s: times %v", b.ID, f.Times(i))
		}
		for c := range prices {
			if !equal(f.Values(i, c), b.Values[c]) || !equal(f.WholeValues(i, c), b.Values[c]) {
				t.Errorf("%s: column %d: %v", b.ID, c, f.Values(i, c))
			}
		}
	}
	if i, ok := f.Lookup("BB"); i != 1 || !ok {
		t.Errorf("BB at %d, %v", i, ok)
	}
	for _, id := range []string{"", "A", "AB", "C"} {
		if _, ok := f.Lookup(id); ok {
			t.Errorf("found %q", id)
		}
	}
}

func TestSliceCutsByTime(t *testing.T) {
	f := buildTwo(t)
	for _, c := range []struct {
		name     string
		from, to time.Time
		aa, bb   []int64
	}{
		{"all", time.Time{}, time.Time{}, []int64{on(3), on(4), on(5)}, []int64{on(1), on(2), on(3), on(4), on(5)}},
		{"from is included, to is not", at(2), at(4), []int64{on(3)}, []int64{on(2), on(3)}},
		{"between bars", at(2).Add(1), at(4).Add(1), []int64{on(3), on(4)}, []int64{on(3), on(4)}},
		{"open end", at(5), time.Time{}, []int64{on(5)}, []int64{on(5)}},
		{"open start", time.Time{}, at(3), nil, []int64{on(1), on(2)}},
		{"empty", at(3), at(3), nil, nil},
		{"backwards", at(4), at(2), nil, nil},
		{"before", at(-9), at(1), nil, nil},
		{"after", at(6), at(9), nil, nil},
		{"beyond nanoseconds", time.Date(-5000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC),
			[]int64{on(3), on(4), on(5)}, []int64{on(1), on(2), on(3), on(4), on(5)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := f.Slice(c.from, c.to)
			defer s.Release()
			if !slices.Equal(s.Times(0), c.aa) || !slices.Equal(s.Times(1), c.bb) {
				t.Errorf("got %v and %v", s.Times(0), s.Times(1))
			}
			if s.NumAssets() != 2 || s.NumRows() != len(c.aa)+len(c.bb) {
				t.Errorf("%d assets, %d rows", s.NumAssets(), s.NumRows())
			}
			if s.Info() != f.Info() {
				t.Error("a Slice has other info")
			}
		})
	}
}

func TestSlicesNest(t *testing.T) {
	f := buildTwo(t)
	outer := f.Slice(at(2), at(5))
	inner := outer.Slice(at(1), at(4))
	outer.Release()
	defer inner.Release()
	if got := inner.Times(1); !slices.Equal(got, []int64{on(2), on(3)}) {
		t.Errorf("got %v", got)
	}
	if lo, hi := inner.Window(1); lo != 1 || hi != 3 {
		t.Errorf("window %d to %d, want 1 to 3", lo, hi)
	}
	if got := len(inner.WholeTimes(1)); got != 5 {
		t.Errorf("the whole has %d bars, want 5", got)
	}
}

func TestSelect(t *testing.T) {
	f := buildTwo(t)
	cut := f.Slice(at(4), time.Time{})
	defer cut.Release()
	one, err := cut.Select("BB", "BB")
	if err != nil {
		t.Fatal(err)
	}
	defer one.Release()
	if one.NumAssets() != 1 || one.Asset(0) != "BB" || !equal(one.Values(0, 0), []float64{13, 14}) {
		t.Errorf("%v: %v", one.Assets(), one.Values(0, 0))
	}
	both, err := f.Select("BB", "AA")
	if err != nil {
		t.Fatal(err)
	}
	defer both.Release()
	if !slices.Equal(both.Assets(), []string{"AA", "BB"}) {
		t.Errorf("assets %v", both.Assets())
	}
	_, err = f.Select("XX", "AA", "YY")
	if !errors.Is(err, columnar.ErrNoAsset) || !strings.Contains(err.Error(), `"XX", "YY"`) {
		t.Errorf("got %v", err)
	}
	none, err := f.Select()
	if err != nil {
		t.Fatal(err)
	}
	defer none.Release()
	if none.NumAssets() != 0 {
		t.Errorf("assets %v", none.Assets())
	}
}

func TestHistory(t *testing.T) {
	f := buildTwo(t)
	cut := f.Slice(at(3), time.Time{})
	defer cut.Release()
	for _, c := range []struct {
		name   string
		f      *columnar.Frame
		asset  int
		end, n int
		want   []float64
	}{
		{"inside", f, 1, 3, 2, []float64{12, 13}},
		{"from the first bar", f, 1, 1, 2, []float64{10, 11}},
		{"shorter where the asset begins", f, 1, 1, 9, []float64{10, 11}},
		{"none", f, 1, 1, 0, nil},
		{"before the slice", cut, 1, 0, 3, []float64{10, 11, 12}},
		{"end of the slice", cut, 1, 2, 2, []float64{13, 14}},
		{"all there is", cut, 1, 2, math.MaxInt, []float64{10, 11, 12, 13, 14}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.f.History(c.asset, columnar.Open, c.end, c.n)
			if err != nil || !equal(got, c.want) {
				t.Errorf("got %v, %v, want %v", got, err, c.want)
			}
		})
	}
	if _, err := f.History(0, "vwap", 0, 1); !errors.Is(err, columnar.ErrNoColumn) || !strings.Contains(err.Error(), `"vwap"`) {
		t.Errorf("got %v", err)
	}
	for _, c := range [][2]int{{-1, 1}, {3, 1}, {0, -1}} {
		wantPanic(t, func() { _, _ = cut.History(1, columnar.Open, c[0], c[1]) })
	}
}

func wantPanic(t *testing.T, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	f()
}

func TestReleaseTooOftenPanics(t *testing.T) {
	f, err := columnar.Build(prices, twoAssets(), columnar.Info{})
	if err != nil {
		t.Fatal(err)
	}
	f.Release()
	wantPanic(t, f.Release)
}

// A row is a bar of the naive model: a list of rows, searched from end to end.
type row struct {
	asset string
	time  int64
	value float64
}

// Slicing and selecting in any order shows the rows that a filter over a list
// of all rows leaves.
func TestSliceAndSelectAgainstFilter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		assets, rows := drawBars(t)
		f, err := columnar.Build([]columnar.Column{{Name: "x"}}, assets, columnar.Info{})
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(0, 3).Draw(t, "cuts") {
			var next *columnar.Frame
			if rapid.Bool().Draw(t, "select") {
				ids := rapid.SliceOfDistinct(rapid.SampledFrom(append([]string(nil), f.Assets()...)), rapid.ID[string]).Draw(t, "ids")
				if next, err = f.Select(ids...); err != nil {
					t.Fatal(err)
				}
				rows = slices.DeleteFunc(rows, func(r row) bool { return !slices.Contains(ids, r.asset) })
			} else {
				from, to := rapid.Int64Range(1, 100).Draw(t, "from"), rapid.Int64Range(1, 100).Draw(t, "to")
				next = f.Slice(time.Unix(0, from), time.Unix(0, to))
				rows = slices.DeleteFunc(rows, func(r row) bool { return r.time < from || r.time >= to })
			}
			f.Release()
			f = next
			if f.NumAssets() == 0 {
				break
			}
		}
		defer f.Release()
		var got []row
		for i := range f.NumAssets() {
			rec := f.Record(i)
			if int(rec.NumRows()) != f.NumBars(i) {
				t.Fatalf("record of %d rows, %d bars", rec.NumRows(), f.NumBars(i))
			}
			rec.Release()
			for k, at := range f.Times(i) {
				got = append(got, row{f.Asset(i), at, f.Values(i, 0)[k]})
			}
		}
		if !slices.Equal(got, rows) || f.NumRows() != len(rows) {
			t.Fatalf("got %v, want %v", got, rows)
		}
	})
}

// drawBars returns up to five assets, and the same bars as rows in order.
func drawBars(t *rapid.T) (assets []columnar.Bars, rows []row) {
	ids := rapid.SliceOfNDistinct(rapid.StringMatching(`[A-C]{1,3}`), 1, 5, rapid.ID[string]).Draw(t, "assets")
	slices.Sort(ids)
	for _, id := range ids {
		times := rapid.SliceOfDistinct(rapid.Int64Range(1, 100), rapid.ID[int64]).Draw(t, "times")
		slices.Sort(times)
		values := make([]float64, len(times))
		for i, at := range times {
			values[i] = float64(at) + float64(len(rows))/1000
			rows = append(rows, row{id, at, values[i]})
		}
		assets = append(assets, columnar.Bars{ID: id, Times: times, Values: [][]float64{values}})
	}
	return assets, rows
}
