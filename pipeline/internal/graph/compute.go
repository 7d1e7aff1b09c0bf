package graph

import (
	"errors"
	"fmt"
	"slices"

	"github.com/bowstring-engine/bowstring/pipeline/indicator"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// Values are those of a node: of each of its series, or a mask.
type Values struct {
	// Series holds the series one after another.
	Series []float64
	Mask   kernel.Bits
}

// Bytes returns how much memory the values take.
func (v Values) Bytes() int64 { return 8 * int64(len(v.Series)+len(v.Mask)) }

// Arguments are what an indicator is called with in a trial.
type Arguments struct {
	Row    *indicator.Row // nil of a node that is no call
	params [indicator.MaxParams]float64
}

// Params returns the parameters of the call.
func (a *Arguments) Params() []float64 {
	if a.Row == nil {
		return nil
	}
	return a.params[:len(a.Row.Params)]
}

// Take sets the parameters to the scalars of a node that calls the row.
func (a *Arguments) Take(n *Node, scalars []float64) {
	for i := range a.Row.Params {
		a.params[i] = scalars[n.Scalars[i]]
	}
}

// Fit shortens windows to one bar more than a history has.
func (a *Arguments) Fit(bars int) {
	if a.Row != nil {
		a.Row.Fit(a.Params(), bars)
	}
}

// Arguments returns what a node calls in a trial. An error says which parameter
// cannot be.
func (p *Program) Arguments(n *Node, index []int, scalars []float64) (a Arguments, err error) {
	switch n.Op {
	case OpCall:
		a.Row = n.Row
	case OpChoice:
		a.Row = p.Params[n.Index].Rows[index[n.Index]]
	default:
		return a, nil
	}
	for i := range a.Row.Params {
		v := scalars[n.Scalars[i]]
		if !a.Row.Params[i].Accepts(v) {
			return a, errors.New(BadParam(a.Row, i, v, p.Origin(n.Scalars[i], index)))
		}
		a.params[i] = v
	}
	return a, nil
}

// CallsWhole reports whether a node calls, or may call, a row that is computed over
// whole histories only.
func (p *Program) CallsWhole(n *Node) bool {
	if n.Op == OpChoice {
		return slices.ContainsFunc(p.Params[n.Index].Rows, (*indicator.Row).Whole)
	}
	return n.Op == OpCall && n.Row.Whole()
}

// BadParam says that v is no value of parameter i of a row, and where v comes from.
func BadParam(row *indicator.Row, i int, v float64, origin string) string {
	msg := fmt.Sprintf("%s: %s %s is not %s%s", row, row.Params[i].Name, Format(v), row.Params[i].Wants(), origin)
	if row == lag && v < 0 {
		msg += "; look-ahead is impossible"
	}
	return msg
}

// Compute writes the values of an operation, which is no indicator, on so many bars,
// which the history has so many before. a and b are its inputs, nil where it has
// none.
func (n *Node) Compute(dst Values, a, b *Values, scalars []float64, bars, before int) {
	if n.Series == 0 {
		n.mask(dst.Mask, a, b, scalars, bars, before)
		return
	}
	n.series(dst.Series, a, b, scalars)
}

func (n *Node) series(dst []float64, a, b *Values, scalars []float64) {
	switch n.Op {
	case OpNumber:
		for i := range dst {
			dst[i] = scalars[n.Scalars[0]]
		}
	case OpTruth:
		kernel.Truths(dst, a.Mask, b.Mask)
	case OpNegate:
		kernel.Negate(dst, a.Series)
	case OpArith:
		kernel.ArithSeries(dst, n.Arith, a.Series, b.Series)
	case OpArithScalar:
		kernel.ArithConst(dst, n.Arith, a.Series, scalars[n.Scalars[0]])
	case OpScalarArith:
		kernel.ArithConstLeft(dst, n.Arith, scalars[n.Scalars[0]], a.Series)
	}
}

func (n *Node) mask(dst kernel.Bits, a, b *Values, scalars []float64, bars, before int) {
	switch n.Op {
	case OpCompare:
		kernel.CompareSeries(dst, n.Compare, a.Series, b.Series)
	case OpCompareScalar:
		kernel.CompareConst(dst, n.Compare, a.Series, scalars[n.Scalars[0]])
	case OpCross:
		cross := kernel.CrossesAbove
		if n.Not {
			cross = kernel.NotCrossesAbove
		}
		cross(dst, a.Series, b.Series)
	case OpCrossScalar:
		n.crossScalar(dst, a.Series, scalars[n.Scalars[0]])
	case OpCondition:
		holds, _ := CompareNumbers(n.Compare, scalars[n.Scalars[0]], scalars[n.Scalars[1]])
		fillFrom(dst, holds, n.Index-before, bars)
	case OpLiteral:
		fillFrom(dst, n.Value, n.Index-before, bars)
	case OpAnd:
		kernel.And(dst, a.Mask, b.Mask)
	case OpOr:
		kernel.Or(dst, a.Mask, b.Mask)
	}
}

func (n *Node) crossScalar(dst kernel.Bits, a []float64, level float64) {
	switch {
	case n.Not && n.Below:
		kernel.NotCrossesBelowConst(dst, a, level)
	case n.Not:
		kernel.NotCrossesAboveConst(dst, a, level)
	case n.Below:
		kernel.CrossesBelowConst(dst, a, level)
	default:
		kernel.CrossesAboveConst(dst, a, level)
	}
}

// fillFrom sets every one of so many bars from a bar on, or none.
func fillFrom(dst kernel.Bits, on bool, from, bars int) {
	kernel.Fill(dst, bars, on)
	from = min(max(from, 0), bars)
	for i := range from / 64 {
		dst[i] = 0
	}
	if from%64 != 0 {
		dst[from/64] &^= 1<<(from%64) - 1
	}
}
