package eval

import (
	"math/bits"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// order is how the two values of a pair compare in one trial, on the tile.
type order struct {
	known bool // the masks are of this trial
	// Up and Down are where the one crosses above the other, and below; only of
	// pairs that are crossed.
	kernel.Crossing
	sides [2]quanta
}

// mask returns one of the four masks.
func (o *order) mask(m mask) *[tileWords]uint64 {
	switch m {
	case maskGreater:
		return &o.Greater
	case maskLess:
		return &o.Less
	case maskUp:
		return &o.Up
	}
	return &o.Down
}

// begin finds out whether the first bar is a cross. before and after are the values
// of x and y on the bar before.
func (o *order) begin(before, after float64) {
	o.Up[0] |= o.Greater[0] & bit(before <= after)
	o.Down[0] |= o.Less[0] & bit(before >= after)
}

// forget clears the bars before the first that has both values, which is no cross:
// of them, x seemed to be greater.
func (o *order) forget(first int) {
	for w := range min(first/64, tileWords) {
		o.Greater[w], o.Up[w], o.Down[w] = 0, 0, 0
	}
	if w := first / 64; w < tileWords {
		keep := ^uint64(0) << uint(first%64)
		o.Greater[w] &= keep
		o.Up[w] &= keep << 1
		o.Down[w] &= keep << 1
	}
}

// decide clears the bars on which a value is not known, and looks at the values
// where quanta are equal. Words that knownX and knownY do not have are known.
func (o *order) decide(x, y []float64, knownX, knownY []uint64) {
	for w := range (len(x) + 63) / 64 {
		known := within(len(x)-w*64) & wordOf(knownX, w) & wordOf(knownY, w)
		o.Greater[w] &= known
		o.Less[w] &= known
		for equal := known &^ (o.Greater[w] | o.Less[w]); equal != 0; equal &= equal - 1 {
			i := bits.TrailingZeros64(equal)
			if a, b := x[w*64+i], y[w*64+i]; a > b {
				o.Greater[w] |= 1 << i
			} else if a < b {
				o.Less[w] |= 1 << i
			}
		}
	}
}

// crossKnown finds the crosses on the first bars, from Greater and Less and from which
// bars have values. below and above say that the one value was at or below the
// other on the bar before, or at or above it.
func (o *order) crossKnown(bars int, knownX, knownY []uint64, below, above uint64) {
	for w := range (bars + 63) / 64 {
		known := wordOf(knownX, w) & wordOf(knownY, w)
		gt, lt := o.Greater[w], o.Less[w]
		o.Up[w] = gt & ((known&^gt)<<1 | below)
		o.Down[w] = lt & ((known&^lt)<<1 | above)
		below, above = (known&^gt)>>63, (known&^lt)>>63
	}
}

// wordOf returns a word of a mask, which is set where the mask does not have it.
func wordOf(m []uint64, w int) uint64 {
	if w < len(m) {
		return m[w]
	}
	return ^uint64(0)
}

// cross finds the crosses of x and y in the first words, from Greater and Less; before
// and after are the values of x and y on the bar before the tile.
func (o *order) cross(words int, x, y []float64, before, after float64) {
	rise(o.Up[:words], o.Greater[:words], x, y, before <= after)
	rise(o.Down[:words], o.Less[:words], y, x, after <= before)
}

// rise sets the bars of dst on which x > y, as above says, follows x <= y.
// first says that x <= y on the bar before the tile.
func rise(dst, above []uint64, x, y []float64, first bool) {
	carry := 1 ^ bit(first)
	for w := range dst {
		rising := above[w] &^ (above[w]<<1 | carry)
		carry = above[w] >> 63
		for rest := rising; rest != 0; rest &= rest - 1 {
			// Not above is at or below, or unknown, which rises from nothing.
			if t := w*64 + bits.TrailingZeros64(rest) - 1; t >= 0 && !(x[t] <= y[t]) {
				rising &^= rest & -rest
			}
		}
		dst[w] = rising
	}
}
