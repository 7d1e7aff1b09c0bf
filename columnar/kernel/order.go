package kernel

import (
	"fmt"
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

// CrossQuanta is [OrderQuanta] that also sets the bars of up on which a > b
// follows a < b, and those of down on which a < b follows a > b; the first bar
// is in neither. It reports whether no bar has equal quanta, as then every
// order is known: where it is false, the masks hold anything.
func CrossQuanta(gt, lt, up, down Bits, a, b []int16) (distinct bool) {
	words := Words(len(a))
	if len(gt) != words || len(lt) != words || len(up) != words || len(down) != words {
		panic(fmt.Sprintf("kernel: masks of %d, %d, %d and %d words for %d bars", len(gt), len(lt), len(up), len(down), len(a)))
	}
	checkLength(len(a), len(b))
	full := len(a) / 64
	if !lessQuantaWords(lt[:full], a, b) {
		return false
	}
	if full < words {
		x, y := padded(a[full*64:], 1), padded(b[full*64:], 0)
		if !lessQuantaWords(lt[full:], x[:], y[:]) {
			return false
		}
	}
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
