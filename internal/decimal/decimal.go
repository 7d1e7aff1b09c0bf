// Package decimal has what several packages know of decimal numbers in float64: which
// powers of ten, and which whole numbers, are exact.
package decimal

// Pow10 holds the powers of ten that float64 holds exactly. A quotient of two exact
// numbers is correctly rounded, which a product with 0.01 is not. It is only read.
var Pow10 = [...]float64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// MaxExact is the largest whole number up to which float64 holds every one.
const MaxExact = 1 << 53

// Places returns n where v is 10^n, n ≥ 0, and false where it is no power of ten.
func Places(v int64) (n int, ok bool) {
	for ; v > 1 && v%10 == 0; v /= 10 {
		n++
	}
	return n, v == 1
}
