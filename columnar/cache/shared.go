package cache

import (
	"context"
	"errors"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// ErrClosed is returned by Acquire of a [Shared] that has been closed.
var ErrClosed = errors.New("closed")

// SharedOptions are the bounds of a [Shared].
type SharedOptions[K comparable, V any] struct {
	// Bytes and Entries bound what is kept. Values in use count and are never
	// destroyed, so they alone may exceed a bound; values that nobody holds
	// then leave. With 0 or less a value is destroyed when its last holder
	// releases it.
	Bytes   int64
	Entries int
	// Destroy ends a value. It is called once for each that was loaded, when
	// nobody holds it, without a lock: by whoever released it, made room for
	// another, dropped or closed.
	Destroy func(K, V)
}

// Shared maps keys to values that are destroyed when they are neither held
// nor kept. It is safe for concurrent use.
type Shared[K comparable, V any] struct {
	opts SharedOptions[K, V]

	mu sync.Mutex
	// entries are those that Acquire finds. Nobody holds the idle among them,
	// which are in the order in which they were released.
	entries map[K]*resource[K, V]
	idle    *simplelru.LRU[K, *resource[K, V]]
	flight  map[K]*opening[K, V]
	closed  bool
	stats   SharedStats
}

// resource is a value with its holders.
type resource[K comparable, V any] struct {
	key   K
	value V
	bytes int64
	refs  int
	// dropped says that Acquire no longer finds it.
	dropped bool
}

// opening is a load that is under way; done is closed when it has ended.
type opening[K comparable, V any] struct {
	done chan struct{}
	err  error
	// ended, resource and the number of waiting callers are guarded by the
	// lock: a caller that stops waiting has either not been counted as a holder
	// or has to release.
	ended    bool
	resource *resource[K, V]
	waiting  int
	// dropped says that the key has been dropped since the load began.
	dropped bool
}

// Handle is one holder's reference on a value.
type Handle[K comparable, V any] struct {
	shared   *Shared[K, V]
	resource *resource[K, V]
}

// NewShared returns an empty cache. Its owner closes it.
func NewShared[K comparable, V any](opts SharedOptions[K, V]) *Shared[K, V] {
	return &Shared[K, V]{
		opts: opts, entries: make(map[K]*resource[K, V]), flight: make(map[K]*opening[K, V]),
		idle: unbounded[K, *resource[K, V]](),
	}
}

// Acquire returns a reference on the value of key, which the caller releases.
// If there is none, load makes the value and says how many bytes it takes. An
// error of load goes to every waiting caller and is not kept. A panic of load
// is passed on, and waiting callers get an error. An end of ctx ends the
// waiting for another caller's load; a caller that loads returns when its load
// does. After Close the error is [ErrClosed].
func (s *Shared[K, V]) Acquire(ctx context.Context, key K, load func() (V, int64, error)) (*Handle[K, V], error) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil, ErrClosed
	}
	if r, ok := s.entries[key]; ok {
		s.stats.Hits++
		if r.refs == 0 {
			s.idle.Remove(key)
		}
		r.refs++
		s.mu.Unlock()
		return &Handle[K, V]{s, r}, nil
	}
	if o, ok := s.flight[key]; ok {
		s.stats.Hits++
		o.waiting++
		s.mu.Unlock()
		return s.wait(ctx, o)
	}
	o := &opening[K, V]{done: make(chan struct{}), err: panicError[K]{key: key}}
	s.flight[key] = o
	s.stats.Misses++
	s.mu.Unlock()
	s.load(key, o, load)
	if o.err != nil {
		return nil, o.err
	}
	return &Handle[K, V]{s, o.resource}, nil
}

func (s *Shared[K, V]) wait(ctx context.Context, o *opening[K, V]) (*Handle[K, V], error) {
	select {
	case <-o.done:
	case <-ctx.Done():
		s.mu.Lock()
		if ended := o.ended; !ended {
			o.waiting--
			s.mu.Unlock()
			return nil, ctx.Err()
		}
		s.mu.Unlock() // it ended just before: this caller is a holder
	}
	if o.err != nil {
		return nil, o.err
	}
	return &Handle[K, V]{s, o.resource}, nil
}

// load runs a load and makes its caller and those that wait holders of the
// value.
func (s *Shared[K, V]) load(key K, o *opening[K, V], load func() (V, int64, error)) {
	r := &resource[K, V]{key: key}
	defer func() {
		s.mu.Lock()
		if s.flight[key] == o {
			delete(s.flight, key)
		}
		o.ended = true
		var out []*resource[K, V]
		if o.err == nil {
			r.refs, r.dropped = 1+o.waiting, o.dropped
			o.resource = r
			s.stats.Entries++
			s.stats.Bytes += r.bytes
			if !r.dropped {
				s.entries[key] = r
			}
			out = s.trim()
		}
		close(o.done)
		s.mu.Unlock()
		s.destroy(out)
	}()
	r.value, r.bytes, o.err = load()
}

// Key returns the key that the value was acquired by.
func (h *Handle[K, V]) Key() K { return h.resource.key }

// Value returns the value, which is valid until Release.
func (h *Handle[K, V]) Value() V { return h.resource.value }

// Release gives the reference back. It panics when it is called again.
func (h *Handle[K, V]) Release() {
	s := h.shared
	s.mu.Lock()
	r := h.resource
	if r == nil {
		s.mu.Unlock()
		panic("cache: Handle released twice")
	}
	h.resource = nil
	r.refs--
	var out []*resource[K, V]
	switch {
	case r.refs > 0:
	case r.dropped:
		out = append(out, s.forget(r))
	default:
		s.idle.Add(r.key, r)
		out = s.trim()
	}
	s.mu.Unlock()
	s.destroy(out)
}
