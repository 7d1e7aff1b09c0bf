package kernel

// StochF writes the fast stochastic oscillator as TA-Lib has it: k is where the close
// is between the lowest low and the highest high of the last n bars, 0 to 100 and 0
// where they are equal, d its [SMA] of smooth bars. Both have their first value where
// d has it, at the bar n + smooth - 2. A NaN makes those values NaN whose windows have
// it, and no others. Values depend on the bars from the anchor before their windows on.
func StochF(k, d, high, low, closes []float64, n, smooth int) {
	fastK(d, k, high, low, closes, n)
	SMA(k, d, smooth, 0)
	for i := range k { // k holds d, and d holds k
		k[i], d[i] = d[i], k[i]
	}
	fillNaN(k[:min(n+smooth-2, len(k))])
}

// Stoch writes the slow stochastic oscillator as TA-Lib has it: k is the k of
// [StochF] averaged over slow bars, d the average of that over smooth bars. Both
// have their first value where d has it, at the bar n + slow + smooth - 3. In all else
// it is as StochF, with the anchor before the one before the window.
func Stoch(k, d, high, low, closes []float64, n, slow, smooth int) {
	fastK(d, k, high, low, closes, n)
	SMA(k, d, slow, 0)
	SMA(d, k, smooth, 0)
	fillNaN(k[:min(n+slow+smooth-3, len(k))])
}

// fastK writes the places of the closes to dst; other is scratch.
func fastK(dst, other, high, low, closes []float64, n int) {
	checkWindow(dst, closes, n)
	Highest(other, high, n)
	Lowest(dst, low, n)
	for i, l := range dst {
		dst[i] = place(closes[i]-l, other[i]-l)
	}
}

// place returns 100 × x / span, 0 where nothing is between.
func place(x, span float64) float64 {
	if span == 0 {
		return x - x
	}
	return 100 * (x / span)
}

// WilliamsR writes Williams' %R (1973) as TA-Lib has it: how far the close is below the
// highest high of the last n bars, -100 at their lowest low and 0 where that is the
// same. The first n-1 bars are NaN. A NaN makes those values NaN whose windows have it.
func WilliamsR(dst, high, low, closes []float64, n int) {
	checkWindow(dst, closes, n)
	checkLength(len(dst), len(high))
	checkLength(len(dst), len(low))
	Highest(dst, high, n)
	var bottom extremum
	bottom.start(low, n, -1)
	for i := n - 1; i < len(dst); i++ {
		h := dst[i]
		dst[i] = place(closes[i]-h, h-bottom.at(i))
	}
}
