package kernel

import "math"

// EfficiencyRatio writes Kaufman's efficiency ratio (1995): the distance from the
// value of n bars ago, as a part of the sum of the n moves since, 0 to 1; 0 where
// nothing has moved. The first n bars are NaN. A window with NaN or an infinity is
// NaN and does not affect later windows. A value depends only on the window and on
// the bars from the anchor before it on.
func EfficiencyRatio(dst, src []float64, n int) {
	checkWindow(dst, src, n)
	step := func(bar int) float64 { return math.Abs(src[bar] - src[bar-1]) }
	path := slidingSum{n: n, first: 1, term: step}
	fillNaN(dst[:min(1, len(dst))])
	for i := 1; i < len(src); i++ {
		sum := path.at(i, step(i), step(max(i-n, 1)))
		if dst[i] = sum; sum == sum && sum != 0 {
			dst[i] = min(math.Abs(src[i]-src[i-n])/sum, 1)
		}
	}
}

// Adaptive is an average that follows the more closely the straighter the last n moves
// have been: KAMA and VIDYA. Its first value is at the bar of the (n+1)-th known one;
// the average before that is the known value before. A NaN bar is NaN and otherwise
// skipped, as if it did not exist. From an infinite value on no bar is finite.
//
// It goes through a column piece by piece from its first bar.
type Adaptive struct {
	past delay
	// The weight of a value is least + ratio × more, squared for KAMA.
	least, more float64
	squared     bool

	known    int // values seen, up to n + 1
	still    int // the moves of 0 up to now
	previous float64
	leaving  float64 // the value that the oldest move is from
	path     exactSum
	mean     float64
}

// KAMA is Kaufman's adaptive average (1995, TA-Lib KAMA): its weight lies between
// those of exponential averages of slow and of fast bars. Where nothing has moved,
// the weight is that of fast, as in TA-Lib.
func KAMA(n, fast, slow int) Adaptive {
	least := 2 / float64(slow+1)
	return Adaptive{past: delay{n: n}, least: least, more: 2/float64(fast+1) - least, squared: true}
}

// VIDYA is Chande's variable index dynamic average with the magnitude of his momentum
// oscillator of n bars, which is the efficiency ratio, as its index (1994): the weight
// is that of an exponential average of n bars times the index.
func VIDYA(n int) Adaptive {
	return Adaptive{past: delay{n: n}, more: 2 / float64(n+1)}
}

// Run writes the values of a whole column; the average is at its first bar.
func (a Adaptive) Run(dst, src []float64) {
	a.past.column = src
	a.Next(dst, src)
}

// InPieces returns the average for a column that comes in pieces.
func (a Adaptive) InPieces() *Adaptive {
	a.past.ring = make([]float64, a.past.n)
	return &a
}

// Next writes the values of the bars that follow those of the call before.
func (a *Adaptive) Next(dst, src []float64) {
	checkWindow(dst, src, a.past.n)
	for i, x := range src {
		dst[i] = math.NaN()
		if x == x && a.add(x) {
			dst[i] = a.mean
		}
	}
}

func (a *Adaptive) add(x float64) bool {
	n := a.past.n
	old, full := a.past.pass(x)
	if a.known > 0 {
		move := math.Abs(x - a.previous)
		a.path.add(move)
		if a.still++; move != 0 {
			a.still = 0
		}
	}
	before := a.previous
	a.previous = x
	if !full {
		a.known++
		return false
	}
	if a.known == n {
		a.known, a.mean = n+1, before
	} else {
		a.path.add(-math.Abs(old - a.leaving))
	}
	a.leaving = old
	weight := float64(a.more*a.ratio(math.Abs(x-old))) + a.least
	if a.squared {
		weight *= weight
	}
	a.mean += float64(weight * (x - a.mean))
	return true
}

// ratio returns a distance as a part of the path.
func (a *Adaptive) ratio(distance float64) float64 {
	path := a.path.value()
	switch {
	case a.still >= a.past.n:
		a.path = exactSum{}
		if !a.squared {
			return 0
		}
		return 1
	case path <= distance:
		return 1
	}
	return distance / path
}
