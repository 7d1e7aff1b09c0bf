package columnar_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/columnar"
)

func event(d int, t columnar.EventType, v float64) columnar.Event {
	return columnar.Event{Time: on(d), Type: t, Value: v}
}

// withEvents is twoAssets with a split of AA, and events of BB before, in and
// behind its bars.
func withEvents() []columnar.Bars {
	a := twoAssets()
	a[0].Events = []columnar.Event{
		event(9, columnar.EventDividend, 0.25), event(3, columnar.EventDividend, 0.5), event(3, columnar.EventSplit, 2),
		{Time: on(1) - 1, Type: columnar.EventSpinoff, Value: 0.5},
	}
	a[1].Events = []columnar.Event{event(4, columnar.EventSplit, 0.1)}
	return a
}

func TestEventsAreSorted(t *testing.T) {
	f := build(t, prices, withEvents())
	want := "[spinoff of 0.5 on 2023-12-31T23:59:59.999999999Z split of 2 on 2024-01-03 dividend of 0.5 on 2024-01-03 dividend of 0.25 on 2024-01-09]"
	if got := fmt.Sprint(f.Events(1)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if f.NumEvents() != 5 || !f.HasEvents() || buildTwo(t).HasEvents() || buildTwo(t).NumEvents() != 0 {
		t.Error("another number of events")
	}
}

// The events of an asset follow its columns in what the digest hashes; an asset
// without events adds nothing.
func TestDigestOfEventsByHand(t *testing.T) {
	words := func(v ...uint64) string {
		var b []byte
		for _, w := range v {
			for shift := 0; shift < 64; shift += 8 {
				b = append(b, byte(w>>shift))
			}
		}
		sum := sha256.Sum256(b)
		return string(sum[:])
	}
	f := build(t, []columnar.Column{{Name: "x"}}, []columnar.Bars{
		{ID: "A", Times: []int64{5}, Values: [][]float64{{1}}, Events: []columnar.Event{{Time: 7, Type: columnar.EventDividend, Value: 0.5}, {Time: 7, Type: columnar.EventSplit, Value: 4}}},
		{ID: "B", Times: []int64{6}, Values: [][]float64{{2}}},
	})
	text := "bowstring frame 1\ncalendar as-found\nfrequency 0\nlabel open\nadjusted none\ncolumn \"x\" decimals -1\n" +
		"asset \"A\" rows 1\n" + words(5) + words(0x3ff0000000000000) + "events 2\n7 split 4010000000000000\n7 dividend 3fe0000000000000\n" +
		"asset \"B\" rows 1\n" + words(6) + words(0x4000000000000000)
	sum := sha256.Sum256([]byte(text))
	if got, want := f.Info().Digest, "sha256:"+hex.EncodeToString(sum[:]); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestDigestSeesEvents(t *testing.T) {
	seen := map[string]string{buildTwo(t).Info().Digest: "no events"}
	for name, change := range map[string]func(a []columnar.Bars){
		"as they are": func([]columnar.Bars) {},
		"time":        func(a []columnar.Bars) { a[0].Events[0].Time++ },
		"type":        func(a []columnar.Bars) { a[0].Events[2].Type = columnar.EventDividend },
		"value":       func(a []columnar.Bars) { a[0].Events[2].Value = math.Nextafter(2, 3) },
		"another one": func(a []columnar.Bars) { a[0].Events = append(a[0].Events, event(2, columnar.EventSplit, 3)) },
		"other asset": func(a []columnar.Bars) { a[0].Events, a[1].Events = a[1].Events, a[0].Events },
		"one asset's": func(a []columnar.Bars) { a[0].Events = nil },
		"twice":       func(a []columnar.Bars) { a[1].Events = append(a[1].Events, a[1].Events...) },
	} {
		assets := withEvents()
		change(assets)
		digest := build(t, prices, assets).Info().Digest
		if other, ok := seen[digest]; ok {
			t.Errorf("%s: the digest of %s", name, other)
		}
		seen[digest] = name
	}
	turned := withEvents()
	slices.Reverse(turned[0].Events)
	if seen[build(t, prices, turned).Info().Digest] != "as they are" {
		t.Error("the order in which events come in changes the digest")
	}
}

// A Slice shows the events that take effect on its bars.
func TestEventsOfASlice(t *testing.T) {
	f := build(t, prices, withEvents())
	for _, c := range []struct {
		from, to int
		want     string
	}{
		{1, 3, "[spinoff of 0.5 on 2023-12-31T23:59:59.999999999Z]"},
		{3, 4, "[split of 2 on 2024-01-03 dividend of 0.5 on 2024-01-03]"},
		{4, 5, "[]"},
		{4, 6, "[dividend of 0.25 on 2024-01-09]"},
		{7, 12, "[]"},
	} {
		cut := f.Slice(at(c.from), at(c.to))
		if got := fmt.Sprint(cut.Events(1)); got != c.want {
			t.Errorf("%d to %d: %s, want %s", c.from, c.to, got, c.want)
		}
		if len(cut.WholeEvents(1)) != 4 {
			t.Error("a Slice has lost events")
		}
		cut.Release()
	}
	only, err := f.Select("BB")
	if err != nil || len(only.Events(0)) != 4 {
		t.Fatalf("Select: %v", err)
	}
	only.Release()
}

// Slices that follow each other share the events out.
func TestSlicesShareEvents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		assets := withEvents()[:1]
		assets[0].Events = nil
		for range rapid.IntRange(0, 8).Draw(t, "events") {
			assets[0].Events = append(assets[0].Events, columnar.Event{Time: on(rapid.IntRange(1, 8).Draw(t, "day") - 1), Type: columnar.EventSplit, Value: 2})
		}
		f, err := columnar.Build(prices, assets, columnar.Info{})
		if err != nil {
			t.Fatal(err)
		}
		defer f.Release()
		var got []columnar.Event
		cuts := []int{0, rapid.IntRange(0, 9).Draw(t, "a"), rapid.IntRange(0, 9).Draw(t, "b"), 20}
		slices.Sort(cuts)
		for i := range 3 {
			part := f.Slice(at(cuts[i]), at(cuts[i+1]))
			got = append(got, part.Events(0)...)
			part.Release()
		}
		if !slices.Equal(got, f.Events(0)) {
			t.Fatalf("cut at %v: %v, want %v", cuts, got, f.Events(0))
		}
	})
}

