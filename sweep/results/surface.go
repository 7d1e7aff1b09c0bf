package results

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/suggest"
	"github.com/bowstring-engine/bowstring/sweep/internal/ranking"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// Surface is a statistic over two parameters.
type Surface struct {
	// Metric is the statistic, XName and YName are the parameters.
	Metric, XName, YName string
	// Goal says whether higher or lower values are better.
	Goal spec.Goal
	// X and Y are the parameters' values as text, in the order of the grid.
	X, Y []string
	// Values has a row for each of Y and in it a value for each of X: the
	// best over all other parameters, by the spec's objective; NaN where no
	// row has one.
	Values [][]float64
}

// NewSurface reads a result table of a spec to its end and returns its
// objective over the two parameters with the most values: over the pooled
// rows where there are any, else the best over assets. It returns nil where
// fewer than two parameters have more than one value.
func NewSurface(ctx context.Context, r array.RecordReader, of *spec.Spec) (*Surface, error) {
	return SurfaceOf(ctx, r, of, SurfaceOptions{})
}

// SurfaceOptions are the choices of [SurfaceOf].
type SurfaceOptions struct {
	// Metric is what is shown and Goal which of it is better; "" stands for the
	// objective of the spec.
	Metric string
	Goal   spec.Goal
	// X and Y are names of parameters; "" stands for those with the most values.
	X, Y string
}

// choose returns the positions of the two parameters; −1 for Y where there are none.
func (o *SurfaceOptions) choose(params []spec.Param) (x, y int, err error) {
	find := func(name string) int {
		at := slices.IndexFunc(params, func(p spec.Param) bool { return p.Name == name })
		if name != "" && at < 0 {
			names := make([]string, len(params))
			for i, p := range params {
				names[i] = p.Name
			}
			err = fmt.Errorf("results: parameter %q: %w%s", name, columnar.ErrNoColumn, suggest.Meant(name, names))
		}
		return at
	}
	x, y = find(o.X), find(o.Y)
	if err == nil && o.X != "" && o.X == o.Y {
		err = fmt.Errorf("results: both sides are %q: %w", o.X, columnar.ErrNoColumn)
	}
	others := slices.Clone(params)
	for _, at := range []int{x, y} {
		if at >= 0 {
			others[at] = spec.Param{} // without values
		}
	}
	wide, wider := widest(others)
	switch {
	case x >= 0 && y >= 0:
	case x < 0 && y < 0:
		x, y = wide, wider
	case x < 0:
		x = most(others)
	default:
		y = most(others)
	}
	if x < 0 {
		y = -1
	}
	return x, y, err
}

// most returns the position of the parameter with the most values, −1 where none has.
func most(params []spec.Param) int {
	at := -1
	for i, p := range params {
		if n := p.Axis.Len(); n > 0 && (at < 0 || n > params[at].Axis.Len()) {
			at = i
		}
	}
	return at
}

// SurfaceOf is [NewSurface] of other parameters or of another statistic.
func SurfaceOf(ctx context.Context, r array.RecordReader, of *spec.Spec, o SurfaceOptions) (*Surface, error) {
	x, y, err := o.choose(of.Params)
	if err != nil {
		return nil, err
	}
	if y < 0 {
		return nil, nil
	}
	objective := of.Resolved().Objective
	if o.Metric != "" {
		objective.Metric = o.Metric
	}
	if o.Goal != "" {
		objective.Goal = o.Goal
	}
	s := &Surface{
		Metric: objective.Metric, Goal: objective.Goal, XName: of.Params[x].Name, YName: of.Params[y].Name,
		X: texts(of.Params[x].Axis), Y: texts(of.Params[y].Axis),
	}
	best, pooled := s.empty(), s.empty()
	some := false
	columns, err := newSurfaceColumns(r.Schema(), of, s)
	if err != nil {
		return nil, err
	}
	for r.Next() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		rec := r.Record()
		scores, err := columns.score.Rows(int(rec.NumRows()), rec.Columns())
		if err != nil {
			return nil, err
		}
		for row := range int(rec.NumRows()) {
			i, j := columns.at(rec, row)
			v := scores[row]
			isPooled := rec.Column(columns.asset).(*array.String).Value(row) == PooledAsset
			some = some || isPooled
			if i < 0 || j < 0 || math.IsNaN(v) {
				continue
			}
			cells := best
			if isPooled {
				cells = pooled
			}
			if old := cells[j][i]; math.IsNaN(old) || objective.Goal == spec.Maximize && v > old || objective.Goal == spec.Minimize && v < old {
				cells[j][i] = v
			}
		}
	}
	s.Values = best
	if some {
		s.Values = pooled
	}
	return s, r.Err()
}

