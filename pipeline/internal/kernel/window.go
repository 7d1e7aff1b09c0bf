package kernel

import (
	"fmt"
	"math"
)

// Anchor is the number of bars after which running sums start afresh, counted
// from index 0. A value therefore depends on a bounded past only, and rounding
// errors do not grow with the length of a column.
const Anchor = 1024

// checkWindow panics for a caller's bug: a window below one bar, or a dst of
// another length than src.
func checkWindow(dst, src []float64, n int) {
	if n < 1 {
		panic(fmt.Sprintf("kernel: window of %d bars", n))
	}
	checkLength(len(dst), len(src))
}

func checkLength(dst, src int) {
	if dst != src {
		panic(fmt.Sprintf("kernel: dst holds %d bars, input %d", dst, src))
	}
}

// fillNaN marks every bar of dst as having no value.
func fillNaN(dst []float64) {
	nan := math.NaN()
	for i := range dst {
		dst[i] = nan
	}
}

// Lag writes the value of k bars ago: dst[i] = src[i-k], and NaN for the first
// k bars. Lag of 0 is a copy. It panics where k < 0, which would look ahead.
// dst may be src.
func Lag(dst, src []float64, k int) {
	if k < 0 {
		panic(fmt.Sprintf("kernel: lag of %d bars", k))
	}
	checkLength(len(dst), len(src))
	k = min(k, len(dst))
	copy(dst[k:], src)
	fillNaN(dst[:k])
}
