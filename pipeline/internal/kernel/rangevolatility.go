package kernel

import "math"

// The functions of this file write the volatility of a bar, not of a year, as the root
// of the mean of a term of each of the last n bars. Prices that are not above 0, NaN
// and infinities make the windows that have them NaN and do not affect later ones.

// Parkinson writes M. Parkinson's: of ln²(high / low) / (4 ln 2).
func Parkinson(dst, high, low []float64, n int) {
	checkWindow(dst, high, n)
	checkLength(len(dst), len(low))
	for i, h := range high {
		span := logRatio(h, low[i])
		dst[i] = float64(span * span)
	}
	foldMeans(dst, n, func(mean float64) float64 { return math.Sqrt(mean / (4 * math.Ln2)) })
}

// GarmanKlass writes that of M. Garman and M. Klass: of ln²(high / low) / 2 −
// (2 ln 2 − 1) ln²(close / open).
func GarmanKlass(dst, open, high, low, closes []float64, n int) {
	checkBars(dst, open, high, low, closes, n)
	for i, h := range high {
		span, move := logRatio(h, low[i]), logRatio(closes[i], open[i])
		dst[i] = float64(span*span/2) - float64((2*math.Ln2-1)*float64(move*move))
	}
	foldMeans(dst, n, math.Sqrt)
}

// RogersSatchell writes that of L. Rogers and S. Satchell: of ln(high / close)
// ln(high / open) + ln(low / close) ln(low / open).
func RogersSatchell(dst, open, high, low, closes []float64, n int) {
	checkBars(dst, open, high, low, closes, n)
	rangeTerms(dst, open, high, low, closes)
	foldMeans(dst, n, math.Sqrt)
}

func rangeTerms(dst, open, high, low, closes []float64) {
	for i, o := range open {
		up, down, move := logRatio(high[i], o), logRatio(low[i], o), logRatio(closes[i], o)
		dst[i] = float64((up-move)*up) + float64((down-move)*down)
	}
}

// YangZhang writes that of D. Yang and Q. Zhang: the variance of ln(open / close of the
// bar before), k times that of ln(close / open), both with divisor n − 1, and 1 − k
// times the mean of the terms of [RogersSatchell], where k is 0.34 / (1.34 + (n + 1) /
// (n − 1)). n is at least 2; the first n bars have none.
func YangZhang(dst, open, high, low, closes []float64, n int) {
	checkBars(dst, open, high, low, closes, n)
	rangeTerms(dst, open, high, low, closes)
	bars := float64(n)
	k := 0.34 / (1.34 + (bars+1)/(bars-1))
	foldMeans(dst, n, func(mean float64) float64 { return (1 - k) * mean })
	spreads := func(share float64, at func(i int) float64) {
		fold(len(dst), n, func(i int) spreadOf {
			if i == 0 {
				return spreadAt(math.NaN())
			}
			return spreadAt(at(i))
		}, func(i int, w spreadOf) { dst[i] += float64(share * w.squares) })
	}
	spreads(1/(bars-1), func(i int) float64 { return logRatio(open[i], closes[i-1]) })
	spreads(k/(bars-1), func(i int) float64 { return logRatio(closes[i], open[i]) })
	for i, variance := range dst {
		dst[i] = math.Sqrt(variance)
	}
}

// RealizedVolatility writes that of T. Andersen and T. Bollerslev, of a bar: of the
// square of the logarithmic return. The first n bars have none.
func RealizedVolatility(dst, src []float64, n int) {
	checkWindow(dst, src, n)
	before := math.NaN()
	for i, x := range src {
		move := logRatio(x, before)
		dst[i], before = float64(move*move), x
	}
	foldMeans(dst, n, math.Sqrt)
}

func checkBars(dst, open, high, low, closes []float64, n int) {
	checkWindow(dst, open, n)
	checkLength(len(dst), len(high))
	checkLength(len(dst), len(low))
	checkLength(len(dst), len(closes))
}

// logRatio returns ln(a / b), or NaN where one of them is not above 0 or not finite.
func logRatio(a, b float64) float64 {
	if !(a > 0 && b > 0) {
		return math.NaN()
	}
	return finite(math.Log(a / b))
}
