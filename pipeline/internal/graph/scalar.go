package graph

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/bowstring-engine/bowstring/pipeline/indicator"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// scalarOp says how a scalar is computed.
type scalarOp uint8

const (
	scalarConst scalarOp = iota
	scalarParam
	scalarNegate
	scalarRow // the row's function of numbers
	scalarArith
	scalarCompare // and those that follow: 1, 0 or NaN where it is not known
	scalarNot
	scalarAnd
)

// Scalar is a number that a trial's parameters determine. Operands come before it
// in the list of scalars, so one pass computes all of them.
type Scalar struct {
	scalarKey
	params []int // those it depends on, ascending
	Text   string
}

// scalarKey identifies a scalar: equal keys, equal numbers.
type scalarKey struct {
	op      scalarOp
	arith   kernel.Arith
	compare kernel.Compare
	row     *indicator.Row
	a, b, c int    // operands, or the parameter in a
	bits    uint64 // of a constant
}

// longestText bounds the texts of expressions that named ones are put into.
const longestText = 400

// ScalarList holds scalars, each once.
type ScalarList struct {
	list  []Scalar
	known map[scalarKey]int
}

// All returns the scalars, each after its operands.
func (l *ScalarList) All() Scalars { return l.list }

func (l *ScalarList) add(key scalarKey, text string, params ...int) int {
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
	l.list = append(l.list, Scalar{scalarKey: key, params: slices.Compact(params), Text: text})
	l.known[key] = len(l.list) - 1
	return len(l.list) - 1
}

// Constant returns the scalar of a number.
func (l *ScalarList) Constant(v float64) int {
	return l.add(scalarKey{op: scalarConst, bits: math.Float64bits(v)}, Format(v))
}

