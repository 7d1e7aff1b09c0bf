package pipeline

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/cache"
	"github.com/bowstring-engine/bowstring/internal/reuse"
	"github.com/bowstring-engine/bowstring/pipeline/internal/eval"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// Row is the result of one trial on one asset, or on the pool of them.
type Row struct {
	Values metrics.Values
	// Err says why the trial failed; its values are NaN then.
	Err error
}

// Block is a run of trials that lie next to each other in the space. It is
// borrowed by a sink until the sink returns.
type Block struct {
	// Trials are the indices of the trials, Index the positions of their
	// parameter values, NumParams a trial.
	Trials []int64
	Index  []int
	// Rows holds for each trial a row an asset in the order of the frame, and
	// then the pooled row, as far as the plan asks for them.
	Rows []Row
	// Segments holds for each row, segment after segment, the sums that the plan's
	// Segmentation keeps; nil where it has none.
	Segments []float64

	sums   []float64 // the memory of Segments
	number int64
	parts  parts // nil without pooled rows
	all    []int // 0 … len(Trials)−1
	// shared returns the layout of the trials; the first worker makes it.
	shared func() *eval.Layout
	// left counts the assets that have not been simulated.
	left atomic.Int64
}

// Stats says what a run did.
type Stats struct {
	// Trials is the number of trials that reached the sink.
	Trials int64
	// Cache is what the feature cache did, by tier.
	Cache cache.Stats
}

// Run computes every trial of the space and hands the blocks to sink, in
// order, from one goroutine. It returns the error of the space, of the sink
// or of the context, whichever came first; blocks handed over before it are
// complete.
//
// Where a file that the frame is mapped from is cut short meanwhile the error is
// a *[columnar.FaultError], and no block is handed over that was computed since.
func Run(ctx context.Context, plan Plan, space Space, sink func(*Block) error) (stats Stats, err error) {
	defer columnar.CatchFault(&err)()
	if err := plan.Validate(); err != nil {
		return Stats{}, err
	}
	r := newRunner(plan, space)
	if err := r.open(ctx); err != nil {
		return Stats{}, err
	}
	defer r.close()
	workers := plan.Pool
	if workers == nil {
		workers = NewWorkers(plan.Workers)
		defer workers.Close()
	}
	release, err := r.reserve(ctx, workers)
	if err != nil {
		return Stats{}, err
	}
	defer release()
	r.spent = &workers.spent
	// The first task that fails ends the stages, which end the run.
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	g, stages := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(r.blocks)
		return r.source(stages, func(tasks *sync.WaitGroup, t task) error {
			tasks.Add(1)
			err := workers.do(stages, func(a *arena) {
				defer tasks.Done()
				// Where the stages have ended, something else has failed before.
				if err := r.run(stages, a, t); err != nil && stages.Err() == nil {
					fail(err)
				}
			})
			if err != nil {
				tasks.Done()
			}
			return err
		})
	})
	g.Go(func() error { return r.order(stages, sink) })
	err = g.Wait()
	if plan.Cache != nil {
		// Nothing else asks for the values that only this program has.
		plan.Cache.features.Drop(func(key eval.FeatureKey) bool { return key.Program == plan.Program.Graph() })
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return Stats{Trials: r.done, Cache: r.cache.Stats()}, err
}

// runner is the state that the stages of one run share.
type runner struct {
	plan   Plan
	space  Space
	count  int64 // of trials that exist, an estimate where it is not exact
	exact  bool
	assets []Asset
	engine Engine    // that the plan chooses
	axis   *poolAxis // nil without pooled rows
	// segments is nil where the plan has none.
	segments *segmenter
	cache    *eval.FeatureCache
	// columns is the cache for the columns of blocks, or nil; see columnCache.
	columns *eval.FeatureCache
	size    int // trials a block
	// unregister ends the budget's claim on a cache of the run's own.
	unregister func()
	// fallBack sets memory aside for the reference engine, once a trial of the
	// event engine needs it and where that has not been done before.
	fallBack func() error

	tickets chan struct{}
	blocks  chan *Block
	spent   *sync.Pool // of blocks that sinks have returned
	done    int64      // trials handed to the sink; the order stage's
}

// task is one block on one asset.
type task struct {
	block *Block
	asset int
}

// newRunner prepares the assets of a plan that is valid.
func newRunner(plan Plan, space Space) *runner {
	plan.Config = plan.Config.Resolved()
	r := &runner{plan: plan, space: space, assets: make([]Asset, plan.Frame.NumAssets()), fallBack: func() error { return nil }}
	r.engine, _ = r.plan.Engine()
	if space != nil {
		r.count, r.exact = space.Count()
	}
	for i := range r.assets {
		r.assets[i] = assetFor(plan.Program, plan.Frame, plan.Others, i, plan.Annual)
	}
	if plan.Program.AcrossAssets() {
		join(r.assets)
	}
	if plan.Pooled {
		r.axis = newPoolAxis(plan.Frame, r.assets, plan.Annual)
	}
	r.segments = r.newSegmenter()
	return r
}

// open makes what the stages need.
func (r *runner) open(ctx context.Context) error {
	var err error
	if r.size, err = r.blockSize(ctx); err != nil {
		return err
	}
	if r.plan.Cache != nil {
		r.cache = r.plan.Cache.features
	} else {
		r.cache = eval.NewFeatureCache(r.plan.cacheBytes(), r.plan.Budget)
		r.unregister = r.plan.Budget.OnShortage(r.cache.Shrink)
	}
	r.cut(r.size)
	return nil
}

