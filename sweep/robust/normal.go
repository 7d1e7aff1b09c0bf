package robust

import "math"

// Gamma is the Euler-Mascheroni constant.
const Gamma = 0.57721566490153286061

// Normal returns Φ(x), the probability that a standard normal variable is at most x.
func Normal(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }

// NormalQuantile returns Φ⁻¹(p): −Inf for 0, +Inf for 1, NaN outside of them.
func NormalQuantile(p float64) float64 {
	if p > 0.5 {
		return upperQuantile(1 - p)
	}
	return -upperQuantile(p)
}

// upperQuantile returns the x above which a standard normal variable is with
// probability q. It takes the tail itself, since 1 − 1/N has few digits of it left
// for large N.
func upperQuantile(q float64) float64 {
	switch {
	case !(q >= 0 && q <= 1):
		return math.NaN()
	case q == 0:
		return math.Inf(1)
	case q > 0.5:
		return -upperQuantile(1 - q)
	}
	// Abramowitz and Stegun 26.2.23, to 4.5e-4, and then Halley's method.
	t := math.Sqrt(-2 * math.Log(q))
	x := t - (2.515517+t*(0.802853+t*0.010328))/(1+t*(1.432788+t*(0.189269+t*0.001308)))
	for range 3 {
		// The error in units of the density: its tail over the density is smooth.
		density := math.Exp(-x*x/2) / math.Sqrt(2*math.Pi)
		if density == 0 {
			break
		}
		e := (math.Erfc(x/math.Sqrt2)/2 - q) / density
		x += e / (1 - x*e/2)
	}
	return x
}

// ExpectedMax returns about the expected largest of n independent standard normal
// numbers: (1−γ)Φ⁻¹(1−1/n) + γΦ⁻¹(1−1/(ne)), by Bailey and López de Prado (2014). n
// need not be whole. For one trial it is 0, and never less: the approximation is made
// for many.
func ExpectedMax(n float64) float64 {
	if math.IsNaN(n) || n < 1 {
		return math.NaN()
	}
	if n == 1 {
		return 0
	}
	return max(0, (1-Gamma)*upperQuantile(1/n)+Gamma*upperQuantile(1/(n*math.E)))
}
