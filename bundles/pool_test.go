package bundles

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/columnar"
)

func newPool(t testing.TB, s *Store, options PoolOptions) *Pool {
	t.Helper()
	p := NewPool(s, options)
	t.Cleanup(p.Close)
	return p
}

func mustAcquire(t testing.TB, p *Pool, ref string) *Bundle {
	t.Helper()
	b, err := p.Acquire(context.Background(), ref)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// wantMapped checks how many files are mapped.
func wantMapped(t testing.TB, want int64) {
	t.Helper()
	if n := columnar.OpenMappings(); n != want {
		t.Errorf("%d files are mapped, want %d", n, want)
	}
}

func TestPoolOpensOnce(t *testing.T) {
	s := newStore(t)
	f := small(t)
	published := mustIngest(t, s, "b", f, PublishOptions{})
	p := newPool(t, s, PoolOptions{})
	wantMapped(t, 0)
	one, two := mustAcquire(t, p, "b"), mustAcquire(t, p, "b")
	if one.Frame() != two.Frame() || one.Name() != "b" || one.Digest() != published.Digest || two.Manifest().Rows != 8 {
		t.Errorf("%+v and %+v", one, two)
	}
	one.Close()
	if err := equal(two.Frame(), f); err != nil {
		t.Error(err)
	}
	two.Close()
	three := mustAcquire(t, p, "b@"+published.Digest) // the same version by its digest
	// 8 rows of 5 columns and a timestamp.
	if s := p.Stats(); s != (PoolStats{Hits: 2, Misses: 1, Entries: 1, Held: 1, Bytes: 8 * 6 * 8}) {
		t.Errorf("%+v", s)
	}
	wantMapped(t, 1)
	frame := three.Frame()
	frame.Retain()
	p.Close()
	three.Close()
	if err := equal(frame, f); err != nil {
		t.Errorf("a retained Frame: %v", err)
	}
	frame.Release()
	wantMapped(t, 0)
}

func TestPoolSeesANewVersion(t *testing.T) {
	s := newStore(t)
	first, second := small(t), another(t)
	old := mustIngest(t, s, "b", first, PublishOptions{})
	p := newPool(t, s, PoolOptions{})
	held := mustAcquire(t, p, "b")
	mustIngest(t, s, "b", second, PublishOptions{})
	now := mustAcquire(t, p, "b")
	if err := errors.Join(equal(held.Frame(), first), equal(now.Frame(), second)); err != nil {
		t.Error(err)
	}
	wantMapped(t, 2)
	held.Close() // the last user of a version that is no longer current
	wantMapped(t, 1)
	// Whoever names the old version gets it.
	byDigest := mustAcquire(t, p, "b@"+versionID(old.Digest)[:8])
	if err := equal(byDigest.Frame(), first); err != nil {
		t.Error(err)
	}
	byDigest.Close()
	now.Close()
	wantMapped(t, 2)
	// Back to the first version: the second one leaves, which nobody uses.
	mustIngest(t, s, "b", first, PublishOptions{})
	again := mustAcquire(t, p, "b")
	if again.Digest() != old.Digest {
		t.Errorf("got %s", again.Digest())
	}
	again.Close()
	wantMapped(t, 1)
	// Collecting old versions changes the marker, and not what is current.
	before := p.Stats().Misses
	if c, err := s.GC(context.Background(), "b", 1); err != nil || len(c.Versions) != 1 {
		t.Fatal(c, err)
	}
	mustAcquire(t, p, "b").Close()
	if n := p.Stats().Misses; n != before {
		t.Errorf("%d versions were opened again", n-before)
	}
}

// TestPoolSeesARepair: bits that flipped in a file are found by verify, not at
// opening. The repair is an ingest of the same data, so of an equal digest.
func TestPoolSeesARepair(t *testing.T) {
	s := newStore(t)
	f := small(t)
	published := mustIngest(t, s, "b", f, PublishOptions{})
	bars := s.bundle("b").version(versionID(published.Digest)).bars()
	content := read(t, bars)
	at := bytes.Index(content, float64Bytes(f.Values(1, 3)[2]))
	content[at] ^= 1
	overwrite(t, bars, content)
	p := newPool(t, s, PoolOptions{})
	b := mustAcquire(t, p, "b")
	if equal(b.Frame(), f) == nil {
		t.Fatal("the file is not damaged: the test shows nothing")
	}
	if again := mustIngest(t, s, "b", f, PublishOptions{}); again.Digest != published.Digest || again.Existing {
		t.Fatalf("%+v", again)
	}
	repaired := mustAcquire(t, p, "b")
	if err := equal(repaired.Frame(), f); err != nil {
		t.Error(err)
	}
	repaired.Close()
	b.Close()
}

// TestPoolBounds opens bundles of 48 bytes a row with one column of five, and
// finds out which are open by what has to be opened again.
func TestPoolBounds(t *testing.T) {
	s := newStore(t)
	for i := range 4 {
		mustIngest(t, s, fmt.Sprint("b", i), build(t, columnar.BarColumns(), asset("A", 10, 5)), PublishOptions{})
	}
	const each = 10 * 6 * 8
	for name, tc := range map[string]struct {
		options PoolOptions
		kept    int
	}{
		"by default": {PoolOptions{}, 4},
		"by count":   {PoolOptions{Bundles: 2}, 2},
		"by bytes":   {PoolOptions{Bytes: 3*each + each/2}, 3},
		"both":       {PoolOptions{Bytes: 3 * each, Bundles: 1}, 1},
		"none":       {PoolOptions{Bytes: -1}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPool(t, s, tc.options)
			var held []*Bundle
			for i := range 4 {
				held = append(held, mustAcquire(t, p, fmt.Sprint("b", i)))
			}
			if s := p.Stats(); s.Entries != 4 || s.Held != 4 || s.Bytes != 4*each {
				t.Errorf("in use: %+v", s)
			}
			wantMapped(t, 4)
			for _, i := range []int{2, 0, 3, 1} {
				held[i].Close()
			}
			wantMapped(t, int64(tc.kept))
			// What was closed last is open still.
			for k, i := range []int{1, 3, 0, 2} {
				before := p.Stats().Misses
				b := mustAcquire(t, p, fmt.Sprint("b", i))
				if opened := p.Stats().Misses > before; opened != (k >= tc.kept) {
					t.Errorf("b%d: opened again %v", i, opened)
				}
				defer b.Close()
			}
		})
	}
}

