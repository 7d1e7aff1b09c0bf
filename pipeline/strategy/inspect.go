package strategy

import (
	"context"
	"math"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"
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

// watch is an expression that Inspect shows.
type watch struct {
	name, text string
	value
	// yes and no are the nodes of a formula: where it is true, where false.
	yes, no int
}

// maxWatched is the largest part of an expression, in nodes of its syntax
// tree, that Inspect shows: writing parts out takes the square of their size.
const maxWatched = 50

// watch records a part of an expression. Literals say nothing, and what and,
// or and not make of their operands is seen from those.
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
	if v.kind != unresolved && !w.isWatched[v] {
		w.record(watch{text: n.String(), value: v})
	}
}

// watchNamed records a named expression, a rule or a stop.
func (c *checker) watchNamed(name, text string, v value) {
	if v.kind != unresolved {
		c.record(watch{name: name, text: strings.Join(strings.Fields(text), " "), value: v})
	}
}

func (c *checker) record(w watch) {
	if c.isWatched == nil {
		c.isWatched = map[value]bool{}
	}
	c.isWatched[w.value] = true
	c.watched = append(c.watched, w)
}

// lowerWatched returns what is watched, with nodes for formulas.
func (c *checker) lowerWatched(low *lowering) []watch {
	for i := range c.watched {
		w := &c.watched[i]
		w.yes, w.no = -1, -1
		if w.formula != nil {
			w.yes = low.node(view{formula: w.formula})
			w.no = low.node(view{formula: w.formula, not: true})
		}
	}
	return c.watched
}

func (w *watch) nodes() []*int {
	switch {
	case w.kind == KindSeries:
		return []*int{&w.id}
	case w.kind.logical():
		return []*int{&w.yes, &w.no}
	}
	return nil
}

func watchedNodes(watched []watch) []int {
	var ids []int
	for i := range watched {
		for _, id := range watched[i].nodes() {
			ids = append(ids, *id)
		}
	}
	return ids
}

func (w *watch) renumber(ids []int) {
	for _, id := range w.nodes() {
		*id = ids[*id]
	}
}

// Inspect returns the value on one bar of every named expression, rule and
// stop and of their parts, each after what it is made of. The arguments and errors are
// those of [Evaluator.Signals]; it panics where there is no such bar.
func (e *Evaluator) Inspect(ctx context.Context, index []int, bar int) ([]NodeValue, error) {
	e.setTrial(index)
	if _, err := e.program.stopsOf(e.index, e.scalars); err != nil {
		return nil, err
	}
	values := make([]NodeValue, 0, len(e.program.watched))
	for i := range e.program.watched {
		w := &e.program.watched[i]
		for _, id := range w.nodes() {
			if err := e.eval(ctx, *id); err != nil {
				return nil, err
			}
		}
		v := NodeValue{Name: w.name, Text: w.text, Kind: w.kind, Number: math.NaN()}
		switch {
		case w.kind == KindScalar:
			v.Number = e.scalars[w.id]
		case w.kind == KindSeries:
			v.Number = e.slots[w.id].Series[bar]
		case e.slots[w.yes].Mask.Get(bar):
			v.Truth = True
		case e.slots[w.no].Mask.Get(bar):
			v.Truth = False
		}
		values = append(values, v)
	}
	return values, nil
}
