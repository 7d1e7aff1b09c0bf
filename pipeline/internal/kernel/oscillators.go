package kernel

import "math"

// CCI writes Lambert's commodity channel index (1980) as TA-Lib has it: the typical
// price (high + low + close) / 3 less its mean of the last n bars, divided by 0.015
// times the mean distance of those from their mean; 0 where all are equal. The first
// n-1 bars are NaN. A NaN or an infinity makes those values NaN whose windows have it.
// A value depends on its window only; the cost is O(n) a bar.
func CCI(dst, high, low, closes []float64, n int) {
	checkWindow(dst, closes, n)
	checkLength(len(dst), len(high))
	checkLength(len(dst), len(low))
	for i := range dst {
		dst[i] = (high[i] + low[i] + closes[i]) / 3
	}
	bars := float64(n)
	// From the last bar backwards, so that each price is overwritten after its last use.
	for i := len(dst) - 1; i >= n-1; i-- {
		window, newest, sum, spread := dst[i-n+1:i+1], dst[i], 0.0, 0.0
		for _, x := range window {
			sum += x - newest
		}
		mean := sum / bars // relative to the newest
		for _, x := range window {
			spread += math.Abs(x - newest - mean)
		}
		if dst[i] = 0; spread != 0 {
			dst[i] = -mean / (0.015 * spread / bars)
		}
	}
	fillNaN(dst[:min(n-1, len(dst))])
}

// UltOsc writes Williams' ultimate oscillator (1976), 0 to 100, as TA-Lib has it. Of
// each window it takes the sum of close − least, as a part of the sum of greatest −
// least, where these are of high, low and the close before; the shortest window counts
// 4, the middle one 2, the longest 1, and one without moves not at all. The bars before
// the longest one is full are NaN: as many as it has, as the first bar has no close
// before. A NaN or an infinity makes those values NaN whose windows have it. A value
// depends only on the windows and on the bars from the anchor before the current bar on.
func UltOsc(dst, high, low, closes []float64, a, b, c int) {
	checkWindow(dst, closes, min(a, b, c))
	checkLength(len(dst), len(high))
	checkLength(len(dst), len(low))
	pressure := func(bar int) float64 { return closes[bar] - min(low[bar], closes[bar-1]) }
	span := func(bar int) float64 { return trueRange(high[bar], low[bar], closes[bar-1]) }
	shortest, longest := min(a, b, c), max(a, b, c)
	var pressures, spans [3]slidingSum
	for k, n := range [3]int{shortest, a + b + c - shortest - longest, longest} {
		pressures[k] = slidingSum{n: n, first: 1, term: pressure}
		spans[k] = slidingSum{n: n, first: 1, term: span}
	}
	fillNaN(dst[:min(1, len(dst))])
	for i := 1; i < len(dst); i++ {
		bought, spanned, sum := pressure(i), span(i), 0.0
		for k, weight := range [3]float64{4, 2, 1} {
			old := max(i-spans[k].n, 1)
			sum += weight * percentOf(pressures[k].at(i, bought, pressure(old)), spans[k].at(i, spanned, span(old)))
		}
		dst[i] = sum / 7
	}
}

// trueRange returns the span of a bar and the close before it.
func trueRange(high, low, before float64) float64 {
	return max(high, before) - min(low, before)
}

// equalPrices is by what part of themselves sums of three prices may differ that are
// equal but for rounding.
const equalPrices = 0x1p-50

// MFI writes the money flow index of Quong and Soudack (1989), 0 to 100: the flow of a
// bar is its typical price (high + low + close) / 3 times its volume, up where the
// price is above that of the bar before and down where it is below; the index is 100 ×
// the sum of the flows up of the last n bars divided by that of both, 0 where none
// has flown. Prices that differ by less than 2^-50 are equal: they differ by rounding
// only. TA-Lib has 0 for sums of flows below 1, which depends on the currency.
// The first n bars are NaN. What [UltOsc] says of NaN and of anchors holds.
func MFI(dst, high, low, closes, volume []float64, n int) {
	checkWindow(dst, closes, n)
	checkLength(len(dst), len(high))
	checkLength(len(dst), len(low))
	checkLength(len(dst), len(volume))
	flows := func(bar int) (up, down float64) {
		price := high[bar] + low[bar] + closes[bar] // three times
		d := price - (high[bar-1] + low[bar-1] + closes[bar-1])
		flow, least := price/3*volume[bar], equalPrices*math.Abs(price)
		switch {
		case d > least:
			return flow, flow * 0
		case d < -least:
			return flow * 0, flow
		}
		return flow * 0, (d - d) * flow // NaN, where one is
	}
	ups := slidingSum{n: n, first: 1, term: func(bar int) float64 {
		up, _ := flows(bar)
		return up
	}}
	downs := slidingSum{n: n, first: 1, term: func(bar int) float64 {
		_, down := flows(bar)
		return down
	}}
	fillNaN(dst[:min(1, len(dst))])
	for i := 1; i < len(dst); i++ {
		newUp, newDown := flows(i)
		oldUp, oldDown := flows(max(i-n, 1))
		up, down := ups.at(i, newUp, oldUp), downs.at(i, newDown, oldDown)
		dst[i] = percentOf(up, up+down)
	}
}
