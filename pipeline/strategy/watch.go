package strategy

import (
	"math"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/bowstring-engine/bowstring/pipeline/internal/graph"
)

// NodeValue is the value of an expression on one bar.
type NodeValue struct {
	// Name is that of a named expression, a rule or a stop, and empty for a part of
	// one.
	Name string
	Text string
	Kind Kind
	// Number is the value of a number or a series, NaN where there is none.
	Number float64
	// Truth is the value of a condition or a mask.
	Truth Truth
}

// Value returns the value as text: a number, true, false or unknown.
func (v *NodeValue) Value() string {
	switch {
	case v.Kind.logical():
		return v.Truth.String()
	case math.IsNaN(v.Number):
		return Unknown.String()
	}
	return strconv.FormatFloat(v.Number, 'g', 12, 64)
}

// NamedSeries is the value of a named expression, a rule or a stop on every bar of an
// asset.
type NamedSeries struct {
	Name, Text string
	Kind       Kind
	// Values are those of each bar from the asset's first on. Of a condition or a mask
	// they are 1 and 0; NaN is no value, or not known.
	Values []float64
}

// watched is an expression whose value can be asked for.
type watched struct {
	name, text string
	value
}

// maxWatched is the largest part of an expression, in nodes of its syntax
// tree, that is watched: writing parts out takes the square of their size.
const maxWatched = 50

// watch records a part of an expression. Literals say nothing, what and, or and not
// make of their operands is seen from those, and several outputs one by one.
func (w *walk) watch(n ast.Node, v value) {
	switch n := n.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return
	case *ast.BinaryNode:
		if logicName(n.Operator) != "" {
			return
		}
	case *ast.UnaryNode:
		if v.kind.logical() {
			return
		}
	}
	if v.hasNode() && !w.isWatched[v] {
		w.record(watched{text: n.String(), value: v})
	}
}

// hasNode reports whether a value is computed apart from the position that is held, and
// is one.
func (v value) hasNode() bool {
	return v.kind != unresolved && v.kind != KindOutputs && v.kind != KindPosition && !v.formula.isHeld()
}

// watchNamed records a named expression, a rule or a stop.
func (c *checker) watchNamed(name, text string, v value) {
	if v.kind == KindOutputs || v.hasNode() {
		c.record(watched{name: name, text: strings.Join(strings.Fields(text), " "), value: v})
	}
}

func (c *checker) record(w watched) {
	if c.isWatched == nil {
		c.isWatched = map[value]bool{}
	}
	c.isWatched[w.value] = true
	c.watched = append(c.watched, w)
}

// lowerWatched returns what is watched, with nodes for formulas.
func (c *checker) lowerWatched(low *lowering) []graph.Watch {
	list := make([]graph.Watch, 0, len(c.watched))
	for _, w := range c.watched {
		if w.kind == KindOutputs {
			list = c.outputs(list, w)
			continue
		}
		v := graph.Watch{Name: w.name, Text: w.text, Scalar: -1, Series: -1, Yes: -1, No: -1, PerBar: w.kind == KindMask}
		switch w.kind {
		case KindScalar:
			v.Scalar = w.id
		case KindSeries:
			v.Series = w.id
		default:
			v.Yes = low.node(view{formula: w.formula})
			v.No = low.node(view{formula: w.formula, not: true})
		}
		list = append(list, v)
	}
	return list
}

// outputs appends the series of an indicator that makes several.
func (c *checker) outputs(list []graph.Watch, w watched) []graph.Watch {
	row := c.Row(w.id)
	if row == nil {
		return list // a parameter chooses it, and its outputs have no names of their own
	}
	for i := range row.Outputs {
		name := row.Outputs[i].Name
		list = append(list, graph.Watch{
			Name: w.name + "." + name, Text: w.text + "." + name, Scalar: -1, Series: c.Output(w.id, i), Yes: -1, No: -1,
		})
	}
	return list
}
