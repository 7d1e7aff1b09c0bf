package kernel

import "fmt"

// The Go twins of the assembly: what other processors run, and what the
// assembly must equal to the bit.

// lanes are the bars that one word of a mask holds, as an array so that the
// compiler checks bounds once a word.
type lanes = [64]float64

// compareWordsGo compares 64 bars a word of dst. op is not Less or LessEqual.
func compareWordsGo(dst Bits, op Compare, a, b operand) {
	for w := range dst {
		dst[w] = compareWord(op, a.word(w), b.word(w))
	}
}

// orderWordsGo orders 64 bars a word of gt and lt.
func orderWordsGo[T float64 | int16](gt, lt Bits, a, b []T) {
	for w := range gt {
		x, y := (*[64]T)(a[w*64:]), (*[64]T)(b[w*64:])
		gt[w], lt[w] = greaterWord(x, y), greaterWord(y, x)
	}
}

// lessQuantaGo is lessQuantaAVX2.
func lessQuantaGo(lt Bits, a, b []int16) (distinct bool) {
	distinct = true
	for w := range lt {
		x, y := (*[64]int16)(a[w*64:]), (*[64]int16)(b[w*64:])
		lt[w] = greaterWord(y, x)
		distinct = distinct && greaterWord(x, y) == ^lt[w]
	}
	return distinct
}

// changesGo is changesAVX2.
func changesGo(c *Crossing) {
	carry := uint64(0)
	for w, less := range c.Less {
		changed := less ^ (less<<1 | carry)
		carry = less >> 63
		c.Greater[w], c.Up[w], c.Down[w] = ^less, changed&^less, changed&less
	}
}

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
func greaterWord[T float64 | int16](a, b *[64]T) (word uint64) {
	for i := 0; i < 64; i += 8 {
		a, b := (*[8]T)(a[i:]), (*[8]T)(b[i:])
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
