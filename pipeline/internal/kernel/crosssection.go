package kernel

import (
	"cmp"
	"math"
	"slices"
)

// Across is a function of the values that several assets have at one time.
type Across uint8

// The functions across assets.
const (
	AcrossRank    Across = iota // 1 for the highest; of equal ones the first asset has the lower number
	AcrossPctRank               // (rank from the lowest − 1) / (n − 1), 1 for the highest, by the same order
	AcrossZScore                // deviations from the mean, in standard deviations with divisor n
	AcrossMean
	AcrossCount // how many are true, that is not 0
)

// Apply writes the function of each of the values that are known and whose members is
// known and not 0, or all where members is nil; the others are unknown, but for the
// mean and the count, which all assets have. order is memory for as many numbers.
func (a Across) Apply(dst, values, members []float64, order []int) {
	n, sum := 0, 0.0
	order = order[:0]
	for i, v := range values {
		if dst[i] = math.NaN(); v != v || members != nil && (members[i] != members[i] || members[i] == 0) {
			continue
		}
		order = append(order, i)
		n++
		if sum += v; a == AcrossCount {
			sum += truth(v != 0) - v
		}
	}
	switch a {
	case AcrossRank, AcrossPctRank:
		slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(values[j], values[i]) })
		for rank, i := range order {
			if dst[i] = float64(rank + 1); a == AcrossPctRank {
				dst[i] = float64(n-1-rank) / float64(n-1)
			}
		}
	case AcrossZScore:
		mean, squares := sum/float64(n), 0.0
		for _, i := range order {
			d := values[i] - mean
			squares += float64(d * d)
		}
		for _, i := range order {
			dst[i] = (values[i] - mean) / math.Sqrt(squares/float64(n))
		}
	case AcrossMean:
		for i := range dst {
			dst[i] = sum / float64(n)
		}
	case AcrossCount:
		for i := range dst {
			dst[i] = sum
		}
	}
}
