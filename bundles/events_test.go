package bundles

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/columnar"
)

// raw has three assets, of which the first and the last have events, and whose
// prices are not adjusted.
func raw(t testing.TB) *columnar.Frame {
	t.Helper()
	f, err := columnar.Build(columnar.BarColumns(), []columnar.Bars{
		withEvents(asset("AAA", 20, 5)), asset("BBB", 5, 5), withEvents(asset("Ä 0700", 9, 5)), asset("EMPTY", 0, 5),
	}, columnar.Info{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Release)
	return f
}

func TestEventsRoundTrip(t *testing.T) {
	f := raw(t)
	for _, publish := range []PublishOptions{{}, {Compact: true}, {groupLimit: 7}} {
		for _, heap := range []bool{false, true} {
			s := newStore(t)
			mustIngest(t, s, "b", f, publish)
			mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
			budget := columnar.NewBudget(0)
			b := mustOpen(t, s, "b", OpenOptions{Heap: heap, Allocator: mem, Budget: budget})
			if err := equal(b.Frame(), f); err != nil {
				t.Errorf("%+v: %v", publish, err)
			}
			if e := b.Manifest().Events; e == nil || e.Rows != 6 {
				t.Errorf("%+v: manifest %+v", publish, e)
			}
			b.Close()
			mem.AssertSize(t, 0)
			if budget.Used() != 0 {
				t.Errorf("%d bytes left in the budget", budget.Used())
			}
			if v, err := s.Verify(context.Background(), "b"); err != nil || v.Err() != nil {
				t.Error(err, v.Err())
			}
		}
	}
}

// A bundle without events has no file of them and no word of them.
func TestNoEvents(t *testing.T) {
	s := newStore(t)
	p := mustIngest(t, s, "b", small(t), PublishOptions{})
	dir := s.bundle("b").version(versionID(p.Digest))
	if got := entries(t, string(dir)); got != 3 {
		t.Errorf("%d files", got)
	}
	if text, err := os.ReadFile(dir.manifest()); err != nil || strings.Contains(string(text), "events") {
		t.Errorf("%v: %s", err, text)
	}
}

// The same bars with other events are another version, and a Slice is published
// with the events that it shows.
func TestEventsMakeVersions(t *testing.T) {
	s := newStore(t)
	f := raw(t)
	one := mustIngest(t, s, "b", f, PublishOptions{})
	cut := f.Slice(time.Unix(0, 20_002*day), time.Unix(0, 20_004*day))
	defer cut.Release()
	two := mustIngest(t, s, "b", cut, PublishOptions{})
	if one.Digest == two.Digest {
		t.Error("one digest")
	}
	b := mustOpen(t, s, "b", OpenOptions{})
	defer b.Close()
	if got, want := fmt.Sprint(b.Frame().Events(0)), fmt.Sprint(f.Events(0)[1:2]); got != want {
		t.Errorf("events %s, want %s", got, want)
	}
}

// Every bit of the file counts, and opening finds it.
func TestDamagedEvents(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	p := mustIngest(t, s, "b", raw(t), PublishOptions{})
	path := s.bundle("b").version(versionID(p.Digest)).events()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damage := map[string][]byte{"cut": whole[:len(whole)-1], "empty": nil, "longer": append(slices.Clone(whole), 0)}
	for i := range whole {
		b := slices.Clone(whole)
		b[i] ^= 1 << (i % 8)
		damage[fmt.Sprintf("byte %d", i)] = b
	}
	check := func(what string) {
		t.Helper()
		if _, err := s.Open(ctx, "b", OpenOptions{}); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: open: %v", what, err)
		}
		v, err := s.Verify(ctx, "b")
		if err != nil || len(v.Findings) != 1 || v.Findings[0].File != path {
			t.Errorf("%s: verify: %v %v", what, err, v.Findings)
		}
	}
	for what, content := range damage {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		check(what)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	check("missing")
	// Ingesting the same data again replaces it.
	if again := mustIngest(t, s, "b", raw(t), PublishOptions{}); again.Existing {
		t.Error("the damaged version was kept")
	}
	mustOpen(t, s, "b", OpenOptions{}).Close()
}

func TestBundleAdjusted(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	f := raw(t)
	mustIngest(t, s, "b", f, PublishOptions{})
	want, err := columnar.Adjusted(ctx, f, "all", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer want.Release()
	b := mustOpen(t, s, "b", OpenOptions{})
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	adjusted, err := b.Adjusted(ctx, "", OpenOptions{Allocator: mem})
	if err != nil {
		t.Fatal(err)
	}
	b.Close() // the adjusted one keeps what it shares
	if err := equal(adjusted.Frame(), want); err != nil {
		t.Error(err)
	}
	if adjusted.Frame().Info() != want.Info() || adjusted.Digest() != f.Info().Digest {
		t.Errorf("%+v", adjusted.Frame().Info())
	}
	adjusted.Close()
	mem.AssertSize(t, 0)
	b = mustOpen(t, s, "b", OpenOptions{})
	defer b.Close()
	if _, err := b.Adjusted(ctx, "all", OpenOptions{Budget: columnar.NewBudget(100)}); !errors.Is(err, columnar.ErrMemory) {
		t.Error(err)
	}
}

// TestEventsInterop reads events.parquet with DuckDB, Polars and pyarrow.
func TestEventsInterop(t *testing.T) {
	interpreter := python(t)
	s := newStore(t)
	f := raw(t)
	p := mustIngest(t, s, "b", f, PublishOptions{Tool: "bowstring test"})
	var want [][]any
	for i := range f.NumAssets() {
		for _, e := range f.Events(i) {
			want = append(want, []any{f.Asset(i), e.Time, e.Type, math.Float64bits(e.Value)})
		}
	}
	script := exec.Command(interpreter, filepath.Join("testdata", "events.py"), s.bundle("b").version(versionID(p.Digest)).events())
	var stderr strings.Builder
	script.Stderr = &stderr
	out, err := script.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	var readers map[string]json.RawMessage
	if err := json.Unmarshal(out, &readers); err != nil {
		t.Fatal(err)
	}
	wanted, err := json.Marshal(want)
	if err != nil || len(readers) != 3 {
		t.Fatalf("%v, %d readers", err, len(readers))
	}
	for name, got := range readers {
		if string(got) != string(wanted) {
			t.Errorf("%s reads %s, want %s", name, got, wanted)
		}
	}
}
