package kernel

import (
	"fmt"
	"math"
)

// maxExact is the largest whole number up to which every whole number is a
// float64, and maxUnits the largest that [whole] rounds to.
const (
	maxExact = 1 << 53
	maxUnits = 1 << 51
)

// PerWindow is the scale of a stored column of which it is not known whether every
// value is decimal: each window says so itself.
const PerWindow = -1

// millionths is the largest scale of an exact window: its values have at most 6
// decimals.
const millionths = 1e6

// smaDecimal writes the windows of a column in which every value is decimal or NaN,
// and no sum passes maxUnits: exact sums divided by per, which is n for averages and
// 1 for sums. Where a value is otherwise it returns false, and has written rubbish.
//
// dst holds the prefix sums of each stretch without NaN, and then its
// averages: two passes of which neither carries a division from bar to bar.
func smaDecimal(dst, src []float64, n int, scale int64, per float64) bool {
	perUnit, limit := float64(scale), float64(maxUnits/n)
	for at := 0; at < len(src); {
		if src[at] != src[at] {
			dst[at] = math.NaN()
			at++
			continue
		}
		bars := sumUnits(dst[at:], src[at:], 0, perUnit, limit)
		if bars == 0 {
			return false
		}
		averageUnits(dst[at:at+bars], dst[at:at+bars], n, per*perUnit)
		at += bars
	}
	return true
}

// sumUnits writes the prefix sums of src × perUnit as the bits of int64, from
// those of before on, up to the first value that is not decimal or beyond limit,
// and returns their number. The sums may wrap round: only differences count.
func sumUnits(dst, src []float64, before, perUnit, limit float64) (bars int) {
	bars = sumUnitsBlocks(dst, src, before, perUnit, limit)
	sum := math.Float64bits(before)
	if bars > 0 {
		sum = math.Float64bits(dst[bars-1])
	}
	dst = dst[:len(src)]
	for ; bars < len(src); bars++ {
		units := whole(float64(src[bars] * perUnit))
		if units/perUnit != src[bars] || math.Abs(units) > limit {
			break
		}
		sum += uint64(int64(units))
		dst[bars] = math.Float64frombits(sum)
	}
	return bars
}

// averageUnits writes averages of n bars, the last of which are those of the
// last sums. dst may be the sums: it goes backwards, so that each sum is
// overwritten after its last use.
func averageUnits(dst, sums []float64, n int, divisor float64) {
	before := len(sums) - len(dst) // sums before that of dst[0]
	if n <= len(sums) {
		first := len(dst) - averageUnitsBlocks(dst, sums, n, divisor)
		for i := first - 1; i >= max(n-before, 0); i-- {
			dst[i] = float64(int64(math.Float64bits(sums[before+i])-math.Float64bits(sums[before+i-n]))) / divisor
		}
		if i := n - 1 - before; i >= 0 {
			dst[i] = float64(int64(math.Float64bits(sums[n-1]))) / divisor
		}
	}
	fillNaN(dst[:min(max(n-1-before, 0), len(dst))])
}

// exactWindows writes the windows that have an exact sum, divided by per, and
// leaves the others. It looks for n decimal values in a row from behind, so that
// where hardly one is, it looks at one in n.
func exactWindows(dst, src []float64, n int, per float64) {
	for first := 0; first+n <= len(src); {
		last := first + n - 1
		for last >= first && decimal(src[last]) {
			last--
		}
		if last >= first {
			first = last + 1
			continue
		}
		end, largest := first, 0.0
		for end < len(src) && decimal(src[end]) {
			largest = max(largest, math.Abs(src[end]))
			end++
		}
		exactRun(dst[first:end], src[first:end], n, per, largest)
		first = end + 1
	}
}

// decimal reports whether x has at most 6 decimals: of the scales at which it has few
// enough units, the largest says so.
func decimal(x float64) bool {
	if scaled := float64(x * millionths); math.Abs(scaled) <= maxUnits {
		return whole(scaled)/millionths == x
	}
	return largeDecimal(x)
}

// largeDecimal is decimal of a value that has too many millionths.
func largeDecimal(x float64) bool {
	for perUnit := float64(millionths / 10); perUnit >= 1; perUnit /= 10 {
		if scaled := float64(x * perUnit); math.Abs(scaled) <= maxUnits {
			return whole(scaled)/perUnit == x
		}
	}
	return false
}

