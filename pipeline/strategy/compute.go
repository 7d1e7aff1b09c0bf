package strategy

import (
	"context"
	"errors"
	"strings"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// compute writes the values of a node in this trial.
func (e *Evaluator) compute(ctx context.Context, id int, dst Feature) error {
	n := &e.program.nodes[id]
	f, window, err := e.window(n)
	if err != nil {
		return err
	}
	for _, in := range [...]int{n.a, n.b} {
		if in < 0 {
			break
		}
		if err := e.eval(ctx, in); err != nil {
			return err
		}
	}
	if e.onCompute != nil {
		e.onCompute(id)
	}
	switch {
	case n.kind == KindMask:
		e.mask(n, dst.Mask)
	case n.op == opWindow || n.op == opChoice:
		f.apply(dst.Series, e.series(n.a), window, e.program.nodes[n.a].scale)
	default:
		e.arithmetic(n, dst.Series)
	}
	return nil
}

func (e *Evaluator) series(id int) []float64 { return e.slots[id].Series }

// window returns the function that a node calls and its window, if it is such
// a node.
func (e *Evaluator) window(n *node) (f fn, window int, err error) {
	f, v, err := e.program.window(n, e.index, e.scalars)
	return f, clampWindow(v, e.asset.Bars), err
}

// windowed reports whether a node is a function of a series.
func (n *node) windowed() bool { return n.op == opWindow || n.op == opChoice }

// window returns the function that a windowed node calls in a trial and its
// window, 0 for abs; for other nodes it returns nothing.
func (p *Program) window(n *node, index []int, scalars []float64) (f fn, window float64, err error) {
	switch n.op {
	case opWindow:
		f = n.fn
	case opChoice:
		f = p.choices[n.index][index[n.index]]
	default:
		return 0, 0, nil
	}
	if f == fnAbs {
		return f, 0, nil
	}
	v := scalars[n.scalar]
	if !f.accepts(v) {
		return f, 0, errors.New(windowMessage(f, v, p.origin(n.scalar, index)))
	}
	return f, v, nil
}

// origin says which parameters a number comes from, with their values.
func (p *Program) origin(scalar int, index []int) string {
	var parts []string
	for _, i := range p.scalars[scalar].params {
		param := &p.params[i]
		parts = append(parts, "$"+param.Name+" = "+number(param.Values[index[i]]))
	}
	if parts == nil {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// paramValues writes the values of the parameters in a trial; those that
// choose a function have none.
func (p *Program) paramValues(dst []float64, index []int) {
	for i := range p.params {
		if values := p.params[i].Values; len(values) > 0 {
			dst[i] = values[index[i]]
		}
	}
}

func (e *Evaluator) arithmetic(n *node, dst []float64) {
	a := e.series(n.a)
	switch n.op {
	case opNegate:
		kernel.Negate(dst, a)
	case opAbs:
		kernel.Abs(dst, a)
	case opArith:
		kernel.ArithSeries(dst, n.arith, a, e.series(n.b))
	case opArithScalar:
		kernel.ArithConst(dst, n.arith, a, e.scalars[n.scalar])
	case opScalarArith:
		kernel.ArithConstLeft(dst, n.arith, e.scalars[n.scalar], a)
	}
}

func (e *Evaluator) mask(n *node, dst kernel.Bits) {
	switch n.op {
	case opCompare:
		kernel.CompareSeries(dst, n.compare, e.series(n.a), e.series(n.b))
	case opCompareScalar:
		kernel.CompareConst(dst, n.compare, e.series(n.a), e.scalars[n.scalar])
	case opCross:
		cross := kernel.CrossesAbove
		if n.not {
			cross = kernel.NotCrossesAbove
		}
		cross(dst, e.series(n.a), e.series(n.b))
	case opCrossScalar:
		e.crossScalar(n, dst)
	case opCondition:
		holds := compareNumbers(n.compare, e.scalars[n.scalar], e.scalars[n.other]) == True
		e.fillFrom(dst, holds, n.index)
	case opLiteral:
		e.fillFrom(dst, n.value, n.index)
	case opAnd:
		kernel.And(dst, e.slots[n.a].Mask, e.slots[n.b].Mask)
	case opOr:
		kernel.Or(dst, e.slots[n.a].Mask, e.slots[n.b].Mask)
	}
}

func (e *Evaluator) crossScalar(n *node, dst kernel.Bits) {
	a, level := e.series(n.a), e.scalars[n.scalar]
	switch {
	case n.not && n.below:
		kernel.NotCrossesBelowConst(dst, a, level)
	case n.not:
		kernel.NotCrossesAboveConst(dst, a, level)
	case n.below:
		kernel.CrossesBelowConst(dst, a, level)
	default:
		kernel.CrossesAboveConst(dst, a, level)
	}
}

// fillFrom sets every bar from a bar on, or none.
func (e *Evaluator) fillFrom(dst kernel.Bits, on bool, bar int) {
	kernel.Fill(dst, e.asset.Bars, on)
	bar = min(max(bar-e.before, 0), e.asset.Bars)
	for i := range bar / 64 {
		dst[i] = 0
	}
	if bar%64 != 0 {
		dst[bar/64] &^= 1<<(bar%64) - 1
	}
}
