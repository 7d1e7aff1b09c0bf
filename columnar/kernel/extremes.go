package kernel

// Highest writes the largest value of the last n bars, the current one
// included; the first n-1 bars are NaN. A window with NaN is NaN; NaN does not
// affect later windows. +0 is larger than -0.
//
// The algorithm is that of van Herk (1992) and Gil and Werman (1993), three
// comparisons a bar whatever n is, with dst as its only memory.
func Highest(dst, src []float64, n int) {
	checkWindow(dst, src, n)
	for at := lastBlock(len(src), n); at > 0; at -= n {
		suffixMax(dst[at-n:at], src[at-n:at])
		largest := src[at]
		for i := at; i < min(at+n-1, len(src)); i++ {
			largest = max(largest, src[i])
			dst[i] = max(largest, dst[i-n+1])
		}
		if end := at + n - 1; end < len(src) {
			dst[end] = max(largest, src[end])
		}
	}
	firstBlock(dst, src, n, suffixMax)
}

// Lowest writes the smallest value of the last n bars; in all else it is as
// [Highest].
func Lowest(dst, src []float64, n int) {
	checkWindow(dst, src, n)
	for at := lastBlock(len(src), n); at > 0; at -= n {
		suffixMin(dst[at-n:at], src[at-n:at])
		smallest := src[at]
		for i := at; i < min(at+n-1, len(src)); i++ {
			smallest = min(smallest, src[i])
			dst[i] = min(smallest, dst[i-n+1])
		}
		if end := at + n - 1; end < len(src) {
			dst[end] = min(smallest, src[end])
		}
	}
	firstBlock(dst, src, n, suffixMin)
}

// lastBlock returns the start of the last of the blocks of n bars.
func lastBlock(bars, n int) int {
	return max(bars-1, 0) / n * n
}

// firstBlock writes the n-1 bars of warm-up and the first full window.
func firstBlock(dst, src []float64, n int, suffix func(dst, src []float64)) {
	if n > len(src) {
		fillNaN(dst)
		return
	}
	suffix(dst[:n], src[:n])
	dst[n-1] = dst[0]
	fillNaN(dst[:n-1])
}

func suffixMax(dst, src []float64) {
	largest := src[len(src)-1]
	for i := len(src) - 1; i >= 0; i-- {
		largest = max(largest, src[i])
		dst[i] = largest
	}
}

func suffixMin(dst, src []float64) {
	smallest := src[len(src)-1]
	for i := len(src) - 1; i >= 0; i-- {
		smallest = min(smallest, src[i])
		dst[i] = smallest
	}
}
