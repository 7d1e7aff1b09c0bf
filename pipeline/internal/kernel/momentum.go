package kernel

import "math"

// ROC writes by how many percent a value is above that of n bars ago, 0 where that is
// 0, as TA-Lib has it. The first n bars are NaN.
func ROC(dst, src []float64, n int) {
	checkWindow(dst, src, n)
	fillNaN(dst[:min(n, len(dst))])
	for i := n; i < len(src); i++ {
		dst[i] = percentChange(src[i], src[i-n])
	}
}

// Momentum writes a value less that of n bars ago, as TA-Lib's MOM. The first n bars
// are NaN.
func Momentum(dst, src []float64, n int) {
	checkWindow(dst, src, n)
	fillNaN(dst[:min(n, len(dst))])
	for i := n; i < len(src); i++ {
		dst[i] = src[i] - src[i-n]
	}
}

// DPO writes the detrended price oscillator as StockCharts has it: the value of
// n/2 + 1 bars ago, rounded down, less the [SMA] of the last n bars, with its scale.
// It reads no later bar, as forms do that move the average back. The first bars, n-1
// or n/2 + 1 if that is more, are NaN.
func DPO(dst, src []float64, n int, scale int64) {
	SMA(dst, src, n, scale)
	back := min(n/2+1, len(dst))
	fillNaN(dst[:back])
	for i := back; i < len(src); i++ {
		dst[i] = src[i-back] - dst[i]
	}
}

// RSISMA writes Cutler's relative strength index, 0 to 100, whose means are plain ones
// of the last n moves: 100 × rises / (rises + falls), 0 where nothing has moved, as
// [RSI] has it. The first n bars are NaN. A window with NaN or an infinity is NaN and
// does not affect later windows. A value depends only on the window and on the bars
// from the anchor before it on.
func RSISMA(dst, src []float64, n int) {
	checkWindow(dst, src, n)
	rises := slidingSum{n: n, first: 1, term: func(bar int) float64 {
		rise, _ := move(src[bar], src[bar-1])
		return rise
	}}
	falls := slidingSum{n: n, first: 1, term: func(bar int) float64 {
		_, fall := move(src[bar], src[bar-1])
		return fall
	}}
	fillNaN(dst[:min(1, len(dst))])
	for i := 1; i < len(src); i++ {
		rise, fall := move(src[i], src[i-1])
		old := max(i-n, 1)
		oldRise, oldFall := move(src[old], src[old-1])
		up, down := rises.at(i, rise, oldRise), falls.at(i, fall, oldFall)
		dst[i] = percentOf(up, up+down)
	}
}

// percentOf returns 100 × a / whole, 0 where the whole is 0.
func percentOf(a, whole float64) float64 {
	if whole == 0 {
		return 0
	}
	return 100 * (a / whole)
}

// Awesome writes Williams' awesome oscillator (1998): the mean of (high + low) / 2 of
// the last fast bars less that of the last slow ones. It begins where both windows
// are full. What [RSISMA] says of NaN and of anchors holds for both windows.
func Awesome(dst, high, low []float64, fast, slow int) {
	checkWindow(dst, high, min(fast, slow))
	checkLength(len(dst), len(low))
	middle := func(bar int) float64 { return 0.5*high[bar] + 0.5*low[bar] }
	short, long := slidingSum{n: fast, term: middle}, slidingSum{n: slow, term: middle}
	equal, previous := 0, math.NaN()
	for i := range dst {
		x := middle(i)
		dst[i] = short.at(i, x, middle(max(i-fast, 0)))/float64(fast) - long.at(i, x, middle(max(i-slow, 0)))/float64(slow)
		if x != previous {
			equal, previous = 0, x
		}
		if equal++; equal >= max(fast, slow) { // means of equal values differ by rounding
			dst[i] *= 0
		}
	}
}
