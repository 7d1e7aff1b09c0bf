package pipeline

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/internal/eval"
	"github.com/bowstring-engine/bowstring/pipeline/internal/event"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// Space is a set of trials in a fixed order. A trial has an index, and an
// index decodes into the position of each parameter's value.
type Space interface {
	// Size returns the number of trials, gaps included.
	Size() int64
	// Count returns the number of trials that exist, gaps left out, or an
	// estimate of it where counting would take long. It gives the same answer
	// each time. No result depends on an estimate.
	Count() (n int64, exact bool)
	// Block appends to dst[:0] the trials that exist from trial from on, below
	// to, at most as many as dst has capacity for, and returns them with the
	// trial to go on from. It returns none only where none are left.
	Block(ctx context.Context, from, to int64, dst []int64) (trials []int64, next int64, err error)
	// Index writes the value positions of a trial, one for each parameter.
	Index(trial int64, dst []int)
}

// Plan says what to run. It borrows the frame.
type Plan struct {
	// Frame holds the bars; its window is the period that is simulated and
	// earlier bars warm indicators up.
	Frame   *columnar.Frame
	Program *strategy.Program
	// Others has the assets that the program reads beside the one that it trades, as
	// [strategy.Program].Assets names them; nil where there are none. It is borrowed.
	Others *columnar.Frame
	// NumParams is the number of parameters of Program.
	NumParams int
	Config    backtest.Config
	// Assets and Pooled choose the rows of a trial. At least one is set.
	Assets, Pooled bool
	// Statistics are those that rows must have; nil means all. Others may be
	// NaN.
	Statistics []metrics.Stat
	// Segments asks for the segments of every row; nil does not.
	Segments *Segmentation
	// Annual overrides the bars a year; 0 takes them from the frame.
	Annual float64
	// RiskFree is the risk-free return of one year, as a fraction.
	RiskFree float64

	// Reference has the reference engine simulate everything. It is for tests
	// and benchmarks that hold others to it.
	Reference bool

	// Workers is the number of goroutines that compute; 0 means one a processor.
	Workers int
	// BlockTrials is the number of trials in a block; 0 lets Run choose.
	BlockTrials int
	// CacheBytes bounds the memory for indicators that trials share; 0 means
	// [DefaultCacheBytes], less than 0 none.
	CacheBytes int64
	// Pool and Cache, where they are set, are shared with other runs and take
	// the place of Workers and CacheBytes.
	Pool  *Workers
	Cache *Cache
	// Budget bounds the memory of the run, nil does not. Where it is short,
	// caches give way, then blocks become smaller; Run fails with a
	// *[MemoryError] where that does not do. No result depends on it.
	Budget *columnar.Budget
	// SinkBytes is what the sink takes beside the blocks. It is counted in the
	// budget with what the run takes.
	SinkBytes int64
}

// DefaultCacheBytes is the indicator memory of a run that does not say.
const DefaultCacheBytes = 32 << 20

// Validate lists everything that is wrong with p.
func (p *Plan) Validate() error {
	errs := []error{p.Config.Validate()}
	if p.Frame == nil || p.Program == nil {
		errs = append(errs, errors.New("plan: a frame and a program are needed"))
	}
	if p.Frame != nil && p.Frame.NumAssets() == 0 {
		errs = append(errs, errors.New("plan: the frame has no assets"))
	}
	if !p.Assets && !p.Pooled {
		errs = append(errs, errors.New("plan: neither rows of assets nor pooled rows are asked for"))
	}
	if p.Workers < 0 || p.BlockTrials < 0 {
		errs = append(errs, errors.New("plan: workers and block size are 0 or more"))
	}
	if p.Segments != nil {
		errs = append(errs, p.Segments.validate())
	}
	if p.Frame != nil {
		for _, name := range columnar.BarColumns() {
			if _, ok := p.Frame.ColumnIndex(name.Name); !ok {
				errs = append(errs, fmt.Errorf("plan: column %q: %w", name.Name, columnar.ErrNoColumn))
			}
		}
	}
	if p.Program != nil {
		for _, id := range p.Program.Assets() {
			if p.Others == nil || !slices.Contains(p.Others.Assets(), id) {
				errs = append(errs, fmt.Errorf("plan: the strategy reads the asset %q, which is not among Others", id))
			}
		}
		if _, err := time.LoadLocation(p.Program.Zone()); err != nil {
			errs = append(errs, fmt.Errorf("plan: zone: %w", err))
		}
	}
	return errors.Join(errs...)
}

