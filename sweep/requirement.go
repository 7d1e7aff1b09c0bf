package sweep

import (
	"context"
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// requirement is a compiled condition on the numeric columns of a table. It
// is a rule of the strategy language, with rows in place of bars.
type requirement struct {
	columns []int // of the table, for each column of the program
	read    []int // columns of the program that its rule reads
	eval    *strategy.Evaluator
}

func newRequirement(schema *arrow.Schema, text string) (*requirement, error) {
	if text == "" {
		return nil, nil
	}
	q := &requirement{}
	var columns []strategy.Column
	for i, f := range schema.Fields() {
		if numeric(f) {
			columns = append(columns, strategy.Column{Name: f.Name})
			q.columns = append(q.columns, i)
		}
	}
	program, err := strategy.Compile(strategy.Definition{
		Columns: columns, Rules: strategy.Rules{Entry: strategy.Expr{Name: "require", Text: text}},
	})
	if err != nil {
		return nil, err
	}
	q.eval, q.read = program.NewEvaluator(nil), program.Columns()
	return q, nil
}

// reads returns the columns of the table that q looks at.
func (q *requirement) reads() []int {
	var at []int
	for _, i := range q.read {
		at = append(at, q.columns[i])
	}
	return at
}

// rows returns which of n rows fulfil q. Of the columns of the table only those
// of reads have to be there.
func (q *requirement) rows(ctx context.Context, n int, columns []arrow.Array) (func(row int) bool, error) {
	return q.fulfilled(ctx, n, func(column int) []float64 {
		v := make([]float64, n)
		for row := range v {
			v[row] = number(columns[column], row)
		}
		return v
	})
}

// fulfilled returns which of n rows fulfil q. column returns the values of a
// column of the table, NaN for null. The answer is valid until the next call.
func (q *requirement) fulfilled(ctx context.Context, n int, column func(column int) []float64) (func(row int) bool, error) {
	if q == nil {
		return func(int) bool { return true }, nil
	}
	q.eval.Bind(strategy.Asset{Bars: n, Column: func(i int) []float64 { return column(q.columns[i]) }})
	signals, err := q.eval.Signals(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("require: %w", err)
	}
	return signals.Entry.Get, nil
}
