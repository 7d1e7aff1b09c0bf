package kernel

import "math"

// Quanta is the number of values of a quantum. (Quanta - 1) / (hi - lo) is the
// scale that spreads the values from lo to hi over all of them.
const Quanta = 1 << 16

// Quantize maps values to quanta of the width 1 / scale, counted from lo up:
// dst[i] is the whole part of (src[i] - lo) × scale, clamped to 0 and
// Quanta - 1, less Quanta / 2. scale is not negative.
//
// It never turns an order round: x < y never gives a greater quantum to x,
// whatever lo and scale, infinities included. NaN has a quantum like any
// other value, so ask [Known].
func Quantize(dst []int16, src []float64, lo, scale float64) {
	checkLength(len(dst), len(src))
	done := quantizeBlocks(dst, src, lo, scale)
	quantizeGo(dst[done:], src[done:], lo, scale)
}

// quantizeGo is the Go twin of the assembly.
func quantizeGo(dst []int16, src []float64, lo, scale float64) {
	dst = dst[:len(src)]
	for i, x := range src {
		q := (x - lo) * scale
		if !(q > 0) { // or NaN: ±Inf × 0, or 0 × Inf, below which nothing lies
			q = 0
		}
		if q > Quanta-1 {
			q = Quanta - 1
		}
		dst[i] = int16(int32(q) - Quanta/2)
	}
}

// Range returns the least and the greatest of the values that are finite; ok
// is false where there is none. A zero is +0.
func Range(src []float64) (lo, hi float64, ok bool) {
	least, greatest := emptyRange()
	done := rangeBlocks(&least, &greatest, src)
	rangeGo(&least, &greatest, src[done:])
	lo, hi = min(least[0], least[1], least[2], least[3]), max(greatest[0], greatest[1], greatest[2], greatest[3])
	if lo > hi {
		return 0, 0, false
	}
	return lo + 0, hi + 0, true
}

// emptyRange is the extent of no value, in four parts.
func emptyRange() (least, greatest [4]float64) {
	for i := range least {
		least[i], greatest[i] = math.Inf(1), math.Inf(-1)
	}
	return least, greatest
}

// rangeGo is the Go twin of the assembly; it uses the first parts alone.
func rangeGo(least, greatest *[4]float64, src []float64) {
	lo, hi := least[0], greatest[0]
	for _, x := range src {
		if x-x == 0 { // neither NaN nor infinite
			if x < lo {
				lo = x
			}
			if x > hi {
				hi = x
			}
		}
	}
	least[0], greatest[0] = lo, hi
}
