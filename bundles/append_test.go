package bundles

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/ingest/report"
	"github.com/bowstring-engine/bowstring/internal/parquet"
)

func appendTo(s *Store, bundle string, f *columnar.Frame, options PublishOptions) (Published, error) {
	ctx := context.Background()
	i, err := s.Begin(ctx, bundle)
	if err != nil {
		return Published{}, err
	}
	defer i.Abort()
	return i.Append(ctx, f, account, options)
}

func mustAppend(t testing.TB, s *Store, f *columnar.Frame, options PublishOptions) Published {
	t.Helper()
	p, err := appendTo(s, "b", f, options)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// between are bars from one to another.
func between(b columnar.Bars, from, to int) columnar.Bars {
	out := columnar.Bars{ID: b.ID, Times: b.Times[from:to]}
	for _, v := range b.Values {
		out.Values = append(out.Values, v[from:to])
	}
	return out
}

func partsOf(t testing.TB, s *Store) int {
	t.Helper()
	m, err := readMarker(s.bundle("b"))
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := readManifest(s.bundle("b").version(m.Current))
	if err != nil {
		t.Fatal(err)
	}
	return len(manifest.files())
}

func sameAs(t testing.TB, s *Store, want *columnar.Frame) {
	t.Helper()
	if is, err := current(s); err != nil || is != columnar.Digest(want) {
		t.Fatalf("the store shows %q, want %q: %v", is, columnar.Digest(want), err)
	}
	for _, heap := range []bool{false, true} {
		mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
		budget := columnar.NewBudget(0)
		b := mustOpen(t, s, "b", OpenOptions{Heap: heap, Allocator: mem, Budget: budget})
		if err := equal(b.Frame(), want); err != nil {
			t.Fatal(err)
		}
		b.Close()
		mem.AssertSize(t, 0)
		if budget.Used() != 0 {
			t.Fatalf("%d bytes left in the budget", budget.Used())
		}
	}
}

// A new symbol and a new day for all: the version is that of one ingest, the
// old file is shared, and only what is new is written.
func TestAppendShares(t *testing.T) {
	x := columnar.BarColumns()
	a, b, c := asset("AAA", 100, 5), asset("BBB", 90, 5), asset("CCC", 20, 5)
	for _, options := range []PublishOptions{{}, {Compact: true}, {groupLimit: 7}} {
		s := newStore(t)
		first := mustIngest(t, s, "b", build(t, x, between(a, 0, 80), between(b, 0, 70)), options)
		old, err := os.Stat(s.bundle("b").version(versionID(first.Digest)).bars())
		if err != nil {
			t.Fatal(err)
		}
		second := mustAppend(t, s, build(t, x, c), options)
		if got := *second.Append; got != (report.Append{Base: first.Digest, Appended: 20}) {
			t.Errorf("%+v", got)
		}
		sameAs(t, s, build(t, x, between(a, 0, 80), between(b, 0, 70), c))
		third := mustAppend(t, s, build(t, x, between(a, 78, 82), between(b, 70, 71)), options)
		if got := *third.Append; got != (report.Append{Base: second.Digest, Appended: 3, Unchanged: 2}) {
			t.Errorf("%+v", got)
		}
		sameAs(t, s, build(t, x, between(a, 0, 82), between(b, 0, 71), c))
		if n := partsOf(t, s); n != 3 {
			t.Errorf("%d files, want 3", n)
		}
		dir := s.bundle("b").version(versionID(third.Digest))
		if now, err := os.Stat(dir.bars()); err != nil || !os.SameFile(old, now) {
			t.Errorf("bars.parquet is not the old file: %v", err)
		}
		f, err := parquet.Open(dir.part(2), parquet.OpenOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if f.NumRows() != 3 {
			t.Errorf("%d rows were written for 3 new ones", f.NumRows())
		}
		f.Close()
		// The versions before stay as they are, and go without the shared file.
		if _, err := s.GC(context.Background(), "b", 1); err != nil {
			t.Fatal(err)
		}
		sameAs(t, s, build(t, x, between(a, 0, 82), between(b, 0, 71), c))
	}
}

func TestAppendAgain(t *testing.T) {
	s := newStore(t)
	x := columnar.BarColumns()
	all := asset("AAA", 50, 5)
	mustIngest(t, s, "b", build(t, x, between(all, 0, 40)), PublishOptions{})
	one := mustAppend(t, s, build(t, x, between(all, 35, 50)), PublishOptions{})
	two := mustAppend(t, s, build(t, x, between(all, 35, 50)), PublishOptions{})
	if one.Digest != two.Digest || !two.Existing || *two.Append != (report.Append{Base: one.Digest, Unchanged: 15}) {
		t.Errorf("%+v %+v", two, two.Append)
	}
	if v, err := s.Versions(context.Background(), "b"); err != nil || len(v) != 2 {
		t.Errorf("%d versions, %v", len(v), err)
	}
}

// A correction replaces the bar, and the decimals are those of the values that
// are left.
func TestAppendCorrects(t *testing.T) {
	s := newStore(t)
	x := []columnar.Column{{Name: "x", Scale: 1000}, {Name: "y", Scale: 1}}
	bars := func(v ...float64) columnar.Bars {
		b := columnar.Bars{ID: "A", Values: [][]float64{v, nil}}
		for i := range v {
			b.Times, b.Values[1] = append(b.Times, int64(i)*day), append(b.Values[1], 0)
		}
		return b
	}
	mustIngest(t, s, "b", build(t, x, bars(1.125, 2.5, math.NaN(), 4)), PublishOptions{})
	x[0].Scale = 100
	p := mustAppend(t, s, build(t, x, between(bars(1.25, 2.5, math.NaN(), 4), 0, 3)), PublishOptions{})
	if p.Append.Corrected != 1 || p.Append.Unchanged != 2 || p.Append.Appended != 0 {
		t.Errorf("%+v", p.Append)
	}
	sameAs(t, s, build(t, x, bars(1.25, 2.5, math.NaN(), 4)))
}

func TestAppendMismatch(t *testing.T) {
	s := newStore(t)
	mustIngest(t, s, "b", small(t), PublishOptions{})
	other, err := columnar.Build([]columnar.Column{{Name: "x"}}, []columnar.Bars{asset("Z", 2, 1)}, columnar.Info{Axis: columnar.Axis{Calendar: calendar.AlwaysOpen(), Label: columnar.LabelClose}})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Release()
	_, err = appendTo(s, "b", other, PublishOptions{})
	if !errors.Is(err, ErrMismatch) {
		t.Fatal(err)
	}
	for _, want := range []string{"calendar", "label", "adjustment", "columns are open, high, low, close, volume", "nyse", "24x7"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %v", want, err)
		}
	}
	if _, err := appendTo(s, "none", small(t), PublishOptions{}); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if _, err := os.Stat(s.bundle("none").path); !os.IsNotExist(err) {
		t.Error("the folder of a bundle that does not exist stays")
	}
}

// Any sequence of appends, with corrections, ends as a model of maps does, in at
// most so many files, and every version on the way verifies.
func TestAppendProperty(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 5)) // #nosec G404
	x := []columnar.Column{{Name: "x"}}
	most := 0
	for range 12 {
		s := newStore(t)
		model := map[string]map[int64]float64{}
		draw := func(ids, rows int) *columnar.Frame {
			var bars []columnar.Bars
			for _, id := range random.Perm(6)[:ids] {
				b := columnar.Bars{ID: string(rune('A' + id)), Values: make([][]float64, 1)}
				at := int64(random.IntN(60))
				if model[b.ID] == nil {
					model[b.ID] = map[int64]float64{}
				}
				for range rows {
					v := float64(random.IntN(3)) + 1.0/3
					b.Times, b.Values[0] = append(b.Times, at), append(b.Values[0], v)
					model[b.ID][at] = v
					at += 1 + int64(random.IntN(3))
				}
				bars = append(bars, b)
			}
			return build(t, x, bars...)
		}
		options := PublishOptions{groupLimit: []int{0, 4}[random.IntN(2)], Compact: random.IntN(3) == 0}
		mustIngest(t, s, "b", draw(6, 40), options)
		for range 14 {
			mustAppend(t, s, draw(1+random.IntN(3), 1+random.IntN(4)), options)
			var bars []columnar.Bars
			for id, rows := range model {
				b := columnar.Bars{ID: id, Values: make([][]float64, 1)}
				for at := range rows {
					b.Times = append(b.Times, at)
				}
				slices.Sort(b.Times)
				for _, at := range b.Times {
					b.Values[0] = append(b.Values[0], rows[at])
				}
				bars = append(bars, b)
			}
			sameAs(t, s, build(t, x, bars...))
			n := partsOf(t, s)
			most = max(most, n)
			if n > maxParts {
				t.Fatalf("%d files", n)
			}
		}
	}
	if most < 3 {
		t.Errorf("at most %d files: nothing was shared", most)
	}
}

