package columnar_test

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/columnar"
)

func recs(r ...arrow.Record) []arrow.Record { return r }

// closeAndVolume are the columns of the tests by hand; note is left alone.
var closeAndVolume = []columnar.Column{{Name: columnar.Close, Scale: 100}, {Name: columnar.Volume, Scale: 1}, {Name: "note", Scale: 1}}

// oneAsset has a bar a day from 1 January on.
func oneAsset(closes []float64, events ...columnar.Event) columnar.Bars {
	b := columnar.Bars{ID: "A", Events: events, Values: [][]float64{closes, make([]float64, len(closes)), make([]float64, len(closes))}}
	for i := range closes {
		b.Times = append(b.Times, on(i+1))
		b.Values[1][i], b.Values[2][i] = 100, 7
	}
	return b
}

func adjust(t testing.TB, f *columnar.Frame, mode columnar.Adjustment) *columnar.Frame {
	t.Helper()
	out, err := columnar.Adjusted(context.Background(), f, mode, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(out.Release)
	return out
}

// Expected values are worked out by hand.
func TestAdjustedByHand(t *testing.T) {
	split, dividend, spinoff := columnar.EventSplit, columnar.EventDividend, columnar.EventSpinoff
	for _, c := range []struct {
		name   string
		have   columnar.Adjustment
		mode   columnar.Adjustment
		closes []float64
		events []columnar.Event
		want   []float64
		volume []float64
	}{
		{"4-for-1", "none", "splits", []float64{400, 404, 102}, []columnar.Event{event(3, split, 4)}, []float64{100, 101, 102}, []float64{400, 400, 100}},
		{"1-for-10", "none", "all", []float64{2, 3, 40}, []columnar.Event{event(3, split, 0.1)}, []float64{20, 30, 40}, []float64{10, 10, 100}},
		{"dividend", "none", "all", []float64{80, 100, 98}, []columnar.Event{event(3, dividend, 2)}, []float64{78.4, 98, 98}, []float64{100, 100, 100}},
		{"dividend, splits only", "none", "splits", []float64{80, 100, 98}, []columnar.Event{event(3, dividend, 2)}, []float64{80, 100, 98}, []float64{100, 100, 100}},
		// 200 before is 100 a new share, of which 5 are paid: 0.95 × 0.5.
		{"split and dividend", "none", "all", []float64{200, 95}, []columnar.Event{event(2, dividend, 5), event(2, split, 2)}, []float64{95, 95}, []float64{200, 100}},
		// Paid on the old share, split later, and no bar in between: 5 of 200.
		{"dividend, then split, before one bar", "none", "all", []float64{200, 97.5}, []columnar.Event{{Time: on(1) + 1, Type: dividend, Value: 5}, event(2, split, 2)}, []float64{97.5, 97.5}, []float64{200, 100}},
		{"two dividends add up", "none", "all", []float64{100, 90}, []columnar.Event{event(2, dividend, 4), event(2, dividend, 6)}, []float64{90, 90}, []float64{100, 100}},
		{"two splits multiply", "none", "splits", []float64{60, 10}, []columnar.Event{event(2, split, 2), event(2, split, 3)}, []float64{10, 10}, []float64{600, 100}},
		// 100 less 10 is 90, of which 80 % are left.
		{"dividend and spin-off", "none", "all", []float64{100, 72}, []columnar.Event{event(2, spinoff, 0.8), event(2, dividend, 10)}, []float64{72, 72}, []float64{100, 100}},
		{"spin-off is no split", "none", "splits", []float64{100, 80}, []columnar.Event{event(2, spinoff, 0.8)}, []float64{100, 80}, []float64{100, 100}},
		// The dividend is of 4 in 100, then the split.
		{"dividend before split", "none", "all", []float64{100, 96, 48}, []columnar.Event{event(2, dividend, 4), event(3, split, 2)}, []float64{48, 48, 48}, []float64{200, 200, 100}},
		// The same, from prices that came adjusted for splits: 4 in 50 × 2.
		{"split-adjusted source", "splits", "all", []float64{50, 48, 48}, []columnar.Event{event(2, dividend, 4), event(3, split, 2)}, []float64{48, 48, 48}, []float64{100, 100, 100}},
		{"split-adjusted, both on a day", "splits", "all", []float64{100, 95}, []columnar.Event{event(2, dividend, 5), event(2, split, 2)}, []float64{95, 95}, []float64{100, 100}},
		{"on the first bar", "none", "all", []float64{100, 101}, []columnar.Event{event(1, dividend, 5), event(1, split, 2)}, []float64{100, 101}, []float64{100, 100}},
		{"before the first bar", "none", "all", []float64{100, 101}, []columnar.Event{event(0, split, 2)}, []float64{100, 101}, []float64{100, 100}},
		{"after the last bar", "none", "all", []float64{100, 101}, []columnar.Event{event(3, split, 2), event(4, dividend, 500)}, []float64{100, 101}, []float64{100, 100}},
		// Unknown closes are passed over; the split at the third bar counts.
		{"unknown close before", "none", "all", []float64{200, nan, 0, 90}, []columnar.Event{event(3, split, 2), event(4, dividend, 10)}, []float64{90, nan, 0, 90}, []float64{200, 200, 100, 100}},
		{"no close before", "none", "all", []float64{nan, 90}, []columnar.Event{event(2, dividend, 10), event(2, split, 2)}, []float64{nan, 90}, []float64{200, 100}},
	} {
		t.Run(c.name, func(t *testing.T) {
			// Not sorted, and AA has no events.
			assets := []columnar.Bars{oneAsset(c.closes, c.events...), oneAsset([]float64{5, 6})}
			assets[1].ID = "AA"
			f, err := columnar.Build(closeAndVolume, assets, columnar.Info{Adjusted: c.have})
			if err != nil {
				t.Fatal(err)
			}
			defer f.Release()
			got := adjust(t, f, c.mode)
			if !near(got.Values(0, 0), c.want, 1e-15) || !near(got.Values(0, 1), c.volume, 1e-15) {
				t.Errorf("closes %v, want %v; volume %v, want %v", got.Values(0, 0), c.want, got.Values(0, 1), c.volume)
			}
			if !slices.Equal(got.Times(0), f.Times(0)) || address(got.Values(0, 2)) != address(f.Values(0, 2)) || address(got.Values(1, 0)) != address(f.Values(1, 0)) {
				t.Error("what does not change has been changed or copied")
			}
			if got.Info().Adjusted != c.mode || got.Info().Source != f.Info().Digest || !slices.Equal(got.Events(0), f.Events(0)) {
				t.Errorf("info %+v", got.Info())
			}
		})
	}
}

// near compares with a relative tolerance, NaN equal to NaN.
func near(got, want []float64, tolerance float64) bool {
	return slices.EqualFunc(got, want, func(g, w float64) bool {
		return g == w || g != g && w != w || math.Abs(g-w) <= tolerance*math.Abs(w)
	})
}

// An event on a day without a bar takes effect on the next.
func TestEventBetweenBars(t *testing.T) {
	b := oneAsset([]float64{100, 50, 51}, event(3, columnar.EventSplit, 2))
	b.Times = []int64{on(2), on(5), on(6)}
	got := adjust(t, build(t, closeAndVolume, []columnar.Bars{b}), "splits").Values(0, 0)
	if !slices.Equal(got, []float64{50, 50, 51}) {
		t.Error(got)
	}
}

// Scales are dropped where values change, and only there.
func TestAdjustedColumns(t *testing.T) {
	changed := func(event columnar.Event, mode columnar.Adjustment) (scales []int64) {
		f := build(t, closeAndVolume, []columnar.Bars{oneAsset([]float64{100, 50}, event)})
		for _, c := range adjust(t, f, mode).Columns() {
			scales = append(scales, c.Scale)
		}
		return scales
	}
	if got := changed(event(2, columnar.EventSplit, 2), "splits"); !slices.Equal(got, []int64{0, 0, 1}) {
		t.Errorf("split: %v", got)
	}
	if got := changed(event(1, columnar.EventSplit, 2), "splits"); !slices.Equal(got, []int64{100, 1, 1}) {
		t.Errorf("no effect: %v", got)
	}
}

func TestImpossibleAdjustments(t *testing.T) {
	ctx := context.Background()
	both := []columnar.Event{event(2, columnar.EventSplit, 2)}
	for _, c := range []struct {
		have, mode columnar.Adjustment
		events     []columnar.Event
		want       string
	}{
		{"splits", "none", both, "came adjusted for splits already"},
		{"all", "none", both, "came adjusted for all already"},
		{"all", "splits", both, "came adjusted for all already"},
		{"none", "all", nil, "no splits or dividends"},
		{"splits", "all", nil, "no splits or dividends"},
		{"none", "most", both, `adjustment "most"`},
	} {
		f, err := columnar.Build(closeAndVolume, []columnar.Bars{oneAsset([]float64{1, 2}, c.events...)}, columnar.Info{Adjusted: c.have})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := columnar.Adjusted(ctx, f, c.mode, nil); !errors.Is(err, columnar.ErrAdjustment) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s to %s: %v", c.have, c.mode, err)
		}
		f.Release()
	}
	// At and above the close, 100; per new share it is 50.
	for _, events := range [][]columnar.Event{
		{event(2, columnar.EventDividend, 100)},
		{event(2, columnar.EventDividend, 50), event(2, columnar.EventSplit, 2)},
		{event(2, columnar.EventDividend, 60), event(2, columnar.EventDividend, 40)},
	} {
		f := build(t, closeAndVolume, []columnar.Bars{oneAsset([]float64{100, 50}, events...)})
		_, err := columnar.Adjusted(ctx, f, "all", nil)
		if !errors.Is(err, columnar.ErrEvent) || !strings.Contains(err.Error(), `"A": the dividend of `) ||
			!strings.Contains(err.Error(), "on 2024-01-02 is not below") || !strings.Contains(err.Error(), "close of 2024-01-01") {
			t.Errorf("%v: %v", events, err)
		}
		adjust(t, f, "splits") // which asks for no dividend
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	f := build(t, closeAndVolume, []columnar.Bars{oneAsset([]float64{2, 1}, both...)})
	if _, err := columnar.Adjusted(cancelled, f, "all", nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestDefaultAdjustment(t *testing.T) {
	plain := build(t, closeAndVolume, []columnar.Bars{oneAsset([]float64{2, 1})})
	f := build(t, closeAndVolume, []columnar.Bars{oneAsset([]float64{2, 1}, event(2, columnar.EventSplit, 2))})
	splits := adjust(t, f, "splits")
	if plain.DefaultAdjustment() != "none" || f.DefaultAdjustment() != "all" || splits.DefaultAdjustment() != "splits" {
		t.Errorf("%s %s %s", plain.DefaultAdjustment(), f.DefaultAdjustment(), splits.DefaultAdjustment())
	}
	if adjust(t, plain, "") != plain || adjust(t, splits, "") != splits || adjust(t, f, "").Info().Adjusted != "all" {
		t.Error("the default is another")
	}
}

// generated is an asset with random bars, gaps and events, and what an
// adjustment makes of its closes and volumes by going over all earlier bars
// for every event, latest first.
type generated struct {
	bars   columnar.Bars
	splits []float64 // closes
	all    []float64
	volume []float64
}

func generate(t *rapid.T) generated {
	n := rapid.IntRange(1, 40).Draw(t, "bars")
	g := generated{bars: columnar.Bars{ID: "A", Values: [][]float64{nil, nil}}}
	d := 0
	for range n {
		d += rapid.IntRange(1, 4).Draw(t, "days")
		g.bars.Times = append(g.bars.Times, on(d))
		g.bars.Values[0] = append(g.bars.Values[0], rapid.Float64Range(50, 200).Draw(t, "close"))
		g.bars.Values[1] = append(g.bars.Values[1], float64(rapid.IntRange(0, 1e6).Draw(t, "volume")))
	}
	for range rapid.IntRange(0, 8).Draw(t, "events") {
		e := event(rapid.IntRange(-1, d+3).Draw(t, "day"), rapid.SampledFrom(columnar.EventTypes()).Draw(t, "type"), 0)
		switch e.Type {
		case columnar.EventSplit:
			e.Value = rapid.SampledFrom([]float64{2, 3, 7, 1.5, 0.5, 0.1, 1.998}).Draw(t, "ratio")
		case columnar.EventDividend:
			e.Value = rapid.Float64Range(0.01, 0.1).Draw(t, "cash")
		case columnar.EventSpinoff:
			e.Value = rapid.Float64Range(0.8, 0.99).Draw(t, "left")
		}
		g.bars.Events = append(g.bars.Events, e)
	}
	g.naive()
	return g
}

func (g *generated) naive() {
	rank := map[columnar.EventType]int{"split": 0, "dividend": 1, "spinoff": 2}
	events := slices.Clone(g.bars.Events)
	slices.SortFunc(events, func(a, b columnar.Event) int {
		return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(rank[a.Type], rank[b.Type]))
	})
	g.splits, g.all, g.volume = slices.Clone(g.bars.Values[0]), slices.Clone(g.bars.Values[0]), slices.Clone(g.bars.Values[1])
	for bar := 1; bar < len(g.bars.Times); bar++ {
		price := g.bars.Values[0][bar-1] // as it goes from event to event
		for _, e := range events {
			if e.Time <= g.bars.Times[bar-1] || e.Time > g.bars.Times[bar] {
				continue
			}
			after := price / e.Value
			switch e.Type {
			case "dividend":
				after = price - e.Value
			case "spinoff":
				after = price * e.Value
			}
			for earlier := range bar {
				g.all[earlier] *= after / price
				if e.Type == "split" {
					g.splits[earlier] /= e.Value
					g.volume[earlier] *= e.Value
				}
			}
			price = after
		}
	}
}

var generatedColumns = []columnar.Column{{Name: columnar.Close}, {Name: columnar.Volume}}

func TestAdjustedAgainstNaive(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
		defer mem.AssertSize(t, 0)
		g := generate(t)
		if len(g.bars.Events) == 0 {
			return
		}
		f, err := columnar.Build(generatedColumns, []columnar.Bars{g.bars}, columnar.Info{})
		if err != nil {
			t.Fatal(err)
		}
		defer f.Release()
		splits, err := columnar.Adjusted(ctx, f, "splits", mem)
		if err != nil {
			t.Fatal(err)
		}
		defer splits.Release()
		all, err := columnar.Adjusted(ctx, f, "all", mem)
		if err != nil {
			t.Fatal(err)
		}
		defer all.Release()
		if int64(mem.CurrentAlloc()) > 2*columnar.AdjustedBytes(f, "all")+128*4 {
			t.Fatalf("%d bytes allocated, AdjustedBytes says %d", mem.CurrentAlloc(), columnar.AdjustedBytes(f, "all"))
		}
		const tolerance = 1e-12
		if !near(splits.Values(0, 0), g.splits, tolerance) || !near(splits.Values(0, 1), g.volume, tolerance) ||
			!near(all.Values(0, 0), g.all, tolerance) || !near(all.Values(0, 1), g.volume, tolerance) {
			t.Fatalf("%v\nsplits %v want %v\nall %v want %v", g.bars.Events, splits.Values(0, 0), g.splits, all.Values(0, 0), g.all)
		}
		// A source that is split-adjusted already gives the same.
		source := columnar.Bars{ID: "A", Times: g.bars.Times, Values: [][]float64{g.splits, g.volume}, Events: g.bars.Events}
		s, err := columnar.Build(generatedColumns, []columnar.Bars{source}, columnar.Info{Adjusted: "splits"})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Release()
		again, err := columnar.Adjusted(ctx, s, "all", nil)
		if err != nil {
			t.Fatal(err)
		}
		defer again.Release()
		if !near(again.Values(0, 0), g.all, tolerance) || !near(again.Values(0, 1), g.volume, tolerance) {
			t.Fatalf("from split-adjusted prices: %v, want %v", again.Values(0, 0), g.all)
		}
		unchangedReturns(t, f, all)
		unchangedReturns(t, f, splits)
	})
}

