package cache

// TierStats counts what a tier did since its cache was made.
type TierStats struct {
	// Hits are calls answered without a load of their own: by a value in this
	// tier, or by another caller's load of one that was asked for here.
	// Misses are the loads of values that were asked for here.
	Hits, Misses uint64
	// Evictions are values that left the tier: to make room, by Shrink or by
	// Drop. Values that were never kept, and those that moved from the LRU tier
	// to the pinned one, do not count.
	Evictions uint64
	Entries   int
	// Bytes is the size of the values kept, Limit the most that it may be.
	Bytes, Limit int64
}

// HitRate returns the share of calls that were hits, 0 where there was none.
func (s TierStats) HitRate() float64 { return rate(s.Hits, s.Misses) }

// Stats counts what a [Cache] did, by tier. The LRU tier's limit is what the
// pinned tier leaves it.
type Stats struct{ Pinned, LRU TierStats }

// Total returns the sums of both tiers.
func (s Stats) Total() TierStats {
	return TierStats{
		Hits: s.Pinned.Hits + s.LRU.Hits, Misses: s.Pinned.Misses + s.LRU.Misses,
		Evictions: s.Pinned.Evictions + s.LRU.Evictions,
		Entries:   s.Pinned.Entries + s.LRU.Entries,
		Bytes:     s.Pinned.Bytes + s.LRU.Bytes,
		Limit:     s.Pinned.Bytes + s.LRU.Limit,
	}
}

// HitRate returns the share of calls that were hits, 0 where there was none.
func (s Stats) HitRate() float64 { return s.Total().HitRate() }

func (s *Stats) tier(pin bool) *TierStats {
	if pin {
		return &s.Pinned
	}
	return &s.LRU
}

// Limit returns the most bytes that the cache keeps, at least 0.
func (c *Cache[K, V]) Limit() int64 { return c.opts.Limit }

// Stats returns the counters as they are now.
func (c *Cache[K, V]) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.stats
	s.Pinned.Entries, s.Pinned.Limit = len(c.pinned), c.opts.Pinned
	s.LRU.Entries, s.LRU.Limit = c.lru.Len(), c.room()
	return s
}

func rate(hits, misses uint64) float64 {
	if hits+misses == 0 {
		return 0
	}
	return float64(hits) / float64(hits+misses)
}
