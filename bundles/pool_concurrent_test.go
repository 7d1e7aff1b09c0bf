package bundles

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"
	"golang.org/x/sync/errgroup"

	"github.com/bowstring-engine/bowstring/columnar"
)

// TestPoolSingleFlight has 50 callers ask for a bundle at once. The first one
// opens it, and is held up where it reserves memory; meanwhile some of those
// that wait give up.
func TestPoolSingleFlight(t *testing.T) {
	defer goleak.VerifyNone(t)
	s := newStore(t)
	f := build(t, columnar.BarColumns(), asset("A", 1000, 5))
	mustIngest(t, s, "b", f, PublishOptions{Compact: true})
	budget := columnar.NewBudget(50_000)
	if err := budget.Reserve(50_000); err != nil {
		t.Fatal(err)
	}
	opening, goOn := make(chan struct{}), make(chan struct{})
	var opened atomic.Int64
	defer budget.OnShortage(func(int64) bool {
		opened.Add(1)
		close(opening)
		<-goOn
		budget.Release(50_000)
		return true
	})()
	p := NewPool(s, PoolOptions{Open: OpenOptions{Budget: budget}})
	var wg errgroup.Group
	var got, gaveUp atomic.Int64
	ask := func(ctx context.Context) {
		wg.Go(func() error {
			b, err := p.Acquire(ctx, "b")
			if errors.Is(err, context.Canceled) {
				gaveUp.Add(1)
				return nil
			}
			if err != nil {
				t.Error(err)
				return nil
			}
			got.Add(1)
			if err := equal(b.Frame(), f); err != nil {
				t.Error(err)
			}
			return b.Close()
		})
	}
	// The context of the first ends while it opens for the others.
	first, endFirst := context.WithCancel(context.Background())
	some, endSome := context.WithCancel(context.Background())
	ask(first)
	<-opening
	for i := range 49 {
		if i%5 == 0 {
			ask(some) // 10 of them
		} else {
			ask(context.Background())
		}
	}
	for p.Stats().Hits < 49 {
		runtime.Gosched()
	}
	endFirst()
	endSome()
	for gaveUp.Load() < 10 { // while the opening goes on
		runtime.Gosched()
	}
	close(goOn)
	_ = wg.Wait() // tasks report to t
	if s := p.Stats(); got.Load() != 40 || opened.Load() != 1 || s.Misses != 1 || s.Held != 0 {
		t.Errorf("%d got it, opened %d times, %+v", got.Load(), opened.Load(), s)
	}
	p.Close()
	if budget.Used() != 0 {
		t.Errorf("%d bytes are left: a caller that gave up leaked", budget.Used())
	}
}

// TestPoolIngestDuringAnOpening publishes while a version is being opened, and
// between the look at the marker and the opening: who asked gets the version of
// that moment, and the pool does not keep it.
func TestPoolIngestDuringAnOpening(t *testing.T) {
	s := newStore(t)
	all := frames(t, 3)
	mustIngest(t, s, "b", all[0], PublishOptions{Compact: true})
	budget := columnar.NewBudget(1000)
	if err := budget.Reserve(1000); err != nil {
		t.Fatal(err)
	}
	p := newPool(t, s, PoolOptions{Open: OpenOptions{Budget: budget}})
	acquire := func(want *columnar.Frame) *Bundle {
		t.Helper()
		b := mustAcquire(t, p, "b")
		if err := equal(b.Frame(), want); err != nil {
			t.Error(err)
		}
		return b
	}
	once := false
	defer budget.OnShortage(func(int64) bool {
		if once {
			return false
		}
		once = true
		mustIngest(t, s, "b", all[1], PublishOptions{})
		acquire(all[1]).Close()
		budget.Release(1000)
		return true
	})()
	old := acquire(all[0])
	acquire(all[1]).Close()
	if s := p.Stats(); !once || s.Entries != 2 || s.Misses != 2 {
		t.Errorf("%+v", s)
	}
	old.Close()
	if s := p.Stats(); s.Entries != 1 {
		t.Errorf("the old version is kept: %+v", s)
	}

	stale, err := p.resolve(reference{name: "b"})
	if err != nil {
		t.Fatal(err)
	}
	mustIngest(t, s, "b", all[2], PublishOptions{})
	acquire(all[2]).Close()
	h, err := p.shared.Acquire(context.Background(), stale, func() (*Bundle, int64, error) {
		return p.openVersion(context.Background(), stale)
	})
	if err != nil {
		t.Fatal(err)
	}
	p.dropIfOutdated(stale)
	h.Release()
	if s := p.Stats(); s.Entries != 1 {
		t.Errorf("the old version is kept: %+v", s)
	}
	acquire(all[2]).Close()
	wantMapped(t, 1)
}

