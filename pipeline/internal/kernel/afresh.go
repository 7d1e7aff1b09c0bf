package kernel

import "math"

// The prefix sum before a window may be up to 2^dwarfing times the largest
// magnitude in the window. Prefix sums within the window are then at most that and
// [Anchor] times the magnitude, and each of its n additions is rounded to 2^-53 of
// one: the average is off by at most 2^-53 × (2^dwarfing + Anchor) of the
// magnitude, and a little for blocks that are added up. 1e-12 is 9,000 × 2^-53.
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

// doubts settles what the sums are whose averages are not [trusted]. It goes through
// the bars of one block backwards.
type doubts struct {
	first   int     // bar of the sum that was settled last
	largest float64 // bounds the magnitudes in it; infinite where nothing is known
}

// settle returns the sum of the bars from first to before end, which are the part of
// a window in its first block: sum, where some value is large enough for it, or the
// values added up afresh. Which one depends on them and on the bars between the
// anchor before them and first, and on nothing else.
func (d *doubts) settle(src []float64, first, end int, sum, before float64) float64 {
	values := src[first:end]
	if d.first != first+1 {
		d.largest = math.Inf(1)
	}
	d.first, d.largest = first, max(d.largest, math.Abs(values[0]))
	if least := math.Abs(before) / (1 << dwarfing); !(d.largest < least) {
		largest := 0.0
		for _, x := range values {
			if math.Abs(x) >= least {
				d.largest = math.Inf(1)
				return sum
			}
			largest = max(largest, math.Abs(x))
		}
		d.largest = largest
	}
	if d.largest == 0 {
		return 0
	}
	return sumAfresh(values, 1)
}

// finiteMean returns the average of a window, which is mean unless a sum has passed
// the largest float64: the average of finite values is finite.
func finiteMean(window []float64, mean float64) float64 {
	if mean-mean != 0 {
		const small = 1.0 / (1 << 62) // no slice has as many values
		mean = sumAfresh(window, small) / float64(len(window)) / small
	}
	return mean
}

// sumAfresh adds up values × scale, a power of two, and keeps what the additions
// lose (D. Knuth, The Art of Computer Programming 2, 4.2.2): the sum is exact but for
// a few units in the last place of the largest value.
func sumAfresh(values []float64, scale float64) float64 {
	sum, lost := 0.0, 0.0
	for _, x := range values {
		x = float64(x * scale)
		next := sum + x
		added := next - sum
		lost += (sum - (next - added)) + (x - added)
		sum = next
	}
	return sum + lost
}