func TestInvalidEvents(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		event columnar.Event
		want  string
	}{
		{event(2, "merger", 1), `type "merger"`},
		{event(2, columnar.EventSplit, 0), "split of 0"},
		{event(2, columnar.EventSplit, -2), "split of -2"},
		{event(2, columnar.EventSplit, inf), "split of +Inf"},
		{event(2, columnar.EventSplit, nan), "split of NaN"},
		{event(2, columnar.EventDividend, 0), "dividend of 0"},
		{event(2, columnar.EventDividend, inf), "dividend of +Inf"},
		{event(2, columnar.EventDividend, nan), "dividend of NaN"},
		{event(2, columnar.EventSpinoff, 0), "spinoff of 0"},
		{event(2, columnar.EventSpinoff, 1), "spinoff of 1"},
	} {
		assets := twoAssets()
		assets[1].Events = []columnar.Event{c.event}
		_, err := columnar.Build(prices, assets, columnar.Info{})
		if !errors.Is(err, columnar.ErrEvent) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), `"AA": 2024-01-02`) {
			t.Errorf("%v: %v", c.event, err)
		}
	}
	f := buildTwo(t)
	unsorted := []columnar.Span{{ID: "A", Rows: 3, Events: []columnar.Event{event(2, columnar.EventSplit, 2), event(1, columnar.EventSplit, 2)}}}
	rec := f.Record(0)
	defer rec.Release()
	if _, err := columnar.NewFrame(f.Schema(), recs(rec), unsorted, columnar.Info{}); !errors.Is(err, columnar.ErrInvalid) {
		t.Error(err)
	}
}
