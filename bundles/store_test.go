package bundles

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/parquet"
)

func TestPublishAndOpen(t *testing.T) {
	f := small(t)
	for _, options := range []PublishOptions{{Tool: "test 1"}, {Tool: "test 1", Compact: true}, {groupLimit: 2}, {groupLimit: 2, Compact: true}} {
		t.Run(fmt.Sprintf("compact=%v/limit=%d", options.Compact, options.groupLimit), func(t *testing.T) {
			s := newStore(t)
			p := mustIngest(t, s, "us8", f, options)
			if p.Digest != columnar.Digest(f) || p.Sequence != 1 || p.Existing {
				t.Fatalf("%+v", p)
			}
			for _, open := range []OpenOptions{{}, {Heap: true}} {
				mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
				open.Allocator, open.Budget = mem, columnar.NewBudget(0)
				for _, ref := range []string{"us8", "us8@" + versionID(p.Digest)[:6], "us8@" + p.Digest} {
					b := mustOpen(t, s, ref, open)
					if err := equal(b.Frame(), f); err != nil {
						t.Error(err)
					}
					if b.Digest() != p.Digest || b.Frame().Info().Digest != p.Digest || b.Name() != "us8" {
						t.Errorf("%s %s", b.Name(), b.Digest())
					}
					if d := columnar.Digest(b.Frame()); d != p.Digest {
						t.Errorf("digest of the opened frame: %s", d)
					}
					if a, err := b.Manifest().Account(); err != nil || fmt.Sprint(a) != fmt.Sprint(account) {
						t.Errorf("account %v, %v", a, err)
					}
					b.Close()
				}
				mem.AssertSize(t, 0)
				if n := open.Budget.Used(); n != 0 {
					t.Errorf("%d bytes of the budget left", n)
				}
			}
			if v, err := s.Verify(context.Background(), "us8"); err != nil || v.Err() != nil || v.Columns != 18 {
				t.Errorf("%+v, %v", v, err)
			}
		})
	}
}