// exactRun does exactWindows for values that all are decimal. A sum that is exact at
// two scales is the same number at both, and its quotient is rounded once: mostly
// the largest scale has them all, and where values are too large for it, any that
// has the window will do.
func exactRun(dst, src []float64, n int, per, largest float64) {
	limit := float64(min(maxExact/n, maxUnits))
	if largest*millionths > limit {
		for perUnit := float64(millionths); perUnit >= 1; perUnit /= 10 {
			smaExact(dst, src, n, perUnit, per, limit)
		}
		return
	}
	sum, divisor := int64(0), per*millionths
	for i, x := range src {
		sum += int64(whole(float64(x * millionths)))
		if i >= n {
			sum -= int64(whole(float64(src[i-n] * millionths)))
		}
		if i >= n-1 {
			dst[i] = float64(sum) / divisor
		}
	}
}

// smaExact writes the windows whose values are all whole numbers of at most limit at
// a scale, and leaves the others.
func smaExact(dst, src []float64, n int, perUnit, per, limit float64) {
	divisor := per * perUnit
	// sum is over the last min(run, n) bars, all of them decimal; run counts
	// the decimal bars since the last one that is not.
	sum, run := int64(0), 0
	for i, x := range src {
		units := whole(float64(x * perUnit))
		if units/perUnit != x || math.Abs(units) > limit {
			sum, run = 0, 0
			continue
		}
		sum += int64(units)
		if run++; run > n {
			sum -= int64(whole(float64(src[i-n] * perUnit)))
		}
		if run >= n {
			dst[i] = float64(sum) / divisor
		}
	}
}

// whole rounds to the nearest whole number, for |x| ≤ maxUnits: the sum has no
// bits left for a fraction. math.RoundToEven asks the processor for its
// version at every call.
func whole(x float64) float64 {
	const shift = 3 << 51
	return float64(x+shift) - shift
}

// SumUnits writes the prefix sums of a decimal column, from which
// [AverageUnits] takes the averages of any window of up to longest bars: the
// costlier half of [SMA] once for all of them. dst holds whole numbers as
// bits, not values. They go on from before, which is 0 or the last sum of the
// values before src. It returns false where a value has no exact sum; dst is of
// no use then. scale is that of SMA, above 0.
func SumUnits(dst, src []float64, before float64, longest int, scale int64) bool {
	checkWindow(dst, src, longest)
	return sumUnits(dst, src, before, float64(scale), float64(maxUnits/longest)) == len(src)
}

// AverageUnits writes the averages of n bars up to each of the last len(dst)
// bars of sums, which are prefix sums of [SumUnits] or the part of them from
// any bar on: those of [SMA] to the bit. Where fewer than n bars have come,
// counted from the first of sums, they are NaN; so sums that do not begin with
// the column must reach n bars further back than dst. dst does not overlap sums.
func AverageUnits(dst, sums []float64, n int, scale int64) {
	checkWindow(dst, sums[len(sums)-len(dst):], n)
	averageUnits(dst, sums, n, float64(n)*float64(scale))
}

// MaxOrderUnits returns the longest window, for SumUnits, that a column must have
// exact sums of for [OrderUnits] to order its averages of a and b bars.
func MaxOrderUnits(a, b int) int { return 2 * a * b }

// OrderUnits sets the bars of gt where the average of a bars is above that of b
// bars, and those of lt where it is below, as [Order] of the averages would,
// without computing them. The bars are the last of sums, 64 for each word of gt
// and lt, and have max(a, b) bars before them, so that both averages are known;
// else it panics. The sums are those of [SumUnits] with at least MaxOrderUnits(a, b)
// as the longest window.
//
// With sums x and y, x / a > y / b is x × b > y × a, in whole numbers of at most
// 2^50. So the averages, where they differ, do so by more than 2^-50 of them, and
// rounding does not make them equal.
func OrderUnits(gt, lt Bits, sums []float64, a, b int) {
	if len(gt) != len(lt) || a < 1 || b < 1 || len(sums) < 64*len(gt)+max(a, b) {
		panic(fmt.Sprintf("kernel: masks of %d and %d words for windows of %d and %d in %d sums", len(gt), len(lt), a, b, len(sums)))
	}
	orderUnitsWords(gt, lt, sums, a, b)
}

// orderUnitsGo is the Go twin of the assembly.
func orderUnitsGo(gt, lt Bits, sums []float64, a, b int) {
	first := len(sums) - 64*len(gt)
	for w := range gt {
		var above, below uint64
		for i := range 64 {
			at := first + 64*w + i
			sum := math.Float64bits(sums[at])
			x := int64(sum-math.Float64bits(sums[at-a])) * int64(b)
			y := int64(sum-math.Float64bits(sums[at-b])) * int64(a)
			above |= uint64(y-x) >> 63 << i
			below |= uint64(x-y) >> 63 << i
		}
		gt[w], lt[w] = above, below
	}
}
