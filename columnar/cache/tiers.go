package cache

// find returns a value that is kept, and moves it to the pinned tier where
// that is asked for. The lock is held.
func (c *Cache[K, V]) find(key K, pin bool) (entry[V], bool) {
	if e, ok := c.pinned[key]; ok {
		c.stats.Pinned.Hits++
		return e, true
	}
	e, ok := c.lru.Get(key)
	if !ok {
		return e, false
	}
	c.stats.LRU.Hits++
	if pin && c.fitsPinned(e.bytes) {
		c.lru.Remove(key)
		c.stats.LRU.Bytes -= e.bytes
		c.pin(key, e)
	}
	return e, true
}

// keep puts a new value into its tier and returns the bytes that are no
// longer kept: those that made room for it, or its own where it does not fit.
// The lock is held.
func (c *Cache[K, V]) keep(key K, e entry[V], pin bool) (freed int64) {
	switch {
	case pin && c.fitsPinned(e.bytes):
		c.pin(key, e)
	case e.bytes <= c.room():
		c.lru.Add(key, e)
		c.stats.LRU.Bytes += e.bytes
	default:
		return e.bytes
	}
	return c.evict(c.stats.LRU.Bytes - c.room())
}

func (c *Cache[K, V]) pin(key K, e entry[V]) {
	c.pinned[key] = e
	c.stats.Pinned.Bytes += e.bytes
}

func (c *Cache[K, V]) fitsPinned(bytes int64) bool {
	return bytes <= c.opts.Pinned-c.stats.Pinned.Bytes
}

// room is what the LRU tier may take.
func (c *Cache[K, V]) room() int64 { return c.opts.Limit - c.stats.Pinned.Bytes }

// evict drops values of the LRU tier, the longest unused first, until n bytes
// are free or none is left, and returns the bytes. The lock is held.
func (c *Cache[K, V]) evict(n int64) (freed int64) {
	for freed < n {
		_, old, ok := c.lru.RemoveOldest()
		if !ok {
			break
		}
		freed += old.bytes
		c.stats.LRU.Evictions++
	}
	c.stats.LRU.Bytes -= freed
	return freed
}

// Shrink drops values of the LRU tier, the longest unused first, until n bytes
// are free or none is left, and reports whether it dropped any. Pinned values
// stay.
func (c *Cache[K, V]) Shrink(n int64) bool {
	c.mu.Lock()
	before := c.stats.LRU.Evictions
	freed := c.evict(n)
	dropped := c.stats.LRU.Evictions > before
	c.mu.Unlock()
	c.release(freed)
	return dropped
}

// Drop removes the values whose keys match from both tiers: its owner knows
// that they are out of date. A load of such a key that is under way is
// returned to its callers, is not kept, and is not what a later call waits
// for. match must not call the cache.
func (c *Cache[K, V]) Drop(match func(K) bool) {
	c.mu.Lock()
	freed := int64(0)
	for key, e := range c.pinned {
		if match(key) {
			delete(c.pinned, key)
			freed += e.bytes
			c.stats.Pinned.Bytes -= e.bytes
			c.stats.Pinned.Evictions++
		}
	}
	for _, key := range c.lru.Keys() {
		if match(key) {
			e, _ := c.lru.Peek(key)
			c.lru.Remove(key)
			freed += e.bytes
			c.stats.LRU.Bytes -= e.bytes
			c.stats.LRU.Evictions++
		}
	}
	for key, f := range c.flight {
		if match(key) {
			f.dropped = true
			delete(c.flight, key)
		}
	}
	c.mu.Unlock()
	c.release(freed)
}