// cut makes ready for blocks of so many trials. Blocks under way are memory
// that has to be got, so where they share no columns there are only as many as
// keep the workers busy: two, with an asset for each.
func (r *runner) cut(size int) {
	r.size = size
	tickets := ticketsPerWorker * r.plan.workers()
	if r.columns = r.columnCache(tickets / 2); r.columns == nil {
		tickets = min(tickets, max(2, (tickets+len(r.assets)-1)/len(r.assets)))
	}
	r.tickets = make(chan struct{}, tickets)
	r.blocks = make(chan *Block, tickets)
}

// close gives the memory of the run's own cache back.
func (r *runner) close() {
	if r.plan.Cache == nil {
		r.unregister()
		r.cache.Drop(func(eval.FeatureKey) bool { return true })
	}
}

// group returns the number of blocks that go through an asset one after
// another: half of the tickets, so that the next group begins while one ends.
func (r *runner) group() int { return max(cap(r.tickets)/2, 1) }

// rows returns the number of rows of a trial.
func (r *runner) rows() int {
	n := 0
	if r.plan.Assets {
		n = len(r.assets)
	}
	if r.plan.Pooled {
		n++
	}
	return n
}

// source cuts the space into blocks and those into tasks, and waits until all
// of them have been carried out.
func (r *runner) source(ctx context.Context, do func(*sync.WaitGroup, task) error) error {
	var tasks sync.WaitGroup
	defer tasks.Wait()
	from := int64(0)
	var group []*Block
	for number := int64(0); ; {
		// The blocks of a group go through an asset one after another, so that
		// its columns are computed once for all of them.
		group = group[:0]
		for range r.group() {
			select {
			case r.tickets <- struct{}{}:
			case <-ctx.Done():
				return ctx.Err()
			}
			trials, next, err := r.space.Block(ctx, from, r.space.Size(), make([]int64, 0, r.size))
			if err != nil {
				return err
			}
			if len(trials) == 0 {
				break
			}
			from = next
			group = append(group, r.newBlock(number, trials))
			number++
		}
		if len(group) == 0 {
			return nil
		}
		for asset := range r.assets {
			for _, b := range group {
				if err := do(&tasks, task{b, asset}); err != nil {
					return err
				}
			}
		}
	}
}

func (r *runner) newBlock(number int64, trials []int64) *Block {
	b, ok := r.spent.Get().(*Block)
	if !ok {
		b = new(Block)
	}
	n := len(trials)
	b.Trials, b.number = trials, number
	b.Rows = reuse.Slice(b.Rows, n*r.rows())
	b.Index = reuse.Slice(b.Index, n*r.plan.NumParams)
	b.Segments = nil
	if r.segments != nil {
		b.Segments = reuse.Slice(b.sums, n*r.rows()*int(r.segments.bytes()/8))
		b.sums = b.Segments
	}
	b.all = reuse.Slice(b.all, n)
	for i, t := range trials {
		b.all[i] = i
		r.space.Index(t, b.index(i, r.plan.NumParams))
	}
	if r.axis == nil {
		b.parts = nil
	} else {
		if len(b.parts) != len(r.assets) || cap(b.parts[0]) < n {
			b.parts = newParts(len(r.assets), n)
		}
		b.parts.reset(n, r.segments)
	}
	b.shared = sync.OnceValue(func() *eval.Layout { return eval.NewLayout(r.plan.Program, b.Index) })
	b.left.Store(int64(len(r.assets)))
	return b
}

func (b *Block) index(trial, params int) []int {
	return b.Index[trial*params : (trial+1)*params : (trial+1)*params]
}

// order hands blocks to the sink in their order and gives tickets back.
func (r *runner) order(ctx context.Context, sink func(*Block) error) error {
	early := make(map[int64]*Block)
	for next := int64(0); ; {
		select {
		case b, ok := <-r.blocks:
			if !ok {
				return ctx.Err()
			}
			early[b.number] = b
		case <-ctx.Done():
			return ctx.Err()
		}
		for b := early[next]; b != nil; b = early[next] {
			delete(early, next)
			if err := r.plan.Frame.Intact(); err != nil {
				return err
			}
			if err := sink(b); err != nil {
				return err
			}
			r.done += int64(len(b.Trials))
			r.spent.Put(b)
			next++
			<-r.tickets
		}
	}
}

// newSegmenter returns that of a plan; nil where it has no segments.
func (r *runner) newSegmenter() *segmenter {
	if r.plan.Segments == nil {
		return nil
	}
	s := &segmenter{Segmentation: *r.plan.Segments}
	s.Sums = s.sums()
	s.trades = slices.ContainsFunc(s.Sums, metrics.Sum.OfTrades)
	s.assets = r.plan.Assets || s.trades
	for _, sum := range s.Sums {
		switch sum {
		case metrics.SegMin, metrics.SegDown, metrics.SegDownside, metrics.SegUp:
			s.needs.Bars = true
		case metrics.SegReturn2:
			s.needs.Squares = true
		case metrics.SegFees, metrics.SegTraded:
		default:
			s.needs.Trades = s.needs.Trades || sum.OfTrades()
		}
	}
	for i := range r.assets {
		a := &r.assets[i]
		s.bounds = append(s.bounds, s.Bounds(a.Times, a.Lo, a.Hi))
	}
	if r.axis != nil {
		s.pooled = s.Bounds(r.axis.times, 0, len(r.axis.times))
	}
	return s
}
