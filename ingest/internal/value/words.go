package value

import (
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/bowstring-engine/bowstring/internal/decimal"
)

const (
	// ASCIIZeros turns eight digits into their values by an exclusive or.
	ASCIIZeros = 0x3030303030303030
	// A byte above nine gets its top bit set by adding raise, or has it. Neither
	// a point nor a comma, nor a digit, carries into the byte after it.
	raise   = 0x7676767676767676 // 0x80 - 10
	topBits = 0x8080808080808080
)

// Word returns eight bytes of text, the first in the lowest byte.
func Word(text []byte, i int) uint64 { return binary.LittleEndian.Uint64(text[i:]) }

// Others returns the top bits of the bytes of x that are no digits, where x is
// text without asciiZeros. Bytes after the first two that are not may be wrong.
func Others(x uint64) uint64 { return (x + raise | x) & topBits }

// EightDigits returns the number whose digits are the bytes of x, the first
// in the lowest byte: pairs, then two times two pairs.
func EightDigits(x uint64) int64 {
	const mask = 0x000000ff000000ff
	x = x*10 + x>>8
	return int64(((x&mask)*(100+1000000<<32) + (x>>16&mask)*(1+10000<<32)) >> 32)
}

// scanTwo reads an unsigned number of at most eight digits before the point
// and eight behind it, one word for either, or of sixteen without a point.
func scanTwo(b []byte, i int) (v float64, end int, ok bool) {
	const longest = 8 + 1 + 8 + 1 // two words, the point and the byte after
	if len(b)-i < longest {
		return 0, i, false
	}
	x := Word(b, i) ^ ASCIIZeros
	at := bits.TrailingZeros64(Others(x)) &^ 7
	end = i + at>>3
	isPoint := b[end] == '.'
	if at == 0 || at < 64 && !isPoint {
		return 0, i, false
	}
	if isPoint {
		end++
	}
	y := Word(b, end) ^ ASCIIZeros
	stop := bits.TrailingZeros64(Others(y)) &^ 7
	n := stop >> 3
	end += n
	mantissa := EightDigits(x<<(64-at))*int64(decimal.Pow10[n]) + EightDigits(y<<(64-stop))
	if after := b[end]; after-'0' <= 9 || after == '.' || mantissa > decimal.MaxExact {
		return 0, i, false
	}
	v = float64(mantissa)
	if isPoint {
		v /= decimal.Pow10[n]
	}
	return v, end, true
}

// scanWords reads an epoch time of nine to sixteen digits. It leaves what is
// longer, shorter or not of that form to scan.
func (f TimeForm) scanWords(b []byte, i int) (ns int64, end int, ok bool) {
	x, y := Word(b, i)^ASCIIZeros, Word(b, i+8)^ASCIIZeros
	stop := bits.TrailingZeros64(Others(y)) &^ 7
	n := stop >> 3
	end = i + 8 + n
	v := EightDigits(x)*int64(decimal.Pow10[n]) + EightDigits(y<<(64-stop))
	unit := f.unit()
	if Others(x) != 0 || x&0xff == 0 || epochForm(n+8) != f || b[end]-'0' <= 9 || v > math.MaxInt64/unit {
		return f.scan(b, i)
	}
	return v * unit, end, true
}
