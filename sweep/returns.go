package sweep

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// Returns are the returns of chosen trials, a bar at a time.
type Returns struct {
	// Trials are their numbers.
	Trials []int64
	// Rows are the accounts asked for, in the order of the results: assets, and then
	// the pool.
	Rows []ReturnRows
}

// ReturnRows are the returns of one account of every trial.
type ReturnRows struct {
	// Asset is its name, [results.PooledAsset] for the pool.
	Asset string
	// Times are the bars that are valued, in nanoseconds UTC; Annual is how many
	// of them are a year, RiskFree the rate of one.
	Times            []int64
	Annual, RiskFree float64
	// Columns hold a trial's returns each: equity over that of the bar before, less
	// 1, of the first bar over the start cash. They are 0 once the account is ruined.
	Columns [][]float64
}

// ReturnsOptions are the choices of [RunReturns]. The zero value asks for pooled returns.
type ReturnsOptions struct {
	// Assets are the accounts to return, with [results.PooledAsset] for the pool;
	// nil means the pool alone.
	Assets []string
	// Workers, Budget and Space are those of [Options]. The budget counts the
	// returns too, until they are handed over.
	Workers int
	Budget  *columnar.Budget
	Space   pipeline.Space
}

// RunReturns runs trials of a spec, by their numbers in its results, and returns what
// they made on every bar. It takes 8 bytes a trial and bar of each account. The frame
// is borrowed until it returns. An asset that is not there wraps columnar.ErrNoAsset.
func RunReturns(ctx context.Context, frame *columnar.Frame, s *spec.Spec, trials []int64, opts ReturnsOptions) (*Returns, error) {
	if opts.Workers < 0 {
		return nil, fmt.Errorf("options: %d workers", opts.Workers)
	}
	j, err := prepare(ctx, frame, s, opts.Budget)
	if err != nil {
		return nil, err
	}
	defer j.release()
	if err := j.use(opts.Space); err != nil {
		return nil, err
	}
	indices, err := j.decode(ctx, trials)
	if err != nil {
		return nil, err
	}
	if opts.Assets == nil {
		opts.Assets = []string{results.PooledAsset}
	}
	out, places, err := j.returnRows(trials, opts.Assets)
	if err != nil {
		return nil, err
	}
	bytes := int64(0)
	for _, row := range out.Rows {
		bytes += 8 * int64(len(row.Times)) * int64(len(trials))
	}
	if err := opts.Budget.Reserve(bytes); err != nil {
		return nil, fmt.Errorf("returns of %d trials: %w", len(trials), err)
	}
	defer opts.Budget.Release(bytes)
	j.plan.Budget, j.plan.Workers = opts.Budget, opts.Workers
	j.plan.Assets, j.plan.Pooled = true, slices.Contains(opts.Assets, results.PooledAsset)
	cash := j.plan.Config.Resolved().Cash
	err = pipeline.RunCurves(ctx, j.plan, indices, func(c *pipeline.Curves) error {
		for i, at := range places {
			start, curve := cash, c.Pooled
			if at < 0 {
				start *= float64(len(c.Assets))
			} else {
				curve = c.Assets[at]
			}
			out.Rows[i].Columns[c.Trial] = returnsOf(curve, start)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// returnRows returns rows without returns, and the place of each one's asset in the frame;
// −1 is the pool.
func (j *job) returnRows(trials []int64, assets []string) (*Returns, []int, error) {
	out := &Returns{Trials: slices.Clone(trials)}
	var places []int
	for _, name := range assets {
		row := ReturnRows{Asset: name, Columns: make([][]float64, len(trials))}
		at := -1
		if name == results.PooledAsset {
			row.Times, row.Annual = pipeline.UnionTimes(j.frame), pipeline.PooledAnnual(j.frame, j.plan.Annual)
		} else {
			var ok bool
			if at, ok = j.frame.Lookup(name); !ok {
				return nil, nil, fmt.Errorf("asset %q: %w", name, columnar.ErrNoAsset)
			}
			a := pipeline.PrepareAsset(j.frame, at, j.plan.Annual)
			row.Times, row.Annual = slices.Clone(a.Times[a.Lo:a.Hi]), a.Annual
		}
		row.RiskFree = metrics.RiskFreeBar(j.plan.RiskFree, row.Annual)
		out.Rows, places = append(out.Rows, row), append(places, at)
	}
	return out, places, nil
}

// decode returns the parameters' positions of trials, all of which exist.
func (j *job) decode(ctx context.Context, trials []int64) ([][]int, error) {
	if len(trials) == 0 {
		return nil, errors.New("no trials are asked for")
	}
	indices := make([][]int, len(trials))
	for i, trial := range trials {
		found := false
		if trial >= 0 && trial < j.space.Size() {
			one, _, err := j.space.Block(ctx, trial, trial+1, make([]int64, 0, 1))
			if err != nil {
				return nil, err
			}
			found = len(one) == 1
		}
		if !found {
			return nil, fmt.Errorf("trial %d does not exist: the space has %d, those that `where` leaves out included", trial, j.space.Size())
		}
		indices[i] = make([]int, len(j.spec.Params))
		j.space.Index(trial, indices[i])
	}
	return indices, nil
}

// returnsOf returns the returns of an equity curve.
func returnsOf(equity []float64, before float64) []float64 {
	r := make([]float64, len(equity))
	for i, e := range equity {
		if before > 0 {
			r[i] = e/before - 1
		}
		before = e
	}
	return r
}
