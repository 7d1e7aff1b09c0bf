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

// lanes is the number of bars that one word of a mask holds, as an array so
// that the compiler checks bounds once a word.
type lanes = [64]float64

// CompareSeries sets the bars where op holds between a and b. dst has
// Words(len(a)) words.
func CompareSeries(dst Bits, op Compare, a, b []float64) {
	checkMask(dst, a)
	checkLength(len(a), len(b))
	if op == Less || op == LessEqual {
		op, a, b = op.Swap(), b, a
	}
	full := len(a) / 64
	for w := range full {
		dst[w] = compareWord(op, (*lanes)(a[w*64:]), (*lanes)(b[w*64:]))
	}
	if full < len(dst) {
		x, y := tail(a[full*64:]), tail(b[full*64:])
		dst[full] = compareWord(op, &x, &y)
	}
}

// CompareConst sets the bars where op holds between a and the constant c.
func CompareConst(dst Bits, op Compare, a []float64, c float64) {
	checkMask(dst, a)
	constant := broadcast(c)
	full := len(a) / 64
	for w := range full {
		dst[w] = orderedWord(op, (*lanes)(a[w*64:]), &constant)
	}
	if full < len(dst) {
		x := tail(a[full*64:])
		dst[full] = orderedWord(op, &x, &constant)
	}
}

func checkMask(dst Bits, a []float64) {
	if len(dst) != Words(len(a)) {
		panic(fmt.Sprintf("kernel: mask of %d words for %d bars", len(dst), len(a)))
	}
}

// tail returns the last bars of a column, padded with NaN, whose comparisons
// are never set.
func tail(a []float64) (x lanes) {
	copy(x[:], a)
	for i := len(a); i < len(x); i++ {
		x[i] = math.NaN()
	}
	return x
}

func broadcast(c float64) (x lanes) {
	for i := range x {
		x[i] = c
	}
	return x
}

// orderedWord is compareWord for all six comparisons.
func orderedWord(op Compare, a, b *lanes) uint64 {
	if op == Less || op == LessEqual {
		return compareWord(op.Swap(), b, a)
	}
	return compareWord(op, a, b)
}

// compareWord compares 64 bars. op is not Less or LessEqual.
func compareWord(op Compare, a, b *lanes) uint64 {
	switch op {
	case Greater:
		return greaterWord(a, b)
	case GreaterEqual:
		return greaterEqualWord(a, b)
	case Equal:
		return greaterEqualWord(a, b) & greaterEqualWord(b, a)
	case NotEqual:
		return greaterWord(a, b) | greaterWord(b, a)
	}
	panic(fmt.Sprintf("kernel: comparison %d", op))
}

// greaterWord sets bit i where a[i] > b[i]. Eight bars a step with constant
// shifts: the compiler turns each comparison into a SETcc, without a branch,
// and the eight do not wait for each other.
func greaterWord(a, b *lanes) (word uint64) {
	for i := 0; i < 64; i += 8 {
		a, b := (*[8]float64)(a[i:]), (*[8]float64)(b[i:])
		word = word>>8 | (bit(a[0] > b[0])|bit(a[1] > b[1])<<1|
			bit(a[2] > b[2])<<2|bit(a[3] > b[3])<<3|
			bit(a[4] > b[4])<<4|bit(a[5] > b[5])<<5|
			bit(a[6] > b[6])<<6|bit(a[7] > b[7])<<7)<<56
	}
	return word
}

// greaterEqualWord sets bit i where a[i] >= b[i].
func greaterEqualWord(a, b *lanes) (word uint64) {
	for i := 0; i < 64; i += 8 {
		a, b := (*[8]float64)(a[i:]), (*[8]float64)(b[i:])
		word = word>>8 | (bit(a[0] >= b[0])|bit(a[1] >= b[1])<<1|
			bit(a[2] >= b[2])<<2|bit(a[3] >= b[3])<<3|
			bit(a[4] >= b[4])<<4|bit(a[5] >= b[5])<<5|
			bit(a[6] >= b[6])<<6|bit(a[7] >= b[7])<<7)<<56
	}
	return word
}

func bit(set bool) uint64 {
	var b uint64
	if set {
		b = 1
	}
	return b
}
