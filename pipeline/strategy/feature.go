package strategy

import (
	"math"
	"slices"
	"strings"

	"github.com/bowstring-engine/bowstring/columnar/cache"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// Feature is the values of a node on the whole history of an asset: a series
// or a mask. It is immutable.
type Feature struct {
	Series []float64
	Mask   kernel.Bits
}

func (f Feature) bytes() int64 { return 8 * int64(len(f.Series)+len(f.Mask)) }

// AssetKey identifies the data of an asset: the digest of the bundle, and the
// asset in it. Equal keys, equal columns, also of different frames.
type AssetKey struct{ Data, Asset string }

// FeatureKey identifies the values of a node on an asset: the expression and
// the values of its parameters, so that runs of different strategies share
// what they have in common.
type FeatureKey struct {
	Asset  AssetKey
	Expr   string
	Values [keyParams]uint64 // bits of numbers: 0 is not -0
	// Program, Node and Value take the place of Expr and Values for an
	// expression whose text does not say all: they are shared by the runs of
	// one program.
	Program *Program
	Node    int
	Value   int64
}

// keyParams is the number of parameters that a key has room for.
const keyParams = 3

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
func (p *Program) featureKey(id int, value int64, a AssetKey, index []int) FeatureKey {
	n := &p.nodes[id]
	if !n.universal {
		return FeatureKey{Asset: a, Program: p, Node: id, Value: value}
	}
	key := FeatureKey{Asset: a, Expr: n.text}
	for i, param := range n.named {
		if q := &p.params[param]; len(q.Values) > 0 {
			key.Values[i] = math.Float64bits(q.Values[index[param]])
		} else {
			key.Values[i] = uint64(p.choices[param][index[param]])
		}
	}
	return key
}

// universalText reports whether the text of a node and the values of its
// parameters say all about it: no part was left out or is named by a number,
// and the key has room for the parameters, which are returned by name.
func (p *Program) universalText(n *node) (named []int, ok bool) {
	if len(n.params) > keyParams || strings.ContainsAny(n.text, "#…") {
		return nil, false
	}
	named = slices.Clone(n.params)
	slices.SortFunc(named, func(a, b int) int { return strings.Compare(p.params[a].Name, p.params[b].Name) })
	return named, true
}
