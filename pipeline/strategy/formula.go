package strategy

import (
	"github.com/bowstring-engine/bowstring/pipeline/internal/graph"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// formula is a condition or a mask before it is lowered: not and lags are
// still where they were written.
type formula struct {
	op   formulaOp
	a, b *formula
	lag  int // of formulaLag

	// Leaves compare or cross operands, or are a literal.
	compare     kernel.Compare
	left, right operand
	value       bool
	numbers     [2]*heldNumber // of formulaHeld
	held        held           // what isHeld has found
}

// held says whether a formula is known to ask for the position.
type held uint8

const (
	heldUnknown held = iota
	heldNot
	heldSo
)

type formulaOp uint8

const (
	formulaAnd formulaOp = iota
	formulaOr
	formulaNot
	formulaLag
	formulaLiteral
	formulaCompare
	formulaCross // left crosses above right
	formulaHeld  // a comparison of numbers of which one is the position's
)

// operand is a series (a node) or a number (a scalar).
type operand struct {
	series bool
	id     int
}

// view is the form in which a formula is asked for: the bars where it is
// known to be true or, with not, known to be false, some bars ago.
type view struct {
	formula *formula
	not     bool
	lag     int
}

// lowering turns formulas into nodes. By De Morgan's laws not reaches the
// leaves, whose negations hold the bars that are known to be false.
type lowering struct {
	graph *graph.Builder
	done  map[view]int
	// full says that there are more than maxViews; nodes are wrong then.
	full bool
}

// maxViews bounds the views of a program. Lags of lags of named masks can ask
// for a formula in a number of ways that doubles with each name.
const maxViews = 1 << 16

func (l *lowering) node(v view) int {
	if id, ok := l.done[v]; ok {
		return id
	}
	if l.full = l.full || len(l.done) >= maxViews; l.full {
		return 0
	}
	if l.done == nil {
		l.done = map[view]int{}
	}
	id := l.lower(v)
	l.done[v] = id
	return id
}

func (l *lowering) lower(v view) int {
	f := v.formula
	switch f.op {
	case formulaNot:
		return l.node(view{f.a, !v.not, v.lag})
	case formulaLag:
		return l.node(view{f.a, v.not, min(v.lag+f.lag, graph.MaxLag)})
	case formulaLiteral:
		return l.graph.Literal(f.value != v.not, v.lag)
	case formulaCompare:
		return l.compare(v)
	case formulaCross:
		return l.cross(v)
	}
	a := l.node(view{f.a, v.not, v.lag})
	b := l.node(view{f.b, v.not, v.lag})
	if (f.op == formulaAnd) != v.not {
		return l.graph.Logic(graph.OpAnd, a, b)
	}
	return l.graph.Logic(graph.OpOr, a, b)
}

func (l *lowering) compare(v view) int {
	f, g, op := v.formula, l.graph, v.formula.compare
	if v.not {
		op = op.Not()
	}
	switch {
	case f.left.series && f.right.series:
		return g.Compare(op, g.Lag(f.left.id, v.lag), g.Lag(f.right.id, v.lag))
	case f.left.series:
		return g.CompareScalar(op, g.Lag(f.left.id, v.lag), f.right.id)
	case f.right.series:
		return g.CompareScalar(op.Swap(), g.Lag(f.right.id, v.lag), f.left.id)
	}
	return g.Condition(op, f.left.id, f.right.id, v.lag)
}

func (l *lowering) cross(v view) int {
	f, g := v.formula, l.graph
	switch {
	case !f.left.series: // a number crosses above a series: that falls below it
		return g.CrossScalar(v.not, true, g.Lag(f.right.id, v.lag), f.left.id)
	case !f.right.series:
		return g.CrossScalar(v.not, false, g.Lag(f.left.id, v.lag), f.right.id)
	}
	return g.Cross(v.not, g.Lag(f.left.id, v.lag), g.Lag(f.right.id, v.lag))
}

// isHeld reports whether a formula asks for the position. Named formulas are part of
// many, so each is looked at once.
func (f *formula) isHeld() bool {
	if f == nil {
		return false
	}
	if f.held == heldUnknown {
		f.held = heldNot
		if f.op == formulaHeld || f.a.isHeld() || f.b.isHeld() {
			f.held = heldSo
		}
	}
	return f.held == heldSo
}
