package kernel

// Map writes f of each value. dst may be src.
func Map(dst, src []float64, f func(x float64) float64) {
	checkLength(len(dst), len(src))
	for i, x := range src {
		dst[i] = f(x)
	}
}

// Map2 writes f of the values of each bar. dst may be an input.
func Map2(dst, a, b []float64, f func(a, b float64) float64) {
	checkLength(len(dst), len(a))
	checkLength(len(dst), len(b))
	b = b[:len(a)]
	for i, x := range a {
		dst[i] = f(x, b[i])
	}
}

// Sign returns 1 for a number above 0, −1 for one below, and else x: 0 or NaN.
func Sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x
}

// Max returns the larger number, or NaN where one is NaN.
func Max(a, b float64) float64 { return max(a, b) }

// Min returns the smaller number, or NaN where one is NaN.
func Min(a, b float64) float64 { return min(a, b) }

// Within returns x, or the bound that it is beyond: high where low is above it. It is
// NaN where one of them is.
func Within(x, low, high float64) float64 { return min(max(x, low), high) }

// Clamp writes [Within] of the values of each bar. dst may be an input.
func Clamp(dst, x, low, high []float64) {
	checkLength(len(dst), len(x))
	checkLength(len(dst), len(low))
	checkLength(len(dst), len(high))
	for i := range dst {
		dst[i] = Within(x[i], low[i], high[i])
	}
}
