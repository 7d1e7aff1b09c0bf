package robust

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// Ranking is what a result file says of the selection that its spec makes.
type Ranking struct {
	// Spec is the resolved spec, Asset the account that is looked at.
	Spec  *spec.Spec
	Asset string
	// Best are the best trials by the objective, best first. The first is the winner.
	Best []int64
	// Winner says what its parameters are, as "fast 21, slow 80".
	Winner string
	// Surface is the objective over the grid; nil where the file does not have every
	// trial of it, for the reason in NoSurface.
	Surface   *Surface
	NoSurface string
}

// maxSurface is the most points that a surface is kept of.
const maxSurface = 1 << 24

// Rank reads which trials of a result file are the best of an account, as their spec
// ranks them, and its objective over the grid. asset "" means the pool or, without
// pooled rows, the one asset there is.
func Rank(ctx context.Context, file *results.File, asset string, best int) (*Ranking, error) {
	s, err := file.Spec()
	if err != nil {
		return nil, err
	}
	resolved := s.Resolved()
	r := &Ranking{Spec: s, Asset: asset}
	objective := resolved.Objective
	leaders, err := file.Leaders(ctx, results.LeadersOptions{
		By: objective.Metric, Goal: objective.Goal, Require: objective.Require, N: best, Asset: asset,
	})
	if err != nil {
		return nil, err
	}
	defer leaders.Release()
	scores, err := results.Scores(leaders, objective.Metric)
	if err != nil {
		return nil, err
	}
	trials := column[*array.Int64](leaders, results.TrialColumn)
	assets := column[*array.String](leaders, results.AssetColumn)
	for row, score := range scores {
		switch {
		case math.IsNaN(score):
			continue
		case r.Asset == "":
			r.Asset = strings.Clone(assets.Value(row))
		case r.Asset != assets.Value(row):
			return nil, errors.New("results have no pooled rows and several assets: name the asset whose trials are to be looked at")
		}
		r.Best = append(r.Best, trials.Value(row))
	}
	if len(r.Best) == 0 {
		return nil, fmt.Errorf("results: %w", undefined("no trial has a value of %s that the spec's conditions allow", objective.Metric))
	}
	var words []string
	for _, p := range s.Params {
		if at := leaders.Schema().FieldIndices(p.Name); len(at) == 1 && p.Axis.Len() > 1 {
			words = append(words, p.Name+" "+leaders.Column(at[0]).ValueStr(0))
		}
	}
	r.Winner = strings.Join(words, ", ")
	return r, r.surface(ctx, file)
}

// column returns a column of a record of results, whose types have been checked.
func column[T arrow.Array](rec arrow.Record, name string) T {
	return rec.Column(rec.Schema().FieldIndices(name)[0]).(T)
}

// surface reads the objective of every trial.
func (r *Ranking) surface(ctx context.Context, file *results.File) error {
	size := 1
	axes := make([]SurfaceAxis, len(r.Spec.Params))
	for i, p := range r.Spec.Params {
		size *= p.Axis.Len()
		if size > maxSurface {
			r.NoSurface = fmt.Sprintf("the grid has more than %d points", maxSurface)
			return nil
		}
		axes[i] = SurfaceAxis{Name: p.Name, Choice: p.Axis.IsChoice()}
		for j := range p.Axis.Len() {
			axes[i].Labels = append(axes[i].Labels, p.Axis.Text(j))
		}
	}
	meta := file.Metadata()
	switch {
	case meta[results.MetaSpace] != "":
		r.NoSurface = "the trials are no grid, but " + meta[results.MetaSpace]
	case meta[results.MetaTop] != "":
		r.NoSurface = fmt.Sprintf("the file has the best %s of %s trials only", meta[results.MetaTop], meta[results.MetaTrials])
	case file.Partial():
		r.NoSurface = "the sweep ended before its last trial"
	case len(axes) == 0:
		r.NoSurface = "there are no parameters"
	}
	if r.NoSurface != "" {
		return nil
	}
	objective := r.Spec.Resolved().Objective
	s := &Surface{Axes: axes, Values: make([]float64, size), Lower: objective.Goal == spec.Minimize}
	for i := range s.Values {
		s.Values[i] = math.NaN()
	}
	records := file.Records()
	defer records.Release()
	for records.Next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		rec := records.Record()
		scores, err := results.Scores(rec, objective.Metric)
		if err != nil {
			return err
		}
		trials, assets := column[*array.Int64](rec, results.TrialColumn), column[*array.String](rec, results.AssetColumn)
		for row, score := range scores {
			if trial := trials.Value(row); assets.Value(row) == r.Asset && trial >= 0 && trial < int64(size) {
				s.Values[trial] = score
			}
		}
	}
	r.Surface = s
	return records.Err()
}
