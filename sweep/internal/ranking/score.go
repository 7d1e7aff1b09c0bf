package ranking

import (
	"fmt"
	"regexp"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// name is what a column is called; whatever else ranks is an expression.
var name = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// IsExpression reports whether by is an expression over columns, such as
// sharpe - 2 * max_drawdown, and not the name of one.
func IsExpression(schema *arrow.Schema, by string) bool {
	return !name.MatchString(by) && !schema.HasField(by)
}

// Score is the number that rows of a table are ranked by: a numeric column, or an
// expression over numeric columns.
type Score struct {
	columns []int                // of the table, for each column of the formula
	formula *strategy.RowFormula // nil: the one column itself
}

// NewScore compiles what rows of a table are ranked by. A name has to be that of a
// numeric column. The error of an expression is strategy.Errors.
func NewScore(schema *arrow.Schema, by string) (*Score, error) {
	s := &Score{}
	if !IsExpression(schema, by) {
		at := schema.FieldIndices(by)
		if len(at) == 0 || !Numeric(schema.Field(at[0])) {
			return nil, fmt.Errorf("column %q is not there, or not numeric", by)
		}
		s.columns = at[:1]
		return s, nil
	}
	var columns []strategy.Column
	for i, f := range schema.Fields() {
		if Numeric(f) {
			columns = append(columns, strategy.Column{Name: f.Name})
			s.columns = append(s.columns, i)
		}
	}
	var err error
	if s.formula, err = strategy.CompileRowFormula(columns, strategy.Expr{Name: "objective", Text: by}); err != nil {
		return nil, err
	}
	return s, nil
}

// Reads returns the columns of the table that s looks at.
func (s *Score) Reads() []int {
	if s.formula == nil {
		return s.columns
	}
	var at []int
	for _, i := range s.formula.Columns() {
		at = append(at, s.columns[i])
	}
	return at
}

// Rows returns the scores of n rows, NaN where there is none. Of the columns of
// the table only those of Reads have to be there.
func (s *Score) Rows(n int, columns []arrow.Array) ([]float64, error) {
	return s.Of(n, func(column int) []float64 {
		v := make([]float64, n)
		for row := range v {
			v[row] = Number(columns[column], row)
		}
		return v
	})
}

// Of is Rows of a table that column returns the columns of, NaN for null.
func (s *Score) Of(n int, column func(column int) []float64) ([]float64, error) {
	if s.formula == nil {
		return column(s.columns[0]), nil
	}
	v, err := s.formula.Rows(n, func(i int) []float64 { return column(s.columns[i]) })
	if err != nil {
		return nil, fmt.Errorf("objective: %w", err)
	}
	return v, nil
}
