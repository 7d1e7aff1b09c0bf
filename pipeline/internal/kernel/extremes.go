package kernel

import "math"

// Highest writes the largest value of the last n bars, the current one
// included; the first n-1 bars are NaN. A window with NaN is NaN; NaN does not
// affect later windows. +0 is larger than -0.
//
// The algorithm is that of van Herk (1992) and Gil and Werman (1993): three
// comparisons a bar whatever n is, with dst as its only memory.
func Highest(dst, src []float64, n int) { extreme(dst, src, n, 0) }

// Lowest writes the smallest value of the last n bars; in all else it is as
// [Highest].
func Lowest(dst, src []float64, n int) { extreme(dst, src, n, -1) }

// rank maps a value to a whole number of the same order, because the largest
// of two whole numbers costs one conditional move and that of two float64
// values a branch or six instructions. flip is 0, or -1 for the reverse order.
// NaN ranks highest in both.
func rank(x float64, flip int64) int64 {
	if x != x {
		return math.MaxInt64
	}
	b := int64(math.Float64bits(x))
	return b ^ int64(uint64(b>>63)>>1) ^ flip
}

// unrank is the inverse of rank.
func unrank(r, flip int64) float64 {
	b := r ^ flip
	return math.Float64frombits(uint64(b ^ int64(uint64(b>>63)>>1)))
}

// extreme cuts the column into blocks of n bars. A window that ends inside a
// block is a suffix of the block before and a prefix of its own. dst holds the
// ranks of the suffixes of one block while the next is written, so the blocks
// go from the last to the first.
func extreme(dst, src []float64, n int, flip int64) {
	checkWindow(dst, src, n)
	if n > len(src) {
		fillNaN(dst)
		return
	}
	for at := (len(src) - 1) / n * n; at > 0; at -= n {
		suffixes(dst[at-n:at], src[at-n:at], flip)
		end := min(at+n, len(src))
		prefixes(dst[at:end], src[at:end], dst[at-n:at], flip)
	}
	suffixes(dst[:n], src[:n], flip)
	first := unrank(int64(math.Float64bits(dst[0])), flip)
	fillNaN(dst[:n-1])
	dst[n-1] = first
}

// suffixes writes the highest rank from each bar to the end, as bits.
func suffixes(dst, src []float64, flip int64) {
	highest := int64(math.MinInt64)
	dst = dst[:len(src)]
	for i := len(src) - 1; i >= 0; i-- {
		highest = max(highest, rank(src[i], flip))
		dst[i] = math.Float64frombits(uint64(highest))
	}
}

// prefixes writes the windows that end in one block; before holds the ranks of
// the suffixes of the block before it, whose first belongs to no window here.
func prefixes(dst, src, before []float64, flip int64) {
	highest := int64(math.MinInt64)
	tails := before[1:]
	inner := min(len(src), len(tails))
	for i, x := range src[:inner] {
		highest = max(highest, rank(x, flip))
		dst[i] = unrank(max(highest, int64(math.Float64bits(tails[i]))), flip)
	}
	if inner < len(src) { // the window is the block itself
		dst[inner] = unrank(max(highest, rank(src[inner], flip)), flip)
	}
}
