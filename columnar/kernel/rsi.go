package kernel

import "math"

// flatMove is TA-Lib's zero: below it a mean move counts as none.
const flatMove = 1e-14

// RSI writes Wilder's relative strength index, 0 to 100, as TA-Lib has it:
// 100 × gain / (gain + loss), where gain and loss are the means of the first n
// rises and falls and then follow mean + (move - mean) / n. The first value
// stands at the bar of the (n+1)-th known value; bars before it are NaN.
// Where gain + loss is below 1e-14 (a flat window) the answer is 0, as in
// TA-Lib. A NaN bar is NaN and otherwise skipped, as if it did not exist. From
// an infinite value on every bar is NaN.
func RSI(dst, src []float64, n int) {
	checkWindow(dst, src, n)
	fillNaN(dst)
	at := nextKnown(src, 0)
	if at == len(src) {
		return
	}
	previous, moves := src[at], 0
	gain, loss := 0.0, 0.0
	for at++; at < len(src) && moves < n; at++ {
		x := src[at]
		if x != x {
			continue
		}
		// Rise and fall without a branch: |d| + d is 2d or 0, exactly.
		d := x - previous
		gain += 0.5 * (math.Abs(d) + d)
		loss += 0.5 * (math.Abs(d) - d)
		previous = x
		if moves++; moves == n {
			gain /= float64(n)
			loss /= float64(n)
			dst[at] = relativeStrength(gain, loss)
		}
	}
	weight := 1 / float64(n)
	for ; at < len(src); at++ {
		x := src[at]
		if x != x {
			continue
		}
		d := x - previous
		gain += float64(weight * (0.5*(math.Abs(d)+d) - gain))
		loss += float64(weight * (0.5*(math.Abs(d)-d) - loss))
		previous = x
		dst[at] = relativeStrength(gain, loss)
	}
}

func relativeStrength(gain, loss float64) float64 {
	total := gain + loss
	if total < flatMove {
		return 0
	}
	return 100 * (gain / total)
}

// nextKnown returns the first bar at or after i that has a value.
func nextKnown(src []float64, i int) int {
	for i < len(src) && src[i] != src[i] {
		i++
	}
	return i
}
