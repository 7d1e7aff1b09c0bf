package robust

import "math"

// superior is what a worker of [SPA] has found: for each resample the largest statistic
// of its trials, however they are centred.
type superior struct {
	m         *Matrix
	benchmark []float64
	scaled    bool
	boot      Bootstrap
	sums      [][group]float64 // running sums of a group of trials, centred
	d         []float64        // the difference of a trial

	tested, flat              int
	best                      int
	statistic, plainStatistic float64
	// by resample
	lower, consistent, upper, plain []float64
}

func newSuperior(m *Matrix, opts SPAOptions, boot Bootstrap) *superior {
	s := &superior{
		m: m, benchmark: opts.Benchmark, scaled: !opts.Plain, boot: boot,
		sums: make([][group]float64, m.Bars()+1), d: make([]float64, m.Bars()),
		best: -1, statistic: math.Inf(-1), plainStatistic: math.Inf(-1),
	}
	for _, maxima := range []*[]float64{&s.lower, &s.consistent, &s.upper, &s.plain} {
		*maxima = make([]float64, boot.Resamples)
		for b := range *maxima {
			(*maxima)[b] = math.Inf(-1)
		}
	}
	return s
}

// terms turn the sum of a resample's centred differences into statistics.
type terms struct {
	scale             [group]float64 // √n / standard error, over n
	lower, consistent [group]float64 // added to the sum: where a trial is not centred
	lanes             int
}

// test takes a group of trials through all resamples.
func (s *superior) test(drawn [][]stretch, first int) {
	of := s.load(first)
	if of.lanes == 0 {
		return
	}
	root := math.Sqrt(float64(len(s.d))) / float64(len(s.d))
	for b, list := range drawn {
		sum := add(s.sums, list)
		for j, v := range sum[:of.lanes] {
			s.upper[b] = max(s.upper[b], v*of.scale[j])
			s.consistent[b] = max(s.consistent[b], (v+of.consistent[j])*of.scale[j])
			s.lower[b] = max(s.lower[b], (v+of.lower[j])*of.scale[j])
			s.plain[b] = max(s.plain[b], v*root)
		}
	}
}

// add returns the sums over the stretches of a resample.
func add(sums [][group]float64, list []stretch) [group]float64 {
	var a0, a1, a2, a3, a4, a5, a6, a7 float64
	for _, of := range list {
		from, to := &sums[of.from], &sums[of.to]
		a0 += to[0] - from[0]
		a1 += to[1] - from[1]
		a2 += to[2] - from[2]
		a3 += to[3] - from[3]
		a4 += to[4] - from[4]
		a5 += to[5] - from[5]
		a6 += to[6] - from[6]
		a7 += to[7] - from[7]
	}
	return [group]float64{a0, a1, a2, a3, a4, a5, a6, a7}
}

// load makes the running sums of a group's trials, those of trials that never differ
// left out, and updates the best of the trials.
func (s *superior) load(first int) (of terms) {
	n := float64(len(s.d))
	for k := first; k < min(first+group, s.m.Trials()); k++ {
		difference(s.d, s.m.Columns[k], s.benchmark)
		sum, square := 0.0, 0.0
		for _, v := range s.d {
			sum += v
			square += float64(v * v)
		}
		mean := sum / n
		for i := range s.d {
			s.d[i] -= mean
		}
		error2 := longRunVariance(s.d, s.boot.Length)
		if constant(int64(len(s.d)), sum, square) || !(error2 > 0) {
			s.flat++
			continue
		}
		j := of.lanes
		of.lanes++
		total := 0.0
		for i, v := range s.d {
			s.sums[i][j] = total
			total += v
		}
		s.sums[len(s.d)][j] = total

		of.scale[j] = 1 / math.Sqrt(n)
		if s.scaled {
			of.scale[j] /= math.Sqrt(error2)
		}
		of.lower[j] = min(sum, 0)
		if mean < -math.Sqrt(error2/n*2*math.Log(math.Log(n))) {
			of.consistent[j] = sum
		}
		s.tested++
		if v := sum * of.scale[j]; v > s.statistic || v == s.statistic && k < s.best {
			s.best, s.statistic = k, v
		}
		s.plainStatistic = max(s.plainStatistic, sum/math.Sqrt(n))
	}
	return of
}

// merge takes in what another worker has found.
func (s *superior) merge(other *superior) {
	s.tested, s.flat = s.tested+other.tested, s.flat+other.flat
	if other.best >= 0 && (other.statistic > s.statistic || other.statistic == s.statistic && other.best < s.best) {
		s.best, s.statistic = other.best, other.statistic
	}
	s.plainStatistic = max(s.plainStatistic, other.plainStatistic)
	for b := range s.upper {
		s.lower[b], s.consistent[b] = max(s.lower[b], other.lower[b]), max(s.consistent[b], other.consistent[b])
		s.upper[b], s.plain[b] = max(s.upper[b], other.upper[b]), max(s.plain[b], other.plain[b])
	}
}

// longRunVariance returns the variance of √n · mean of centred values under the
// stationary bootstrap with blocks of a mean length (Hansen 2005, appendix B):
//
//	γ₀ + 2 Σᵢ κᵢ γᵢ,  κᵢ = (1 − i/n) qⁱ + (i/n) qⁿ⁻ⁱ,  q = 1 − 1/length.
//
// The two parts of κ are one weight, (1 − i/n) qⁱ, of covariances that go round the end,
// so that it takes two recursions: A of Σⱼ qʲ x[t+j] and B of Σⱼ j qʲ x[t+j], j = 1 … n−1.
func longRunVariance(x []float64, length float64) float64 {
	n := len(x)
	q := 1 - 1/length
	around := math.Pow(q, float64(n))
	var a, b float64
	power := 1.0
	for j := 1; j < n; j++ { // behind the last value comes the first
		power *= q
		if power < 1e-300 {
			break
		}
		a += power * x[j-1]
		b += float64(j) * power * x[j-1]
	}
	var square, cross float64
	for t := n - 1; ; t-- {
		square += float64(x[t] * x[t])
		cross += float64(x[t] * (a - b/float64(n)))
		if t == 0 {
			return (square + 2*cross) / float64(n)
		}
		// From t to t−1: x[t] comes in front, and the term of j = n drops out.
		a, b = q*(x[t]+a)-around*x[t-1], q*(x[t]+a+b)-float64(n)*around*x[t-1]
	}
}