func (p *Plan) workers() int {
	if p.Pool != nil {
		return p.Pool.Len()
	}
	if p.Workers > 0 {
		return p.Workers
	}
	return runtime.GOMAXPROCS(0)
}

func (p *Plan) cacheBytes() int64 {
	if p.CacheBytes == 0 {
		return DefaultCacheBytes
	}
	return p.CacheBytes
}

const (
	// blockRows is about how many result rows a block has.
	blockRows = 4096
	// blockTrials is the most trials in a block of the reference engine, and
	// eventTrials in one of the event engine.
	blockTrials = 256
	eventTrials = 8192
	// columnBytes is about how much memory a worker has for the columns of a
	// block.
	columnBytes = 16 << 20
	// segmentBytes is about how much memory the segments of a block take.
	segmentBytes = 16 << 20
	// pooledTrials is the most trials in a block with pooled rows, whose paths
	// are kept until every asset has come in.
	pooledTrials = 200
	// ticketsPerWorker bounds the blocks under way.
	ticketsPerWorker = 4
)

// blockSize returns the number of trials in a block: few enough that the
// blocks under way stay small, many enough that a task is worth its cost. A
// block of the event engine is large, as its trials share the tables of a
// tile, unless they share too few columns.
func (r *runner) blockSize(ctx context.Context) (int, error) {
	p := &r.plan
	if p.BlockTrials > 0 {
		return p.BlockTrials, nil
	}
	n := max(min(blockTrials, blockRows/(p.Frame.NumAssets()+1)), 1)
	if r.engine == EngineEvent {
		n = max(r.evenBlock(), 1)
	}
	if r.engine != EngineEvent {
		return n, nil
	}
	trials, next, err := r.space.Block(ctx, 0, r.space.Size(), make([]int64, 0, n))
	if err != nil {
		return 0, err
	}
	r.space = &peeked{r.space, trials, next}
	for n = max(len(trials), 1); n > 1 && r.columnBytes(trials[:n]) > columnBytes; n /= 2 {
	}
	return n, nil
}

// columnBytes returns about how much memory the columns that trials share take
// on the longest asset.
func (r *runner) columnBytes(trials []int64) int64 {
	params := r.plan.NumParams
	index := make([]int, len(trials)*params)
	for i, t := range trials {
		r.space.Index(t, index[i*params:(i+1)*params])
	}
	return eval.NewLayout(r.plan.Program, index).Bytes(r.longest())
}

// longest returns the length of the longest history.
func (r *runner) longest() int {
	longest := 0
	for i := range r.assets {
		longest = max(longest, len(r.assets[i].Times))
	}
	return longest
}

// peeked is a space whose first trials are known: finding them may have taken a
// pass over most of a grid whose condition few trials fulfil.
type peeked struct {
	Space
	trials []int64
	next   int64 // trial to go on from behind them
}

// Block implements [Space].
func (p *peeked) Block(ctx context.Context, from, to int64, dst []int64) (trials []int64, next int64, err error) {
	at, _ := slices.BinarySearch(p.trials, from)
	rest := p.trials[at:]
	if len(rest) == 0 || rest[len(rest)-1] >= to {
		return p.Space.Block(ctx, from, to, dst)
	}
	n := min(cap(dst), len(rest))
	dst = append(dst[:0], rest[:n]...)
	if n == len(rest) {
		return dst, p.next, nil
	}
	return dst, rest[n], nil
}

// evenBlock returns the number of trials in blocks of the event engine: the
// largest that give every worker the same number of tasks.
func (r *runner) evenBlock() int {
	workers, assets := int64(r.plan.workers()), int64(len(r.assets))
	most, per := int64(eventTrials), int64(1)
	switch {
	case r.axis != nil:
		// A block is pooled by one worker.
		most, per = pooledTrials, workers
	case assets < 2*workers:
		// Blocks have to make up for the assets that are missing.
		per = (workers + assets - 1) / assets
	}
	if each := r.segments.bytes() * int64(r.rows()); each > 0 {
		most = min(most, max(segmentBytes/each, event.TabledTrials))
	}
	blocks := (r.count + most - 1) / most
	blocks = max((blocks+per-1)/per*per, 1)
	return int((r.count + blocks - 1) / blocks)
}
