package strategy

import (
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// Masks and series turn into each other by the numbers 1 for true, 0 for false and NaN
// for unknown.

// truthOf is the formula of a series or a number of truths.
func (c *checker) truthOf(x operand) *formula {
	return &formula{op: formulaCompare, compare: kernel.NotEqual, left: x, right: operand{id: c.Scalars.Constant(0)}}
}

// truths returns the series of a mask's truths.
func (c *checker) truths(f *formula) int {
	if x, ok := c.isTruth(f); ok && x.series {
		return x.id
	}
	low := c.lowering()
	yes := low.node(view{formula: f})
	return c.Truth(yes, low.node(view{formula: f, not: true}))
}

// isTruth returns the operand that a formula is the truth of, if it is [checker.truthOf].
func (c *checker) isTruth(f *formula) (operand, bool) {
	if f.op != formulaCompare || f.compare != kernel.NotEqual || f.right.series || !f.left.series {
		return operand{}, false
	}
	v, ok := c.Scalars.Value(f.right.id)
	row := c.Row(f.left.id)
	return f.left, ok && v == 0 && row != nil && row.MakesMask()
}

// scalarTruth returns the number that is the truth of a condition.
func (c *checker) scalarTruth(f *formula) int {
	switch f.op {
	case formulaLiteral:
		if f.value {
			return c.Scalars.Constant(1)
		}
		return c.Scalars.Constant(0)
	case formulaNot:
		return c.Scalars.Not(c.scalarTruth(f.a))
	case formulaAnd:
		return c.Scalars.And(c.scalarTruth(f.a), c.scalarTruth(f.b))
	case formulaOr:
		a, b := c.Scalars.Not(c.scalarTruth(f.a)), c.Scalars.Not(c.scalarTruth(f.b))
		return c.Scalars.Not(c.Scalars.And(a, b))
	}
	return c.Scalars.Compare(f.compare, f.left.id, f.right.id)
}
