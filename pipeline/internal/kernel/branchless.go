package kernel

import "math"

// The functions of this file decide without a branch: what is as good as random
// would be foretold wrongly half of the time, and that costs more than both sides.

// Least returns the smaller of two numbers above 0. Their bits are in the order
// of their values, and the smaller of two whole numbers is one conditional move
// where that of two float64 values is a branch.
func Least(x, y float64) float64 {
	return math.Float64frombits(min(math.Float64bits(x), math.Float64bits(y)))
}

// Greatest returns the larger of two numbers above 0.
func Greatest(x, y float64) float64 {
	return math.Float64frombits(max(math.Float64bits(x), math.Float64bits(y)))
}

// Negative returns min(x, 0), and x where it is NaN with its sign set.
func Negative(x float64) float64 {
	b := math.Float64bits(x)
	return math.Float64frombits(b & uint64(int64(b)>>63))
}

// Only returns x where is holds, and 0 where it does not.
func Only(x float64, is bool) float64 {
	return math.Float64frombits(math.Float64bits(x) & -bit(is))
}

// bit returns 1 for true.
func bit(set bool) uint64 {
	var b uint64
	if set {
		b = 1
	}
	return b
}
