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
