package spec

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	exact "github.com/bowstring-engine/bowstring/internal/decimal"
)

// maxDigits is the number of significant digits of a literal: every float64
// prints in 17, and 18 always fit an int64.
const maxDigits = 18

// maxExponent keeps literals within what a float64 can be.
const maxExponent = 400

// decimal is the exact number digits × 10^-scale, without trailing zeros in
// digits, so that equal numbers are equal structs.
type decimal struct {
	digits int64
	scale  int
}

var errNotNumber = errors.New("not a number")

// parseDecimal reads a literal as people and YAML write it: an optional sign,
// digits with an optional point, an optional exponent. Leading zeros mean
// nothing: 0700 is 700.
func parseDecimal(text string) (decimal, error) {
	mantissa, exponent := text, 0
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		e, err := strconv.Atoi(text[i+1:])
		if err != nil || e < -maxExponent || e > maxExponent {
			return decimal{}, errNotNumber
		}
		mantissa, exponent = text[:i], e
	}
	sign := ""
	if strings.HasPrefix(mantissa, "-") || strings.HasPrefix(mantissa, "+") {
		sign, mantissa = strings.TrimPrefix(mantissa[:1], "+"), mantissa[1:]
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := whole + fraction
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return decimal{}, errNotNumber
	}
	digits = strings.TrimLeft(digits, "0")
	significant := strings.TrimRight(digits, "0")
	if len(significant) > maxDigits {
		return decimal{}, fmt.Errorf("more than %d digits", maxDigits)
	}
	if significant == "" {
		return decimal{}, nil
	}
	value, err := strconv.ParseInt(sign+significant, 10, 64)
	if err != nil {
		return decimal{}, errNotNumber
	}
	d := decimal{value, len(fraction) - exponent - (len(digits) - len(significant))}
	if math.IsInf(d.float(), 0) {
		return decimal{}, errors.New("beyond the range of a float64")
	}
	return d, nil
}

// decimalOf returns the shortest decimal that is v as a float64: what a
// person would write for it.
func decimalOf(v float64) (decimal, error) {
	return parseDecimal(strconv.FormatFloat(v, 'e', -1, 64))
}

// float returns the float64 nearest to d.
func (d decimal) float() float64 {
	if -exact.MaxExact <= d.digits && d.digits <= exact.MaxExact && 0 <= d.scale && d.scale < len(exact.Pow10) {
		return float64(d.digits) / exact.Pow10[d.scale] // one rounding of two exact numbers
	}
	// Out of range gives ±Inf, which parseDecimal refuses.
	v, _ := strconv.ParseFloat(d.scientific(), 64)
	return v
}

func (d decimal) scientific() string {
	return strconv.FormatInt(d.digits, 10) + "e" + strconv.Itoa(-d.scale)
}

// String returns a literal that parses to d again: plain where that is short.
func (d decimal) String() string {
	if d.scale < -maxDigits || d.scale > maxDigits {
		return d.scientific()
	}
	text, sign := strconv.FormatInt(d.digits, 10), ""
	if d.digits < 0 {
		text, sign = text[1:], "-"
	}
	if d.scale <= 0 {
		return sign + text + strings.Repeat("0", -d.scale)
	}
	if pad := d.scale + 1 - len(text); pad > 0 {
		text = strings.Repeat("0", pad) + text
	}
	point := len(text) - d.scale
	return sign + text[:point] + "." + text[point:]
}

// maxScaled bounds scaled digits so that their differences fit an int64.
const maxScaled = 1 << 62

// rescale returns the digits of three numbers at their common scale; false
// where they are too far apart to have one.
func rescale(a, b, c decimal) (digits [3]int64, scale int, ok bool) {
	scale = max(0, a.scale, b.scale, c.scale)
	for i, d := range [3]decimal{a, b, c} {
		v := d.digits
		for n := scale - d.scale; n > 0 && v != 0; n-- {
			if v > maxScaled/10 || v < -maxScaled/10 {
				return digits, 0, false
			}
			v *= 10
		}
		if v >= maxScaled || v <= -maxScaled {
			return digits, 0, false
		}
		digits[i] = v
	}
	return digits, scale, true
}

// formatNumber writes v so that it reads back as the same float64, without an
// exponent for the numbers people use.
func formatNumber(v float64) string {
	d, err := decimalOf(v)
	if err != nil {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return d.String()
}

// parseNumber reads one number.
func parseNumber(n *node) (decimal, error) {
	if n.kind != scalarNode {
		return decimal{}, fmt.Errorf("want a number, not %s", n.kind)
	}
	if n.quoted {
		return decimal{}, fmt.Errorf("%q: want a number, without quotes", n.text)
	}
	number, err := parseDecimal(n.text)
	if err != nil {
		return decimal{}, fmt.Errorf("%q: %w", n.text, err)
	}
	return number, nil
}
