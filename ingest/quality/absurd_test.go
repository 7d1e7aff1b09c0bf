package quality

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestAbsurdAgainstNaive draws columns with outliers and compares with the rule as
// it is written: the median of all that is around a bar, found by sorting.
func TestAbsurdAgainstNaive(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 7))
	hits := 0
	for range 300 {
		values := make([]float64, rng.IntN(700))
		for i := range values {
			switch rng.IntN(40) {
			case 0:
				values[i] = 1e7 * rng.ExpFloat64()
			case 1:
				values[i] = 0
			default:
				values[i] = 0.1 + 100*rng.Float64()*rng.Float64()
			}
		}
		var want []int
		for i, x := range values {
			around := []float64{}
			for j, y := range values {
				if j != i && j >= i-100 && j <= i+100 && y != 0 {
					around = append(around, y)
				}
			}
			if slices.Sort(around); len(around) >= 10 && x/1e6 >= around[(len(around)-1)/2+1-len(around)%2] {
				want = append(want, i)
			}
		}
		var got []int
		for _, v := range absurdValues(values) {
			got = append(got, v.bar)
		}
		if hits += len(got); !slices.Equal(got, want) {
			t.Fatalf("%d values: got %v, want %v", len(values), got, want)
		}
	}
	if hits < 100 {
		t.Errorf("%d absurd values in all", hits)
	}
}
