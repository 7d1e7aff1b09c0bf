package kernel

import "math"

// Truths of three values stand in series as 1 where something is known to be true, 0
// where known to be false, and NaN where it is unknown. What reads them takes any
// number but 0 for true.

// Truths writes the truths of a mask: the bars on which it is known to be true, and
// those on which it is known to be false.
func Truths(dst []float64, yes, no Bits) {
	for i := range dst {
		switch {
		case yes.Get(i):
			dst[i] = 1
		case no.Get(i):
			dst[i] = 0
		default:
			dst[i] = math.NaN()
		}
	}
}

// truth returns 1 or 0.
func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// Select returns a where c is true, b where it is false, and NaN where it is unknown.
// The number that is not chosen may be unknown.
func Select(c, a, b float64) float64 {
	switch {
	case c != c:
		return c
	case c != 0:
		return a
	}
	return b
}

// Coalesce returns a, or b where a is unknown.
func Coalesce(a, b float64) float64 {
	if a != a {
		return b
	}
	return a
}

// IsKnown returns the truth of x having a value.
func IsKnown(x float64) float64 { return truth(x == x) }

// Map3 writes f of the three values of each bar.
func Map3(dst, a, b, c []float64, f func(a, b, c float64) float64) {
	a, b, c = a[:len(dst)], b[:len(dst)], c[:len(dst)]
	for i := range dst {
		dst[i] = f(a[i], b[i], c[i])
	}
}

// AnyTrue writes whether src is true on at least one of the last n bars, by Kleene's
// logic: one truth decides, also among unknown bars. The first n−1 bars are unknown.
func AnyTrue(dst, src []float64, n int) { decide(dst, src, n, true) }

// AllTrue writes whether src is true on each of the last n bars, by Kleene's logic: one
// falsehood decides, also among unknown bars. The first n−1 bars are unknown.
func AllTrue(dst, src []float64, n int) { decide(dst, src, n, false) }

// decide writes what one deciding value in a window makes of it.
func decide(dst, src []float64, n int, decisive bool) {
	decided, unknown := -n, -n // the last such bars
	for i, x := range src[:len(dst)] {
		switch {
		case x != x:
			unknown = i
		case (x != 0) == decisive:
			decided = i
		}
		switch {
		case i < n-1:
			dst[i] = math.NaN()
		case i-decided < n:
			dst[i] = truth(decisive)
		case i-unknown < n:
			dst[i] = math.NaN()
		default:
			dst[i] = truth(!decisive)
		}
	}
}

// Changed writes whether a value is another than that of the bar before.
func Changed(dst, src []float64) {
	before := math.NaN()
	for i, x := range src[:len(dst)] {
		if dst[i] = truth(x != before); x != x || before != before {
			dst[i] = math.NaN()
		}
		before = x
	}
}

// Moving writes whether each of the last n moves was up, or down where up is false. It
// is unknown where one of their n+1 values is.
func Moving(dst, src []float64, n int, up bool) {
	before := math.NaN()
	known, run := 0, 0
	for i, x := range src[:len(dst)] {
		if known++; x != x {
			known = 0
		}
		if run++; !(up && x > before || !up && x < before) {
			run = 0
		}
		before = x
		if dst[i] = truth(run >= n); known <= n {
			dst[i] = math.NaN()
		}
	}
}

// Streak counts how many bars in a row a series has risen, or fallen, which counts
// below 0; it is 0 where the series stands still. Bars without a value are skipped.
type Streak struct {
	before, run float64
	begun       bool
}

// Next writes the values of the bars that follow.
func (s *Streak) Next(dst, src []float64) {
	for i, x := range src[:len(dst)] {
		switch {
		case x != x:
			dst[i] = x
			continue
		case !s.begun:
			dst[i] = math.NaN()
			s.before, s.begun = x, true
			continue
		case x > s.before:
			s.run = max(s.run, 0) + 1
		case x < s.before:
			s.run = min(s.run, 0) - 1
		default:
			s.run = 0
		}
		s.before = x
		dst[i] = s.run
	}
}

// Since counts the bars since the last one that was known to be true, which itself has
// 0; before the first one nothing is known.
type Since struct {
	bars  float64
	begun bool
}

// Next writes the values of the bars that follow.
func (s *Since) Next(dst, mask []float64) {
	for i, m := range mask[:len(dst)] {
		if s.bars++; m == m && m != 0 {
			s.bars, s.begun = 0, true
		}
		if dst[i] = s.bars; !s.begun {
			dst[i] = math.NaN()
		}
	}
}

// ValueWhen writes the value that x had on the bar, of those on which mask was known to
// be true, that k others of them follow.
func ValueWhen(dst, mask, x []float64, k int) {
	found, at := 0, -1 // how many true bars there were; the one whose value it is
	for i, m := range mask[:len(dst)] {
		if m == m && m != 0 {
			if found++; found > k {
				for at++; mask[at] != mask[at] || mask[at] == 0; {
					at++
				}
			}
		}
		if dst[i] = math.NaN(); at >= 0 {
			dst[i] = x[at]
		}
	}
}

// ValueWhenStream is [ValueWhen] of a history that comes in pieces.
type ValueWhenStream struct {
	values []float64 // of the last k+1 true bars, in a ring
	found  int
}

// NewValueWhenStream returns the stream of the k-th true bar before the last.
func NewValueWhenStream(k int) *ValueWhenStream {
	return &ValueWhenStream{values: make([]float64, k+1)}
}

// Next writes the values of the bars that follow.
func (s *ValueWhenStream) Next(dst, mask, x []float64) {
	n := len(s.values)
	for i, m := range mask[:len(dst)] {
		if m == m && m != 0 {
			s.values[s.found%n] = x[i]
			s.found++
		}
		if dst[i] = math.NaN(); s.found >= n {
			dst[i] = s.values[s.found%n]
		}
	}
}

// AnchoredVWAP is the average of the typical price, weighted by volume, since the last
// bar on which a mask was known to be true, that bar included. Bars without a price or
// a volume are skipped, but for the truth of their mask.
type AnchoredVWAP struct {
	value, volume float64
	begun         bool
}

// Next writes the values of the bars that follow.
func (s *AnchoredVWAP) Next(dst, mask, high, low, closes, volume []float64) {
	for i, m := range mask[:len(dst)] {
		if m == m && m != 0 {
			*s = AnchoredVWAP{begun: true}
		}
		v := volume[i]
		x := (high[i] + low[i] + closes[i]) / 3 * v
		if dst[i] = math.NaN(); x != x || v != v {
			continue
		}
		s.value, s.volume = s.value+x, s.volume+v
		if s.begun && s.volume != 0 {
			dst[i] = s.value / s.volume
		}
	}
}
