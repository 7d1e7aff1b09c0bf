package pipeline

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// Space is a set of trials in a fixed order. A trial has an index, and an
// index decodes into the position of each parameter's value.
type Space interface {
	// Size returns the number of trials, gaps included.
	Size() int64
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
	// NumParams is the number of parameters of Program.
	NumParams int
	Config    backtest.Config
	// Assets and Pooled choose the rows of a trial. At least one is set.
	Assets, Pooled bool
	// Statistics are those that rows must have; nil means all. Others may be
	// NaN.
	Statistics []metrics.Stat
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
	Cache *strategy.FeatureCache
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
	if p.Frame != nil {
		for _, name := range columnar.BarColumns() {
			if _, ok := p.Frame.ColumnIndex(name.Name); !ok {
				errs = append(errs, fmt.Errorf("plan: column %q: %w", name.Name, columnar.ErrNoColumn))
			}
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
	trials, _, err := r.space.Block(ctx, 0, r.space.Size(), make([]int64, 0, n))
	if err != nil {
		return 0, err
	}
	longest := 0
	for i := range r.assets {
		longest = max(longest, len(r.assets[i].Times))
	}
	for n = max(len(trials), 1); n > 1; n /= 2 {
		index := make([]int, n*p.NumParams)
		for i, t := range trials[:n] {
			r.space.Index(t, index[i*p.NumParams:(i+1)*p.NumParams])
		}
		if p.Program.Layout(index).Bytes(longest) <= columnBytes {
			break
		}
	}
	return n, nil
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
	blocks := (r.space.Size() + most - 1) / most
	blocks = max((blocks+per-1)/per*per, 1)
	return int((r.space.Size() + blocks - 1) / blocks)
}
