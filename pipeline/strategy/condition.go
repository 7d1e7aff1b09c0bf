package strategy

import (
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
// or and not. Parameters may be unused. The error is [Errors].
func CompileCondition(params []Param, e Expr) (*Condition, error) {
	c := &checker{conditionOnly: true}
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

// Depends returns how many of the parameters, counted from the first, say all about
// the condition: 1 + the position of the last one that it names.
func (c *Condition) Depends() int { return c.depends }

// Uses reports whether the condition names a parameter.
func (c *Condition) Uses(param int) bool { return c.used[param] }

func (c *Condition) truth(f *formula, index []int) Truth {
	switch f.op {
	case formulaLiteral:
		return truthOf(f.value)
	case formulaNot:
		return c.truth(f.a, index).not()
	case formulaCompare:
		a, b := c.scalars.Number(f.left.id, c.params, index), c.scalars.Number(f.right.id, c.params, index)
		if holds, known := graph.CompareNumbers(f.compare, a, b); known {
			return truthOf(holds)
		}
		return Unknown
	case formulaAnd:
		return c.truth(f.a, index).and(c.truth(f.b, index))
	default:
		return c.truth(f.a, index).not().and(c.truth(f.b, index).not()).not()
	}
}
