package eval

import (
	"math"

	"github.com/bowstring-engine/bowstring/columnar/cache"
	"github.com/bowstring-engine/bowstring/pipeline/indicator"
	"github.com/bowstring-engine/bowstring/pipeline/internal/graph"
)

// Feature is the values of a node on the whole history of an asset. It is
// immutable.
type Feature = graph.Values

// AssetKey identifies the data of an asset: the digest of the bundle, and the
// asset in it. Equal keys, equal columns, also of different frames.
type AssetKey struct{ Data, Asset string }

// FeatureKey identifies the values of a node on an asset: the expression and
// the values of its parameters, so that runs of different strategies share
// what they have in common.
type FeatureKey struct {
	Asset  AssetKey
	Expr   string
	Values [graph.KeyParams]uint64         // bits of numbers: 0 is not -0
	Rows   [graph.KeyParams]*indicator.Row // those that parameters choose
	// Program, Node and Value take the place of Expr and Values for an
	// expression whose text does not say all: they are shared by the runs of
	// one program.
	Program *graph.Program
	Node    int
	Value   int64
}

// FeatureCache holds values that trials share. It serves the evaluators of any
// number of programs.
type FeatureCache = cache.Cache[FeatureKey, Feature]

// NewFeatureCache returns a cache of at most limit bytes of values. Half of
// them may be taken by values that every trial needs, which are pinned; at
// least half is left for those that some trials share. They are counted in the
// budget, if there is one; see [cache.Options].Budget for what its owner does.
func NewFeatureCache(limit int64, budget cache.Budget) *FeatureCache {
	return cache.New[FeatureKey, Feature](cache.Options{Limit: limit, Pinned: limit / 2, Budget: budget})
}

// featureKey returns the key of a node's value in a trial.
func featureKey(p *graph.Program, id int, value int64, a AssetKey, index []int) FeatureKey {
	n := &p.Nodes[id]
	if !n.Universal {
		return FeatureKey{Asset: a, Program: p, Node: id, Value: value}
	}
	key := FeatureKey{Asset: a, Expr: n.Text}
	for i, param := range n.Named {
		switch q := &p.Params[param]; {
		case len(q.Values) > 0:
			key.Values[i] = math.Float64bits(q.Values[index[param]])
		case len(q.Rows) > 0:
			key.Rows[i] = q.Rows[index[param]]
		default:
			key.Values[i] = uint64(index[param])
		}
	}
	return key
}
