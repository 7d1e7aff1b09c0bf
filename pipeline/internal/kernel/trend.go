package kernel

import "math"

// Aroon writes Chande's Aroon (1995) as TA-Lib has it: up is 100 × (1 − the bars since
// the highest high of the last n+1 bars / n), down the same of the lowest low, of equal
// ones the latest, and osc is up − down. The first n bars are NaN. A NaN makes those
// values NaN whose windows have it.
func Aroon(up, down, osc, high, low []float64, n int) {
	checkWindow(up, high, n)
	checkLength(len(down), len(high))
	checkLength(len(osc), len(high))
	checkLength(len(up), len(low))
	var top, bottom cursor
	top.start(high, n+1, 1)
	bottom.start(low, n+1, -1)
	for i := range up {
		up[i], down[i], osc[i] = math.NaN(), math.NaN(), math.NaN()
		if i < n {
			continue
		}
		h, known := top.at(i)
		l, both := bottom.at(i)
		if known && both {
			up[i] = 100 * (float64(n-(i-h)) / float64(n))
			down[i] = 100 * (float64(n-(i-l)) / float64(n))
			osc[i] = up[i] - down[i]
		}
	}
}

// Vortex writes the vortex indicator of Botes and Siepman (2010): the sum over n bars of
// |high − the low before| (plus), and of |low − the high before| (minus), each divided by
// that of the true ranges, 0 where that is 0. The first n bars are NaN. A NaN or an
// infinity makes those values NaN whose windows have it. A value depends only on the
// window and on the bars from the anchor before the current bar on.
func Vortex(plus, minus, high, low, closes []float64, n int) {
	checkWindow(plus, closes, n)
	checkLength(len(minus), len(closes))
	checkLength(len(plus), len(high))
	checkLength(len(plus), len(low))
	rise := func(bar int) float64 { return math.Abs(high[bar] - low[bar-1]) }
	fall := func(bar int) float64 { return math.Abs(low[bar] - high[bar-1]) }
	span := func(bar int) float64 { return trueRange(high[bar], low[bar], closes[bar-1]) }
	rises, falls := slidingSum{n: n, first: 1, term: rise}, slidingSum{n: n, first: 1, term: fall}
	spans := slidingSum{n: n, first: 1, term: span}
	fillNaN(plus[:min(1, len(plus))])
	fillNaN(minus[:min(1, len(minus))])
	for i := 1; i < len(plus); i++ {
		old := max(i-n, 1)
		up, down := rises.at(i, rise(i), rise(old)), falls.at(i, fall(i), fall(old))
		if whole := spans.at(i, span(i), span(old)); whole == 0 {
			plus[i], minus[i] = 0, 0
		} else {
			plus[i], minus[i] = up/whole, down/whole
		}
	}
}

// Choppiness writes Dreiss's choppiness index (1993): 100 × log10(the sum of the true
// ranges of n bars / (their highest high − their lowest low)) / log10(n), NaN where
// these are equal. n is at least 2. The first n bars are NaN, as the first one has no
// true range. What [Vortex] says of NaN and of anchors holds.
func Choppiness(dst, high, low, closes []float64, n int) {
	checkWindow(dst, closes, n)
	checkLength(len(dst), len(high))
	checkLength(len(dst), len(low))
	span := func(bar int) float64 { return trueRange(high[bar], low[bar], closes[bar-1]) }
	spans := slidingSum{n: n, first: 1, term: span}
	Highest(dst, high, n)
	var bottom extremum
	bottom.start(low, n, -1)
	scale := 100 / math.Log10(float64(n))
	for i, h := range dst {
		if dst[i] = math.NaN(); i == 0 {
			continue
		}
		sum := spans.at(i, span(i), span(max(i-n, 1)))
		if i < n {
			continue
		}
		if l := bottom.at(i); h != l {
			dst[i] = scale * math.Log10(sum/(h-l))
		}
	}
}

// Ulcer writes Martin's ulcer index (1987) in percent: the root of the mean over n bars
// of the squared distance, in percent, from the highest value of the n bars up to each.
// The first value stands at the bar 2n-2. A NaN makes those values NaN whose windows have
// it. A value depends only on the 2n-1 bars up to it and on the bars from the anchor
// before the current bar on.
func Ulcer(dst, src []float64, n int) {
	checkWindow(dst, src, n)
	var newest, oldest, other extremum
	newest.start(src, n, 0)
	oldest.start(src, n, 0)
	other.start(src, n, 0)
	square := func(top *extremum, bar int) float64 {
		down := percentChange(src[bar], top.at(bar))
		return down * down
	}
	squares := slidingSum{n: n, first: n - 1, term: func(bar int) float64 { return square(&other, bar) }}
	fillNaN(dst[:min(n-1, len(dst))])
	for i := n - 1; i < len(dst); i++ {
		old := 0.0
		if i-n >= n-1 {
			old = square(&oldest, i-n)
		}
		dst[i] = math.Sqrt(squares.at(i, square(&newest, i), old) / float64(n))
	}
}
