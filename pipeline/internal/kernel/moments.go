package kernel

// sums are those of up to two values of each bar.
type sums struct{ a, b float64 }

func (s sums) merge(later sums, _, _ float64) sums { return sums{s.a + later.a, s.b + later.b} }

// line says how values lie about their mean and along time (T. Chan, G. Golub and
// R. LeVeque, Updating Formulae and a Pairwise Algorithm for Computing Sample
// Variances, 1979).
type line struct {
	mean    float64
	squares float64 // Σ (y − mean)²
	along   float64 // Σ (t − mean t) (y − mean)
}

// lineAt is that of one bar. What is not finite makes all of it NaN.
func lineAt(x float64) line { return line{mean: x, squares: 0 * x} }

func (l line) merge(later line, bars, laterBars float64) line {
	d := later.mean - l.mean
	share := laterBars / (bars + laterBars)
	weight := float64(bars * share)
	return line{
		l.mean + float64(d*share),
		l.squares + later.squares + float64(d*float64(d*weight)),
		l.along + later.along + float64(d*float64(bars*float64(laterBars/2))),
	}
}

// spreadOf is that of a line without its course along time.
type spreadOf struct{ mean, squares float64 }

// spreadAt is that of one bar. What is not finite makes all of it NaN.
func spreadAt(x float64) spreadOf { return spreadOf{x, 0 * x} }

func (s spreadOf) merge(later spreadOf, bars, laterBars float64) spreadOf {
	d := later.mean - s.mean
	share := laterBars / (bars + laterBars)
	return spreadOf{s.mean + float64(d*share), s.squares + later.squares + float64(d*float64(d*float64(bars*share)))}
}

// joint says how values a lie about their mean, and along with values b.
type joint struct {
	meanA, meanB float64
	aa, ab       float64 // Σ of the products of deviations
}

// jointAt is that of one bar. What is not finite makes all of it NaN.
func jointAt(a, b float64) joint { return joint{a, b, 0 * a, float64(0*a) * b} }

func (j joint) merge(later joint, bars, laterBars float64) joint {
	da, db := later.meanA-j.meanA, later.meanB-j.meanB
	share := laterBars / (bars + laterBars)
	pull := float64(da * float64(bars*share))
	return joint{
		j.meanA + float64(da*share), j.meanB + float64(db*share),
		j.aa + later.aa + float64(da*pull),
		j.ab + later.ab + float64(db*pull),
	}
}

// shape has the sums of the powers 2 to 4 of deviations from the mean (P. Pébay,
// Formulas for Robust, One-Pass Parallel Computation of Covariances and Arbitrary-Order
// Statistical Moments, 2008).
type shape struct{ mean, m2, m3, m4 float64 }

func (s shape) merge(later shape, a, b float64) shape {
	step := (later.mean - s.mean) / (a + b) // of the means, a bar
	square := float64(step * step)
	spread := float64(square * float64(float64(a*b)*(a+b)))
	m3 := float64(spread * float64(step*(a-b)))
	m3 += float64(3 * float64(step*(float64(a*later.m2)-float64(b*s.m2))))
	m4 := float64(float64(spread*square) * (float64(a*a) - float64(a*b) + float64(b*b)))
	m4 += float64(6 * float64(square*(float64(float64(a*a)*later.m2)+float64(float64(b*b)*s.m2))))
	m4 += float64(4 * float64(step*(float64(a*later.m3)-float64(b*s.m3))))
	return shape{s.mean + float64(step*b), s.m2 + later.m2 + spread, s.m3 + later.m3 + m3, s.m4 + later.m4 + m4}
}

// product is that of the values of some bars.
type product struct{ v float64 }

func (p product) merge(later product, _, _ float64) product { return product{p.v * later.v} }