// unchangedReturns holds that from a bar to one without an event the return is
// the same, and that the last bar is as it was.
func unchangedReturns(t *rapid.T, before, after *columnar.Frame) {
	times, b, a := before.Times(0), before.Values(0, 0), after.Values(0, 0)
	for k := 1; k < len(b); k++ {
		if slices.ContainsFunc(before.Events(0), func(e columnar.Event) bool { return e.Time > times[k-1] && e.Time <= times[k] }) {
			continue
		}
		if math.Abs(a[k]/a[k-1]/(b[k]/b[k-1])-1) > 1e-12 {
			t.Fatalf("bar %d: return %v, want %v", k, a[k]/a[k-1], b[k]/b[k-1])
		}
	}
	if last := len(b) - 1; a[last] != b[last] {
		t.Fatalf("the last bar is %v, want %v", a[last], b[last])
	}
}

// Adjusting, then slicing, is slicing, then adjusting, to the bit; and adjusting
// again gives the same bits and the same digest.
func TestAdjustedSlices(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		g := generate(t)
		if len(g.bars.Events) == 0 {
			return
		}
		f, err := columnar.Build(generatedColumns, []columnar.Bars{g.bars}, columnar.Info{})
		if err != nil {
			t.Fatal(err)
		}
		defer f.Release()
		from, to := at(rapid.IntRange(0, 100).Draw(t, "from")), at(rapid.IntRange(0, 100).Draw(t, "to"))
		whole, err := columnar.Adjusted(ctx, f, "all", nil)
		if err != nil {
			t.Fatal(err)
		}
		defer whole.Release()
		want := whole.Slice(from, to)
		defer want.Release()
		cut := f.Slice(from, to)
		defer cut.Release()
		got, err := columnar.Adjusted(ctx, cut, "all", nil)
		if err != nil {
			t.Fatal(err)
		}
		defer got.Release()
		if !slices.Equal(got.Values(0, 0), want.Values(0, 0)) || !slices.Equal(got.Values(0, 1), want.Values(0, 1)) ||
			got.Info() != want.Info() || columnar.Digest(got) != columnar.Digest(want) {
			t.Fatalf("%v, want %v", got.Values(0, 0), want.Values(0, 0))
		}
		if got.Info().Digest == f.Info().Digest {
			t.Fatal("the digest is that of the unadjusted data")
		}
	})
}

func BenchmarkAdjusted(b *testing.B) {
	const rows = 1_000_000
	bars := columnar.Bars{ID: "A", Times: make([]int64, rows), Values: make([][]float64, 5)}
	for i := range bars.Times {
		bars.Times[i] = int64(i) * (day / 1440)
	}
	for c := range bars.Values {
		bars.Values[c] = slices.Repeat([]float64{100}, rows)
	}
	for i := range 100 {
		bars.Events = append(bars.Events, columnar.Event{Time: int64(i+1) * 9_000 * (day / 1440), Type: columnar.EventDividend, Value: 0.1})
	}
	f := build(b, columnar.BarColumns(), []columnar.Bars{bars})
	b.SetBytes(columnar.AdjustedBytes(f, "all"))
	for range b.N {
		out, err := columnar.Adjusted(context.Background(), f, "all", nil)
		if err != nil {
			b.Fatal(err)
		}
		out.Release()
	}
}