// Appends at once all end up in the bundle.
func TestAppendsAtOnce(t *testing.T) {
	s := newStore(t)
	x := columnar.BarColumns()
	bars := []columnar.Bars{asset("AAA", 40, 5)}
	mustIngest(t, s, "b", build(t, x, bars...), PublishOptions{})
	var frames []*columnar.Frame
	for i := range 6 {
		bars = append(bars, asset(fmt.Sprintf("B%d", i), 5, 5))
		frames = append(frames, build(t, x, bars[i+1]))
	}
	var wg sync.WaitGroup
	for _, f := range frames {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if _, err := appendTo(s, "b", f, PublishOptions{}); err != nil {
				t.Error(err)
			}
			if _, err := s.GC(context.Background(), "b", 1); err != nil {
				t.Error(err)
			}
		}()
	}
	wg.Wait()
	sameAs(t, s, build(t, x, bars...))
}

// Every bit of every part is found by verify, or by opening.
func TestDamagedParts(t *testing.T) {
	s := newStore(t)
	x := columnar.BarColumns()
	all := asset("AAA", 12, 5)
	mustIngest(t, s, "b", build(t, x, between(all, 0, 10)), PublishOptions{})
	p := mustAppend(t, s, build(t, x, between(all, 10, 12)), PublishOptions{})
	dir := s.bundle("b").version(versionID(p.Digest))
	path := dir.part(1)
	whole := read(t, path)
	for i := range whole {
		b := slices.Clone(whole)
		b[i] ^= 1 << (i % 8)
		overwrite(t, path, b)
		v, err := s.Verify(context.Background(), "b")
		if err != nil || len(v.Findings) == 0 {
			t.Fatalf("byte %d: %v %v", i, v.Findings, err)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := openAndClose(s); !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), path) {
		t.Error(err)
	}
	overwrite(t, path, whole)
	// Damage in what an append would go on from does not become a version.
	bars := dir.bars()
	b := read(t, bars)
	at := strings.Index(string(b), string(binary.LittleEndian.AppendUint64(nil, math.Float64bits(all.Values[3][4]))))
	b[at] ^= 1
	overwrite(t, bars, b)
	extra := between(asset("AAA", 14, 5), 12, 14)
	if _, err := appendTo(s, "b", build(t, x, extra), PublishOptions{}); !errors.Is(err, ErrCorrupt) {
		t.Error(err)
	}
}