func TestSpecialValuesAndShapes(t *testing.T) {
	odd := asset("ODD", 6, 1)
	copy(odd.Values[0], []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1), 0, 5e-324})
	tiny := make([]columnar.Bars, 300)
	for i := range tiny {
		tiny[i] = asset(fmt.Sprintf("T%03d", i), i%4, 1)
	}
	x := []columnar.Column{{Name: "x"}}
	for name, f := range map[string]*columnar.Frame{
		"odd":       build(t, x, odd),
		"none":      build(t, x),
		"empty":     build(t, x, asset("A", 0, 1), asset("B", 0, 1)),
		"tiny":      build(t, x, tiny...),
		"names":     build(t, x, asset("a b", 1, 1), asset(`q"\`, 2, 1), asset("é\n\u2028", 3, 1), asset("0700", 1, 1)),
		"noColumns": build(t, nil, asset("A", 3, 0)),
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			p := mustIngest(t, s, "b", f, PublishOptions{})
			first, err := os.ReadFile(s.bundle("b").version(versionID(p.Digest)).bars())
			if err != nil {
				t.Fatal(err)
			}
			b := mustOpen(t, s, "b", OpenOptions{})
			defer b.Close()
			if err := equal(b.Frame(), f); err != nil {
				t.Error(err)
			}
			if v, err := s.Verify(context.Background(), "b"); err != nil || v.Err() != nil {
				t.Error(v.Err(), err)
			}
			// A second store gets the same bytes.
			other := newStore(t)
			mustIngest(t, other, "b", f, PublishOptions{})
			second, err := os.ReadFile(other.bundle("b").version(versionID(p.Digest)).bars())
			if err != nil || string(first) != string(second) {
				t.Errorf("two writes differ: %v", err)
			}
		})
	}
}

func TestSliceIsPublishedAsItsWindow(t *testing.T) {
	s := newStore(t)
	f := small(t)
	cut := f.Slice(timeOf(f, 1), timeOf(f, 2))
	defer cut.Release()
	p := mustIngest(t, s, "cut", cut, PublishOptions{})
	b := mustOpen(t, s, "cut", OpenOptions{})
	defer b.Close()
	if err := equal(b.Frame(), cut); err != nil {
		t.Error(err)
	}
	if p.Digest != columnar.Digest(cut) || p.Digest == columnar.Digest(f) {
		t.Error(p.Digest)
	}
}

func TestZeroCopy(t *testing.T) {
	s := newStore(t)
	f := small(t)
	mustIngest(t, s, "b", f, PublishOptions{})
	b := mustOpen(t, s, "b", OpenOptions{})
	defer b.Close()
	if n := columnar.OpenMappings(); n != 1 {
		t.Fatalf("%d mappings", n)
	}
	// The first asset of the row group starts where the chunk does.
	for c := range f.Columns() {
		if at := address(b.Frame().Values(0, c)); at%parquet.Alignment != 0 {
			t.Errorf("column %d at %#x", c, at)
		}
	}
	frame := b.Frame()
	bbb, _ := frame.Lookup("BBB")
	if n := testing.AllocsPerRun(100, func() {
		if v, err := frame.History(bbb, columnar.Close, 4, 3); err != nil || len(v) != 3 {
			t.Fatal(v, err)
		}
	}); n != 0 {
		t.Errorf("History allocates %v times", n)
	}
}

func TestFrameOutlivesBundleAndRemoval(t *testing.T) {
	s := newStore(t)
	f := small(t)
	mustIngest(t, s, "b", f, PublishOptions{})
	b := mustOpen(t, s, "b", OpenOptions{})
	frame := b.Frame()
	frame.Retain()
	b.Close()
	if err := s.Remove(context.Background(), "b"); err != nil {
		t.Fatal(err)
	}
	if err := equal(frame, f); err != nil {
		t.Error(err)
	}
	frame.Release()
	if _, err := s.Open(context.Background(), "b", OpenOptions{}); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
}

func TestVersions(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	one := mustIngest(t, s, "b", small(t), PublishOptions{})
	two := mustIngest(t, s, "b", another(t), PublishOptions{})
	again := mustIngest(t, s, "b", small(t), PublishOptions{Compact: true})
	if two.Sequence != 2 || again.Sequence != 3 || !again.Existing || again.Digest != one.Digest {
		t.Fatalf("%+v %+v", two, again)
	}
	v, err := s.Versions(ctx, "b")
	if err != nil || len(v) != 2 || digestOf(v[0].ID) != one.Digest || v[0].Sequence != 3 || v[0].Ingest != again.Ingest || v[1].Sequence != 2 {
		t.Fatalf("%+v %v", v, err)
	}
	// Every ingest has its report and rejects, also the one without a version.
	for _, p := range []Published{one, two, again} {
		for _, name := range []string{reportFile, rejectsFile} {
			if b, err := os.ReadFile(filepath.Join(p.Folder, name)); err != nil || len(b) == 0 {
				t.Errorf("%s of %s: %v", name, p.Ingest, err)
			}
		}
	}
	list, err := s.List(ctx)
	if err != nil || len(list) != 1 || list[0].Assets != 3 || list[0].Rows != 8 || list[0].Versions != 2 || list[0].Err != nil ||
		list[0].First != 20_000*day || list[0].Last != 20_004*day {
		t.Fatalf("%+v %v", list, err)
	}
	// Removing.
	if err := s.Remove(ctx, "b@"+one.Digest); !errors.Is(err, ErrCurrent) {
		t.Error(err)
	}
	if err := s.Remove(ctx, "b@"+two.Digest); err != nil {
		t.Error(err)
	}
	if _, err := s.Open(ctx, "b@"+two.Digest, OpenOptions{}); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if err := s.Remove(ctx, "b"); err != nil {
		t.Error(err)
	}
	if err := s.Remove(ctx, "b"); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if list, err := s.List(ctx); err != nil || len(list) != 0 {
		t.Error(list, err)
	}
	if entries, _ := os.ReadDir(s.Dir()); len(entries) != 1 || entries[0].Name() != storeFile {
		t.Errorf("left behind: %v", entries)
	}
	if p := mustIngest(t, s, "b", small(t), PublishOptions{}); p.Sequence != 1 {
		t.Errorf("%+v", p)
	}
}

func TestGCKeepsTheNewest(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	var digests []string
	for n := range 4 {
		digests = append(digests, mustIngest(t, s, "b", build(t, []columnar.Column{{Name: "x"}}, asset("A", n+1, 1)), PublishOptions{}).Digest)
	}
	// The oldest becomes current again, so 0, 3 and 2 are the newest.
	mustIngest(t, s, "b", build(t, []columnar.Column{{Name: "x"}}, asset("A", 1, 1)), PublishOptions{})
	if _, err := s.GC(ctx, "b", 0); err == nil {
		t.Error("keep 0 is accepted")
	}
	c, err := s.GC(ctx, "", 3)
	if err != nil || len(c.Versions) != 1 || c.Versions[0] != "b@"+versionID(digests[1]) || c.Bytes == 0 {
		t.Fatalf("%+v %v", c, err)
	}
	c, err = s.GC(ctx, "b", 1)
	if err != nil || len(c.Versions) != 2 {
		t.Fatalf("%+v %v", c, err)
	}
	b := mustOpen(t, s, "b", OpenOptions{})
	defer b.Close()
	if b.Digest() != digests[0] {
		t.Error("the current version is gone")
	}
	if _, err := s.GC(ctx, "none", 1); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
}

func TestNames(t *testing.T) {
	s := newStore(t)
	ctx := context.Background()
	for _, name := range []string{"", ".", "..", "a/b", `a\b`, "-a", ".a", "a b", "é", "a\x00", strings.Repeat("a", 129)} {
		if _, err := s.Begin(ctx, name); !errors.Is(err, ErrName) {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, ref := range []string{"a@", "a@12345", "a@xyzxyz", "a@" + strings.Repeat("0", 65), "@123456", "a@123456@1"} {
		if _, err := s.Open(ctx, ref, OpenOptions{}); !errors.Is(err, ErrName) {
			t.Errorf("%q: %v", ref, err)
		}
	}
	if _, err := s.Open(ctx, "a", OpenOptions{}); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if _, err := os.Stat(s.Dir()); !errors.Is(err, os.ErrNotExist) {
		t.Error("a reader made the store")
	}
	if err := errors.Join(CheckName("us8"), CheckName("0.A_b-c")); err != nil {
		t.Error(err)
	}
}

func TestPublishRefuses(t *testing.T) {
	s := newStore(t)
	bad := build(t, []columnar.Column{{Name: "x"}}, asset("\xff", 1, 1))
	if _, err := ingest(s, "b", bad, PublishOptions{}); err == nil {
		t.Error("an id that is not UTF-8 is accepted")
	}
	clash := build(t, []columnar.Column{{Name: "asset"}}, asset("A", 1, 1))
	if _, err := ingest(s, "b", clash, PublishOptions{}); err == nil {
		t.Error("a column named asset is accepted")
	}
	ctx, cancel := context.WithCancel(context.Background())
	i, err := s.Begin(ctx, "b")
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := i.Publish(ctx, small(t), account, PublishOptions{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := i.Abort(); err != nil {
		t.Error(err)
	}
	if _, err := i.Publish(ctx, small(t), account, PublishOptions{}); !errors.Is(err, ErrFinished) {
		t.Error(err)
	}
	if list, err := s.List(context.Background()); err != nil || len(list) != 0 {
		t.Errorf("%v %v", list, err)
	}
}

func TestBudget(t *testing.T) {
	s := newStore(t)
	mustIngest(t, s, "b", small(t), PublishOptions{Compact: true})
	_, err := s.Open(context.Background(), "b", OpenOptions{Budget: columnar.NewBudget(100)})
	if !errors.Is(err, columnar.ErrMemory) {
		t.Fatal(err)
	}
	b := mustOpen(t, s, "b", OpenOptions{Budget: columnar.NewBudget(1 << 20)})
	b.Close()
}