// Format returns the shortest text that reads back as v.
func Format(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// Param returns the scalar that is parameter i.
func (l *ScalarList) Param(i int, name string) int {
	return l.add(scalarKey{op: scalarParam, a: i}, "$"+name, i)
}

// Negate returns -a.
func (l *ScalarList) Negate(a int) int {
	return l.unary(scalarKey{op: scalarNegate, a: a}, "-"+l.operand(a))
}

// Row returns the row, which is one of numbers too, of one to three operands.
func (l *ScalarList) Row(row *indicator.Row, operands ...int) int {
	key := scalarKey{op: scalarRow, row: row}
	var texts []string
	var params []int
	var values [3]float64
	constant := true
	for i, id := range operands {
		*[]*int{&key.a, &key.b, &key.c}[i] = id
		texts, params = append(texts, l.list[id].Text), append(params, l.list[id].params...)
		v, ok := l.Value(id)
		values[i], constant = v, constant && ok
	}
	if constant {
		return l.Constant(row.OfNumber(values[0], values[1], values[2]))
	}
	return l.add(key, row.Name+"("+strings.Join(texts, ", ")+")", params...)
}

func (l *ScalarList) unary(key scalarKey, text string) int {
	if v, ok := l.Value(key.a); ok {
		return l.Constant(key.apply(v, 0, 0))
	}
	return l.add(key, text, l.list[key.a].params...)
}

// Arith returns a op b.
func (l *ScalarList) Arith(op kernel.Arith, a, b int) int {
	if a > b && commutes(op) {
		a, b = b, a
	}
	key := scalarKey{op: scalarArith, arith: op, a: a, b: b}
	v, ok := l.Value(a)
	w, okToo := l.Value(b)
	if ok && okToo {
		return l.Constant(key.apply(v, w, 0))
	}
	text := l.operand(a) + " " + op.String() + " " + l.operand(b)
	return l.add(key, text, slices.Concat(l.list[a].params, l.list[b].params)...)
}

// Compare returns the truth of a op b.
func (l *ScalarList) Compare(op kernel.Compare, a, b int) int {
	return l.truth(scalarKey{op: scalarCompare, compare: op, a: a, b: b}, l.operand(a)+" "+op.String()+" "+l.operand(b))
}

// Not returns the truth that is false where that of a is true.
func (l *ScalarList) Not(a int) int {
	return l.truth(scalarKey{op: scalarNot, a: a, b: a}, "not "+l.operand(a))
}

// And returns the truth of both.
func (l *ScalarList) And(a, b int) int {
	return l.truth(scalarKey{op: scalarAnd, a: a, b: b}, l.operand(a)+" and "+l.operand(b))
}

func (l *ScalarList) truth(key scalarKey, text string) int {
	v, ok := l.Value(key.a)
	w, okToo := l.Value(key.b)
	if ok && okToo {
		return l.Constant(key.apply(v, w, 0))
	}
	return l.add(key, text, slices.Concat(l.list[key.a].params, l.list[key.b].params)...)
}

// Value returns a scalar's number if it is a constant.
func (l *ScalarList) Value(id int) (float64, bool) {
	s := &l.list[id]
	return math.Float64frombits(s.bits), s.op == scalarConst
}

// Bare returns the parameter that a scalar is, if it is one and no more.
func (l *ScalarList) Bare(id int) (param int, ok bool) {
	s := &l.list[id]
	return s.a, s.op == scalarParam
}

// operand returns the text of a scalar inside a larger one.
func (l *ScalarList) operand(id int) string { return l.list[id].inner() }

// inner returns the text of a scalar beside an operator.
func (s *Scalar) inner() string {
	if s.op == scalarArith || s.op >= scalarCompare {
		return "(" + s.Text + ")"
	}
	return s.Text
}

// apply computes an operation of numbers.
func (k *scalarKey) apply(v, w, x float64) float64 {
	switch k.op {
	case scalarRow:
		numbers := [...]float64{v, w, x}
		for i := len(k.row.Inputs); i < len(numbers); i++ {
			numbers[i] = 0 // that of another scalar
		}
		return k.row.OfNumber(numbers[0], numbers[1], numbers[2])
	case scalarNegate:
		return -v
	case scalarCompare, scalarNot, scalarAnd:
		return k.truth(v, w)
	}
	switch k.arith {
	case kernel.AddOp:
		return v + w
	case kernel.SubOp:
		return v - w
	case kernel.MulOp:
		return v * w
	default:
		return v / w
	}
}

// truth computes a truth of two numbers, or of two truths.
func (k *scalarKey) truth(v, w float64) float64 {
	unknown := v != v || w != w
	var holds bool
	switch k.op {
	case scalarCompare:
		holds, _ = CompareNumbers(k.compare, v, w)
	case scalarNot:
		holds = v == 0
	default: // what is false decides
		holds, unknown = v != 0 && w != 0, unknown && v != 0 && w != 0
	}
	switch {
	case unknown:
		return math.NaN()
	case holds:
		return 1
	}
	return 0
}

// Scalars are scalars in the order of their computation.
type Scalars []Scalar

// Eval writes the numbers of the scalars, given the values of the parameters.
func (l Scalars) Eval(dst, params []float64) {
	for i := range l {
		switch s := &l[i]; s.op {
		case scalarConst:
			dst[i] = math.Float64frombits(s.bits)
		case scalarParam:
			dst[i] = params[s.a]
		default:
			dst[i] = s.apply(dst[s.a], dst[s.b], dst[s.c])
		}
	}
}

// Number computes one scalar of a trial without memory for the others: for those
// that are trees, which they are where no expression has a name.
func (l Scalars) Number(id int, params []Param, index []int) float64 {
	s := &l[id]
	switch s.op {
	case scalarConst:
		return math.Float64frombits(s.bits)
	case scalarParam:
		return params[s.a].Values[index[s.a]]
	case scalarArith, scalarCompare, scalarNot, scalarAnd:
		return s.apply(l.Number(s.a, params, index), l.Number(s.b, params, index), 0)
	case scalarRow:
		var numbers [3]float64
		for i, operand := range []int{s.a, s.b, s.c}[:len(s.row.Inputs)] {
			numbers[i] = l.Number(operand, params, index)
		}
		return s.apply(numbers[0], numbers[1], numbers[2])
	default:
		return s.apply(l.Number(s.a, params, index), 0, 0)
	}
}

// CompareNumbers compares two numbers. With NaN the answer is not known, and false.
func CompareNumbers(op kernel.Compare, a, b float64) (holds, known bool) {
	if math.IsNaN(a) || math.IsNaN(b) {
		return false, false
	}
	switch op {
	case kernel.Less:
		return a < b, true
	case kernel.LessEqual:
		return a <= b, true
	case kernel.Greater:
		return a > b, true
	case kernel.GreaterEqual:
		return a >= b, true
	case kernel.Equal:
		return a == b, true
	default:
		return a != b, true
	}
}
