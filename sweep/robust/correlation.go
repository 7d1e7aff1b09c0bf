package robust

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// Correlations are those of every two trials' returns.
type Correlations struct {
	// Trials are the numbers of the trials compared, in order; Flat are those left out
	// since their returns are constant.
	Trials, Flat []int
	// values is the upper triangle by rows, the diagonal left out.
	values []float32
}

// MaxCorrelated is the largest number of trials that [Correlate] compares: half a gigabyte.
const MaxCorrelated = 16384

// Correlate compares every two trials of a matrix. Correlations are Pearson's, of returns
// bar by bar, kept in 32 bits; 0 workers mean one a processor. It takes N² / 2 · n steps, so that a
// sample of the trials of a large sweep is what to hand it: see [Sample].
func Correlate(ctx context.Context, m *Matrix, workers int) (*Correlations, error) {
	if err := m.Check(); err != nil {
		return nil, err
	}
	if m.Trials() > MaxCorrelated {
		return nil, fmt.Errorf("%d trials: want at most %d; a sample of them is enough", m.Trials(), MaxCorrelated)
	}
	c := new(Correlations)
	var unit [][]float64 // centred, of length 1
	for k, column := range m.Columns {
		if _, err := MomentsOf(column, 0); err != nil {
			c.Flat = append(c.Flat, k)
			continue
		}
		c.Trials = append(c.Trials, k)
		unit = append(unit, normalised(column))
	}
	n := len(unit)
	c.values = make([]float32, n*(n-1)/2)
	err := each(ctx, workers, n, func() func(int) {
		return func(i int) {
			row := c.values[c.at(i, i+1):]
			for j := i + 1; j < n; j += 4 {
				products := dot4(unit[i], unit[j:min(j+4, n)])
				for l := range min(4, n-j) {
					row[j-i-1+l] = float32(min(1, max(-1, products[l])))
				}
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// normalised returns x − mean over its length, so that a correlation is a sum of products.
func normalised(x []float64) []float64 {
	mean, square := 0.0, 0.0
	for _, v := range x {
		mean += v
	}
	mean /= float64(len(x))
	unit := make([]float64, len(x))
	for i, v := range x {
		unit[i] = v - mean
		square += unit[i] * unit[i]
	}
	for i := range unit {
		unit[i] /= math.Sqrt(square)
	}
	return unit
}

// dot4 returns the sums of products of x with up to four others.
func dot4(x []float64, others [][]float64) (sums [4]float64) {
	if len(others) < 4 {
		for l, y := range others {
			for i, v := range x {
				sums[l] += float64(v * y[i])
			}
		}
		return sums
	}
	var s0, s1, s2, s3 float64
	a, b, c, d := others[0][:len(x)], others[1][:len(x)], others[2][:len(x)], others[3][:len(x)]
	for i, v := range x {
		s0 += float64(v * a[i])
		s1 += float64(v * b[i])
		s2 += float64(v * c[i])
		s3 += float64(v * d[i])
	}
	return [4]float64{s0, s1, s2, s3}
}

// at returns where the correlation of two places i < j is kept.
func (c *Correlations) at(i, j int) int {
	n := len(c.Trials)
	return i*n - i*(i+1)/2 + j - i - 1
}

// Between returns the correlation of the trials at two places of c.Trials.
func (c *Correlations) Between(i, j int) float64 {
	switch {
	case i == j:
		return 1
	case i > j:
		i, j = j, i
	}
	return float64(c.values[c.at(i, j)])
}

// EffectiveTrials returns how many trials that know nothing of each other spread as much
// as counted trials of which c compares a fair sample: the participation ratio of the
// eigenvalues of their correlation, (Σλ)² / Σλ², which is N / (1 + (N−1) · mean ρ²).
// Equal trials are one, trials without any correlation as many as they are. Correlations that are
// estimated from n bars are not quite 0, which alone makes it at most about n.
func (c *Correlations) EffectiveTrials(counted float64) (float64, error) {
	n := len(c.Trials)
	if n == 0 || counted < 1 {
		return 0, undefined("no trial's returns ever change")
	}
	if n == 1 {
		return 1, nil
	}
	square := 0.0
	for _, rho := range c.values {
		square += float64(rho) * float64(rho)
	}
	square /= float64(len(c.values))
	return counted / (1 + (counted-1)*square), nil
}

// Clusters groups trials so that every two of a group correlate at least at a threshold
// (complete linkage, by chains of nearest neighbours), and returns the groups in the order of
// their first trials, each in order: places of c.Trials.
func (c *Correlations) Clusters(threshold float64) [][]int {
	n := len(c.Trials)
	link := slices.Clone(c.values) // between clusters, each named by its first member
	of := func(i, j int) *float32 { return &link[c.at(min(i, j), max(i, j))] }
	members := make([][]int, n)
	alive := make([]bool, n)
	for i := range members {
		members[i], alive[i] = []int{i}, true
	}
	// Merges of complete linkage never make a later link stronger, so clusters that are
	// each other's nearest are merged at once, or never if they are too far apart.
	done := make([]bool, n) // nearest neighbours that are too far: final
	var chain []int
	for first := 0; ; {
		if len(chain) == 0 {
			for first < n && (!alive[first] || done[first]) {
				first++
			}
			if first == n {
				break
			}
			chain = append(chain, first)
		}
		top := chain[len(chain)-1]
		nearest, most := -1, float32(-2)
		if len(chain) > 1 { // among equals the one before, so that a chain ends
			nearest, most = chain[len(chain)-2], *of(top, chain[len(chain)-2])
		}
		for j := range n {
			if alive[j] && j != top && *of(top, j) > most {
				nearest, most = j, *of(top, j)
			}
		}
		switch {
		case nearest < 0 || float64(most) < threshold:
			// Nothing is near enough to this one, nor can it become so.
			done[top] = true
			chain = chain[:0]
		case len(chain) > 1 && nearest == chain[len(chain)-2]:
			chain = chain[:len(chain)-2]
			keep, drop := min(top, nearest), max(top, nearest)
			members[keep], alive[drop] = append(members[keep], members[drop]...), false
			for j := range n {
				if alive[j] && j != keep {
					*of(keep, j) = min(*of(keep, j), *of(drop, j))
				}
			}
		default:
			chain = append(chain, nearest)
		}
	}
	var groups [][]int
	for i, group := range members {
		if alive[i] {
			slices.Sort(group)
			groups = append(groups, group)
		}
	}
	return groups
}

// Duplicates collapses trials that are nearly the same: given trials from the best on, as
// places of c.Trials, it returns those that no better one correlates with at threshold or
// more, and how many each of them stands for, itself included.
func (c *Correlations) Duplicates(ranked []int, threshold float64) (kept, count []int) {
	for _, i := range ranked {
		at := slices.IndexFunc(kept, func(better int) bool { return c.Between(better, i) >= threshold })
		if at < 0 {
			kept, count = append(kept, i), append(count, 1)
			continue
		}
		count[at]++
	}
	return kept, count
}
