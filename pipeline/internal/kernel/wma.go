package kernel

import "math"

// WMA writes the linearly weighted moving average of the last n bars as TA-Lib has
// it: the newest value has weight n, the oldest 1. The first n-1 bars are NaN.
//
// Sums are slid and computed afresh as those of [StdDev] are: at anchors, and where
// rounding could show. A constant window returns the constant. A window with NaN or
// an infinity is NaN and does not affect later windows.
func WMA(dst, src []float64, n int) {
	checkWindow(dst, src, n)
	w := newWeighted(src, -1, n)
	for i := range src {
		dst[i] = w.at(i)
	}
}

// hullRoom is the room for the values that the outer average of [HMA] is over.
const hullRoom = 1024

// MaxHull is the longest window of [HMA].
const MaxHull = hullRoom*hullRoom - 1

// HMA writes Hull's moving average (2005): the [WMA] of √n bars, rounded down, of
// twice the WMA of n/2 bars, rounded down, less that of n. The first value stands at
// the bar n + √n - 2. n is at most [MaxHull]. It depends on the bars back to the
// anchor before the one before its window.
func HMA(dst, src []float64, n int) {
	checkWindow(dst, src, n)
	var inner [hullRoom]float64
	half, full := newWeighted(src, -1, max(n/2, 1)), newWeighted(src, -1, n)
	outer := newWeighted(inner[:], hullRoom-1, min(int(math.Sqrt(float64(n))), hullRoom-1))
	for i := range src {
		inner[i%hullRoom] = 2*half.at(i) - full.at(i)
		dst[i] = outer.at(i)
	}
}

// weighted is WMA of bars one after the other.
type weighted struct {
	src           []float64
	mask          int // src[bar & mask] is the value of a bar: -1, or that of a ring
	n             int
	finite, equal int // run lengths up to the current bar
	previous      float64
	slides        bool // the sums are those of the bar before
	total, size   float64
	sum           float64 // of the weighted values
	// totalNoise and noise bound the rounding errors of total and sum, in units of
	// 2^-53.
	totalNoise, noise float64
}

func newWeighted(src []float64, mask, n int) weighted {
	return weighted{src: src, mask: mask, n: n, previous: math.NaN()}
}

// at returns the average up to a bar, the one after that of the call before.
func (w *weighted) at(bar int) float64 {
	x := w.src[bar&w.mask]
	if x != w.previous {
		w.equal, w.previous = 0, x
	}
	w.equal++
	w.finite++
	if x-x != 0 {
		w.finite = 0
	}
	switch {
	case w.finite < w.n:
		w.slides = false
		return math.NaN()
	case w.equal >= w.n:
		w.slides = false
		return x
	case w.slides && bar%Anchor != 0 && w.slide(x, w.src[(bar-w.n)&w.mask]):
	default:
		w.afresh(bar)
	}
	bars := float64(w.n)
	return w.sum / (bars * (bars + 1) / 2)
}

func (w *weighted) slide(newest, oldest float64) bool {
	bars := float64(w.n)
	w.sum += float64(bars*newest) - w.total
	w.total += newest - oldest
	large := w.size + math.Abs(newest)
	w.size = large - math.Abs(oldest)
	w.totalNoise += 4 * large
	w.noise += w.totalNoise + float64(3*bars*large) // no sum on the way is larger than bars × large
	return w.noise < w.size*bars*weightedNoise
}

func (w *weighted) afresh(bar int) {
	var total, sum exactSum
	w.size = 0
	for k := range w.n {
		x := w.src[(bar-w.n+1+k)&w.mask]
		total.add(x)
		sum.add(float64(float64(k+1) * x))
		w.size += math.Abs(x)
	}
	w.total, w.sum, w.slides = total.value(), sum.value(), true
	w.totalNoise, w.noise = 4*w.size, 4*w.size*float64(w.n)
}
