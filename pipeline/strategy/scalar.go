package strategy

import (
	"math"
	"slices"
	"strconv"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// scalarOp says how a number is computed.
type scalarOp uint8

const (
	scalarConst scalarOp = iota
	scalarParam
	scalarNegate
	scalarAbs
	scalarArith
)

// scalar is a number that a trial's parameters determine. Operands come
// before it in the list of scalars, so one pass computes all of them.
type scalar struct {
	scalarKey
	params []int // those it depends on, ascending
	text   string
}

// scalarKey identifies a scalar: equal keys, equal numbers.
type scalarKey struct {
	op    scalarOp
	arith kernel.Arith
	a, b  int    // operands, or the parameter in a
	bits  uint64 // of a constant
}

// longestText bounds the texts of expressions that named ones are put into.
const longestText = 400

// scalarList holds scalars, each once.
type scalarList struct {
	list  []scalar
	known map[scalarKey]int
}

func (l *scalarList) add(key scalarKey, text string, params ...int) int {
	if id, ok := l.known[key]; ok {
		return id
	}
	if l.known == nil {
		l.known = map[scalarKey]int{}
	}
	if len(text) > longestText {
		text = "…"
	}
	slices.Sort(params)
	l.list = append(l.list, scalar{scalarKey: key, params: slices.Compact(params), text: text})
	l.known[key] = len(l.list) - 1
	return len(l.list) - 1
}

func (l *scalarList) constant(v float64) int {
	return l.add(scalarKey{op: scalarConst, bits: math.Float64bits(v)}, number(v))
}

// number returns the shortest text that reads back as v.
func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

func (l *scalarList) param(i int, name string) int {
	return l.add(scalarKey{op: scalarParam, a: i}, "$"+name, i)
}

func (l *scalarList) unary(op scalarOp, a int) int {
	if v, ok := l.value(a); ok {
		return l.constant(applyUnary(op, v))
	}
	text := "-" + l.operand(a)
	if op == scalarAbs {
		text = "abs(" + l.list[a].text + ")"
	}
	return l.add(scalarKey{op: op, a: a}, text, l.list[a].params...)
}

func (l *scalarList) arith(op kernel.Arith, a, b int) int {
	v, ok := l.value(a)
	w, okToo := l.value(b)
	if ok && okToo {
		return l.constant(applyArith(op, v, w))
	}
	if a > b && (op == kernel.AddOp || op == kernel.MulOp) {
		a, b = b, a
	}
	text := l.operand(a) + " " + op.String() + " " + l.operand(b)
	return l.add(scalarKey{op: scalarArith, arith: op, a: a, b: b}, text,
		slices.Concat(l.list[a].params, l.list[b].params)...)
}

// value returns a scalar's number if it is a constant.
func (l *scalarList) value(id int) (float64, bool) {
	s := &l.list[id]
	return math.Float64frombits(s.bits), s.op == scalarConst
}

// operand returns the text of a scalar inside a larger one.
func (l *scalarList) operand(id int) string {
	if l.list[id].op == scalarArith {
		return "(" + l.list[id].text + ")"
	}
	return l.list[id].text
}

// eval computes a scalar from its operands' numbers and from the parameters.
func (s *scalar) eval(scalars, params []float64) float64 {
	switch s.op {
	case scalarConst:
		return math.Float64frombits(s.bits)
	case scalarParam:
		return params[s.a]
	case scalarArith:
		return applyArith(s.arith, scalars[s.a], scalars[s.b])
	default:
		return applyUnary(s.op, scalars[s.a])
	}
}

func applyUnary(op scalarOp, v float64) float64 {
	if op == scalarAbs {
		return math.Abs(v)
	}
	return -v
}

func applyArith(op kernel.Arith, a, b float64) float64 {
	switch op {
	case kernel.AddOp:
		return a + b
	case kernel.SubOp:
		return a - b
	case kernel.MulOp:
		return a * b
	default:
		return a / b
	}
}
