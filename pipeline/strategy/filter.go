package strategy

import (
	"github.com/bowstring-engine/bowstring/pipeline/internal/graph"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// Filter is a rule over the columns of any table, with rows in place of bars, such
// as the condition that results have to fulfil. It is immutable and safe for
// concurrent use.
type Filter struct{ graph *graph.Program }

// CompileFilter checks a rule without parameters. The error is [Errors].
func CompileFilter(columns []Column, e Expr) (*Filter, error) {
	p, err := Compile(Definition{Columns: columns, Table: true, Rules: Rules{Entry: e}})
	if err != nil {
		return nil, err
	}
	return &Filter{p.graph}, nil
}

// Columns returns the positions of the columns that the rule reads.
func (f *Filter) Columns() []int { return f.graph.ColumnsRead() }

// Rows returns which of n rows the rule is known to be true for. column returns
// the n values of one of the columns, NaN where there is none.
func (f *Filter) Rows(n int, column func(i int) []float64) (holds func(row int) bool, err error) {
	root, err := overRows(f.graph, n, column)
	return root.Mask.Get, err
}

// overRows computes the nodes of a program over the columns of a table and returns
// the values of its root.
func overRows(g *graph.Program, n int, column func(i int) []float64) (root graph.Values, err error) {
	values, scalars := make([]graph.Values, g.Used), make([]float64, len(g.Scalars))
	g.Numbers(scalars, nil, nil)
	var caller graph.Caller
	for id := range g.Nodes[:g.Used] {
		node, v := &g.Nodes[id], &values[id]
		switch {
		case node.Op == graph.OpColumn:
			v.Series = column(node.Index)
			continue
		case node.Op == graph.OpOutput:
			v.Series = g.Part(node, values[node.In[0]].Series)
			continue
		case node.Series == 0:
			v.Mask = kernel.MakeBits(n)
		default:
			v.Series = make([]float64, n*node.Series)
		}
		args, err := g.Arguments(node, nil, scalars)
		if err != nil {
			return root, err
		}
		if args.Row != nil {
			args.Fit(n)
			for _, in := range node.Inputs() {
				caller.Input(values[in].Series)
			}
			caller.Outputs(v.Series, node.Series)
			caller.Compute(&args, g.Nodes[node.In[0]].Scale)
			continue
		}
		var inputs [2]*graph.Values
		for i, in := range node.Inputs() {
			inputs[i] = &values[in]
		}
		node.Compute(*v, inputs[0], inputs[1], scalars, n, 0)
	}
	return values[g.Roots[graph.Entry]], nil
}
