package cache

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// loaded returns a load of a value of so many bytes, and counts it.
func loaded(count *int, bytes int64) func() (int, int64, error) {
	return func() (int, int64, error) { *count++; return 0, bytes, nil }
}

func TestPinnedStaysUntilDropped(t *testing.T) {
	ctx := context.Background()
	c := New[int, int](Options{Limit: 100, Pinned: 50})
	loads := 0
	_, _ = c.Pin(ctx, 1, loaded(&loads, 40))
	_, _ = c.Pin(ctx, 2, loaded(&loads, 20)) // does not fit beside 1, so it is in the LRU tier
	for key := 10; key < 20; key++ {
		_, _ = c.Get(ctx, key, loaded(&loads, 30))
	}
	// Of the 60 bytes beside key 1 the last two values of 30 are left.
	want := Stats{
		Pinned: TierStats{Misses: 2, Entries: 1, Bytes: 40, Limit: 50},
		LRU:    TierStats{Misses: 10, Evictions: 9, Entries: 2, Bytes: 60, Limit: 60},
	}
	if got := c.Stats(); got != want {
		t.Errorf("stats %+v, want %+v", got, want)
	}
	if c.Shrink(1000); c.Stats().Pinned.Entries != 1 || c.Stats().LRU.Bytes != 0 {
		t.Errorf("after Shrink %+v", c.Stats())
	}
	if c.Shrink(1) {
		t.Error("Shrink dropped something of nothing")
	}
	_, _ = c.Get(ctx, 1, loaded(&loads, 40))
	if loads != 12 || c.Stats().Pinned.Hits != 1 {
		t.Errorf("%d loads: the pinned value was lost", loads)
	}
	c.Drop(func(key int) bool { return key == 1 })
	_, _ = c.Get(ctx, 1, loaded(&loads, 40))
	if s := c.Stats(); loads != 13 || s.Pinned.Entries != 0 || s.Pinned.Evictions != 1 || s.LRU.Bytes != 40 {
		t.Errorf("after Drop: %d loads, %+v", loads, s)
	}
	// Asked for again, it moves to the pinned tier without a load.
	_, _ = c.Pin(ctx, 1, loaded(&loads, 40))
	if s := c.Stats(); loads != 13 || s.Pinned.Bytes != 40 || s.LRU.Bytes != 0 || s.LRU.Hits != 1 || s.LRU.Limit != 60 {
		t.Errorf("after Pin: %d loads, %+v", loads, s)
	}
}

// TestPinJoinsALoad: a value that one caller loads and another pins is pinned.
func TestPinJoinsALoad(t *testing.T) {
	c := New[int, int](Options{Limit: 10, Pinned: 10})
	started, finish := make(chan struct{}), make(chan struct{})
	var wg group
	wg.run(func() {
		_, _ = c.Get(context.Background(), 1, func() (int, int64, error) { close(started); <-finish; return 42, 4, nil })
	})
	<-started
	wg.run(func() {
		if v, err := c.Pin(context.Background(), 1, nil); v != 42 || err != nil {
			t.Error(v, err)
		}
	})
	for c.Stats().Pinned.Hits == 0 { // until the second caller waits
		runtime.Gosched()
	}
	close(finish)
	wg.Wait()
	if s := c.Stats(); s.Pinned.Bytes != 4 || s.LRU.Entries != 0 {
		t.Errorf("%+v", s)
	}
}

// TestDropDuringALoad: what was loaded from dropped data is neither kept nor
// handed to a caller that comes after Drop.
func TestDropDuringALoad(t *testing.T) {
	ctx := context.Background()
	c := New[int, string](Options{Limit: 10})
	v, err := c.Get(ctx, 1, func() (string, int64, error) {
		c.Drop(func(int) bool { return true })
		after, err := c.Get(ctx, 1, func() (string, int64, error) { return "new", 1, nil })
		if after != "new" || err != nil {
			t.Error(after, err)
		}
		return "old", 1, nil
	})
	if v != "old" || err != nil {
		t.Error(v, err)
	}
	if v, err := c.Get(ctx, 1, nil); v != "new" || err != nil {
		t.Error(v, err)
	}
	if s := c.Stats(); s.LRU.Bytes != 1 || s.LRU.Entries != 1 {
		t.Errorf("%+v", s)
	}
}

// purse is a Budget that has a cache shrunk where it is short, as
// columnar.Budget does.
type purse struct {
	mu          sync.Mutex
	used, limit int64
	shrink      func(n int64) bool
}

func (p *purse) take(n int64) (short int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if short = p.used + n - p.limit; short <= 0 {
		p.used += n
	}
	return short
}

func (p *purse) Reserve(n int64) error {
	if short := p.take(n); short > 0 {
		p.shrink(short)
		if p.take(n) > 0 {
			return errors.New("no room")
		}
	}
	return nil
}

