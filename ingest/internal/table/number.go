package table

import (
	"math"
	"strconv"

	ten "github.com/bowstring-engine/bowstring/internal/decimal"
)

// Numbers fills dst with the values of an Int, Decimal, Bool or Float, times
// ten to the shift: the float64 nearest to each, NaN for null. A Float of 32
// bits is itself, without a shift.
func (c *Column) Numbers(dst []float64, v *Vector, shift int) {
	switch {
	case c.Kind == Float && shift == 0:
		copy(dst, v.Floats)
	case c.Kind == Float:
		for i, x := range v.Floats {
			dst[i] = c.shifted(x, shift)
		}
	default:
		c.wholeNumbers(dst, v, shift-c.Scale)
	}
	if v.Nulls != nil {
		for i, null := range v.Nulls {
			if null {
				dst[i] = math.NaN()
			}
		}
	}
}

// wholeNumbers fills dst with whole numbers times ten to the power. The
// quotient of two exact numbers is correctly rounded.
func (c *Column) wholeNumbers(dst []float64, v *Vector, power int) {
	exact := power <= 0 && -power < len(ten.Pow10)
	divisor := 1.0
	if exact {
		divisor = ten.Pow10[-power]
	}
	for i, x := range v.Ints {
		wide := v.Wide != nil && v.Wide[i] != ""
		if exact && !wide && (power == 0 || x <= ten.MaxExact && x >= -ten.MaxExact) {
			dst[i] = float64(x) / divisor
			continue
		}
		var buf [64]byte
		text := append(digitsOf(buf[:0], v, i), 'e')
		dst[i], _ = strconv.ParseFloat(string(strconv.AppendInt(text, int64(power), 10)), 64) // ±Inf beyond its range
	}
}

// shifted returns the float64 nearest to the decimal text of x times ten to
// the shift.
func (c *Column) shifted(x float64, shift int) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return x
	}
	bits := 64
	if c.Single {
		bits = 32
	}
	var buf [64]byte
	text := strconv.AppendFloat(buf[:0], x, 'e', -1, bits)
	at := len(text) - 1
	for text[at] != 'e' {
		at--
	}
	exponent, _ := strconv.Atoi(string(text[at+1:])) // has just been written
	y, _ := strconv.ParseFloat(string(strconv.AppendInt(text[:at+1], int64(exponent+shift), 10)), 64)
	return y
}
