package pipeline

import (
	"github.com/bowstring-engine/bowstring/columnar/cache"
	"github.com/bowstring-engine/bowstring/pipeline/internal/eval"
)

// Cache keeps series and masks that trials have in common, for the runs that share
// it. It is safe for concurrent use.
type Cache struct{ features *eval.FeatureCache }

// NewCache returns a cache of at most limit bytes of values. They are counted in
// the budget, if there is one; see [cache.Options].Budget for what its owner does.
func NewCache(limit int64, budget cache.Budget) *Cache {
	return &Cache{eval.NewFeatureCache(limit, budget)}
}

// Shrink drops values that are used the least, and reports whether there were any.
func (c *Cache) Shrink(bytes int64) bool { return c.features.Shrink(bytes) }

// Stats returns what the cache did, by tier.
func (c *Cache) Stats() cache.Stats { return c.features.Stats() }

// Drop removes what is of data whose digest drop says so of.
func (c *Cache) Drop(drop func(digest string) bool) {
	c.features.Drop(func(key eval.FeatureKey) bool { return drop(key.Asset.Data) })
}
