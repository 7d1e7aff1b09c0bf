package kernel_test

import (
	"math"
	"math/big"
)

// The functions of this file compute windows and recursions by math/big, without
// an error before the last rounding: the naive twins of what values of any size
// may do to a sum.

// exactBits is enough for every digit of values down to 2^-60.
const exactBits = 120

// exactWindows returns the means and the spreads of a column's windows, which are
// sums of whole numbers of 2^-exactBits. They are NaN where a window holds a
// value that is not finite.
func exactWindows(src []float64, n int) (means, spreads []float64) {
	means, spreads = make([]float64, len(src)), make([]float64, len(src))
	ring := make([]big.Int, n)
	var sum, squares, square, variance big.Int
	bars, known := big.NewInt(int64(n)), 0
	for i, x := range src {
		means[i], spreads[i] = nan, nan
		if x-x != 0 {
			known = 0
			continue
		}
		if known == 0 {
			sum.SetInt64(0)
			squares.SetInt64(0)
		}
		v := &ring[i%n]
		if known >= n {
			sum.Sub(&sum, v)
			squares.Sub(&squares, square.Mul(v, v))
		}
		new(big.Float).SetMantExp(big.NewFloat(x), exactBits).Int(v)
		sum.Add(&sum, v)
		squares.Add(&squares, square.Mul(v, v))
		if known++; known < n {
			continue
		}
		// n² × variance = n × sum of squares − sum²
		variance.Sub(variance.Mul(bars, &squares), square.Mul(&sum, &sum))
		means[i] = exactQuotient(new(big.Float).SetInt(&sum), bars)
		root := new(big.Float).SetPrec(200).SetInt(&variance)
		spreads[i] = exactQuotient(root.Sqrt(root), bars)
	}
	return means, spreads
}

// exactQuotient is x / n × 2^-exactBits.
func exactQuotient(x *big.Float, n *big.Int) float64 {
	q := new(big.Float).SetPrec(200).Quo(x, new(big.Float).SetInt(n))
	v, _ := q.SetMantExp(q, -exactBits).Float64()
	return v
}

// exactNumber is x with 200 bits.
func exactNumber(x float64) *big.Float { return new(big.Float).SetPrec(200).SetFloat64(x) }

// exactEMA returns the averages up to the first infinite value.
func exactEMA(src []float64, n int) []float64 {
	var out []float64
	mean, known := exactNumber(0), 0
	alpha := exactNumber(2)
	alpha.Quo(alpha, exactNumber(float64(n)+1))
	step := exactNumber(0)
	for _, x := range src {
		if math.IsInf(x, 0) {
			break
		}
		out = append(out, nan)
		if x != x {
			continue
		}
		if known++; known <= n {
			mean.Add(mean, exactNumber(x))
			if known == n {
				mean.Quo(mean, exactNumber(float64(n)))
			}
		} else {
			step.Sub(exactNumber(x), mean)
			mean.Add(mean, step.Mul(step, alpha))
		}
		if known >= n {
			out[len(out)-1], _ = mean.Float64()
		}
	}
	return out
}

// exactRSI returns the values up to the first infinite one, and whether a mean move
// is so near to TA-Lib's zero that rounding decides.
func exactRSI(src []float64, n int) (out []float64, tied []bool) {
	bars, known := exactNumber(float64(n)), 0
	var previous *big.Float
	means := [2]*big.Float{exactNumber(0), exactNumber(0)}
	for _, x := range src {
		if math.IsInf(x, 0) {
			break
		}
		out, tied = append(out, nan), append(tied, false)
		if x != x {
			continue
		}
		now := exactNumber(x)
		if previous != nil {
			move := exactNumber(0).Sub(now, previous)
			for side, m := range means {
				part := exactNumber(0)
				if (move.Sign() > 0) == (side == 0) {
					part.Abs(move)
				}
				if known < n {
					m.Add(m, part.Quo(part, bars))
				} else {
					m.Add(m, part.Quo(part.Sub(part, m), bars))
				}
			}
			known++
		}
		if previous = now; known >= n {
			total := exactNumber(0).Add(means[0], means[1])
			size, _ := total.Float64()
			if tied[len(tied)-1] = near(size, 1e-14, 1e-9, 0); size < 1e-14 {
				out[len(out)-1] = 0
				continue
			}
			share, _ := total.Quo(means[0], total).Float64()
			out[len(out)-1] = 100 * share
		}
	}
	return out, tied
}
