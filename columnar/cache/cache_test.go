package cache

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestGetKeepsWhatFits(t *testing.T) {
	c := New[string, int](100)
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
	want := Stats{Hits: 2, Misses: 6, Evictions: 2, Entries: 2, Bytes: 100, Limit: 100}
	if got := c.Stats(); got != want {
		t.Errorf("stats %+v, want %+v", got, want)
	}
}

func TestZeroLimitKeepsNothing(t *testing.T) {
	c := New[int, int](-1)
	for want := 1; want <= 3; want++ {
		if _, err := c.Get(context.Background(), 7, func() (int, int64, error) { return 0, 0, nil }); err != nil {
			t.Fatal(err)
		}
		if s := c.Stats(); s.Misses != uint64(want) || s.Entries != 0 {
			t.Errorf("stats %+v", s)
		}
	}
}

func TestSingleFlight(t *testing.T) {
	c := New[int, int](10)
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
	c := New[int, int](10)
	broken := errors.New("broken")
	if _, err := c.Get(context.Background(), 1, func() (int, int64, error) { return 0, 1, broken }); !errors.Is(err, broken) {
		t.Fatal(err)
	}
	if v, err := c.Get(context.Background(), 1, func() (int, int64, error) { return 5, 1, nil }); v != 5 || err != nil {
		t.Fatal(v, err)
	}
}

func TestPanicIsPassedOnAndFreesTheKey(t *testing.T) {
	c := New[int, int](10)
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

// TestAgainstNaive compares with a list of keys in the order of their use.
func TestAgainstNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.Int64Range(0, 20).Draw(t, "limit")
		c := New[int, int](limit)
		var recent []int // the last used key last
		size := func(key int) int64 { return int64(key%7 + 1) }
		for _, key := range rapid.SliceOf(rapid.IntRange(0, 9)).Draw(t, "keys") {
			loaded := false
			if _, err := c.Get(context.Background(), key, func() (int, int64, error) { loaded = true; return key, size(key), nil }); err != nil {
				t.Fatal(err)
			}
			known := false
			for i, k := range recent {
				if k == key {
					recent, known = append(recent[:i:i], recent[i+1:]...), true
					break
				}
			}
			if loaded == known {
				t.Fatalf("key %d: loaded %v, kept %v", key, loaded, known)
			}
			if size(key) <= limit {
				recent = append(recent, key)
			}
			var total int64
			for _, k := range recent {
				total += size(k)
			}
			for total > limit {
				total -= size(recent[0])
				recent = recent[1:]
			}
			if s := c.Stats(); s.Bytes != total || s.Entries != len(recent) {
				t.Fatalf("%+v, want %d bytes in %d entries", s, total, len(recent))
			}
		}
	})
}
