package strategy

import (
	"github.com/bowstring-engine/bowstring/pipeline/indicator"
	"github.com/bowstring-engine/bowstring/pipeline/internal/graph"
)

// Condition is a condition on parameters, such as $fast < $slow. It is
// immutable and safe for concurrent use.
type Condition struct {
	params  []graph.Param
	scalars graph.Scalars
	root    *formula
	depends int // see Depends
	used    []bool
}

// CompileCondition checks a condition: comparisons of numbers, joined by and,
// or and not. Parameters may be unused. functions are those of [Definition], which the
// parameters may choose. The error is [Errors].
func CompileCondition(params []Param, e Expr, functions ...*indicator.Row) (*Condition, error) {
	c := &checker{conditionOnly: true}
	c.declareFunctions(functions)
	c.declareParams(params)
	src := &source{name: e.Name, origin: e.Origin, text: e.Text, at: e.At, order: len(params)}
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
	depends := len(params)
	for depends > 0 && !c.paramUsed[depends-1] {
		depends--
	}
	return &Condition{c.graphParams(), c.Scalars.All(), v.formula, depends, c.paramUsed}, nil
}

// Holds reports whether the condition is known to be true for a trial, given
// by the position of each parameter's value. It does not allocate.
func (c *Condition) Holds(index []int) bool { return c.truth(c.root, index) == True }

// HoldsOf reports whether the condition is known to be true for parameters of these
// values, whether or not they are among those it was compiled with; where a
// parameter has names, its value is the position of one.
func (c *Condition) HoldsOf(values []float64) bool {
	numbers := make([]float64, len(c.scalars))
	c.scalars.Eval(numbers, values)
	return truthOver(c.root, func(scalar int) float64 { return numbers[scalar] }) == True
}

// Depends returns how many of the parameters, counted from the first, say all about
// the condition: 1 + the position of the last one that it names.
func (c *Condition) Depends() int { return c.depends }

// Uses reports whether the condition names a parameter.
func (c *Condition) Uses(param int) bool { return c.used[param] }

func (c *Condition) truth(f *formula, index []int) Truth {
	return truthOver(f, func(scalar int) float64 { return c.scalars.Number(scalar, c.params, index) })
}

// truthOver returns what a condition is of numbers.
func truthOver(f *formula, number func(scalar int) float64) Truth {
	switch f.op {
	case formulaLiteral:
		return truthOf(f.value)
	case formulaNot:
		return truthOver(f.a, number).not()
	case formulaCompare:
		a, b := number(f.left.id), number(f.right.id)
		if holds, known := graph.CompareNumbers(f.compare, a, b); known {
			return truthOf(holds)
		}
		return Unknown
	case formulaAnd:
		return truthOver(f.a, number).and(truthOver(f.b, number))
	default:
		return truthOver(f.a, number).not().and(truthOver(f.b, number).not()).not()
	}
}
