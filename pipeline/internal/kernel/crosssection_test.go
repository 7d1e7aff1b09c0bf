package kernel

import (
	"math"
	"testing"
)

// By hand: 5 and 7 are equal firsts in the order of assets, NaN has no place, and of the
// members 4, 9 and 1 the last but one is the highest.
func TestAcross(t *testing.T) {
	nan := math.NaN()
	values := []float64{4, 9, nan, 9, 1, 0}
	members := []float64{1, 1, 1, 0, 1, nan}
	for _, c := range []struct {
		across        Across
		members, want []float64
	}{
		{AcrossRank, nil, []float64{3, 1, nan, 2, 4, 5}},
		{AcrossRank, members, []float64{2, 1, nan, nan, 3, nan}},
		{AcrossPctRank, members, []float64{0.5, 1, nan, nan, 0, nan}},
		{AcrossMean, members, []float64{14.0 / 3, 14.0 / 3, 14.0 / 3, 14.0 / 3, 14.0 / 3, 14.0 / 3}},
		{AcrossCount, nil, []float64{4, 4, 4, 4, 4, 4}},
		// Deviations −2/3, 13/3 and −11/3, whose squares are 4, 169 and 121 ninths.
		{AcrossZScore, members, []float64{-2 / math.Sqrt(98), 13 / math.Sqrt(98), nan, nan, -11 / math.Sqrt(98), nan}},
	} {
		got := make([]float64, len(values))
		c.across.Apply(got, values, c.members, make([]int, 0, len(values)))
		for i := range got {
			if !(math.Abs(got[i]-c.want[i]) < 1e-12) && !(got[i] != got[i] && c.want[i] != c.want[i]) {
				t.Errorf("%d, asset %d: %v, want %v", c.across, i, got[i], c.want[i])
			}
		}
	}
}
