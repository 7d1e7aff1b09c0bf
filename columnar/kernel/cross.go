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
	checkMask(dst, a)
	checkLength(len(a), len(b))
	var p pair
	full := len(a) / 64
	for w := range full {
		dst[w] = p.notCrossing((*lanes)(a[w*64:]), (*lanes)(b[w*64:]))
	}
	if full < len(dst) {
		x, y := tail(a[full*64:]), tail(b[full*64:])
		dst[full] = p.notCrossing(&x, &y)
	}
}

// NotCrossesBelow sets the bars where all four values are known and a does
// not cross below b.
func NotCrossesBelow(dst Bits, a, b []float64) { NotCrossesAbove(dst, b, a) }

// NotCrossesAboveConst is [NotCrossesAbove] of a constant.
func NotCrossesAboveConst(dst Bits, a []float64, c float64) { notCrossesConst(dst, a, c, false) }

// NotCrossesBelowConst is [NotCrossesBelow] of a constant.
func NotCrossesBelowConst(dst Bits, a []float64, c float64) { notCrossesConst(dst, a, c, true) }

func notCrossesConst(dst Bits, a []float64, c float64, below bool) {
	checkMask(dst, a)
	var p pair
	constant := broadcast(c)
	full := len(a) / 64
	for w := range dst {
		var x *lanes
		if w < full {
			x = (*lanes)(a[w*64:])
		} else {
			last := tail(a[full*64:])
			x = &last
		}
		if below {
			dst[w] = p.notCrossing(&constant, x)
		} else {
			dst[w] = p.notCrossing(x, &constant)
		}
	}
}

// pair carries what a word needs of the bar before it, as bit 0: whether both
// values were known, and whether the first was not above.
type pair struct{ known, under uint64 }

// notCrossing returns where a is known not to cross above b, in 64 bars.
func (p *pair) notCrossing(a, b *lanes) uint64 {
	above, under := greaterWord(a, b), greaterEqualWord(b, a)
	known := above | under
	cross := above & (under<<1 | p.under)
	word := known & (known<<1 | p.known) &^ cross
	p.known, p.under = known>>63, under>>63
	return word
}
