package pipeline

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
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
	// Annual overrides the bars a year; 0 takes them from the frame.
	Annual float64
	// RiskFree is the risk-free return of one year, as a fraction.
	RiskFree float64

	// Workers is the number of goroutines that compute; 0 means one a processor.
	Workers int
	// BlockTrials is the number of trials in a block; 0 lets Run choose.
	BlockTrials int
	// CacheBytes bounds the memory for indicators that trials share; 0 means
	// [DefaultCacheBytes], less than 0 none.
	CacheBytes int64
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
	// blockTrials is the most trials in a block.
	blockTrials = 256
	// curveBytes is about how much memory the equity curves of a block take,
	// where they are pooled.
	curveBytes = 2 << 20
	// ticketsPerWorker bounds the blocks under way.
	ticketsPerWorker = 4
)

// blockSize returns the number of trials in a block: few enough that the
// blocks under way stay small, many enough that a task is worth its cost.
func (p *Plan) blockSize(pool *poolAxis) int {
	if p.BlockTrials > 0 {
		return p.BlockTrials
	}
	n := min(blockTrials, blockRows/(p.Frame.NumAssets()+1))
	if pool != nil {
		n = min(n, curveBytes/(8*max(len(pool.times), 1)))
	}
	return max(n, 1)
}
