package kernel

import (
	"math"
	"sort"
)

// RollingRank writes how a value ranks among the last n bars, its own included: 1 for
// the lowest, n for the highest, and the middle of their ranks for equal ones. A window
// with NaN is NaN and does not affect later windows.
//
// It and the other functions of ordered windows cost O(log n) a bar and the moving of
// about n/3 values in memory that the cache holds. What they write is one of the
// window's values, or made of a few of them, whatever has been before.
func RollingRank(dst, src []float64, n int) {
	ordered(dst, src, n, func(others []float64, x float64) float64 {
		below := lowerBound(others, x)
		equal := sort.Search(len(others)-below, func(i int) bool { return others[below+i] > x })
		return float64(below) + float64(equal)/2 + 1
	})
}

// Percentile writes the value below which p hundredths of the last n bars lie: that of
// the position (n − 1) p / 100 in their order, between two of them in proportion. A
// window with NaN is NaN and does not affect later windows. p is 0 to 100.
func Percentile(dst, src []float64, n int, p float64) {
	position := float64(n-1) * (p / 100)
	low := math.Floor(position)
	share := position - low
	ordered(dst, src, n, func(others []float64, x float64) float64 {
		at := lowerBound(others, x)
		v := element(others, at, x, int(low))
		if share == 0 {
			return v
		}
		return v + float64(share*(element(others, at, x, int(low)+1)-v))
	})
}

// MedianDeviation writes the median of the distances between the last n bars and
// their median; in all else it is as [Percentile].
func MedianDeviation(dst, src []float64, n int) {
	ordered(dst, src, n, func(others []float64, x float64) float64 {
		at := lowerBound(others, x)
		value := func(i int) float64 { return element(others, at, x, i) }
		median := (value((n-1)/2) + value(n/2)) / 2
		// The k + 1 nearest values stand side by side: from the first one on whose
		// distance is at most that of the last one of as many, or from the one before.
		// About half of all values reach above the median, so that there is such a one.
		nearest := func(k int) float64 {
			s := sort.Search(n-1-k, func(s int) bool { return median-value(s) <= value(s+k)-median })
			distance := value(s+k) - median
			if s > 0 {
				distance = min(distance, median-value(s-1))
			}
			return distance
		}
		return (nearest((n-1)/2) + nearest(n/2)) / 2
	})
}

// element returns the value at a position of others with x, which stands at position at.
func element(others []float64, at int, x float64, i int) float64 {
	switch {
	case i < at:
		return others[i]
	case i > at:
		return others[i-1]
	}
	return x
}

// lowerBound returns the number of values below x.
func lowerBound(values []float64, x float64) int {
	low, high := 0, len(values)
	for low < high {
		if middle := int(uint(low+high) >> 1); values[middle] < x {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

// ordered writes f of the last n bars: of the n − 1 before the newest in ascending
// order, which stand in the warm-up bars of dst, and the newest.
func ordered(dst, src []float64, n int, f func(others []float64, x float64) float64) {
	checkWindow(dst, src, n)
	if n > len(src) {
		fillNaN(dst)
		return
	}
	others := dst[: 0 : n-1]
	for i, x := range src {
		x += 0 // of two zeros, one
		if i >= n-1 {
			dst[i] = math.NaN()
			if x == x && len(others) == n-1 {
				dst[i] = f(others, x)
			}
			if n == 1 {
				continue
			}
			if oldest := src[i-n+1]; oldest == oldest {
				others = exchange(others, lowerBound(others, oldest), x)
				continue
			}
		}
		if x == x && n > 1 {
			at := lowerBound(others, x)
			others = others[:len(others)+1]
			copy(others[at+1:], others[at:])
			others[at] = x
		}
	}
	fillNaN(dst[:n-1])
}

// exchange takes the value at a position out of ascending values, and x, unless it is
// NaN, in.
func exchange(values []float64, out int, x float64) []float64 {
	if x != x {
		copy(values[out:], values[out+1:])
		return values[:len(values)-1]
	}
	in := lowerBound(values, x)
	if in > out {
		copy(values[out:in-1], values[out+1:in])
		in--
	} else {
		copy(values[in+1:out+1], values[in:out])
	}
	values[in] = x
	return values
}
