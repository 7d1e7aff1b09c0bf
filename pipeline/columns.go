package pipeline

import "github.com/bowstring-engine/bowstring/pipeline/internal/eval"

// columnCache returns the cache that the blocks of the event engine share
// their columns through, or nil. A column in a cache is fresh memory, and
// garbage when it leaves, so it has to be worth that: a later group of blocks,
// or a later run, finds it there, for which all columns of the grid have to
// fit; or the other blocks of its group do, and it takes long to compute. Other
// columns are computed in memory of the worker's, which does not change a bit
// of them.
//
// Blocks with pooled rows are small, and neighbours need the same columns. group
// is the number of blocks that a group has where they share columns.
func (r *runner) columnCache(group int) *eval.FeatureCache {
	bytes := int64(0)
	for i := range r.assets {
		bytes += eval.SharedBytes(r.plan.Program, len(r.assets[i].Times))
	}
	if bytes == 0 || r.axis != nil || r.engine != EngineEvent {
		return r.cache
	}
	size := int64(r.size)
	blocks := (r.count + size - 1) / size
	later := r.plan.Cache != nil || blocks > int64(group)
	if later && bytes <= r.cache.Limit() || blocks > 1 && !eval.Cheap(r.plan.Program) {
		return r.cache
	}
	return nil
}
