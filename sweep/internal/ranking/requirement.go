package ranking

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// Requirement is a compiled condition on the numeric columns of a table. It
// is a rule of the strategy language, with rows in place of bars. nil is fulfilled
// by every row.
type Requirement struct {
	columns []int // of the table, for each column of the filter
	filter  *strategy.Filter
}

// NewRequirement compiles a condition on the numeric columns of a table, nil where
// there is none. The error is strategy.Errors.
func NewRequirement(schema *arrow.Schema, text string) (*Requirement, error) {
	if text == "" {
		return nil, nil
	}
	q := &Requirement{}
	var columns []strategy.Column
	for i, f := range schema.Fields() {
		if Numeric(f) {
			columns = append(columns, strategy.Column{Name: f.Name})
			q.columns = append(q.columns, i)
		}
	}
	var err error
	if q.filter, err = strategy.CompileFilter(columns, strategy.Expr{Name: "require", Text: text}); err != nil {
		return nil, err
	}
	return q, nil
}

// Reads returns the columns of the table that q looks at.
func (q *Requirement) Reads() []int {
	var at []int
	for _, i := range q.filter.Columns() {
		at = append(at, q.columns[i])
	}
	return at
}

// Rows returns which of n rows fulfil q. Of the columns of the table only those
// of Reads have to be there.
func (q *Requirement) Rows(n int, columns []arrow.Array) (func(row int) bool, error) {
	return q.Fulfilled(n, func(column int) []float64 {
		v := make([]float64, n)
		for row := range v {
			v[row] = Number(columns[column], row)
		}
		return v
	})
}

// Fulfilled returns which of n rows fulfil q. column returns the values of a
// column of the table, NaN for null.
func (q *Requirement) Fulfilled(n int, column func(column int) []float64) (func(row int) bool, error) {
	if q == nil {
		return func(int) bool { return true }, nil
	}
	holds, err := q.filter.Rows(n, func(i int) []float64 { return column(q.columns[i]) })
	if err != nil {
		return nil, fmt.Errorf("require: %w", err)
	}
	return holds, nil
}
