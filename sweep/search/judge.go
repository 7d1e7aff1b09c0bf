package search

import (
	"fmt"
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bowstring-engine/bowstring/sweep/internal/ranking"
	"github.com/bowstring-engine/bowstring/sweep/results"
)

// judge makes results of trials of rows of a table: of its pooled row where a trial
// has one, else of the best of its rows, by the first objective.
type judge struct {
	scores               []*ranking.Score
	require              *ranking.Requirement
	up                   []bool
	asset, failed, first int // columns; first is that of the first parameter
	results              []Result
	seen                 []verdict
}

// verdict is what is known of a trial.
type verdict uint8

const (
	unseen verdict = iota
	ofAsset
	ofPool
)

func newJudge(schema *arrow.Schema, q *Search) (*judge, error) {
	j := &judge{
		up: q.up, asset: schema.FieldIndices(results.AssetColumn)[0], failed: schema.FieldIndices(results.ErrorColumn)[0],
		first: schema.FieldIndices(results.GenerationColumn)[0] + 1,
	}
	for _, o := range q.objectives {
		s, err := ranking.NewScore(schema, o.Metric)
		if err != nil {
			return nil, fmt.Errorf("search: objective: %w", err)
		}
		j.scores = append(j.scores, s)
	}
	var err error
	j.require, err = ranking.NewRequirement(schema, q.spec.Objective.Require)
	return j, err
}

// add looks at rows of a generation.
func (j *judge) add(g *Generation, rec arrow.Record) error {
	if j.results == nil {
		j.results, j.seen = make([]Result, g.Len()), make([]verdict, g.Len())
	}
	rows, columns := int(rec.NumRows()), rec.Columns()
	scores := make([][]float64, len(j.scores))
	for i, s := range j.scores {
		var err error
		if scores[i], err = s.Rows(rows, columns); err != nil {
			return err
		}
	}
	fulfils, err := j.require.Rows(rows, columns)
	if err != nil {
		return err
	}
	trials, assets := columns[0].(*array.Int64), columns[j.asset].(*array.String)
	for row := range rows {
		at := trials.Value(row) - g.First
		if at < 0 || at >= int64(g.Len()) {
			return fmt.Errorf("search: trial %d among the results of trials %d to %d", trials.Value(row), g.First, g.First+int64(g.Len())-1)
		}
		r := Result{Unfulfilled: !fulfils(row), Failed: columns[j.failed].IsValid(row)}
		for i := range scores {
			r.Scores = append(r.Scores, scores[i][row])
		}
		switch pooled := assets.Value(row) == results.PooledAsset; {
		case pooled:
			j.results[at], j.seen[at] = r, ofPool
		case j.seen[at] == unseen || j.seen[at] == ofAsset && compareResults(&r, &j.results[at], j.up[0]) < 0:
			j.results[at], j.seen[at] = r, ofAsset
		}
	}
	return nil
}

// verdict returns the results of a generation whose rows were all added.
func (j *judge) verdict() []Result {
	for i := range j.results {
		if j.seen[i] == unseen { // a trial without rows has no result
			j.results[i] = Result{Failed: true, Scores: make([]float64, len(j.scores))}
			for k := range j.results[i].Scores {
				j.results[i].Scores[k] = math.NaN()
			}
		}
	}
	all := j.results
	j.results, j.seen = nil, nil
	return all
}

// same checks that a row that was found has the parameters that are asked.
func (j *judge) same(g *Generation, rec arrow.Record, row int) error {
	trial := rec.Column(0).(*array.Int64).Value(row)
	for p, param := range g.search.spec.Params {
		want := g.Value(int(trial-g.First), p)
		var ok bool
		switch c := rec.Column(j.first + p).(type) {
		case *array.String:
			ok = c.Value(row) == param.Axis.Text(int(want))
		default:
			ok = ranking.Number(c, row) == want
		}
		if !ok {
			return fmt.Errorf("search: %w: trial %d was of another %s than is asked now", results.ErrJournal, trial, param.Name)
		}
	}
	return nil
}
