package kernel

import (
	"fmt"
	"math"
)

// Compare is a comparison of two values. With NaN on either side the answer
// is unknown, which a mask shows as not set, for NotEqual too.
type Compare uint8

// The comparisons.
const (
	Less Compare = iota
	LessEqual
	Greater
	GreaterEqual
	Equal
	NotEqual
)

// Not returns the negation: set where c is known and not set.
func (c Compare) Not() Compare {
	return [...]Compare{GreaterEqual, Greater, LessEqual, Less, NotEqual, Equal}[c]
}

// Swap returns the comparison of the exchanged operands: a c b is
// b c.Swap() a.
func (c Compare) Swap() Compare {
	return [...]Compare{Greater, GreaterEqual, Less, LessEqual, Equal, NotEqual}[c]
}

// String returns the operator as it is written.
func (c Compare) String() string {
	if c > NotEqual {
		return fmt.Sprintf("Compare(%d)", uint8(c))
	}
	return [...]string{"<", "<=", ">", ">=", "==", "!="}[c]
}

// CompareSeries sets the bars where op holds between a and b. dst has
// Words(len(a)) words.
func CompareSeries(dst Bits, op Compare, a, b []float64) {
	checkMask(dst, len(a))
	checkLength(len(a), len(b))
	compareBars(dst, op, series(a), series(b), len(a))
}

// CompareConst sets the bars where op holds between a and the constant c.
func CompareConst(dst Bits, op Compare, a []float64, c float64) {
	checkMask(dst, len(a))
	constant := broadcast(c)
	compareBars(dst, op, series(a), operand{constant[:], 0}, len(a))
}

// Known sets the bars of a that have a value: those that are not NaN.
func Known(dst Bits, a []float64) { CompareSeries(dst, Equal, a, a) }

func checkMask(dst Bits, bars int) {
	if len(dst) != Words(bars) {
		panic(fmt.Sprintf("kernel: mask of %d words for %d bars", len(dst), bars))
	}
}

// operand is one side of a comparison: the values of a column, or one constant
// 64 times. step is the number of values from one word to the next.
type operand struct {
	values []float64
	step   int
}

func series(a []float64) operand { return operand{a, 64} }

// word returns the 64 values of a word.
func (o operand) word(w int) *lanes { return (*lanes)(o.values[w*o.step:]) }

// from returns the operand that starts at a word.
func (o operand) from(w int) operand { return operand{o.values[w*o.step:], o.step} }

// tail returns the values from a word on, padded with NaN, whose comparisons
// are never set.
func (o operand) tail(w int) lanes {
	rest := o.values[w*o.step:]
	return padded(rest[:min(64, len(rest))], math.NaN())
}

// compareBars compares the first bars of a and b, of which one is a series.
func compareBars(dst Bits, op Compare, a, b operand, bars int) {
	if op == Less || op == LessEqual {
		op, a, b = op.Swap(), b, a
	}
	full := bars / 64
	compareWords(dst[:full], op, a, b)
	if full < len(dst) {
		x, y := a.tail(full), b.tail(full)
		compareWords(dst[full:], op, series(x[:]), series(y[:]))
	}
}

// padded returns up to 64 values and the padding behind them.
func padded[T float64 | int16](values []T, padding T) (x [64]T) {
	for i := copy(x[:], values); i < len(x); i++ {
		x[i] = padding
	}
	return x
}

func broadcast(c float64) lanes { return padded(nil, c) }
