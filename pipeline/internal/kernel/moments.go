package kernel

// sums are those of up to three values of each bar.
type sums struct{ a, b, c float64 }

func (s sums) merge(later sums) sums { return sums{s.a + later.a, s.b + later.b, s.c + later.c} }

// line says how values lie about their mean and along time (T. Chan, G. Golub and
// R. LeVeque, Updating Formulae and a Pairwise Algorithm for Computing Sample
// Variances, 1979).
type line struct {
	bars, mean float64
	squares    float64 // Σ (y − mean)²
	along      float64 // Σ (t − mean t) (y − mean)
}

// lineAt is that of one bar. What is not finite makes all of it NaN.
func lineAt(x float64) line { return line{bars: 1, mean: x, squares: 0 * x} }

func (l line) merge(later line) line {
	bars := l.bars + later.bars
	d := later.mean - l.mean
	share := later.bars / bars
	weight := l.bars * share
	return line{
		bars, l.mean + float64(d*share),
		l.squares + later.squares + float64(d*float64(d*weight)),
		l.along + later.along + float64(d*float64(weight*(bars/2))),
	}
}

// joint says how two values of each bar lie about their means.
type joint struct {
	bars, meanA, meanB float64
	aa, bb, ab         float64 // Σ of the products of deviations
}

// jointAt is that of one bar. What is not finite makes all of it NaN.
func jointAt(a, b float64) joint {
	return joint{bars: 1, meanA: a, meanB: b, aa: 0 * a, bb: 0 * b, ab: 0 * a * b}
}

func (j joint) merge(later joint) joint {
	bars := j.bars + later.bars
	da, db := later.meanA-j.meanA, later.meanB-j.meanB
	share := later.bars / bars
	weight := j.bars * share
	return joint{
		bars, j.meanA + float64(da*share), j.meanB + float64(db*share),
		j.aa + later.aa + float64(da*float64(da*weight)),
		j.bb + later.bb + float64(db*float64(db*weight)),
		j.ab + later.ab + float64(da*float64(db*weight)),
	}
}

// shape has the sums of the powers 2 to 4 of deviations from the mean (P. Pébay,
// Formulas for Robust, One-Pass Parallel Computation of Covariances and Arbitrary-Order
// Statistical Moments, 2008).
type shape struct {
	bars, mean float64
	m2, m3, m4 float64
}

func (s shape) merge(later shape) shape {
	a, b := s.bars, later.bars
	d := later.mean - s.mean
	step := d / (a + b) // of the means, a bar
	square := float64(step * step)
	spread := float64(float64(d*step) * float64(a*b))
	m3 := float64(spread * float64(step*(a-b)))
	m3 += float64(3 * float64(step*(float64(a*later.m2)-float64(b*s.m2))))
	m4 := float64(float64(spread*square) * float64(float64(a*a)-float64(a*b)+float64(b*b)))
	m4 += float64(6 * float64(square*(float64(float64(a*a)*later.m2)+float64(float64(b*b)*s.m2))))
	m4 += float64(4 * float64(step*(float64(a*later.m3)-float64(b*s.m3))))
	return shape{a + b, s.mean + float64(step*b), s.m2 + later.m2 + spread, s.m3 + later.m3 + m3, s.m4 + later.m4 + m4}
}
