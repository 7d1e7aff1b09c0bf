package kernel

import (
	"fmt"
	"math"
)

// Arith is an arithmetic operation on two values, by IEEE 754: NaN stays NaN,
// x/0 is infinite and 0/0 NaN.
type Arith uint8

// The operations.
const (
	AddOp Arith = iota
	SubOp
	MulOp
	DivOp
)

// String returns the operator as it is written.
func (op Arith) String() string {
	if op > DivOp {
		return fmt.Sprintf("Arith(%d)", uint8(op))
	}
	return [...]string{"+", "-", "*", "/"}[op]
}

// ArithSeries writes a op b, bar by bar. dst may be a or b.
func ArithSeries(dst []float64, op Arith, a, b []float64) {
	checkLength(len(dst), len(a))
	checkLength(len(dst), len(b))
	a, b = a[:len(dst)], b[:len(dst)]
	switch op {
	case AddOp:
		for i := range dst {
			dst[i] = a[i] + b[i]
		}
	case SubOp:
		for i := range dst {
			dst[i] = a[i] - b[i]
		}
	case MulOp:
		for i := range dst {
			dst[i] = a[i] * b[i]
		}
	case DivOp:
		for i := range dst {
			dst[i] = a[i] / b[i]
		}
	default:
		panic(fmt.Sprintf("kernel: operation %d", op))
	}
}

// ArithConst writes a op c. dst may be a.
func ArithConst(dst []float64, op Arith, a []float64, c float64) {
	checkLength(len(dst), len(a))
	a = a[:len(dst)]
	switch op {
	case AddOp:
		for i := range dst {
			dst[i] = a[i] + c
		}
	case SubOp:
		for i := range dst {
			dst[i] = a[i] - c
		}
	case MulOp:
		for i := range dst {
			dst[i] = a[i] * c
		}
	case DivOp:
		// Not × 1/c, which rounds twice.
		for i := range dst {
			dst[i] = a[i] / c
		}
	default:
		panic(fmt.Sprintf("kernel: operation %d", op))
	}
}

// ArithConstLeft writes c op a. dst may be a.
func ArithConstLeft(dst []float64, op Arith, c float64, a []float64) {
	checkLength(len(dst), len(a))
	a = a[:len(dst)]
	switch op {
	case AddOp, MulOp:
		ArithConst(dst, op, a, c)
	case SubOp:
		for i := range dst {
			dst[i] = c - a[i]
		}
	case DivOp:
		for i := range dst {
			dst[i] = c / a[i]
		}
	default:
		panic(fmt.Sprintf("kernel: operation %d", op))
	}
}

// Negate writes -a. dst may be a.
func Negate(dst, a []float64) {
	checkLength(len(dst), len(a))
	for i, x := range a {
		dst[i] = -x
	}
}

// Abs writes |a|. dst may be a.
func Abs(dst, a []float64) {
	checkLength(len(dst), len(a))
	for i, x := range a {
		dst[i] = math.Abs(x)
	}
}