// TestPoolDuringIngests, under -race: 50 goroutines acquire, read and close
// bundles, by name and by digest, while versions are published, repaired and
// collected, under bounds that have versions closed all the time.
func TestPoolDuringIngests(t *testing.T) {
	defer goleak.VerifyNone(t)
	ctx := context.Background()
	s := newStore(t)
	all := frames(t, 5)
	known := make(map[string]*columnar.Frame)
	for _, f := range all {
		known[columnar.Digest(f)] = f
	}
	names := []string{"a", "b", "c"}
	for i, name := range names {
		mustIngest(t, s, name, all[i], PublishOptions{})
	}
	p := NewPool(s, PoolOptions{Bundles: 2, Bytes: 100})
	var wg errgroup.Group
	for worker := range 50 {
		wg.Go(func() error {
			rng := rand.New(rand.NewPCG(7, uint64(worker)))
			for range 60 {
				ref := names[rng.IntN(len(names))]
				if rng.IntN(4) == 0 { // a version that was current a moment ago
					v, err := s.Versions(ctx, ref)
					if err != nil {
						t.Error(err)
						return nil
					}
					ref += "@" + v[0].ID
				}
				b, err := p.Acquire(ctx, ref)
				if errors.Is(err, ErrNotFound) && len(ref) > 1 {
					continue // and has been collected since
				}
				if err != nil {
					t.Error(err)
					return nil
				}
				if err := equal(b.Frame(), known[b.Digest()]); err != nil {
					t.Error(err)
				}
				b.Close()
			}
			return nil
		})
	}
	for i := range 25 {
		name := names[i%len(names)]
		p2 := mustIngest(t, s, name, all[i%len(all)], PublishOptions{Compact: i%2 == 0})
		b := mustAcquire(t, p, name) // nobody else publishes: it is the one just published
		if b.Digest() != p2.Digest {
			t.Errorf("%s after the publication of %s", b.Digest(), p2.Digest)
		}
		if i%3 == 0 {
			if _, err := s.GC(ctx, "", 1); err != nil {
				t.Error(err)
			}
		}
		b.Close()
	}
	_ = wg.Wait() // tasks report to t
	if s := p.Stats(); s.Held != 0 || s.Entries > 2 || s.Bytes > 100 || s.Evictions == 0 {
		t.Errorf("%+v", s)
	}
	p.Close()
}

// TestPoolCloseDuringUse closes a pool under its users: they keep what they
// have, get no more, and the last of them closes the file.
func TestPoolCloseDuringUse(t *testing.T) {
	defer goleak.VerifyNone(t)
	s := newStore(t)
	f := small(t)
	mustIngest(t, s, "b", f, PublishOptions{})
	for range 20 {
		p := NewPool(s, PoolOptions{})
		var wg sync.WaitGroup
		for range 8 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for {
					b, err := p.Acquire(context.Background(), "b")
					if errors.Is(err, ErrClosed) {
						return
					}
					if err != nil {
						t.Error(err)
						return
					}
					if err := equal(b.Frame(), f); err != nil {
						t.Error(err)
					}
					b.Close()
				}
			}()
		}
		for p.Stats().Hits < 20 {
			runtime.Gosched()
		}
		p.Close()
		wg.Wait()
		wantMapped(t, 0)
	}
}