// Events are put together like bars: new ones of a type at a time replace those
// that were there, without a bar being written.
func TestAppendEvents(t *testing.T) {
	info := columnar.Info{Axis: columnar.Axis{Calendar: calendar.NYSE()}}
	x := columnar.BarColumns()
	frame := func(b columnar.Bars, events ...columnar.Event) *columnar.Frame {
		b.Events = events
		f, err := columnar.Build(x, []columnar.Bars{b}, info)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(f.Release)
		return f
	}
	all := asset("AAA", 30, 5)
	at := func(row int, kind columnar.EventType, value float64) columnar.Event {
		return columnar.Event{Time: all.Times[row], Type: kind, Value: value}
	}
	split, paid, right, later := at(3, columnar.EventSplit, 2), at(5, columnar.EventDividend, 0.5), at(5, columnar.EventDividend, 0.25), at(29, columnar.EventDividend, 0.5)
	s := newStore(t)
	mustIngest(t, s, "b", frame(between(all, 0, 25), split, paid), PublishOptions{})
	p := mustAppend(t, s, frame(between(all, 20, 25), right), PublishOptions{})
	if p.Append.Appended != 0 || p.Append.Corrected != 0 || partsOf(t, s) != 1 {
		t.Errorf("%+v, %d files", p.Append, partsOf(t, s))
	}
	sameAs(t, s, frame(between(all, 0, 25), split, right))
	mustAppend(t, s, frame(between(all, 25, 30), later), PublishOptions{})
	sameAs(t, s, frame(all, split, right, later))
}

// TestAppendBudget: an append keeps to its budget, gives all of it back, and
// without enough of it leaves the bundle as it was.
func TestAppendBudget(t *testing.T) {
	x := columnar.BarColumns()
	all := asset("AAA", 500, 5)
	corrected := between(all, 100, 101)
	corrected.Values[0] = []float64{7}
	for name, c := range map[string]struct {
		news *columnar.Frame
		// least is the memory of the bars that are copied: those behind the
		// first difference, and the asset in one piece with its times.
		least int64
	}{
		"appended":  {build(t, x, between(all, 400, 500)), 100*48 + 500*56},
		"corrected": {build(t, x, corrected), (300+1)*48 + 400*56},
		"same":      {build(t, x, between(all, 0, 400)), 0},
	} {
		try := func(limit int64) (*columnar.Budget, error) {
			s := newStore(t)
			was := mustIngest(t, s, "b", build(t, x, between(all, 0, 400)), PublishOptions{}).Digest
			budget := columnar.NewBudget(limit)
			_, err := appendTo(s, "b", c.news, PublishOptions{Budget: budget})
			if is, broken := current(s); broken != nil || err != nil && is != was {
				t.Errorf("%s: the store shows %q after %v: %v", name, is, err, broken)
			}
			if budget.Used() != 0 {
				t.Errorf("%s: %d bytes in use after %v", name, budget.Used(), err)
			}
			return budget, err
		}
		unlimited, err := try(0)
		if err != nil || unlimited.Peak() != c.least {
			t.Errorf("%s: %d bytes at most, want %d: %v", name, unlimited.Peak(), c.least, err)
		}
		if _, err := try(max(c.least, 1)); err != nil {
			t.Errorf("%s: in %d bytes: %v", name, c.least, err)
		}
		if c.least > 0 {
			if _, err := try(c.least - 1); !errors.Is(err, columnar.ErrMemory) {
				t.Errorf("%s: in %d bytes: %v", name, c.least-1, err)
			}
		}
	}
}
