package kernel

// Bands writes Bollinger's bands: in the middle [SMA] of the last n bars, with its
// scale, and above and below it k times their [StdDev]. What both say of warm-up,
// NaN, anchors and cost holds for the bands.
func Bands(upper, middle, lower, src []float64, n int, k float64, scale int64) {
	SMA(middle, src, n, scale)
	StdDev(lower, src, n)
	upper = upper[:len(lower)]
	for i, deviation := range lower {
		width := float64(k * deviation)
		upper[i], lower[i] = middle[i]+width, middle[i]-width
	}
}
