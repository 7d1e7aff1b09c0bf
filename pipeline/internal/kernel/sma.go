package kernel

import "math"

// SMA writes the simple moving average of the last n bars, the current one
// included; the first n-1 bars are NaN.
//
// scale is 10^d for a column of decimal numbers with at most d decimals, and
// 0 for any other column. It chooses the definition of each window's sum:
//
//   - decimal: where every value v of the window is the float64 nearest to a
//     whole number / scale, and |v| × scale is at most 2^53 / n and 2^51, the
//     sum is exact and rounded once, by the division sum / (n × scale). Two
//     averages of equal sums are then equal, whatever their order of bars.
//   - otherwise: prefix sums that start afresh every [Anchor] bars. A window
//     is (head + middle) + tail: the part inside the block of its first bar,
//     the whole blocks after it in order, and the part inside the last bar's
//     block; a window within one block is one difference.
//
// A constant window returns the constant. A window with NaN is NaN and with
// infinities what their sum is; neither affects later windows. A value
// depends only on the window, on n and on the bars back to the anchor before
// it. Blocks of finite values are expected to have a finite sum.
func SMA(dst, src []float64, n int, scale int64) {
	checkWindow(dst, src, n)
	switch {
	case n > len(src):
		fillNaN(dst)
	case scale <= 0:
		smaAnchored(dst, src, n)
	case !smaDecimal(dst, src, n, scale):
		smaAnchored(dst, src, n)
		smaExact(dst, src, n, scale)
	}
}

// smaAnchored computes every window by prefix sums. It writes the prefix sums
// of the blocks to dst and turns them into averages from the last bar
// backwards, so that each is overwritten after its last use.
func smaAnchored(dst, src []float64, n int) {
	finite := blockSums(dst, src)
	for i := len(src) - 1; i >= n-1; {
		// All windows of one stretch have the same middle blocks.
		head, tail := (i-n+1)/Anchor, i/Anchor
		stop := max(tail*Anchor, head*Anchor+n-1) - 1
		if head == tail {
			i = averagesInside(dst, i, stop, n)
			continue
		}
		middle := 0.0
		for b := head + 1; b < tail; b++ {
			middle += dst[b*Anchor+Anchor-1]
		}
		i = averagesAcross(dst, i, stop, n, dst[head*Anchor+Anchor-1], middle)
	}
	fillNaN(dst[:n-1])
	fixConstant(dst, src, n)
	if !finite {
		fixNonFinite(dst, src, n)
	}
}

// blockSums writes the prefix sums of each block, of the finite values only,
// and reports whether all values are finite.
func blockSums(dst, src []float64) (finite bool) {
	finite = true
	for at := 0; at < len(src); at += Anchor {
		block := src[at:min(at+Anchor, len(src))]
		sum := 0.0
		for i, x := range block {
			if x-x == 0 { // neither NaN nor infinite
				sum += x
			} else {
				finite = false
			}
			dst[at+i] = sum
		}
	}
	return finite
}

// averagesInside turns dst[stop+1:i+1] into averages of windows that lie
// inside one block, and returns stop.
func averagesInside(dst []float64, i, stop, n int) int {
	bars := float64(n)
	for ; i > stop; i-- {
		sum := dst[i]
		if first := i - n + 1; first%Anchor != 0 {
			sum -= dst[first-1]
		}
		dst[i] = sum / bars
	}
	return stop
}

// averagesAcross turns dst[stop+1:i+1] into averages of windows that start in
// one block, whose sum is total, and end in a later one.
func averagesAcross(dst []float64, i, stop, n int, total, middle float64) int {
	bars := float64(n)
	for ; i > stop; i-- {
		head := total
		if first := i - n + 1; first%Anchor != 0 {
			head -= dst[first-1]
		}
		dst[i] = (head + middle + dst[i]) / bars
	}
	return stop
}

// fixConstant writes the constant of every window of n equal values.
func fixConstant(dst, src []float64, n int) {
	run, previous := 0, math.NaN()
	for i, x := range src {
		if x != previous {
			run, previous = 0, x
		}
		if run++; run >= n {
			dst[i] = x
		}
	}
}

// fixNonFinite writes the windows that hold a NaN or an infinity.
func fixNonFinite(dst, src []float64, n int) {
	nan, up, down := -n, -n, -n // the last bar of each
	for i, x := range src {
		switch {
		case x != x:
			nan = i
		case x > math.MaxFloat64:
			up = i
		case x < -math.MaxFloat64:
			down = i
		}
		first := i - n + 1
		switch {
		case first < 0:
		case nan >= first || up >= first && down >= first:
			dst[i] = math.NaN()
		case up >= first:
			dst[i] = math.Inf(1)
		case down >= first:
			dst[i] = math.Inf(-1)
		}
	}
}
