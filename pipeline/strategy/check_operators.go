package strategy

import (
	"github.com/expr-lang/expr/ast"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

func (w *walk) unary(n *ast.UnaryNode) value {
	x := w.check(n.Node)
	switch {
	case n.Operator == "not" || n.Operator == "!":
		if x.kind.numeric() {
			return w.fail(at(n), "%s negates a condition, not a %s", n.Operator, x.kind)
		}
		if x.kind.logical() {
			return value{kind: x.kind, formula: &formula{op: formulaNot, a: x.formula}}
		}
	case n.Operator == "-" && x.kind == KindPosition:
		return value{kind: KindPosition, held: &heldNumber{op: heldNegate, in: []*heldNumber{x.held}}}
	case n.Operator != "-":
		return w.fail(at(n), "a leading %s is not part of the language", n.Operator)
	case x.kind.logical():
		return w.fail(at(n), "- negates a number; for a condition write not")
	case x.kind == KindScalar:
		return value{kind: KindScalar, id: w.Scalars.Negate(x.id)}
	case x.kind == KindSeries:
		return value{kind: KindSeries, id: w.Negate(x.id)}
	}
	return value{}
}

func (w *walk) binary(n *ast.BinaryNode) value {
	if second, ok := chained(n); ok {
		w.check(n.Left)
		w.check(second.Right)
		return w.fail(at(second), "comparisons do not chain; write a < b and b < c")
	}
	arith, isArith := arithOps[n.Operator]
	compare, isCompare := compareOps[n.Operator]
	logic := logicName(n.Operator)
	if !isArith && !isCompare && logic == "" {
		return w.foreignOperator(n)
	}
	a, b := w.check(n.Left), w.check(n.Right)
	if a.kind == unresolved || b.kind == unresolved {
		return value{}
	}
	switch {
	case isArith:
		return w.arithmetic(n, arith, a, b)
	case isCompare:
		return w.comparison(n, compare, a, b)
	}
	return w.logic(n, logic, a, b)
}

func (w *walk) foreignOperator(n *ast.BinaryNode) value {
	hint := ""
	if n.Operator == "**" || n.Operator == "^" {
		hint = "; multiply for a power"
	}
	return w.fail(at(n), "operator %s is not part of the language%s", n.Operator, hint)
}

func (w *walk) arithmetic(n *ast.BinaryNode, op kernel.Arith, a, b value) value {
	if ofPosition(a, b) {
		return value{kind: KindPosition, held: &heldNumber{op: heldArith, arith: op, in: []*heldNumber{a.heldNumber(), b.heldNumber()}}}
	}
	if !a.kind.numeric() || !b.kind.numeric() {
		return w.fail(at(n), "%s takes numbers and series; the %s side is a %s", op, side(!a.kind.numeric()), notNumeric(a, b))
	}
	switch {
	case a.kind == KindScalar && b.kind == KindScalar:
		return value{kind: KindScalar, id: w.Scalars.Arith(op, a.id, b.id)}
	case b.kind == KindScalar:
		return value{kind: KindSeries, id: w.ArithScalar(op, a.id, b.id)}
	case a.kind == KindScalar:
		return value{kind: KindSeries, id: w.ScalarArith(op, a.id, b.id)}
	}
	return value{kind: KindSeries, id: w.Arith(op, a.id, b.id)}
}

func (w *walk) comparison(n *ast.BinaryNode, op kernel.Compare, a, b value) value {
	if ofPosition(a, b) {
		return value{kind: KindMask, formula: &formula{op: formulaHeld, compare: op, numbers: [2]*heldNumber{a.heldNumber(), b.heldNumber()}}}
	}
	if !a.kind.numeric() || !b.kind.numeric() {
		hint := ""
		if inner, ok := n.Left.(*ast.BinaryNode); ok && !a.kind.numeric() {
			if _, ok := compareOps[inner.Operator]; ok {
				hint = "; comparisons do not chain, write a < b and b < c"
			}
		}
		return w.fail(at(n), "%s compares numbers and series; the %s side is a %s%s",
			op, side(!a.kind.numeric()), notNumeric(a, b), hint)
	}
	kind := KindMask
	if a.kind == KindScalar && b.kind == KindScalar {
		kind = KindCondition
	}
	return value{kind: kind, formula: &formula{
		op: formulaCompare, compare: op, left: a.operand(), right: b.operand(),
	}}
}

func (w *walk) logic(n *ast.BinaryNode, name string, a, b value) value {
	if !a.kind.logical() || !b.kind.logical() {
		kind := b.kind
		if !a.kind.logical() {
			kind = a.kind
		}
		return w.fail(at(n), "%s joins conditions; the %s side is a %s: compare it with something",
			name, side(!a.kind.logical()), kind)
	}
	op := formulaAnd
	if name == "or" {
		op = formulaOr
	}
	kind := KindMask
	if a.kind == KindCondition && b.kind == KindCondition {
		kind = KindCondition
	}
	return value{kind: kind, formula: &formula{op: op, a: a.formula, b: b.formula}}
}

func side(left bool) string {
	if left {
		return "left"
	}
	return "right"
}

func notNumeric(a, b value) Kind {
	if !a.kind.numeric() {
		return a.kind
	}
	return b.kind
}

// heldNumber returns an operand as a number beside others that depend on the position.
func (v value) heldNumber() *heldNumber {
	switch v.kind {
	case KindPosition:
		return v.held
	case KindScalar:
		return &heldNumber{op: heldScalar, index: v.id}
	}
	return &heldNumber{op: heldSeries, index: v.id}
}

// ofPosition reports whether values are numbers of which at least one depends on the
// position.
func ofPosition(args ...value) bool {
	some := false
	for _, v := range args {
		if v.kind != KindPosition && !v.kind.numeric() {
			return false
		}
		some = some || v.kind == KindPosition
	}
	return some
}
