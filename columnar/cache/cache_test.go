package cache

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bowstring-engine/bowstring/internal/proptest"
)

func TestMain(m *testing.M) {
	proptest.Setup()
	goleak.VerifyTestMain(m)
}

// group runs functions and waits for them.
type group struct{ sync.WaitGroup }

func (g *group) run(f func()) {
	g.Add(1)
	go func() { defer g.Done(); f() }()
}

func TestGetKeepsWhatFits(t *testing.T) {
	c := New[string, int](Options{Limit: 100})
	loads := 0
	get := func(key string, bytes int64) {
		t.Helper()
		v, err := c.Get(context.Background(), key, func() (int, int64, error) {
			loads++
			return len(key), bytes, nil
		})
		if err != nil || v != len(key) {
			t.Fatalf("%s: %d, %v", key, v, err)
		}
	}
	get("a", 60)
	get("bb", 40) // 100 bytes: full
	get("a", 60)  // a hit, so bb is the oldest
	get("ccc", 30)
	if loads != 3 {
		t.Fatalf("%d loads, want 3", loads)
	}
	get("a", 60)
	if loads != 3 {
		t.Error("a was evicted although bb was older")
	}
	get("bb", 40)
	get("dddd", 101) // larger than the cache
	get("dddd", 101)
	if loads != 6 {
		t.Errorf("%d loads, want 6", loads)
	}
	// Evicted: bb for ccc, then ccc for bb (60 + 30 + 40 > 100).
	want := Stats{LRU: TierStats{Hits: 2, Misses: 6, Evictions: 2, Entries: 2, Bytes: 100, Limit: 100}}
	if got := c.Stats(); got != want || got.HitRate() != 0.25 {
		t.Errorf("stats %+v, want %+v", got, want)
	}
}

func TestZeroLimitKeepsNothing(t *testing.T) {
	c := New[int, int](Options{Limit: -1, Pinned: 5})
	for want := 1; want <= 3; want++ {
		if _, err := c.Get(context.Background(), 7, func() (int, int64, error) { return 0, 0, nil }); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Pin(context.Background(), 8, func() (int, int64, error) { return 0, 0, nil }); err != nil {
			t.Fatal(err)
		}
		if s := c.Stats(); s.LRU.Misses != uint64(want) || s.Pinned.Misses != uint64(want) || s.Total().Entries != 0 {
			t.Errorf("stats %+v", s)
		}
	}
}

func TestSingleFlight(t *testing.T) {
	c := New[int, int](Options{Limit: 10})
	var loads atomic.Int32
	started, finish := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	load := func() (int, int64, error) {
		if loads.Add(1) == 1 {
			close(started)
		}
		<-finish
		return 42, 1, nil
	}
	for range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if v, err := c.Get(context.Background(), 1, load); v != 42 || err != nil {
				t.Errorf("%d, %v", v, err)
			}
		}()
	}
	<-started
	// A caller that gives up waiting does not disturb the load.
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if _, err := c.Get(ctx, 1, load); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a cancelled wait returned %v", err)
	}
	close(finish)
	wg.Wait()
	if n := loads.Load(); n != 1 {
		t.Errorf("%d loads of one key", n)
	}
}

func TestErrorsAreNotKept(t *testing.T) {
	c := New[int, int](Options{Limit: 10})
	broken := errors.New("broken")
	if _, err := c.Get(context.Background(), 1, func() (int, int64, error) { return 0, 1, broken }); !errors.Is(err, broken) {
		t.Fatal(err)
	}
	if v, err := c.Get(context.Background(), 1, func() (int, int64, error) { return 5, 1, nil }); v != 5 || err != nil {
		t.Fatal(v, err)
	}
}

func TestPanicIsPassedOnAndFreesTheKey(t *testing.T) {
	c := New[int, int](Options{Limit: 10})
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_, _ = c.Get(context.Background(), 1, func() (int, int64, error) { panic("load") })
	}()
	if v, err := c.Get(context.Background(), 1, func() (int, int64, error) { return 5, 1, nil }); v != 5 || err != nil {
		t.Fatal(v, err)
	}
}

// spoken is a key that says when it is printed.
type spoken struct{ printed *atomic.Int64 }

func (s spoken) String() string { s.printed.Add(1); return "spoken" }

func TestKeysArePrintedOnlyInErrors(t *testing.T) {
	var key spoken
	key.printed = new(atomic.Int64)
	c := New[spoken, int](Options{})
	load := func() (int, int64, error) { return 1, 8, nil }
	if _, err := c.Get(context.Background(), key, load); err != nil {
		t.Fatal(err)
	}
	if n := key.printed.Load(); n != 0 {
		t.Errorf("a load printed its key %d times", n)
	}
	if got, want := (panicError[spoken]{key: key}).Error(), "cache: the load of spoken panicked"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