func TestPoolErrorsAreNotKept(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	p := newPool(t, s, PoolOptions{})
	fails := func(ref string, want error) {
		t.Helper()
		if b, err := p.Acquire(ctx, ref); b != nil || !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", ref, err, want)
		}
	}
	fails("../b", ErrName)
	fails("b", ErrNotFound)
	fails("b@abcdef", ErrNotFound)
	published := mustIngest(t, s, "b", small(t), PublishOptions{})
	manifest := s.bundle("b").version(versionID(published.Digest)).manifest()
	content := read(t, manifest)
	overwrite(t, manifest, content[:len(content)/2])
	fails("b", ErrCorrupt)
	overwrite(t, manifest, content)
	mustAcquire(t, p, "b").Close()
	// A version that the marker names and that is not there.
	dir := string(s.bundle("b").version(versionID(published.Digest)))
	if err := os.Rename(dir, dir+".away"); err != nil {
		t.Fatal(err)
	}
	mustAcquire(t, p, "b").Close() // the pool has it open
	other := newPool(t, s, PoolOptions{})
	if _, err := other.Acquire(ctx, "b"); !errors.Is(err, ErrCorrupt) {
		t.Error(err)
	}
	if err := os.Rename(dir+".away", dir); err != nil {
		t.Fatal(err)
	}
	held := mustAcquire(t, p, "b")
	if err := s.Remove(ctx, "b"); err != nil {
		t.Fatal(err)
	}
	fails("b", ErrNotFound)
	wantMapped(t, 1)
	held.Close()
	wantMapped(t, 0)
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := p.Acquire(cancelled, "b"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	p.Close()
	mustIngest(t, s, "b", small(t), PublishOptions{})
	fails("b", ErrClosed)
}

func TestPoolCloseWithBundlesOut(t *testing.T) {
	s := newStore(t)
	f := small(t)
	mustIngest(t, s, "a", f, PublishOptions{})
	mustIngest(t, s, "b", f, PublishOptions{})
	p := NewPool(s, PoolOptions{})
	a := mustAcquire(t, p, "a")
	mustAcquire(t, p, "b").Close()
	wantMapped(t, 2)
	p.Close()
	p.Close()
	wantMapped(t, 1)
	if err := equal(a.Frame(), f); err != nil {
		t.Error(err)
	}
	a.Close()
	wantMapped(t, 0)
	defer func() {
		if recover() == nil {
			t.Error("a second Close gave another's reference away")
		}
	}()
	a.Close()
}

// TestPoolGivesItsBudgetBack: decoded bundles that nobody uses make room for
// others under one budget, those in use do not.
func TestPoolGivesItsBudgetBack(t *testing.T) {
	checked := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer checked.AssertSize(t, 0)
	s := newStore(t)
	for _, name := range []string{"a", "b"} {
		mustIngest(t, s, name, build(t, columnar.BarColumns(), asset("A", 1000, 5)), PublishOptions{Compact: true})
	}
	mustIngest(t, s, "mapped", build(t, columnar.BarColumns(), asset("A", 2000, 5)), PublishOptions{})
	budget := columnar.NewBudget(70_000) // one bundle decoded takes 48,000
	p := newPool(t, s, PoolOptions{Open: OpenOptions{Budget: budget, Allocator: checked}})
	a := mustAcquire(t, p, "a")
	if _, err := p.Acquire(context.Background(), "b"); !errors.Is(err, columnar.ErrMemory) {
		t.Errorf("beside a bundle in use: %v", err)
	}
	mustAcquire(t, p, "mapped").Close() // closed first, and gives nothing back
	a.Close()
	mustAcquire(t, p, "b").Close()
	if s := p.Stats(); s.Entries != 1 || s.Bytes != 48_000 || s.Evictions != 2 {
		t.Errorf("%+v", s)
	}
	p.Close()
	if budget.Used() != 0 {
		t.Errorf("%d bytes are left", budget.Used())
	}
}
