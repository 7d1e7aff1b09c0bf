package robust

import (
	"math"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/internal/ranking"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// walkJudge says what trials are worth by the objective of a spec.
type walkJudge struct {
	spec    *spec.Spec // resolved
	schema  *arrow.Schema
	rank    *ranking.Score
	require *ranking.Requirement // nil: every trial fulfils it
	// stats are those that the two look at.
	stats []metrics.Stat
}

func newJudge(s *spec.Spec) (*walkJudge, error) {
	j := &walkJudge{spec: s, schema: results.Schema(s)}
	var err error
	if j.rank, err = ranking.NewScore(j.schema, s.Objective.Metric); err != nil {
		return nil, err
	}
	if j.require, err = ranking.NewRequirement(j.schema, s.Objective.Require); err != nil {
		return nil, err
	}
	reads := j.rank.Reads()
	if j.require != nil {
		reads = append(slices.Clone(reads), j.require.Reads()...)
	}
	for _, column := range reads {
		if stat, ok := j.stat(column); ok && !slices.Contains(j.stats, stat) {
			j.stats = append(j.stats, stat)
		}
	}
	return j, nil
}

// stat returns the statistic that a column of the results has.
func (j *walkJudge) stat(column int) (metrics.Stat, bool) {
	if at := column - 2 - len(j.spec.Params); at >= 0 && at < len(j.spec.Output.Statistics) {
		return j.spec.Output.Statistics[at], true
	}
	return 0, false
}

// unknown names a statistic that is looked at and does not follow from segments.
func (j *walkJudge) unknown() string {
	for _, s := range j.stats {
		if s.Sums() == nil {
			return s.String()
		}
	}
	return ""
}

// ofTrades names a statistic that is looked at and follows from trades.
func (j *walkJudge) ofTrades() string {
	for _, s := range j.stats {
		if slices.ContainsFunc(s.Sums(), func(sum metrics.Sum) bool {
			return sum.OfTrades() && sum != metrics.SegFees && sum != metrics.SegTraded
		}) {
			return s.String()
		}
	}
	return ""
}

// sums returns the sums of segments that the judge needs, and those of the return.
func (j *walkJudge) sums() []metrics.Sum {
	var need [metrics.NumSums]bool
	for _, s := range append(slices.Clone(j.stats), metrics.TotalReturn) {
		for _, sum := range s.Sums() {
			need[sum] = true
		}
	}
	var sums []metrics.Sum
	for _, s := range metrics.Sums() {
		if need[s] {
			sums = append(sums, s)
		}
	}
	return sums
}

// score returns the objective of trials by their statistics; NaN where it has none or
// the trial does not fulfil the condition.
func (j *walkJudge) score(values []metrics.Values, index [][]int, trials []int64) ([]float64, error) {
	column := func(c int) []float64 {
		v := make([]float64, len(values))
		stat, isStat := j.stat(c)
		for row := range v {
			switch {
			case isStat:
				v[row] = values[row][stat]
			case c == 0:
				v[row] = float64(trials[row])
			case c == 1 || c-2 >= len(j.spec.Params):
				v[row] = math.NaN()
			default:
				v[row] = j.spec.Params[c-2].Axis.Value(index[row][c-2])
			}
		}
		return v
	}
	scores, err := j.rank.Of(len(values), column)
	if err != nil {
		return nil, err
	}
	fulfils, err := j.require.Fulfilled(len(values), column)
	if err != nil {
		return nil, err
	}
	for row := range scores {
		// What an account that has nothing left would be is not for choosing.
		if !fulfils(row) || ranking.Ruined(values[row][metrics.TotalReturn]) {
			scores[row] = math.NaN()
		}
	}
	return scores, nil
}

// before reports whether one score of a trial ranks before another; NaN is behind.
func (j *walkJudge) before(a float64, trial int64, b float64, other int64) bool {
	return ranking.Compare(j.spec.Objective.Goal, ranking.New(trial, a, false, false), ranking.New(other, b, false, false)) < 0
}
