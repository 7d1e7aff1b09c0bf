package kernel

import "math"

// The prefix sum before a window may be up to 2^dwarfing times the largest
// magnitude in the window. Prefix sums within the window are then at most that and
// [Anchor] times the magnitude, and each of the n additions of the window is
// rounded to 2^-53 of one: the average is off by at most 2^-53 × (2^dwarfing +
// Anchor) of the magnitude, and a little for blocks that are added up, where 1e-12
// is 9,000 × 2^-53.
const dwarfing = 12

// trusted reports whether an average that was found by taking the prefix sum
// before away from another is surely near enough: the magnitude of the average is
// at most the largest one of the window, so a comparison with it is enough for
// most. It is |before| < 2^dwarfing × |mean| and mean being finite, in one
// comparison of whole numbers, as an exponent is the number of the bits above a
// mantissa. An infinite mean wraps round to 0, and a prefix sum of 0 to the most.
func trusted(mean, before float64) bool {
	const double = 1 << 53 // of bits without their sign
	return math.Float64bits(before)<<1-(dwarfing-1)*double < math.Float64bits(mean)<<1+double
}

// doubts settles what the averages are that are not [trusted]. It goes through a
// column backwards.
type doubts struct {
	first   int     // of the window that was settled last
	largest float64 // bounds the magnitudes in it; infinite where nothing is known
}

// settle returns the average of the n bars up to bar i: mean, where some value of
// the window is large enough for it, or the average of the window summed afresh.
// Which one depends on the values of the window and of the bars between the anchor
// before it and the window, and on nothing else.
func (d *doubts) settle(src []float64, i, n int, mean, before float64) float64 {
	first := i - n + 1
	window := src[first : i+1]
	if mean-mean != 0 { // a sum has passed the largest float64
		return meanAfresh(window)
	}
	if d.first != first+1 {
		d.largest = math.Inf(1)
	}
	d.first, d.largest = first, max(d.largest, math.Abs(window[0]))
	if least := math.Abs(before) / (1 << dwarfing); !(d.largest < least) {
		largest := 0.0
		for _, x := range window {
			if math.Abs(x) >= least {
				d.largest = math.Inf(1)
				return mean
			}
			largest = max(largest, math.Abs(x))
		}
		d.largest = largest
	}
	if d.largest == 0 {
		return 0
	}
	return meanAfresh(window)
}

// untaken returns the average of a window from whose sum none was taken away.
func untaken(window []float64, mean float64) float64 {
	if mean-mean != 0 {
		mean = meanAfresh(window)
	}
	return mean
}

// meanAfresh adds up a window without what came before it, and keeps what the
// additions lose (D. Knuth, The Art of Computer Programming 2, 4.2.2): it is
// the average of the exact sum but for a few units in the last place of the largest
// magnitude. The average of finite values is finite.
func meanAfresh(window []float64) float64 {
	mean := scaledMean(window, 1)
	if mean-mean != 0 {
		const small = 1.0 / (1 << 62) // no slice has as many values
		mean = scaledMean(window, small) / small
	}
	return mean
}

// scaledMean is the average of the values × scale, a power of two.
func scaledMean(window []float64, scale float64) float64 {
	sum, lost := 0.0, 0.0
	for _, x := range window {
		x = float64(x * scale)
		next := sum + x
		added := next - sum
		lost += (sum - (next - added)) + (x - added)
		sum = next
	}
	return (sum + lost) / float64(len(window))
}
