package kernel

// CrossesAbove sets bar t where a[t] > b[t] and a[t-1] <= b[t-1], all four
// known. Bar 0 is never set.
func CrossesAbove(dst Bits, a, b []float64) { crosses(dst, a, b, false) }

// CrossesBelow sets bar t where a[t] < b[t] and a[t-1] >= b[t-1], all four
// known: b crosses above a.
func CrossesBelow(dst Bits, a, b []float64) { crosses(dst, b, a, false) }

// NotCrossesAbove sets the bars where all four values are known and a does
// not cross above b: the negation of [CrossesAbove] that leaves unknown
// unknown.
func NotCrossesAbove(dst Bits, a, b []float64) { crosses(dst, a, b, true) }

// NotCrossesBelow sets the bars where all four values are known and a does
// not cross below b.
func NotCrossesBelow(dst Bits, a, b []float64) { crosses(dst, b, a, true) }

// CrossesAboveConst is [CrossesAbove] of a constant.
func CrossesAboveConst(dst Bits, a []float64, c float64) { crossesConst(dst, a, c, false, false) }

// CrossesBelowConst is [CrossesBelow] of a constant.
func CrossesBelowConst(dst Bits, a []float64, c float64) { crossesConst(dst, a, c, true, false) }

// NotCrossesAboveConst is [NotCrossesAbove] of a constant.
func NotCrossesAboveConst(dst Bits, a []float64, c float64) { crossesConst(dst, a, c, false, true) }

// NotCrossesBelowConst is [NotCrossesBelow] of a constant.
func NotCrossesBelowConst(dst Bits, a []float64, c float64) { crossesConst(dst, a, c, true, true) }

func crosses(dst Bits, a, b []float64, not bool) {
	checkMask(dst, a)
	checkLength(len(a), len(b))
	var c crossing
	full := len(a) / 64
	for w := range full {
		dst[w] = c.word((*lanes)(a[w*64:]), (*lanes)(b[w*64:]), not)
	}
	if full < len(dst) {
		x, y := tail(a[full*64:]), tail(b[full*64:])
		dst[full] = c.word(&x, &y, not)
	}
}

func crossesConst(dst Bits, a []float64, level float64, below, not bool) {
	checkMask(dst, a)
	var c crossing
	constant := broadcast(level)
	word := func(x *lanes) uint64 {
		if below {
			return c.word(&constant, x, not)
		}
		return c.word(x, &constant, not)
	}
	full := len(a) / 64
	for w := range full {
		dst[w] = word((*lanes)(a[w*64:]))
	}
	if full < len(dst) {
		x := tail(a[full*64:])
		dst[full] = word(&x)
	}
}

// crossing carries what a word needs of the bar before it, as bit 0: whether
// it was known, and whether it was known to be not above.
type crossing struct{ known, under uint64 }

// word returns where a crosses above b in 64 bars, or where it is known not
// to.
func (c *crossing) word(a, b *lanes, not bool) uint64 {
	above, under := greaterWord(a, b), greaterEqualWord(b, a)
	known := above | under
	cross := above & (under<<1 | c.under)
	wasKnown := known<<1 | c.known
	c.known, c.under = known>>63, under>>63
	if not {
		return known & wasKnown &^ cross
	}
	return cross
}
