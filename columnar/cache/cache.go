// Package cache keeps computed values in memory up to a number of bytes.
//
// A [Cache] is single-flight: while one caller loads a key, others that ask
// for it wait for that load instead of repeating it. It holds the values used
// last. Values are shared between callers, so they must not change; they
// belong to the garbage collector, and a value that has been evicted stays
// valid for whoever holds it.
//
// What a cache holds never changes a result: a cache of no bytes loads on
// every call. The package knows nothing of what it keeps.
package cache

import (
	"context"
	"fmt"
	"math"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// Stats counts what a cache did since it was made.
type Stats struct {
	// Hits are calls answered without a load of their own, Misses the loads.
	Hits, Misses uint64
	// Evictions are values dropped to make room. Values larger than the whole
	// cache are never kept and do not count.
	Evictions uint64
	Entries   int
	// Bytes is the size of the values kept, Limit the most it may be.
	Bytes, Limit int64
}

// Cache maps keys to values. It is safe for concurrent use.
type Cache[K comparable, V any] struct {
	limit int64

	mu     sync.Mutex
	lru    *simplelru.LRU[K, entry[V]]
	flight map[K]*call[V]
	stats  Stats
}

type entry[V any] struct {
	value V
	bytes int64
}

// call is a load that is under way; done is closed when it has ended.
type call[V any] struct {
	done  chan struct{}
	value V
	err   error
}

// New returns a cache that keeps at most limit bytes. With a limit of 0 or
// less it keeps nothing and every Get loads.
func New[K comparable, V any](limit int64) *Cache[K, V] {
	c := &Cache[K, V]{limit: max(limit, 0), flight: make(map[K]*call[V])}
	// Entries are bounded by bytes, in keep; the count is only simplelru's
	// mandatory size, which never takes effect.
	c.lru, _ = simplelru.NewLRU[K, entry[V]](math.MaxInt, nil)
	return c
}

// Get returns the value of key. If it is not kept, load computes it and says
// how many bytes it takes; the lock is not held meanwhile. A load runs to its
// end whatever becomes of the callers that wait for it: ctx only ends this
// caller's waiting. An error of load goes to every waiting caller and is not
// kept. A panic of load is passed on, and waiting callers get an error.
func (c *Cache[K, V]) Get(ctx context.Context, key K, load func() (V, int64, error)) (V, error) {
	c.mu.Lock()
	if e, ok := c.lru.Get(key); ok {
		c.stats.Hits++
		c.mu.Unlock()
		return e.value, nil
	}
	if f, ok := c.flight[key]; ok {
		c.stats.Hits++
		c.mu.Unlock()
		return f.wait(ctx)
	}
	f := &call[V]{done: make(chan struct{}), err: fmt.Errorf("cache: the load of %v panicked", key)}
	c.flight[key] = f
	c.stats.Misses++
	c.mu.Unlock()

	var bytes int64
	defer func() { c.finish(key, f, bytes) }()
	f.value, bytes, f.err = load()
	return f.value, f.err
}

func (f *call[V]) wait(ctx context.Context) (V, error) {
	select {
	case <-f.done:
		return f.value, f.err
	case <-ctx.Done():
		var zero V
		return zero, ctx.Err()
	}
}

// finish ends a load: it keeps the value, if there is one and it fits, and
// wakes the callers that wait.
func (c *Cache[K, V]) finish(key K, f *call[V], bytes int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.flight, key)
	close(f.done)
	if f.err != nil || bytes > c.limit || c.limit == 0 {
		return
	}
	c.stats.Bytes += bytes
	c.lru.Add(key, entry[V]{f.value, bytes})
	for c.stats.Bytes > c.limit {
		_, old, ok := c.lru.RemoveOldest()
		if !ok {
			break
		}
		c.stats.Bytes -= old.bytes
		c.stats.Evictions++
	}
}

// Stats returns the counters as they are now.
func (c *Cache[K, V]) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.stats
	s.Entries, s.Limit = c.lru.Len(), c.limit
	return s
}
