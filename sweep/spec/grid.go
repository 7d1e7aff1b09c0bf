package spec

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
)

// MaxGrid is the largest number of combinations of a grid, those that its
// condition excludes included.
const MaxGrid = 1 << 62

// ctxEvery is the number of combinations between two looks at a context.
const ctxEvery = 65_536

// Grid is the space of all combinations of parameter values. A trial is a
// combination's number in it, from 0 on, the last declared parameter moving
// fastest, whether or not the condition lets it exist: excluded combinations
// are gaps, so that a part of the grid is found without counting what comes
// before it. A Grid costs no memory whatever its size. It is immutable; any
// number of goroutines may use it.
type Grid struct {
	lengths []int
	strides []int64 // of one step of each parameter, in trials
	size    int64
	where   condition
	// run is the number of consecutive trials that share the condition's
	// answer, as the parameters it names are the same in all of them.
	run int64

	counted sync.Once
	count   int64
	exact   bool
}

// condition tells whether the combination with these value positions exists.
type condition interface{ Holds(index []int) bool }

// NewGrid returns the grid over axes of these lengths. A nil condition holds
// always; otherwise depends is 1 + the position of the last parameter that it
// looks at. It fails where the grid has more than MaxGrid combinations.
func NewGrid(lengths []int, where condition, depends int) (*Grid, error) {
	g := &Grid{lengths: lengths, strides: make([]int64, len(lengths)), size: 1, where: where, run: 1}
	for i := len(lengths) - 1; i >= 0; i-- {
		if i == depends-1 {
			g.run = g.size
		}
		g.strides[i] = g.size
		n := int64(lengths[i])
		if n > 0 && g.size > MaxGrid/n {
			return nil, fmt.Errorf("more than %d combinations", int64(MaxGrid))
		}
		g.size *= n
	}
	if depends == 0 {
		g.run = max(g.size, 1)
	}
	return g, nil
}

// Size returns the number of trials, gaps included: trials are 0 … Size−1.
func (g *Grid) Size() int64 { return g.size }

// Params returns the number of parameters.
func (g *Grid) Params() int { return len(g.lengths) }

// Index writes the position of each parameter's value in trial to dst, which
// is as long as there are parameters. It panics where it is not or where
// trial is not in the grid.
func (g *Grid) Index(trial int64, dst []int) {
	if trial < 0 || trial >= g.size {
		panic(fmt.Sprintf("sweep: trial %d of a grid of %d", trial, g.size))
	}
	if len(dst) != len(g.lengths) {
		panic(fmt.Sprintf("sweep: index of %d for %d parameters", len(dst), len(g.lengths)))
	}
	for i, stride := range g.strides {
		dst[i] = int(trial / stride)
		trial %= stride
	}
}

// Trial returns the trial with these value positions; the inverse of
// [Grid.Index].
func (g *Grid) Trial(index []int) int64 {
	var trial int64
	for i, at := range index {
		trial += int64(at) * g.strides[i]
	}
	return trial
}

// Block appends to dst[:0] the trials that exist from trial from on, below
// to, until dst is full: as many as its capacity. It returns them with the
// trial to go on from, which is to when none are left. A block that ends
// early carries the context's error. It panics where dst has no capacity.
func (g *Grid) Block(ctx context.Context, from, to int64, dst []int64) (trials []int64, next int64, err error) {
	if cap(dst) == 0 {
		panic("sweep: block without capacity")
	}
	dst = dst[:0]
	from, to = max(from, 0), min(to, g.size)
	next, err = g.scan(ctx, from, to, func(lo, hi int64) int64 {
		n := min(hi-lo, int64(cap(dst)-len(dst)))
		for i := range n {
			dst = append(dst, lo+i)
		}
		return n
	})
	return dst, next, err
}

// countRuns is the number of runs up to which a grid counts its trials, and the
// number that an estimate looks at.
const countRuns = 100_000

// Count returns the number of trials that exist: exactly where the condition has
// at most 100,000 different answers, else an estimate from as many of them,
// drawn with a fixed seed. It implements pipeline.Space.
func (g *Grid) Count() (n int64, exact bool) {
	g.counted.Do(func() { g.count, g.exact = g.countOrEstimate() })
	return g.count, g.exact
}

func (g *Grid) countOrEstimate() (n int64, exact bool) {
	runs := (g.size + g.run - 1) / g.run
	if g.where == nil || runs <= countRuns {
		n, _ = g.CountWithin(context.Background(), 0, g.size)
		return n, true
	}
	rng := rand.New(rand.NewPCG(1, uint64(g.size)))
	index := make([]int, len(g.lengths))
	found := 0
	for range countRuns {
		g.Index(rng.Int64N(runs)*g.run, index)
		if g.where.Holds(index) {
			found++
		}
	}
	return max(int64(float64(g.size)*(float64(found)/countRuns)), 1), false
}

// CountWithin returns the number of trials from from on, below to, that exist.
func (g *Grid) CountWithin(ctx context.Context, from, to int64) (int64, error) {
	var count int64
	_, err := g.scan(ctx, max(from, 0), min(to, g.size), func(lo, hi int64) int64 {
		count += hi - lo
		return hi - lo
	})
	return count, err
}

// scan hands every run lo … hi−1 of trials that exist to take, which returns
// how many of them it took; scan ends after a run that was not taken whole. It
// returns the first trial that was not looked at.
func (g *Grid) scan(ctx context.Context, from, to int64, take func(lo, hi int64) int64) (int64, error) {
	if from >= to {
		return max(from, to), ctx.Err()
	}
	if g.where == nil {
		return from + take(from, to), ctx.Err()
	}
	index := make([]int, len(g.lengths))
	g.Index(from, index)
	for looked := 0; from < to; looked++ {
		if looked%ctxEvery == 0 && ctx.Err() != nil {
			return from, ctx.Err()
		}
		end := min(from-from%g.run+g.run, to)
		if g.where.Holds(index) {
			n := take(from, end)
			if n < end-from {
				return from + n, nil
			}
		}
		from = end
		g.advance(index)
	}
	return from, nil
}

// advance moves index to the first trial of the next run.
func (g *Grid) advance(index []int) {
	last := len(index) - 1
	for last >= 0 && g.strides[last] < g.run {
		index[last] = 0
		last--
	}
	for ; last >= 0; last-- {
		if index[last]++; index[last] < g.lengths[last] {
			return
		}
		index[last] = 0
	}
}
