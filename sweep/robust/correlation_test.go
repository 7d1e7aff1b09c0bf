package robust

import (
	"context"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// walsh are n trials of n+1 bars that are orthogonal and have no mean: rows of a Hadamard
// matrix without its first.
func walsh(bars int) *Matrix {
	m := &Matrix{}
	for k := 1; k < bars; k++ {
		column := make([]float64, bars)
		for i := range column {
			column[i] = 1 - 2*float64(bits.OnesCount(uint(i&k))&1)
		}
		m.Columns = append(m.Columns, column)
	}
	return m
}

func correlate(t *testing.T, m *Matrix) *Correlations {
	t.Helper()
	c, err := Correlate(context.Background(), m, 2)
	want(t, err)
	return c
}

// N orthogonal trials count as N, N equal ones as 1 (ROBUSTNESS); two with correlation ρ
// have eigenvalues 1 ± ρ, so that they count as 4 / ((1+ρ)² + (1−ρ)²).
func TestEffectiveTrials(t *testing.T) {
	c := correlate(t, walsh(64))
	n, err := c.EffectiveTrials(63)
	want(t, err)
	near(t, "orthogonal", n, 63, 1e-9)
	if groups := c.Clusters(0.5); len(groups) != 63 {
		t.Errorf("orthogonal trials are in %d clusters, want 63", len(groups))
	}
	equal := &Matrix{Columns: slices.Repeat(oracleReturns(50, 1).Columns, 20)}
	c = correlate(t, equal)
	n, err = c.EffectiveTrials(20)
	want(t, err)
	near(t, "equal", n, 1, 1e-6)
	if groups := c.Clusters(0.99); len(groups) != 1 || len(groups[0]) != 20 {
		t.Errorf("equal trials are in clusters %v", groups)
	}
	// By hand: (1, −1, 0, 0) and (1, 0, −1, 0) correlate at ½.
	c = correlate(t, rowsOf([]float64{1, 1}, []float64{-1, 0}, []float64{0, -1}, []float64{0, 0}))
	near(t, "ρ", c.Between(0, 1), 0.5, 1e-7)
	n, err = c.EffectiveTrials(2)
	want(t, err)
	near(t, "two", n, 4/(1.5*1.5+0.5*0.5), 1e-6)
	flat := correlate(t, &Matrix{Columns: [][]float64{{1, 1, 1}, {0, 0, 0}}})
	_, err = flat.EffectiveTrials(2)
	wantUndefined(t, "constant returns", err)
	if len(flat.Flat) != 2 || len(flat.Clusters(0.5)) != 0 {
		t.Errorf("flat trials %v", flat.Flat)
	}
}

// naiveClusters joins the two groups whose least correlation is the largest, as long as
// it reaches the threshold.
func naiveClusters(c *Correlations, threshold float64) [][]int {
	var groups [][]int
	for i := range c.Trials {
		groups = append(groups, []int{i})
	}
	for {
		a, b, most := -1, -1, threshold
		for i := range groups {
			for j := range i {
				least := 2.0
				for _, x := range groups[i] {
					for _, y := range groups[j] {
						least = min(least, c.Between(x, y))
					}
				}
				if least >= most {
					a, b, most = j, i, least
				}
			}
		}
		if a < 0 {
			break
		}
		groups[a] = append(groups[a], groups[b]...)
		groups = slices.Delete(groups, b, b+1)
	}
	for _, g := range groups {
		slices.Sort(g)
	}
	slices.SortFunc(groups, func(x, y []int) int { return x[0] - y[0] })
	return groups
}

func TestClustersAreTheDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		trials, bars := rapid.IntRange(1, 25).Draw(t, "trials"), rapid.IntRange(3, 30).Draw(t, "bars")
		common := make([]float64, bars)
		for i := range common {
			common[i] = r.NormFloat64()
		}
		m := &Matrix{Columns: make([][]float64, trials)}
		for k := range m.Columns {
			share := r.Float64()
			for i := range bars {
				m.Columns[k] = append(m.Columns[k], share*common[i]+(1-share)*r.NormFloat64())
			}
		}
		c, err := Correlate(context.Background(), m, 1)
		if err != nil {
			t.Fatal(err)
		}
		if i, j := r.IntN(trials), r.IntN(trials); i != j { // against the two-pass formula
			var xy, xx, yy float64
			x, y := normalised(m.Columns[i]), normalised(m.Columns[j])
			for k := range x {
				xy, xx, yy = xy+x[k]*y[k], xx+x[k]*x[k], yy+y[k]*y[k]
			}
			if rho := xy / math.Sqrt(xx*yy); math.Abs(rho-c.Between(i, j)) > 1e-6 {
				t.Fatalf("correlation of %d and %d is %v, want %v", i, j, c.Between(i, j), rho)
			}
		}
		threshold := rapid.Float64Range(-0.5, 0.95).Draw(t, "threshold")
		got, value := c.Clusters(threshold), naiveClusters(c, threshold)
		if !slices.EqualFunc(got, value, slices.Equal) {
			t.Fatalf("clusters %v, the definition has %v", got, value)
		}
	})
}

func TestDuplicates(t *testing.T) {
	base := oracleReturns(60, 3)
	near := slices.Clone(base.Columns[0])
	near[3] += 0.01
	m := &Matrix{Columns: [][]float64{base.Columns[0], base.Columns[1], near, base.Columns[2], base.Columns[1]}}
	kept, count := correlate(t, m).Duplicates([]int{2, 1, 0, 4, 3}, 0.95)
	if !slices.Equal(kept, []int{2, 1, 3}) || !slices.Equal(count, []int{2, 2, 1}) {
		t.Errorf("kept %v, standing for %v", kept, count)
	}
}

// One trial of each stretch, in order, none twice.
func TestSample(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Int64Range(1, 1e12).Draw(t, "total")
		n := rapid.IntRange(1, 500).Draw(t, "n")
		s := Sample(total, n, rapid.Uint64().Draw(t, "seed"))
		if int64(len(s)) != min(total, int64(n)) {
			t.Fatalf("%d of %d, want %d", len(s), total, n)
		}
		for i, v := range s {
			// Stretches differ by at most one trial.
			if v < int64(i)*(total/int64(len(s))) || v >= min(total, int64(i+1)*(total/int64(len(s))+1)) {
				t.Fatalf("trial %d is number %d of %d in %d", v, i, len(s), total)
			}
		}
		if both := With(s, s); !slices.Equal(both, s) {
			t.Fatalf("with itself: %v", both)
		}
	})
}
