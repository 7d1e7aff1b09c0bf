package strategy

import (
	"math"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// Condition is a condition on parameters, such as $fast < $slow. It is
// immutable and safe for concurrent use.
type Condition struct {
	params  []Param
	scalars []scalar
	root    *formula
}

// CompileCondition checks a condition: comparisons of numbers, joined by and,
// or and not. Parameters may be unused. The error is [Errors].
func CompileCondition(params []Param, e Expr) (*Condition, error) {
	c := &checker{conditionOnly: true}
	c.declareParams(params)
	src := &source{name: e.Name, text: e.Text, at: e.At, order: len(params)}
	if src.name == "" {
		src.name = "where"
	}
	v := c.expression(src)
	if v.kind != KindCondition && v.kind != unresolved {
		c.errs = append(c.errs, src.errorf(0, "a condition is true or false, not a %s", v.kind))
	}
	if err := c.errs.sorted(); err != nil {
		return nil, err
	}
	return &Condition{params, c.scalars.list, v.formula}, nil
}

// Holds reports whether the condition is known to be true for a trial, given
// by the position of each parameter's value. It does not allocate.
func (c *Condition) Holds(index []int) bool { return c.truth(c.root, index) == True }

func (c *Condition) truth(f *formula, index []int) Truth {
	switch f.op {
	case formulaLiteral:
		return truthOf(f.value)
	case formulaNot:
		return c.truth(f.a, index).not()
	case formulaCompare:
		return compareNumbers(f.compare, c.number(f.left.id, index), c.number(f.right.id, index))
	case formulaAnd:
		return c.truth(f.a, index).and(c.truth(f.b, index))
	default:
		return c.truth(f.a, index).not().and(c.truth(f.b, index).not()).not()
	}
}

// number computes a scalar. Without named expressions they are trees, so the
// recursion ends after as many steps as the text has characters.
func (c *Condition) number(id int, index []int) float64 {
	s := &c.scalars[id]
	switch s.op {
	case scalarConst:
		return math.Float64frombits(s.bits)
	case scalarParam:
		return c.params[s.a].Values[index[s.a]]
	case scalarArith:
		return applyArith(s.arith, c.number(s.a, index), c.number(s.b, index))
	default:
		return applyUnary(s.op, c.number(s.a, index))
	}
}

// compareNumbers compares two numbers; with NaN the answer is unknown.
func compareNumbers(op kernel.Compare, a, b float64) Truth {
	if math.IsNaN(a) || math.IsNaN(b) {
		return Unknown
	}
	switch op {
	case kernel.Less:
		return truthOf(a < b)
	case kernel.LessEqual:
		return truthOf(a <= b)
	case kernel.Greater:
		return truthOf(a > b)
	case kernel.GreaterEqual:
		return truthOf(a >= b)
	case kernel.Equal:
		return truthOf(a == b)
	default:
		return truthOf(a != b)
	}
}
