package search

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// parzen is a density over the free parameters of a space: a kernel at each of the
// trials that it is made of, and one that is nearly flat for what is known of none.
// The kernels are products over parameters: of truncated normals for numbers, whose
// deviation is the distance to the next trial, and for choices of a share for each
// name. Densities are those of optuna 5.0.0's multivariate TPE.
type parzen struct {
	space   *space
	weights []float64 // logarithms; the last kernel is the prior
	drawn   []float64 // cumulated weights
	dims    []kernels // of the free parameters
}

// kernels are those of one parameter.
type kernels struct {
	*dim
	mu, sigma []float64
	mass      []float64 // logarithms of the mass inside low … high
	scale     []float64 // what a density has beside its exponent
	shares    [][]float64
	// cells has the logarithms of the kernels' shares of the positions that were asked
	// for: draws are mostly of few.
	cells map[int][]float64
}

// newParzen makes a density of trials in the order they were asked.
func newParzen(s *space, trials []trial) *parzen {
	p := &parzen{space: s, weights: observed(len(trials))}
	sum := 0.0
	for _, w := range p.weights {
		sum += w
		p.drawn = append(p.drawn, sum)
	}
	for i, w := range p.weights {
		p.drawn[i] /= sum
		p.weights[i] = math.Log(w / sum)
	}
	for _, free := range s.free {
		k := kernels{dim: &s.dims[free]}
		if k.kind == choice {
			k.chosen(trials, free)
		} else {
			x := make([]float64, len(trials))
			for i, t := range trials {
				x[i] = s.coordinate(t, free)
			}
			k.spread(x)
		}
		p.dims = append(p.dims, k)
	}
	return p
}

// recent is how many trials count in full; older ones count the less the older.
const recent = 25

// observed returns the weights of n trials and of the prior.
func observed(n int) []float64 {
	w := make([]float64, n+1)
	for i := range w {
		w[i] = 1
	}
	if old := n - recent; n >= recent {
		for i := range old {
			w[i] = 1 / float64(n)
			if old > 1 {
				w[i] += float64(i) * (1 - 1/float64(n)) / float64(old-1)
			}
		}
	}
	return w
}

// chosen makes the shares of a choice: a trial's own name has one and a prior that
// all have in common.
func (k *kernels) chosen(trials []trial, at int) {
	count := float64(len(trials) + 1)
	for i := range len(trials) + 1 {
		shares := make([]float64, k.n)
		for name := range shares {
			shares[name] = 1 / count
			if i < len(trials) && trials[i].index[at] == name {
				shares[name]++
			}
		}
		total := 0.0
		for _, v := range shares {
			total += v
		}
		for name := range shares {
			shares[name] = math.Log(shares[name] / total)
		}
		k.shares = append(k.shares, shares)
	}
}

// spread makes the normals of a number from coordinates: the deviation is the
// larger distance to a neighbour, that of the outermost the distance to their one
// neighbour, and not less than a part of the range that shrinks with their number.
func (k *kernels) spread(x []float64) {
	n, width := len(x), k.high-k.low
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(x[a], x[b]) })
	k.mu = append(slices.Clone(x), (k.low+k.high)/2)
	k.sigma = append(make([]float64, n), width)
	least := width / min(100, float64(n+2))
	for at, i := range order {
		before, after := x[i]-k.low, k.high-x[i]
		if at > 0 {
			before = x[i] - x[order[at-1]]
		}
		if at < n-1 {
			after = x[order[at+1]] - x[i]
		}
		sigma := max(before, after)
		if n > 1 && at == 0 {
			sigma = after
		}
		if n > 1 && at == n-1 {
			sigma = before
		}
		k.sigma[i] = min(max(sigma, least), width)
	}
	for i, mu := range k.mu {
		mass := logMass((k.low-mu)/k.sigma[i], (k.high-mu)/k.sigma[i])
		k.mass, k.scale = append(k.mass, mass), append(k.scale, math.Log(k.sigma[i])+logRoot2Pi+mass)
	}
}

// cell returns the logarithm of each kernel's share of a position.
func (k *kernels) cell(at int) []float64 {
	if shares, ok := k.cells[at]; ok {
		return shares
	}
	if k.cells == nil {
		k.cells = make(map[int][]float64)
	}
	from, to := k.cellEnd(at-1), k.cellEnd(at)
	shares := make([]float64, len(k.mu))
	for i, mu := range k.mu {
		shares[i] = logMass((from-mu)/k.sigma[i], (to-mu)/k.sigma[i]) - k.mass[i]
	}
	k.cells[at] = shares
	return shares
}

// logDensity returns the logarithm of the density at a trial: of numbers that have
// positions and of choices the probability.
func (p *parzen) logDensity(t trial) float64 {
	logs := slices.Clone(p.weights)
	for j, free := range p.space.free {
		k := &p.dims[j]
		switch at := t.index[free]; k.kind {
		case choice:
			for i := range logs {
				logs[i] += k.shares[i][at]
			}
		case ordinal:
			for i, share := range k.cell(at) {
				logs[i] += share
			}
		default:
			x := p.space.coordinate(t, free)
			for i := range logs {
				z := (x - k.mu[i]) / k.sigma[i]
				logs[i] -= z*z/2 + k.scale[i]
			}
		}
	}
	most := slices.Max(logs)
	sum := 0.0
	for _, v := range logs {
		sum += math.Exp(v - most)
	}
	return most + math.Log(sum)
}

var logRoot2Pi = math.Log(2*math.Pi) / 2

// draw returns a trial of the density.
func (p *parzen) draw(random *rand.Rand) trial {
	t := p.space.blank()
	kernel, _ := slices.BinarySearch(p.drawn, random.Float64())
	kernel = min(kernel, len(p.drawn)-1)
	for j, free := range p.space.free {
		k := &p.dims[j]
		u := random.Float64()
		if k.kind != choice {
			mu, sigma := k.mu[kernel], k.sigma[kernel]
			p.space.place(&t, free, mu+sigma*quantile(u, (k.low-mu)/sigma, (k.high-mu)/sigma))
			continue
		}
		name := 0
		for ; name < k.n-1; name++ {
			if u -= math.Exp(k.shares[kernel][name]); u < 0 {
				break
			}
		}
		t.set(free, k.dim, name)
	}
	return t
}
