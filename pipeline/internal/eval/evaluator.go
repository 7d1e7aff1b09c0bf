package eval

import (
	"context"
	"fmt"

	"github.com/bowstring-engine/bowstring/internal/reuse"
	"github.com/bowstring-engine/bowstring/pipeline/internal/graph"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// Asset is what a program is evaluated on.
type Asset struct {
	// Key tells assets, and versions of their data, apart in a [FeatureCache].
	Key AssetKey
	// Bars is the number of bars of the asset's whole history, Times their timestamps,
	// which are only handed on.
	Bars  int
	Times []int64
	// Column returns a column of the definition, by position, over all bars.
	// It must not change while the asset is bound or values of it are cached.
	Column func(i int) []float64
	// Scale returns 10^d where all of the asset's values of a column are known to be
	// decimal with at most d decimals, and else 0; it is asked for columns of which
	// the definition does not say so, and may be nil. Values do not depend on it.
	Scale func(i int) int64
	// Axes are the longer bars that the program asks for.
	Axes []func() *Axis
	// Panel has the assets that are held against each other; nil where the program
	// does not do that.
	Panel *Panel
}

// Axis is longer bars of an asset.
type Axis struct {
	Bars   int
	Column func(i int) []float64
	// Known is, for each bar of the asset, the last longer one that has closed, or -1.
	Known []int32
}

// scale returns the scale of a node's values on the asset: of a column that is not
// decimal for every asset, what is known of this one.
func (a *Asset) scale(p *graph.Program, id int) int64 {
	n := &p.Nodes[id]
	if n.Scale != kernel.PerWindow || a.Scale == nil {
		return n.Scale
	}
	for n.Op != graph.OpColumn {
		if n.Op == graph.OpPick || n.Op == graph.OpExpand {
			return n.Scale
		}
		n = &p.Nodes[n.In[0]]
	}
	if scale := a.Scale(n.Index); scale > 0 {
		return scale
	}
	return kernel.PerWindow
}

// Signals are the rules of one trial on one asset, a bit a bar; nil where the
// rule is absent. The masks are borrowed: valid until the evaluator's next
// call, and not to be written.
type Signals struct {
	Entry, Exit, ShortEntry, ShortExit kernel.Bits
	Stops                              strategy.Stops
	// Exits are those of the program with their levels, MaxBars the bars after which
	// a position is left, 0 for never, and HeldExit and HeldShortExit rules that ask for
	// the position at the close of a bar; nil where they do not.
	Exits                   []Exit
	MaxBars                 int
	HeldExit, HeldShortExit func(bar int, p strategy.Holding) bool
	// Numbers are the settings that are expressions.
	Numbers []Number
}

// Exit is an exit with its numbers: on each bar, or of the bar and the position.
type Exit struct {
	*strategy.PriceExit
	At    []float64
	Level func(bar int, p strategy.Holding) float64
}

// Number is a setting with its value: one, or on each bar where Series is not nil.
type Number struct {
	Name   string
	Value  float64
	Series []float64
}

// Evaluator evaluates a program, one trial after another. It belongs to one
// goroutine and keeps its memory between calls.
type Evaluator struct {
	strategy *strategy.Program
	program  *graph.Program // its graph
	cache    *FeatureCache
	asset    Asset
	index    []int
	params   []float64 // values in this trial
	scalars  []float64 // of this trial
	slots    []slot
	caller   graph.Caller
	before   int // bars of the asset's history before the first one
	// passing, where it is set, are the nodes that nothing but other nodes
	// asks for: what is made of them is kept, they are not.
	passing []bool
	// onCompute is called for each node that is computed; tests count.
	onCompute func(node int)
}

// slot holds the values of a node that were asked for last.
type slot struct {
	known bool
	value int64 // which of the node's values
	Feature
	own  Feature // memory of the evaluator's own
	load func() (Feature, int64, error)
}

// NewEvaluator returns an evaluator that shares values through c, or with
// nil, or a cache that keeps nothing, shares none.
func NewEvaluator(s *strategy.Program, c *FeatureCache) *Evaluator {
	p := s.Graph()
	if c != nil && c.Limit() == 0 {
		c = nil
	}
	e := &Evaluator{
		strategy: s, program: p, cache: c,
		index:   make([]int, len(p.Params)),
		params:  make([]float64, len(p.Params)),
		scalars: make([]float64, len(p.Scalars)),
		slots:   make([]slot, len(p.Nodes)),
	}
	for id := range e.slots {
		e.slots[id].load = func() (Feature, int64, error) { return e.load(id) }
	}
	return e
}

// Bind makes a the asset of the calls that follow.
func (e *Evaluator) Bind(a Asset) {
	e.asset = a
	for i := range e.slots {
		e.slots[i].known = false
	}
}

// Signals evaluates the rules for a trial, given by the position of each
// parameter's value. An error means that this trial fails, or is that of a
// cancelled ctx. Signals panics where index does not fit the parameters, no
// asset is bound, or a column has another number of bars.
func (e *Evaluator) Signals(ctx context.Context, index []int) (Signals, error) {
	e.setTrial(index)
	stops, err := e.strategy.StopsOf(e.index)
	if err != nil {
		return Signals{}, err
	}
	var masks [graph.NumRules]kernel.Bits
	for r, root := range e.program.Roots {
		if root < 0 {
			continue
		}
		if err := e.eval(ctx, root); err != nil {
			return Signals{}, err
		}
		masks[r] = e.slots[root].Mask
	}
	s := Signals{Entry: masks[graph.Entry], Exit: masks[graph.Exit], ShortEntry: masks[graph.ShortEntry], ShortExit: masks[graph.ShortExit], Stops: stops}
	return s, e.more(ctx, &s)
}

// setTrial computes the numbers of a trial.
func (e *Evaluator) setTrial(index []int) {
	if len(index) != len(e.index) {
		panic(fmt.Sprintf("eval: index of %d parameters for %d", len(index), len(e.index)))
	}
	if e.asset.Column == nil {
		panic("eval: no asset is bound")
	}
	copy(e.index, index)
	e.program.Numbers(e.scalars, e.params, index)
}

// eval brings the values of a node for this trial into its slot.
func (e *Evaluator) eval(ctx context.Context, id int) error {
	n, s := &e.program.Nodes[id], &e.slots[id]
	if n.Op == graph.OpOutput { // the memory that it stands in may be that of another trial by now
		if err := e.eval(ctx, n.In[0]); err != nil {
			return err
		}
		s.Series = e.program.Part(n, e.slots[n.In[0]].Series)
		return nil
	}
	value := n.ValueNumber(e.index)
	if s.known && s.value == value {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	s.known = false
	var err error
	switch {
	case n.Op == graph.OpColumn && n.Axis > 0:
		s.Series = e.asset.Axes[n.Axis-1]().Column(n.Index)
	case n.Op == graph.OpColumn:
		if s.Series = e.asset.Column(n.Index); len(s.Series) != e.asset.Bars {
			panic(fmt.Sprintf("eval: column of %d bars for an asset of %d", len(s.Series), e.asset.Bars))
		}
	case n.Shared && e.cache != nil && (e.passing == nil || !e.passing[id]):
		key := featureKey(e.program, id, value, e.asset.Key, e.index)
		s.Feature, err = e.share(ctx, n, key, s.load)
	default:
		e.grow(&s.own, n)
		s.Feature, err = s.own, e.compute(ctx, id, s.own)
	}
	if err != nil {
		return err
	}
	s.known, s.value = true, value
	return nil
}

// share gets a value from the cache. A node of one value is pinned: every
// trial of a run needs it, and a run goes over all assets before it comes back
// to one, which is the order in which an LRU tier that is a little too small
// has nothing when it is asked.
func (e *Evaluator) share(ctx context.Context, n *graph.Node, key FeatureKey, load func() (Feature, int64, error)) (Feature, error) {
	if n.Values == 1 {
		return e.cache.Pin(ctx, key, load)
	}
	return e.cache.Get(ctx, key, load)
}

// load computes a node for the cache. Other evaluators may wait for it, so it
// does not end with this one's context.
func (e *Evaluator) load(id int) (Feature, int64, error) {
	var f Feature
	e.grow(&f, &e.program.Nodes[id])
	if err := e.compute(context.Background(), id, f); err != nil {
		return Feature{}, 0, err
	}
	return f, f.Bytes(), nil
}

// bars returns the number of bars that a node has values on.
func (e *Evaluator) bars(n *graph.Node) int {
	if n.Axis > 0 {
		return e.asset.Axes[n.Axis-1]().Bars
	}
	return e.asset.Bars
}

// grow makes room for the values of a node on the asset's bars.
func (e *Evaluator) grow(f *Feature, n *graph.Node) {
	bars := e.bars(n)
	if n.Series > 0 {
		f.Series = reuse.Slice(f.Series, n.Series*bars)
		return
	}
	f.Mask = reuse.Slice(f.Mask, kernel.Words(bars))
}
