package kernel

import "math"

// Order sets the bars of gt where a > b and those of lt where a < b; with NaN
// on either side, neither. Both masks have Words(len(a)) words and do not
// overlap. It reads the columns once for both.
func Order(gt, lt Bits, a, b []float64) {
	checkMask(gt, len(a))
	checkMask(lt, len(a))
	checkLength(len(a), len(b))
	full := len(a) / 64
	orderWords(gt[:full], lt[:full], a, b)
	if full < len(gt) {
		x, y := padded(a[full*64:], math.NaN()), padded(b[full*64:], math.NaN())
		orderWords(gt[full:], lt[full:], x[:], y[:])
	}
}

// OrderQuanta is [Order] of columns that [Quantize] made with one lo and
// scale: a bar that it sets is one that Order sets, where both values are
// [Known]. Equal quanta leave the order open, and neither bit is set.
func OrderQuanta(gt, lt Bits, a, b []int16) {
	checkMask(gt, len(a))
	checkMask(lt, len(a))
	checkLength(len(a), len(b))
	full := len(a) / 64
	orderQuantaWords(gt[:full], lt[:full], a, b)
	if full < len(gt) {
		x, y := padded(a[full*64:], 0), padded(b[full*64:], 0)
		orderQuantaWords(gt[full:], lt[full:], x[:], y[:])
	}
}

// Crossing is how two columns compare on up to [Anchor] bars: where the first is
// greater, where it is less, and where it comes to be either.
type Crossing struct{ Greater, Less, Up, Down [Anchor / 64]uint64 }

// Quanta compares the quanta of the first bars of a tile, as [OrderQuanta] does, and
// writes all masks. Up has the bars on which a > b follows a < b, and Down those on
// which a < b follows a > b; the first bar is in neither. It reports whether no bar
// has equal quanta, as then every order is known: where it is false, the masks
// hold anything. Behind the bars a has to be the greater.
func (c *Crossing) Quanta(a, b *[Anchor]int16, bars int) (distinct bool) {
	if !crossQuanta(c, a, b) {
		return false
	}
	c.Down[0] &^= 1 // the first bar seemed to follow a > b
	if bars < Anchor {
		tail := ^uint64(0) << uint(bars%64)
		for w := bars / 64; w < len(c.Greater); w++ {
			c.Greater[w] &^= tail
			c.Up[w] &^= tail
			tail = ^uint64(0)
		}
	}
	return true
}

// crossQuantaGo is the Go twin of the assembly.
func crossQuantaGo(c *Crossing, a, b *[Anchor]int16) (distinct bool) {
	if !lessQuantaGo(c.Less[:], a[:], b[:]) {
		return false
	}
	changesGo(c)
	return true
}
