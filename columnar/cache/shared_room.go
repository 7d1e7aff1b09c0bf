package cache

// SharedStats counts what a [Shared] did since it was made, and what it has.
type SharedStats struct {
	// Hits are calls answered without a load of their own, Misses the loads.
	Hits, Misses uint64
	// Evictions are values that left to make room or by Shrink.
	Evictions uint64
	// Entries and Bytes are those of all values that have not been destroyed,
	// Held the number of values in use.
	Entries, Held int
	Bytes         int64
}

// HitRate returns the share of calls that were hits, 0 where there was none.
func (s SharedStats) HitRate() float64 { return rate(s.Hits, s.Misses) }

// Stats returns the counters as they are now.
func (s *Shared[K, V]) Stats() SharedStats {
	s.mu.Lock()
	defer s.mu.Unlock()
	stats := s.stats
	stats.Held = stats.Entries - s.idle.Len()
	return stats
}

// Drop has Acquire forget the keys that match: their values are out of date.
// What nobody holds is destroyed, the rest when its last holder releases it;
// a load that is under way is returned to its callers only. match must not
// call the cache.
func (s *Shared[K, V]) Drop(match func(K) bool) {
	s.mu.Lock()
	out := s.drop(match)
	s.mu.Unlock()
	s.destroy(out)
}

// Close drops everything. Handles that are out stay valid until they are
// released.
func (s *Shared[K, V]) Close() {
	s.mu.Lock()
	s.closed = true
	out := s.drop(func(K) bool { return true })
	s.mu.Unlock()
	s.destroy(out)
}

func (s *Shared[K, V]) drop(match func(K) bool) (out []*resource[K, V]) {
	for key, r := range s.entries {
		switch {
		case !match(key):
		case r.refs == 0:
			s.idle.Remove(key)
			out = append(out, s.forget(r))
		default:
			r.dropped = true
			delete(s.entries, key)
		}
	}
	for key, o := range s.flight {
		if match(key) {
			o.dropped = true
			delete(s.flight, key)
		}
	}
	return out
}

// Shrink destroys values that nobody holds, the longest unused first, until n
// bytes are free or none is left, and reports whether it destroyed any.
func (s *Shared[K, V]) Shrink(n int64) bool {
	s.mu.Lock()
	var out []*resource[K, V]
	for freed := int64(0); freed < n && s.idle.Len() > 0; {
		r := s.evict()
		freed += r.bytes
		out = append(out, r)
	}
	s.mu.Unlock()
	s.destroy(out)
	return len(out) > 0
}

// trim takes out what nobody holds until the rest is within the bounds. The
// lock is held; the caller destroys what it returns when it no longer is.
func (s *Shared[K, V]) trim() (out []*resource[K, V]) {
	for s.idle.Len() > 0 && (s.stats.Bytes > s.opts.Bytes || s.stats.Entries > s.opts.Entries) {
		out = append(out, s.evict())
	}
	return out
}

// evict takes out the value that has not been used for the longest time.
func (s *Shared[K, V]) evict() *resource[K, V] {
	_, r, _ := s.idle.RemoveOldest()
	s.stats.Evictions++
	return s.forget(r)
}

// forget takes a value that nobody holds out of the books.
func (s *Shared[K, V]) forget(r *resource[K, V]) *resource[K, V] {
	if !r.dropped {
		delete(s.entries, r.key)
	}
	s.stats.Entries--
	s.stats.Bytes -= r.bytes
	return r
}

func (s *Shared[K, V]) destroy(out []*resource[K, V]) {
	for _, r := range out {
		s.opts.Destroy(r.key, r.value)
	}
}
