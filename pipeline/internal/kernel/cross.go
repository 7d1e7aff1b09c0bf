package kernel

import "math/bits"

// CrossesAbove sets bar t where a[t] > b[t] and a[t-1] <= b[t-1], all four
// known. Bar 0 is never set.
func CrossesAbove(dst Bits, a, b []float64) {
	CompareSeries(dst, Greater, a, b)
	rises(dst, func(t int) bool { return a[t] <= b[t] })
}

// CrossesBelow sets bar t where a[t] < b[t] and a[t-1] >= b[t-1], all four
// known: b crosses above a.
func CrossesBelow(dst Bits, a, b []float64) { CrossesAbove(dst, b, a) }

// CrossesAboveConst is [CrossesAbove] of a constant.
func CrossesAboveConst(dst Bits, a []float64, c float64) {
	CompareConst(dst, Greater, a, c)
	rises(dst, func(t int) bool { return a[t] <= c })
}

// CrossesBelowConst is [CrossesBelow] of a constant.
func CrossesBelowConst(dst Bits, a []float64, c float64) {
	CompareConst(dst, Less, a, c)
	rises(dst, func(t int) bool { return a[t] >= c })
}

// rises keeps of a mask the bars that are set where the bar before is not,
// and of these the ones where the bar before satisfies under. The bar before
// is looked at alone, because a second comparison of every bar costs as much
// as the first and crosses are rare.
func rises(dst Bits, under func(t int) bool) {
	before := uint64(1) // as if set before the first bar: no cross there
	for w, above := range dst {
		rising := above &^ (above<<1 | before)
		before = above >> 63
		for rest := rising; rest != 0; rest &= rest - 1 {
			if t := w*64 + bits.TrailingZeros64(rest); !under(t - 1) {
				rising &^= rest & -rest
			}
		}
		dst[w] = rising
	}
}

// NotCrossesAbove sets the bars where all four values are known and a does
// not cross above b: the negation of [CrossesAbove] that leaves unknown
// unknown.
func NotCrossesAbove(dst Bits, a, b []float64) {
	checkMask(dst, len(a))
	checkLength(len(a), len(b))
	notCrosses(dst, series(a), series(b), len(a))
}

// NotCrossesBelow sets the bars where all four values are known and a does
// not cross below b.
func NotCrossesBelow(dst Bits, a, b []float64) { NotCrossesAbove(dst, b, a) }

// NotCrossesAboveConst is [NotCrossesAbove] of a constant.
func NotCrossesAboveConst(dst Bits, a []float64, c float64) {
	checkMask(dst, len(a))
	constant := broadcast(c)
	notCrosses(dst, series(a), operand{constant[:], 0}, len(a))
}

// NotCrossesBelowConst is [NotCrossesBelow] of a constant.
func NotCrossesBelowConst(dst Bits, a []float64, c float64) {
	checkMask(dst, len(a))
	constant := broadcast(c)
	notCrosses(dst, operand{constant[:], 0}, series(a), len(a))
}

// notCrosses compares a stretch of words both ways and then combines them, so
// that the second mask needs no memory of the column's length.
func notCrosses(dst Bits, a, b operand, bars int) {
	var scratch [16]uint64
	knownBefore, underBefore := uint64(0), uint64(0) // bit 0: the bar before the word
	for from := 0; from < len(dst); from += len(scratch) {
		aboves := dst[from:min(from+len(scratch), len(dst))]
		unders := Bits(scratch[:len(aboves)])
		left := min(bars-from*64, len(scratch)*64)
		compareBars(aboves, Greater, a.from(from), b.from(from), left)
		compareBars(unders, LessEqual, a.from(from), b.from(from), left)
		for w, above := range aboves {
			under := unders[w]
			known := above | under
			cross := above & (under<<1 | underBefore)
			aboves[w] = known & (known<<1 | knownBefore) &^ cross
			knownBefore, underBefore = known>>63, under>>63
		}
	}
}