// widest returns the positions of the two parameters with the most values,
// the earlier declared one second; −1 where there are none with two or more.
func widest(params []spec.Param) (x, y int) {
	x, y = -1, -1
	for i, p := range params {
		switch n := p.Axis.Len(); {
		case n < 2:
		case x < 0 || n > params[x].Axis.Len():
			x, y = i, x
		case y < 0 || n > params[y].Axis.Len():
			y = i
		}
	}
	if y > x {
		x, y = y, x
	}
	return x, y
}

func texts(a spec.Axis) []string {
	out := make([]string, a.Len())
	for i := range out {
		out[i] = a.Text(i)
	}
	return out
}

func (s *Surface) empty() [][]float64 {
	cells := make([][]float64, len(s.Y))
	for j := range cells {
		cells[j] = make([]float64, len(s.X))
		for i := range cells[j] {
			cells[j][i] = math.NaN()
		}
	}
	return cells
}

// surfaceColumns finds a row's cell by its values of the two parameters: its trial
// may be numbered in another space than the grid.
type surfaceColumns struct {
	asset int
	score *ranking.Score
	x, y  surfaceAxis
}

// surfaceAxis is a parameter's column with the places of its values.
type surfaceAxis struct {
	column  int
	numbers map[float64]int
	texts   map[string]int // of a choice, in place of numbers
}

func newSurfaceColumns(schema *arrow.Schema, of *spec.Spec, s *Surface) (*surfaceColumns, error) {
	k, err := newRanker(schema, LeadersOptions{By: s.Metric})
	if err != nil {
		return nil, err
	}
	c := &surfaceColumns{asset: k.asset, score: k.score}
	for _, p := range of.Params {
		axis := &c.x
		switch p.Name {
		case s.XName:
		case s.YName:
			axis = &c.y
		default:
			continue
		}
		if *axis, err = newSurfaceAxis(schema, p); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func newSurfaceAxis(schema *arrow.Schema, p spec.Param) (surfaceAxis, error) {
	at := schema.FieldIndices(p.Name)
	if len(at) == 0 {
		return surfaceAxis{}, fmt.Errorf("results: column %q: %w", p.Name, columnar.ErrNoColumn)
	}
	a := surfaceAxis{column: at[0], numbers: make(map[float64]int), texts: make(map[string]int)}
	for i := range p.Axis.Len() {
		if p.Axis.IsChoice() {
			a.texts[p.Axis.Text(i)] = i
		} else {
			a.numbers[p.Axis.Value(i)] = i
		}
	}
	return a, nil
}

// at returns the place of a row's value, −1 where the parameter does not have it.
func (a *surfaceAxis) at(rec arrow.Record, row int) int {
	if texts, ok := rec.Column(a.column).(*array.String); ok {
		if i, ok := a.texts[texts.Value(row)]; ok {
			return i
		}
		return -1
	}
	if i, ok := a.numbers[ranking.Number(rec.Column(a.column), row)]; ok {
		return i
	}
	return -1
}

// at returns a row's cell, a place below 0 where it has none.
func (c *surfaceColumns) at(rec arrow.Record, row int) (x, y int) {
	return c.x.at(rec, row), c.y.at(rec, row)
}
