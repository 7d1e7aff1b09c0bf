package sweep

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// BlockSums are, for one account of every trial of a sweep, sums over blocks of bars that
// follow each other: what cross-validation of the whole sweep needs, 16 bytes a trial and
// block.
type BlockSums struct {
	// Asset is the account, Trials are those that did not fail.
	Asset  string
	Trials []int64
	// Failed is the number of trials that did.
	Failed int64
	// Bars is the number of bars of each block, Annual how many are a year, RiskFree
	// the rate of one.
	Bars             []int64
	Annual, RiskFree float64
	// Sum and Square are Σr and Σr² by block and trial.
	Sum, Square [][]float64
}

// RunBlockSums runs all trials of a spec in one pass and returns their sums over blocks
// of the bars of an account ("" or [results.PooledAsset] means the pool) that differ by
// at most one bar. Of Options count Workers, BlockTrials, CacheBytes, Budget and Space; the
// budget counts the sums until they are handed over.
func RunBlockSums(ctx context.Context, frame *columnar.Frame, s *spec.Spec, asset string, blocks int, opts Options) (*BlockSums, error) {
	if err := opts.validate(); err != nil {
		return nil, err
	}
	j, err := prepare(ctx, frame, s, opts.Budget)
	if err != nil {
		return nil, err
	}
	defer j.release()
	if err := j.use(opts.Space); err != nil {
		return nil, err
	}
	if asset == "" {
		asset = results.PooledAsset
	}
	rows, _, err := j.returnRows(nil, []string{asset})
	if err != nil {
		return nil, err
	}
	row := rows.Rows[0]
	n := len(row.Times)
	if blocks < 1 || blocks > n {
		return nil, fmt.Errorf("%d blocks of %d bars: want 1 to as many as there are", blocks, n)
	}
	out := &BlockSums{
		Asset: asset, Annual: row.Annual, RiskFree: row.RiskFree,
		Bars: make([]int64, blocks), Sum: make([][]float64, blocks), Square: make([][]float64, blocks),
	}
	segments := &pipeline.Segmentation{Sums: []metrics.Sum{metrics.SegBars, metrics.SegReturns, metrics.SegSquares}}
	for i := range blocks {
		out.Bars[i] = int64((i+1)*n/blocks - i*n/blocks)
		if i > 0 {
			segments.Cuts = append(segments.Cuts, row.Times[i*n/blocks])
		}
	}
	count, err := j.countTrials(ctx)
	if err != nil {
		return nil, err
	}
	j.plan.SinkBytes = count * int64(16*blocks+8)
	j.plan.Segments, j.plan.Budget = segments, opts.Budget
	j.plan.Workers, j.plan.BlockTrials, j.plan.CacheBytes = opts.Workers, opts.BlockTrials, opts.CacheBytes
	j.plan.Statistics = []metrics.Stat{metrics.Sharpe}
	j.plan.Pooled = asset == results.PooledAsset
	j.plan.Assets = !j.plan.Pooled
	at := 0
	if j.plan.Assets {
		at, _ = j.frame.Lookup(asset)
	}
	for i := range blocks {
		out.Sum[i], out.Square[i] = make([]float64, 0, count), make([]float64, 0, count)
	}
	_, err = pipeline.Run(ctx, j.plan, j.space, func(b *pipeline.Block) error { return out.take(b, at) })
	if err != nil {
		return nil, err
	}
	if len(out.Trials) == 0 {
		return nil, errors.New("all trials failed")
	}
	return out, nil
}

// take adds the trials of a block, of whose rows one is the account's.
func (s *BlockSums) take(b *pipeline.Block, at int) error {
	rows, kept := len(b.Rows)/len(b.Trials), 3
	for t, trial := range b.Trials {
		row := t*rows + at
		values := b.Segments[row*len(s.Bars)*kept : (row+1)*len(s.Bars)*kept]
		if b.Rows[row].Err != nil || slices.ContainsFunc(values, math.IsNaN) {
			s.Failed++
			continue
		}
		s.Trials = append(s.Trials, trial)
		for i, bars := range s.Bars {
			v := values[i*kept : (i+1)*kept]
			if int64(v[0]) != bars {
				return fmt.Errorf("trial %d has %v bars in block %d of %s, want %d", trial, v[0], i, s.Asset, bars)
			}
			s.Sum[i], s.Square[i] = append(s.Sum[i], v[1]), append(s.Square[i], v[2])
		}
	}
	return nil
}

// Place returns where a trial stands in Trials; −1 where it does not.
func (s *BlockSums) Place(trial int64) int {
	at := sort.Search(len(s.Trials), func(i int) bool { return s.Trials[i] >= trial })
	if at == len(s.Trials) || s.Trials[at] != trial {
		return -1
	}
	return at
}