func (p *purse) Release(n int64) {
	p.mu.Lock()
	p.used -= n
	p.mu.Unlock()
}

func TestBudgetCountsWhatIsKept(t *testing.T) {
	ctx := context.Background()
	p := &purse{limit: 50}
	c := New[int, int](Options{Limit: 100, Pinned: 20, Budget: p})
	p.shrink = c.Shrink
	check := func(want int64) {
		t.Helper()
		if s := c.Stats().Total(); p.used != want || s.Bytes != want {
			t.Errorf("the budget counts %d, the cache %d, want %d", p.used, s.Bytes, want)
		}
	}
	loads := 0
	_, _ = c.Pin(ctx, 1, loaded(&loads, 20))
	_, _ = c.Get(ctx, 2, loaded(&loads, 30))
	check(50)
	_, _ = c.Get(ctx, 3, loaded(&loads, 10)) // key 2 leaves at the budget's request
	check(30)
	if err := p.Reserve(20); err != nil {
		t.Fatal(err)
	}
	if err := p.Reserve(10); err != nil { // key 3 leaves
		t.Fatal(err)
	}
	p.Release(30)
	check(20)
	_, _ = c.Get(ctx, 4, loaded(&loads, 40)) // refused: the pinned value stays
	check(20)
	_, _ = c.Get(ctx, 5, func() (int, int64, error) {
		c.Drop(func(key int) bool { return key == 5 })
		return 0, 5, nil
	})
	check(20)
	_, _ = c.Get(ctx, 6, func() (int, int64, error) { return 0, 5, errors.New("broken") })
	check(20)
	c.Drop(func(int) bool { return true })
	check(0)
}

// naiveCache is lists of keys in the order of their use.
type naiveCache struct {
	limit, pinnedLimit int64
	pinned, recent     []int
}

func size(key int) int64 { return int64(key%7 + 1) }

func sizes(keys []int) (total int64) {
	for _, k := range keys {
		total += size(k)
	}
	return total
}

func without(keys []int, match func(int) bool) (rest []int) {
	for _, k := range keys {
		if !match(k) {
			rest = append(rest, k)
		}
	}
	return rest
}

func has(keys []int, key int) bool {
	return len(without(keys, func(k int) bool { return k == key })) < len(keys)
}

// use returns whether the key was kept.
func (n *naiveCache) use(key int, pin bool) bool {
	if has(n.pinned, key) {
		return true
	}
	known := has(n.recent, key)
	n.recent = without(n.recent, func(k int) bool { return k == key })
	room := n.limit - sizes(n.pinned)
	switch {
	case n.limit == 0:
	case pin && sizes(n.pinned)+size(key) <= n.pinnedLimit:
		n.pinned = append(n.pinned, key)
	case size(key) <= room:
		n.recent = append(n.recent, key)
	}
	for sizes(n.recent)+sizes(n.pinned) > n.limit {
		n.recent = n.recent[1:]
	}
	return known
}

func TestAgainstNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.Int64Range(0, 30).Draw(t, "limit")
		n := &naiveCache{limit: limit, pinnedLimit: rapid.Int64Range(0, limit).Draw(t, "pinned")}
		p := &purse{limit: 1000}
		c := New[int, int](Options{Limit: limit, Pinned: n.pinnedLimit, Budget: p})
		for range rapid.IntRange(0, 40).Draw(t, "steps") {
			key := rapid.IntRange(0, 9).Draw(t, "key")
			switch step := rapid.IntRange(0, 9).Draw(t, "step"); step {
			case 0:
				match := func(k int) bool { return k%3 == key%3 }
				c.Drop(match)
				n.pinned, n.recent = without(n.pinned, match), without(n.recent, match)
			case 1:
				c.Shrink(int64(key))
				for freed := int64(0); freed < int64(key) && len(n.recent) > 0; n.recent = n.recent[1:] {
					freed += size(n.recent[0])
				}
			default:
				ask := c.Get
				if step < 5 {
					ask = c.Pin
				}
				count := 0
				if _, err := ask(context.Background(), key, loaded(&count, size(key))); err != nil {
					t.Fatal(err)
				}
				if known := n.use(key, step < 5); known != (count == 0) {
					t.Fatalf("key %d: %d loads, kept %v", key, count, known)
				}
			}
			s := c.Stats()
			if s.Pinned.Bytes != sizes(n.pinned) || s.LRU.Bytes != sizes(n.recent) || s.Pinned.Entries != len(n.pinned) || s.LRU.Entries != len(n.recent) {
				t.Fatalf("%+v, want %v pinned and %v", s, n.pinned, n.recent)
			}
			if p.used != s.Total().Bytes {
				t.Fatalf("the budget counts %d of %+v", p.used, s)
			}
		}
	})
}
