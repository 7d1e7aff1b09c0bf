package search

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func points(s sequence, dims, n int) [][]float64 {
	all := make([][]float64, n)
	for i := range all {
		all[i] = make([]float64, dims)
		s.next(all[i])
	}
	return all
}

// TestSobolByHand: the first points of scipy 1.17.1's qmc.Sobol(5, scramble=False).
func TestSobolByHand(t *testing.T) {
	want := [][]float64{
		{0, 0, 0, 0, 0}, {0.5, 0.5, 0.5, 0.5, 0.5}, {0.75, 0.25, 0.25, 0.25, 0.75}, {0.25, 0.75, 0.75, 0.75, 0.25},
		{0.375, 0.375, 0.625, 0.875, 0.375}, {0.875, 0.875, 0.125, 0.375, 0.875},
	}
	if got := points(newSobol(5), 5, 6); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// strata reports whether each n-th of every dimension has one of n points.
func strata(all [][]float64, dims int) error {
	for d := range dims {
		seen := make([]bool, len(all))
		for i, p := range all {
			if !(p[d] >= 0 && p[d] < 1) {
				return fmt.Errorf("point %d is %v", i, p)
			}
			at := int(p[d] * float64(len(all)))
			if seen[at] {
				return fmt.Errorf("dimension %d has two points in part %d of %d", d, at, len(all))
			}
			seen[at] = true
		}
	}
	return nil
}

// TestStrata: of Sobol sequences, scrambled or not, a power of two points, of Halton
// sequences a power of the base and of Latin hypercubes all of them lie one in each
// part of every dimension.
func TestStrata(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Int64Range(0, 1<<53-1).Draw(t, "seed")
		dims := rapid.IntRange(1, maxSobol).Draw(t, "dims")
		n := 1 << rapid.IntRange(0, 9).Draw(t, "log2 of n")
		skip := rapid.IntRange(0, 3).Draw(t, "blocks skipped")
		s := newSobol(dims)
		if rapid.Bool().Draw(t, "scrambled") {
			s.scrambled(seed)
		}
		points(s, dims, n*skip)
		if err := strata(points(s, dims, n), dims); err != nil {
			t.Fatalf("Sobol: %v", err)
		}
		m := rapid.IntRange(1, 200).Draw(t, "m")
		l := newLatin(dims, m, rng(seed, 1))
		for range 2 {
			if err := strata(points(l, dims, m), dims); err != nil {
				t.Fatalf("Latin hypercube: %v", err)
			}
		}
		d := rapid.IntRange(0, 5).Draw(t, "dimension")
		base := primes(6)[d]
		h := newHalton(6)
		if rapid.Bool().Draw(t, "scrambled Halton") {
			h.scrambled(seed)
		}
		var column [][]float64
		for _, p := range points(h, 6, int(base*base)) {
			column = append(column, []float64{p[d] + 1e-12}) // 1/3 is not exact
		}
		if err := strata(column, 1); err != nil {
			t.Fatalf("Halton in base %d: %v", base, err)
		}
	})
}

// TestDiscrepancy: the squared L2-star discrepancy (Warnock 1972) of scrambled
// sequences is well below that of random points: 512 of them in 4 dimensions, means
// of ten seeds.
func TestDiscrepancy(t *testing.T) {
	const n, dims = 512, 4
	mean := map[string]float64{}
	for seed := range int64(10) {
		for name, s := range map[string]sequence{
			"uniform": uniform{rng(seed, streamPoints)}, "sobol": newSobol(dims).scrambled(seed),
			"halton": newHalton(dims).scrambled(seed), "lhs": newLatin(dims, n, rng(seed, streamPoints)),
		} {
			mean[name] += discrepancy(points(s, dims, n)) / 10
		}
	}
	if !(mean["sobol"] < mean["uniform"]/10 && mean["halton"] < mean["uniform"]/10 && mean["lhs"] < mean["uniform"]) {
		t.Errorf("discrepancies %v", mean)
	}
}

func discrepancy(all [][]float64) float64 {
	n, sum, pairs := float64(len(all)), 0.0, 0.0
	for _, p := range all {
		product := 1.0
		for _, x := range p {
			product *= (1 - x*x) / 2
		}
		sum += product
		for _, q := range all {
			product := 1.0
			for d := range p {
				product *= 1 - max(p[d], q[d])
			}
			pairs += product
		}
	}
	return math.Pow(3, -float64(len(all[0]))) - 2/n*sum + pairs/(n*n)
}

// TestScrambleKeepsNesting: numbers that agree in their first k bits agree in the
// first k bits scrambled, and differ in the next where they did: an Owen scramble.
func TestScrambleKeepsNesting(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1)) // #nosec G404: values, not secrets
	for range 100_000 {
		a, key := random.Uint32(), random.Uint32()
		k := random.IntN(32)
		b := a ^ 1<<(31-k) ^ random.Uint32()&(1<<(31-k)-1)
		x, y := scramble(a, key), scramble(b, key)
		if x>>(32-k) != y>>(32-k) || x>>(31-k)&1 == y>>(31-k)&1 {
			t.Fatalf("%032b and %032b become %032b and %032b", a, b, x, y)
		}
	}
}
