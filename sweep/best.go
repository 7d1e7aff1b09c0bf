package sweep

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// best keeps the best n trials of a sweep by the objective of its spec. A
// trial ranks by its pooled row where there is one, else by the best of its
// rows; a row that does not fulfil the objective's condition ranks nowhere.
// It takes the memory of n trials, and none for a trial that does not enter.
type best struct {
	n       int
	spec    *Spec // resolved
	stat    metrics.Stat
	goal    Goal
	each    int // rows a trial
	pooled  bool
	require *requirement // nil: every row fulfils it
	columns [][]float64  // of the table, for require, over a block

	kept []keptTrial // once there are n, a heap: none below ranks behind what is above
}

// keptTrial is a trial with all of its rows.
type keptTrial struct {
	rank
	index []int
	rows  []pipeline.Row
}

func newBest(j *job, n int) (*best, error) {
	schema := ResultSchema(j.spec)
	stat, _ := metrics.ParseStat(j.spec.Objective.Metric) // checked with the spec
	k := &best{
		n: n, spec: j.spec, stat: stat, goal: j.spec.Objective.Goal, each: len(j.assets()), pooled: j.plan.Pooled,
		columns: make([][]float64, schema.NumFields()),
	}
	var err error
	k.require, err = newRequirement(schema, j.spec.Objective.Require)
	return k, err
}

// add looks at the trials of a block.
func (k *best) add(ctx context.Context, b *pipeline.Block) error {
	var fulfils func(row int) bool // asked for once a block, and only where it decides
	for i, trial := range b.Trials {
		first := i * k.each
		if k.pooled {
			first += k.each - 1
		}
		r, found := rank{}, false
		for row := first; row < (i+1)*k.each; row++ {
			this := newRank(trial, b.Rows[row].Values[k.stat], b.Rows[row].Err != nil)
			if found && k.goal.compare(this, r) >= 0 || !k.enters(this) {
				continue
			}
			if fulfils == nil && k.require != nil {
				var err error
				if fulfils, err = k.fulfilled(ctx, b); err != nil {
					return err
				}
			}
			if fulfils == nil || fulfils(row) {
				r, found = this, true
			}
		}
		if found {
			k.keep(r, b, i)
		}
	}
	return nil
}

// enters reports whether a trial of this rank is among the best so far.
func (k *best) enters(r rank) bool {
	return len(k.kept) < k.n || k.goal.compare(r, k.kept[0].rank) < 0
}

// keep puts a trial of a block in the place of the last, or of none.
func (k *best) keep(r rank, b *pipeline.Block, i int) {
	params := len(k.spec.Params)
	index, rows := b.Index[i*params:(i+1)*params], b.Rows[i*k.each:(i+1)*k.each]
	if len(k.kept) < k.n {
		k.kept = append(k.kept, keptTrial{r, slices.Clone(index), slices.Clone(rows)})
		if len(k.kept) == k.n {
			for i := k.n/2 - 1; i >= 0; i-- {
				k.sink(i)
			}
		}
		return
	}
	k.kept[0].rank = r
	copy(k.kept[0].index, index)
	copy(k.kept[0].rows, rows)
	k.sink(0)
}

// sink moves a trial down the heap to where it ranks behind those below it.
func (k *best) sink(i int) {
	for {
		last := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(k.kept); child++ {
			if k.goal.compare(k.kept[child].rank, k.kept[last].rank) > 0 {
				last = child
			}
		}
		if last == i {
			return
		}
		k.kept[i], k.kept[last] = k.kept[last], k.kept[i]
		i = last
	}
}

// fulfilled returns which rows of a block fulfil the condition.
func (k *best) fulfilled(ctx context.Context, b *pipeline.Block) (func(row int) bool, error) {
	return k.require.fulfilled(ctx, len(b.Rows), func(column int) []float64 {
		v := slices.Grow(k.columns[column][:0], len(b.Rows))[:len(b.Rows)]
		k.columns[column] = v
		for row := range v {
			v[row] = k.value(b, row, column)
		}
		return v
	})
}

// value returns what a numeric column of the table has in a row of a block.
func (k *best) value(b *pipeline.Block, row, column int) float64 {
	trial, params := row/k.each, len(k.spec.Params)
	switch at := column - 2; {
	case column == 0:
		return float64(b.Trials[trial])
	case at < 0:
		return math.NaN() // the asset is no number
	case at < params:
		return k.spec.Params[at].Axis.Value(b.Index[trial*params+at])
	default:
		return b.Rows[row].Values[k.spec.Output.Statistics[at-params]]
	}
}

// write appends the kept trials to a table, in the order of trials.
func (k *best) write(table *tableBuilder, emit func(arrow.Record) error) error {
	slices.SortFunc(k.kept, func(a, b keptTrial) int { return cmp.Compare(a.trial, b.trial) })
	for _, t := range k.kept {
		if err := table.add(&pipeline.Block{Trials: []int64{t.trial}, Index: t.index, Rows: t.rows}, emit); err != nil {
			return err
		}
	}
	return nil
}
