package cache

import (
	"context"
	"fmt"
	"math"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// Options are the bounds of a [Cache].
type Options struct {
	// Limit is the most bytes that are kept, in both tiers together. With 0 or
	// less nothing is kept and every call loads.
	Limit int64
	// Pinned is the most bytes of Limit that the pinned tier may take. What it
	// does not take is the LRU tier's.
	Pinned int64
	// Budget, where it is set, counts what is kept beside the rest of the
	// program's memory. A value that it refuses is returned and not kept.
	// Register [Cache.Shrink] with it to have values dropped where the memory
	// is needed for something else, and Drop all of them at the end.
	Budget Budget
}

// Budget counts bytes against a limit; *columnar.Budget is one. It is called
// without a lock, so it may call Shrink.
type Budget interface {
	Reserve(n int64) error
	Release(n int64)
}

// Cache maps keys to values that the garbage collector owns. It is safe for
// concurrent use.
type Cache[K comparable, V any] struct {
	opts Options

	mu     sync.Mutex
	pinned map[K]entry[V]
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
	// pin says that a caller asked for the pinned tier, dropped that the key
	// has been dropped since the load began.
	pin, dropped bool
}

// New returns an empty cache.
func New[K comparable, V any](opts Options) *Cache[K, V] {
	opts.Limit = max(opts.Limit, 0)
	opts.Pinned = min(max(opts.Pinned, 0), opts.Limit)
	c := &Cache[K, V]{opts: opts, pinned: make(map[K]entry[V]), flight: make(map[K]*call[V])}
	c.lru = unbounded[K, entry[V]]()
	return c
}

// unbounded returns an LRU list without a limit of its own: entries are
// bounded by bytes, and simplelru's mandatory count never takes effect.
func unbounded[K comparable, V any]() *simplelru.LRU[K, V] {
	l, _ := simplelru.NewLRU[K, V](math.MaxInt, nil) // fails for a size below 1
	return l
}

// Get returns the value of key. If it is not kept, load computes it and says
// how many bytes it takes; the value goes to the LRU tier. An error of load
// goes to every waiting caller and is not kept. A panic of load is passed on,
// and waiting callers get an error, which wraps that of the panic. An end of ctx ends the waiting for another
// caller's load; a caller that loads returns when its load does.
func (c *Cache[K, V]) Get(ctx context.Context, key K, load func() (V, int64, error)) (V, error) {
	return c.get(ctx, key, load, false)
}

// Pin is Get for a value that is to stay until it is dropped: it goes to the
// pinned tier, also from the LRU tier, as long as there is room. Where there
// is none it is a value like any other.
func (c *Cache[K, V]) Pin(ctx context.Context, key K, load func() (V, int64, error)) (V, error) {
	return c.get(ctx, key, load, true)
}

func (c *Cache[K, V]) get(ctx context.Context, key K, load func() (V, int64, error), pin bool) (V, error) {
	c.mu.Lock()
	if e, ok := c.find(key, pin); ok {
		c.mu.Unlock()
		return e.value, nil
	}
	if f, ok := c.flight[key]; ok {
		c.stats.tier(pin).Hits++
		f.pin = f.pin || pin
		c.mu.Unlock()
		return f.wait(ctx)
	}
	f := &call[V]{done: make(chan struct{}), err: panicError[K]{key: key}, pin: pin}
	c.flight[key] = f
	c.stats.tier(pin).Misses++
	c.mu.Unlock()

	var bytes int64
	defer func() {
		p := recover()
		if p != nil {
			f.err = panicError[K]{key, p}
		}
		c.finish(key, f, bytes)
		if p != nil {
			panic(p)
		}
	}()
	f.value, bytes, f.err = load()
	return f.value, f.err
}

// panicError is what waiting callers get where a load has no other end. It is
// made for every load and hardly ever read, so only Error puts it into words:
// a key may be dear to print.
type panicError[K comparable] struct {
	key   K
	cause any // nil while the load goes on
}

// Error implements error.
func (e panicError[K]) Error() string { return fmt.Sprintf("cache: the load of %v panicked", e.key) }

// Unwrap returns what the load panicked with, if it is an error.
func (e panicError[K]) Unwrap() error {
	err, _ := e.cause.(error)
	return err
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
	// Reserved without the lock: the budget may have this very cache shrunk.
	reserved := f.err == nil && bytes <= c.opts.Limit && c.opts.Limit > 0 && c.reserve(bytes)
	c.mu.Lock()
	if c.flight[key] == f {
		delete(c.flight, key)
	}
	close(f.done)
	freed := int64(0)
	switch {
	case !reserved:
	case f.dropped:
		freed = bytes
	default:
		freed = c.keep(key, entry[V]{f.value, bytes}, f.pin)
	}
	c.mu.Unlock()
	c.release(freed)
}

func (c *Cache[K, V]) reserve(bytes int64) bool {
	return c.opts.Budget == nil || c.opts.Budget.Reserve(bytes) == nil
}

func (c *Cache[K, V]) release(bytes int64) {
	if c.opts.Budget != nil && bytes > 0 {
		c.opts.Budget.Release(bytes)
	}
}
