package kernel

import "math"

// ALMA writes the moving average of Arnaud Legoux and Dimitrios Kouzis-Loukas (2009):
// the weights of the last n bars, counted from 0 for the oldest, are those of a bell
// around offset × (n-1) with a standard deviation of n / sigma bars; sigma 0 makes
// them equal. The first n-1 bars are NaN. A window with NaN is NaN; it and infinities
// do not affect later windows. The cost is O(n) a bar, as no recursion makes a bell.
func ALMA(dst, src []float64, n int, offset, sigma float64) {
	checkWindow(dst, src, n)
	if n > len(src) {
		fillNaN(dst)
		return
	}
	centre, width := float64(offset*float64(n-1)), float64(n)/sigma
	total := 0.0
	clear(dst)
	for at := 0; at < n; at += Anchor {
		var room [Anchor]float64
		weights := room[:min(Anchor, n-at)]
		for k := range weights {
			d := (float64(at+k) - centre) / width
			weights[k] = math.Exp(-0.5 * float64(d*d))
			total += weights[k]
		}
		for i := n - 1; i < len(src); i++ {
			sum := dst[i]
			for k, x := range src[i-n+1+at:][:len(weights)] {
				sum += float64(weights[k] * x)
			}
			dst[i] = sum
		}
	}
	fillNaN(dst[:n-1])
	for i := n - 1; i < len(dst); i++ {
		dst[i] /= total
	}
}

// VWMA writes the average of the last n bars weighted by their volumes: the sum of
// value × volume divided by that of the volumes, NaN where that is 0. The first n-1
// bars are NaN. A window with NaN or an infinity is NaN and does not affect later
// windows. A value depends only on the window and on the bars from the anchor
// before it on.
func VWMA(dst, src, volume []float64, n int) {
	checkWindow(dst, src, n)
	checkLength(len(dst), len(volume))
	amount := func(bar int) float64 { return float64(src[bar] * volume[bar]) }
	traded := slidingSum{n: n, term: amount}
	units := slidingSum{n: n, term: func(bar int) float64 { return volume[bar] }}
	for i, v := range volume {
		old := max(i-n, 0)
		dst[i] = traded.at(i, amount(i), amount(old)) / units.at(i, v, volume[old])
	}
}
