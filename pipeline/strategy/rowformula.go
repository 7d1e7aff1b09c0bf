package strategy

import (
	"github.com/bowstring-engine/bowstring/pipeline/indicator"
	"github.com/bowstring-engine/bowstring/pipeline/internal/graph"
)

// RowFormula is a number computed of the columns of a table, row by row, such as
// sharpe - 2 * max_drawdown. A value is of its own row alone. It is immutable and
// safe for concurrent use.
type RowFormula struct{ graph *graph.Program }

// CompileRowFormula checks an expression without parameters: numbers, columns, + -
// * / and the functions that look at no other row, such as abs, min, max and log.
// It names at least one column. The error is [Errors].
func CompileRowFormula(columns []Column, e Expr) (*RowFormula, error) {
	c := &checker{table: true}
	c.declareColumns(columns)
	src := &source{name: e.Name, origin: e.Origin, text: e.Text, at: e.At}
	if src.name == "" {
		src.name = "formula"
	}
	v := c.expression(src)
	switch {
	case v.kind == KindScalar:
		c.errs = append(c.errs, src.errorf(0, "it is the same number in every row; name a column"))
	case v.kind.logical():
		c.errs = append(c.errs, src.errorf(0, "a number is wanted, not a %s", v.kind))
	}
	if err := c.errs.sorted(); err != nil {
		return nil, err
	}
	g := &graph.Program{}
	for _, col := range c.columns {
		g.Columns = append(g.Columns, col.Name)
	}
	for i := range g.Roots {
		g.Roots[i] = -1
	}
	g.Roots[graph.Entry] = v.id
	g.Build(&c.Builder)
	for i := range g.Nodes {
		if row := g.Nodes[i].Row; row != nil && row.Memory != indicator.Pointwise {
			name := row.Name + "()"
			if row == lagRow {
				name = "x[…]"
			}
			return nil, Errors{src.errorf(0, "%s looks at other rows, which stand in no order of time", name)}
		}
	}
	return &RowFormula{g}, nil
}

// Columns returns the positions of the columns that the formula reads.
func (f *RowFormula) Columns() []int { return f.graph.ColumnsRead() }

// Rows returns the number of each of n rows; NaN where it is not known, as where
// one of its columns is NaN. column returns the n values of one of the columns,
// which the result may be.
func (f *RowFormula) Rows(n int, column func(i int) []float64) ([]float64, error) {
	root, err := overRows(f.graph, n, column)
	return root.Series, err
}
