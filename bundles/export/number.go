package export

import (
	"math"
	"strconv"
)

// number writes the values of a column as text.
type number struct {
	scale    float64 // 10^decimals; 0 where the column is not decimal
	decimals int
}

// append appends a value: nothing for NaN, and else text that gives back the
// very float64. Values of a decimal column have all its decimals.
func (n number) append(dst []byte, v float64) []byte {
	switch {
	case v != v:
		return dst
	case math.IsInf(v, 1):
		return append(dst, "inf"...)
	case math.IsInf(v, -1):
		return append(dst, "-inf"...)
	}
	if n.scale > 0 {
		// A decimal value is the float64 nearest to whole / scale: the test
		// holds a column to what it says of itself.
		if whole := math.RoundToEven(v * n.scale); math.Abs(whole) <= 1<<53 && whole/n.scale == v {
			return n.appendDecimal(dst, whole, math.Signbit(v))
		}
	}
	// Digits alone while they are few; from there on an exponent is shorter.
	form := byte('f')
	if a := math.Abs(v); a != 0 && (a < 1e-6 || a >= 1e21) {
		form = 'e'
	}
	return strconv.AppendFloat(dst, v, form, -1, 64)
}

// appendDecimal appends whole / scale. Integers are many times faster to write
// than strconv rounds a float to a number of decimals.
func (n number) appendDecimal(dst []byte, whole float64, negative bool) []byte {
	if negative { // −0 keeps its sign
		dst = append(dst, '-')
	}
	digits := int64(math.Abs(whole))
	if n.decimals == 0 {
		return strconv.AppendInt(dst, digits, 10)
	}
	scale := int64(n.scale)
	dst = strconv.AppendInt(dst, digits/scale, 10)
	return appendDigits(append(dst, '.'), digits%scale, n.decimals)
}
