package kernel

import "math"

// SMA writes the simple moving average of the last n bars, the current one
// included; the first n-1 bars are NaN.
//
// A window of a stored column has one of two sums, which its own values choose:
//
//   - decimal: where every value v of the window has at most 6 decimals (it is the
//     float64 nearest to a whole number / 10^d) and |v| × 10^d is at most 2^53 / n
//     and 2^51, with one d for the window, the sum is exact and rounded once, by the
//     division sum / (n × 10^d). Two averages of equal sums are then equal, whatever
//     their order of bars.
//   - otherwise: prefix sums that start afresh every [Anchor] bars. A window
//     is (head + middle) + tail: the part inside the block of its first bar,
//     the whole blocks after it in order, and the part inside the last bar's
//     block; a window within one block is one difference. Where the prefix sum
//     that is taken away is more than 4,096 times as large as the average and as
//     each value of the head, the head is summed afresh.
//
// Derived series always have the second. scale is 0 for them, [PerWindow] for a
// stored column, and 10^d for one of whose values it is known that all have at most
// d decimals, which is faster and gives the same bits.
//
// An average of the second kind is within 1e-12 of the largest magnitude in its
// window, whatever has been before it. A constant window returns the constant. A
// window with NaN is NaN and with infinities what their sum is; neither affects
// later windows. A value depends only on the window, on n and on the bars back to
// the anchor before it.
func SMA(dst, src []float64, n int, scale int64) {
	checkWindow(dst, src, n)
	switch {
	case n > len(src):
		fillNaN(dst)
	case scale > 0 && smaDecimal(dst, src, n, scale, float64(n)):
	default:
		smaAnchored(dst, src, n)
		if scale != 0 {
			exactWindows(dst, src, n, float64(n))
		}
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
			i = averagesInside(dst, src, i, stop, n)
			continue
		}
		middle := 0.0
		for b := head + 1; b < tail; b++ {
			middle += dst[b*Anchor+Anchor-1]
		}
		i = averagesAcross(dst, src, i, stop, n, head*Anchor+Anchor, middle)
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
func averagesInside(dst, src []float64, i, stop, n int) int {
	var d doubts
	bars := float64(n)
	for low := lowestTaken(stop+1, n); i >= low; i-- {
		before := dst[i-n]
		sum := dst[i] - before
		mean := sum / bars
		if !trusted(mean, before) {
			first := i - n + 1
			mean = finiteMean(src[first:i+1], d.settle(src, first, i+1, sum, before)/bars)
		}
		dst[i] = mean
	}
	if i > stop {
		dst[i] = finiteMean(src[i-n+1:i+1], dst[i]/bars)
	}
	return stop
}

// averagesAcross turns dst[stop+1:i+1] into averages of windows that start in
// the block before bar end, whose sum is total, and end in a later one.
func averagesAcross(dst, src []float64, i, stop, n, end int, middle float64) int {
	var d doubts
	bars, total := float64(n), dst[end-1]
	for low := lowestTaken(stop+1, n); i >= low; i-- {
		before := dst[i-n]
		head := total - before
		mean := (head + middle + dst[i]) / bars
		if !trusted(mean, before) {
			first := i - n + 1
			head = d.settle(src, first, end, head, before)
			mean = finiteMean(src[first:i+1], (head+middle+dst[i])/bars)
		}
		dst[i] = mean
	}
	if i > stop {
		dst[i] = finiteMean(src[i-n+1:i+1], (total+middle+dst[i])/bars)
	}
	return stop
}

// lowestTaken returns the lowest bar of a stretch, which begins at low, from whose
// sum another is taken away: not that of a window which begins with a block, as only
// the first one of a stretch may.
func lowestTaken(low, n int) int {
	if (low-n+1)%Anchor == 0 {
		low++
	}
	return low
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
