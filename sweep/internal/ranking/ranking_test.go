package ranking

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// TestCompareByHand: the order that the documentation of results gives, written
// down best first.
func TestCompareByHand(t *testing.T) {
	up := []Rank{
		New(9, math.Inf(1), false, false), New(3, 2, false, false), New(5, 2, false, false), New(0, -1, false, false), New(4, math.Inf(-1), false, false),
		New(8, 200, true, false), New(1, math.NaN(), false, false), New(2, math.NaN(), true, false), New(6, 100, false, true), New(7, math.NaN(), true, true),
	}
	down := slices.Clone(up)
	// Only numbers change places with the goal, and ties do not.
	copy(down, []Rank{up[4], up[3], up[1], up[2], up[0]})
	for goal, want := range map[spec.Goal][]Rank{"": up, spec.Maximize: up, spec.Minimize: down} {
		for i, a := range want {
			for j, b := range want {
				if got := Compare(goal, a, b); (got < 0) != (i < j) || (got == 0) != (i == j) {
					t.Errorf("goal %q: ranks %d and %d compare as %d", goal, i, j, got)
				}
			}
		}
	}
}

// TestLeadersAgainstSort keeps the best of random numbers, with ties, and holds
// them to a sort of all.
func TestLeadersAgainstSort(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2)) // #nosec G404: values, not secrets
	for _, n := range []int{1, 2, 3, 7, 8, 9, 31, 100} {
		for _, of := range []int{0, 1, n - 1, n, n + 1, 1000} {
			all := make([]Rank, of)
			for i := range all {
				all[i] = New(int64(i), float64(random.IntN(20)), random.IntN(10) == 0, random.IntN(10) == 0)
			}
			compare := func(a, b Rank) int { return Compare(spec.Maximize, a, b) }
			l := Leaders[Rank]{N: n, Compare: compare}
			for _, r := range all {
				if l.Enters(r) {
					l.Keep(func(place *Rank) { *place = r })
				}
			}
			slices.SortFunc(all, compare)
			if got, want := l.Ranked(), all[:min(n, of)]; !slices.Equal(got, want) {
				t.Errorf("the best %d of %d: %v, want %v", n, of, got, want)
			}
		}
	}
}
