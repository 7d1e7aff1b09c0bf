package value

import (
	"bytes"
	"math"
	"strconv"

	"github.com/bowstring-engine/bowstring/internal/decimal"
)

// maxDigits is how many digits a uint64 takes without overflow.
const maxDigits = 19

// ScanNumber reads a plain decimal number that starts at b[i], and returns it
// with the position after it. It is exact (Clinger's fast path) and answers
// false for whatever is not that simple: exponents, more digits, other text.
// The byte after the number must exist: blocks end in a line break.
func ScanNumber(b []byte, i int) (v float64, end int, ok bool) {
	if v, end, ok = scanTwo(b, i); ok {
		return v, end, true
	}
	negative := b[i] == '-'
	if negative {
		i++
	}
	start := i
	var mantissa uint64
	for {
		d := b[i] - '0'
		if d > 9 {
			break
		}
		mantissa = mantissa*10 + uint64(d)
		i++
	}
	digits, decimals := i-start, 0
	if b[i] == '.' {
		i++
		dot := i
		for {
			d := b[i] - '0'
			if d > 9 {
				break
			}
			mantissa = mantissa*10 + uint64(d)
			i++
		}
		decimals = i - dot
		digits += decimals
	}
	if digits == 0 || digits > maxDigits || mantissa > decimal.MaxExact {
		return 0, i, false
	}
	v = float64(int64(mantissa))
	if decimals > 0 {
		v /= decimal.Pow10[decimals]
	}
	if negative {
		v = -v
	}
	return v, i, true
}

// ParseNumber reads a whole field. Blanks around it do not count; a blank
// field and the names of "no value" are NaN. It answers false for text, for
// infinities and for numbers beyond float64.
func ParseNumber(field []byte) (v float64, ok bool) {
	field = bytes.Trim(field, " \t")
	if isNull(field) {
		return math.NaN(), true
	}
	for _, c := range field {
		// ParseFloat also reads hexadecimal, infinities and underscores.
		if (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, false
		}
	}
	v, err := strconv.ParseFloat(string(field), 64)
	return v, err == nil
}

// isNull reports whether a field stands for "no value".
func isNull(field []byte) bool {
	if len(field) == 0 {
		return true
	}
	if len(field) > 4 {
		return false
	}
	for _, name := range [...]string{"nan", "null", "na", "n/a", "none"} {
		if len(field) == len(name) && bytes.EqualFold(field, []byte(name)) {
			return true
		}
	}
	return false
}
