package search

import "math"

// logMass returns the logarithm of the standard normal's mass between a and b, which
// keeps its digits in the tails.
func logMass(a, b float64) float64 {
	switch {
	case a > 0:
		a, b = -b, -a
		fallthrough
	case b <= 0:
		// log(Φ(b) − Φ(a))
		high, low := logBelow(b), logBelow(a)
		return high + math.Log1p(-math.Exp(low-high))
	}
	return math.Log1p(-below(a) - below(-b))
}

// below is Φ.
func below(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }

// logBelow is log Φ.
func logBelow(x float64) float64 {
	switch {
	case math.IsInf(x, -1):
		return x
	case x > 6:
		return math.Log1p(-below(-x))
	case x > -20:
		return math.Log(below(x))
	}
	// The asymptotic series of Mills' ratio, which has its digits from here on.
	sum, term := 1.0, 1.0
	for k := 1.0; math.Abs(term) > 1e-17 && k < 30; k++ {
		term *= -(2*k - 1) / (x * x)
		sum += term
	}
	return -x*x/2 - math.Log(-x) - math.Log(2*math.Pi)/2 + math.Log(sum)
}

// quantile returns where a normal of mean 0 and deviation 1, cut to a … b with
// a ≤ 0 ≤ b, has a share u of its mass below.
func quantile(u, a, b float64) float64 {
	lo, hi := below(a), below(-b) // masses that are cut off below and above
	p := lo + u*(1-lo-hi)
	if p <= 0.5 {
		return -math.Sqrt2 * math.Erfcinv(2*p)
	}
	return math.Sqrt2 * math.Erfcinv(2*(1-p))
}
