package sweep

import (
	"cmp"
	"math"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/internal/ranking"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// best keeps the best n trials of a sweep by the objective of its spec. A
// trial ranks by its pooled row where there is one, else by the best of its
// rows; a row that does not fulfil the objective's condition ranks nowhere.
// It takes the memory of n trials, and none for a trial that does not enter.
type best struct {
	spec    *spec.Spec     // resolved
	stat    metrics.Stat   // where no expression ranks
	score   *ranking.Score // nil where the statistic ranks
	scores  []float64      // of the block
	goal    spec.Goal
	each    int // rows a trial
	pooled  bool
	require *ranking.Requirement // nil: every row fulfils it
	columns [][]float64          // of the table, for require and score, over a block

	kept ranking.Leaders[keptTrial]
}

// keptTrial is a trial with all of its rows.
type keptTrial struct {
	ranking.Rank
	index []int
	rows  []pipeline.Row
}

func newBest(j *job, n int) (*best, error) {
	schema := results.Schema(j.spec)
	stat, isStat := metrics.ParseStat(j.spec.Objective.Metric) // checked with the spec
	k := &best{
		spec: j.spec, stat: stat, goal: j.spec.Objective.Goal, each: len(j.assets()), pooled: j.plan.Pooled,
		columns: make([][]float64, schema.NumFields()),
		kept:    bestTrials(n, j.spec.Objective.Goal),
	}
	var err error
	if !isStat {
		if k.score, err = ranking.NewScore(schema, j.spec.Objective.Metric); err != nil {
			return nil, err
		}
	}
	k.require, err = ranking.NewRequirement(schema, j.spec.Objective.Require)
	return k, err
}

func bestTrials(n int, goal spec.Goal) ranking.Leaders[keptTrial] {
	return ranking.Leaders[keptTrial]{N: n, Compare: func(a, b keptTrial) int { return ranking.Compare(goal, a.Rank, b.Rank) }}
}

// add looks at the trials of a block.
func (k *best) add(b *pipeline.Block) error {
	if k.score != nil {
		var err error
		if k.scores, err = k.score.Of(len(b.Rows), func(column int) []float64 { return k.column(b, column) }); err != nil {
			return err
		}
	}
	var fulfils func(row int) bool // asked for once a block, and only where it decides
	for i, trial := range b.Trials {
		first := i * k.each
		if k.pooled {
			first += k.each - 1
		}
		r, found := ranking.Rank{}, false
		for row := first; row < (i+1)*k.each; row++ {
			this := ranking.New(trial, k.scored(b, row), ranking.Ruined(b.Rows[row].Values[metrics.TotalReturn]), b.Rows[row].Err != nil)
			if found && ranking.Compare(k.goal, this, r) >= 0 || !k.kept.Enters(keptTrial{Rank: this}) {
				continue
			}
			if fulfils == nil && k.require != nil {
				var err error
				if fulfils, err = k.fulfilled(b); err != nil {
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

// keep takes a trial of a block with its rows.
func (k *best) keep(r ranking.Rank, b *pipeline.Block, i int) {
	params := len(k.spec.Params)
	k.kept.Keep(func(t *keptTrial) {
		t.Rank = r
		t.index = append(t.index[:0], b.Index[i*params:(i+1)*params]...)
		t.rows = append(t.rows[:0], b.Rows[i*k.each:(i+1)*k.each]...)
	})
}

// fulfilled returns which rows of a block fulfil the condition.
func (k *best) fulfilled(b *pipeline.Block) (func(row int) bool, error) {
	return k.require.Fulfilled(len(b.Rows), func(column int) []float64 { return k.column(b, column) })
}

// column returns what a numeric column of the table has in the rows of a block.
func (k *best) column(b *pipeline.Block, column int) []float64 {
	v := slices.Grow(k.columns[column][:0], len(b.Rows))[:len(b.Rows)]
	k.columns[column] = v
	for row := range v {
		v[row] = k.value(b, row, column)
	}
	return v
}

// scored returns what a row of the block ranks by.
func (k *best) scored(b *pipeline.Block, row int) float64 {
	if k.score != nil {
		return k.scores[row]
	}
	return b.Rows[row].Values[k.stat]
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
	case at < params+len(k.spec.Output.Statistics):
		return b.Rows[row].Values[k.spec.Output.Statistics[at-params]]
	default:
		return ownValue(k.spec.Output.Own[at-params-len(k.spec.Output.Statistics)].Value, &b.Rows[row])
	}
}

// write appends the kept trials to a table, in the order of trials.
func (k *best) write(table *tableBuilder, emit func(arrow.Record) error) error {
	slices.SortFunc(k.kept.Kept, func(a, b keptTrial) int { return cmp.Compare(a.Trial, b.Trial) })
	for _, t := range k.kept.Kept {
		if err := table.add(&pipeline.Block{Trials: []int64{t.Trial}, Index: t.index, Rows: t.rows}, emit); err != nil {
			return err
		}
	}
	return nil
}
