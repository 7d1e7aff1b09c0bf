package kernel

import (
	"math"
)

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

// Tile is Quanta of all words.
func (c *Crossing) Tile(a, b *[Anchor]int16) (distinct bool) { return crossTile(c, a, b) }

// Quanta compares quanta, as [OrderQuanta] does, and writes the words from first
// on. Up has the bars on which a > b follows a < b, and Down those on which a < b
// follows a > b; the first bar is in neither. It reports whether no bar has equal
// quanta, as then every order is known: where it is false, the words hold
// anything. It panics where the bars do not fit behind first.
func (c *Crossing) Quanta(first int, a, b []int16) (distinct bool) {
	checkLength(len(a), len(b))
	words, full := Words(len(a)), len(a)/64
	lt := Bits(c.Less[first:][:words])
	if !lessQuantaWords(lt[:full], a, b) {
		return false
	}
	if full < words {
		x, y := padded(a[full*64:], 1), padded(b[full*64:], 0)
		if !lessQuantaWords(lt[full:], x[:], y[:]) {
			return false
		}
	}
	gt, up, down := Bits(c.Greater[first:][:words]), Bits(c.Up[first:][:words]), Bits(c.Down[first:][:words])
	if done := changesBlocks(gt, up, down, lt); done < words {
		changesGo(gt, up, down, lt, done)
	}
	if words > 0 {
		down[0] &^= 1 // the first bar seemed to follow a > b
	}
	if tail := uint(len(a) % 64); tail > 0 {
		gt[full] &= 1<<tail - 1
		up[full] &= 1<<tail - 1
	}
	return true
}
