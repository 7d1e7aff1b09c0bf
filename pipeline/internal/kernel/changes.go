package kernel

import "math"

// Change writes the value less that of n bars before; the first n bars are NaN.
func Change(dst, src []float64, n int) {
	checkWindow(dst, src, n)
	Lag(dst, src, n)
	for i, x := range src {
		dst[i] = x - dst[i]
	}
}

// PctChange writes the value over that of n bars before, less 1, as a fraction; the
// first n bars are NaN.
func PctChange(dst, src []float64, n int) {
	checkWindow(dst, src, n)
	Lag(dst, src, n)
	for i, x := range src {
		dst[i] = (x - dst[i]) / dst[i]
	}
}

// LogReturn writes the natural logarithm of the value over that of n bars before, NaN
// where their signs differ; the first n bars are NaN.
func LogReturn(dst, src []float64, n int) {
	checkWindow(dst, src, n)
	Lag(dst, src, n)
	for i, x := range src {
		dst[i] = math.Log(x / dst[i])
	}
}

// Sum writes the sum of the last n bars, the current one included: n times their
// [SMA], with its scale, and of windows that have one the exact sum, rounded once. What
// SMA says of warm-up, NaN, anchors and cost holds.
func Sum(dst, src []float64, n int, scale int64) {
	checkWindow(dst, src, n)
	if scale > 0 && n <= len(src) && smaDecimal(dst, src, n, scale, 1) {
		return
	}
	SMA(dst, src, n, 0)
	for i, mean := range dst {
		dst[i] = float64(mean * float64(n))
	}
	if scale != 0 && n <= len(src) {
		exactWindows(dst, src, n, 1)
	}
}

// ExtremeAge writes how many bars ago the last n bars, the current one included, had
// their largest value, or with sign −1 the smallest: 0 is this bar, and of equal values
// the latest counts. A window with NaN is NaN and does not affect later windows.
func ExtremeAge(dst, src []float64, n int, sign float64) {
	checkWindow(dst, src, n)
	fillNaN(dst)
	fold(len(src), n, func(i int) peak { return peak{sign * src[i], i} }, func(i int, w peak) {
		if w.value == w.value {
			dst[i] = float64(i - w.bar)
		}
	})
}

// peak is the latest of the largest values of some bars, or one that is NaN.
type peak struct {
	value float64
	bar   int
}

func (p peak) merge(later peak, _, _ float64) peak {
	if later.value < p.value || p.value != p.value {
		return p
	}
	return later
}

// total is a sum that keeps what its additions lose (A. Neumaier 1974), so that a
// value that dwarfs the others takes no digits from them.
type total struct{ sum, lost float64 }

func (t *total) add(x float64) float64 {
	next := t.sum + x
	if math.Abs(t.sum) >= math.Abs(x) {
		t.lost += (t.sum - next) + x
	} else {
		t.lost += (x - next) + t.sum
	}
	t.sum = next
	if next-next != 0 {
		t.lost = 0
	}
	return t.sum + t.lost
}

// CumSum is the sum of all values so far. Next writes those of the bars that follow:
// NaN where the value is, which is otherwise skipped. From an infinite value on the sum
// is infinite, or NaN.
type CumSum struct{ total total }

// Next writes the sums of the bars that follow those of the call before.
func (s *CumSum) Next(dst, src []float64) {
	checkLength(len(dst), len(src))
	for i, x := range src {
		if dst[i] = x; x == x {
			dst[i] = s.total.add(x)
		}
	}
}

// CumMax is the largest value so far, or with Least the smallest.
type CumMax struct {
	// Least is set once, before the first piece.
	Least bool

	known   bool
	extreme float64
}

// Next writes those of the bars that follow those of the call before: NaN where the
// value is, which is otherwise skipped.
func (s *CumMax) Next(dst, src []float64) {
	checkLength(len(dst), len(src))
	for i, x := range src {
		dst[i] = x
		if x != x {
			continue
		}
		switch {
		case !s.known:
			s.extreme, s.known = x, true
		case s.Least:
			s.extreme = min(s.extreme, x)
		default:
			s.extreme = max(s.extreme, x)
		}
		dst[i] = s.extreme
	}
}
