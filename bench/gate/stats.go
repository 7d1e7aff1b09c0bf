package main

import (
	"cmp"
	"math"
	"slices"
)

// median returns the middle of x, or the mean of the two that are; NaN of none.
func median(x []float64) float64 {
	s := slices.Sorted(slices.Values(x))
	switch n := len(s); {
	case n == 0:
		return math.NaN()
	case n%2 == 1:
		return s[n/2]
	default:
		return (s[n/2-1] + s[n/2]) / 2
	}
}

// medianError returns the standard error of the median of x, as if they were
// normal: √(π/2) times that of their mean. It is NaN for fewer than two.
func medianError(x []float64) float64 {
	n := float64(len(x))
	if n < 2 {
		return math.NaN()
	}
	var mean, squares float64
	for _, v := range x {
		mean += v / n
	}
	for _, v := range x {
		squares += (v - mean) * (v - mean)
	}
	return math.Sqrt(math.Pi / 2 * squares / (n - 1) / n)
}

// signedRank returns the probability that values which are as often above zero
// as below, symmetrically, have a rank sum W+ as high as x has: the exact
// one-sided p of Wilcoxon's signed-rank test. Zeros are left out, equal sizes
// share their mean rank.
func signedRank(x []float64) float64 {
	s := slices.DeleteFunc(slices.Clone(x), func(v float64) bool { return v == 0 })
	slices.SortFunc(s, func(a, b float64) int { return cmp.Compare(math.Abs(a), math.Abs(b)) })
	// Ranks are doubled, so that those of ties are whole.
	above, total := 0, 0
	ways := []float64{1} // of choosing signs, by the doubled sum of the positive ranks
	for i := 0; i < len(s); {
		j := i
		for j < len(s) && math.Abs(s[j]) == math.Abs(s[i]) {
			j++
		}
		rank := i + 1 + j // twice the mean of i+1 … j
		for ; i < j; i++ {
			if s[i] > 0 {
				above += rank
			}
			total += rank
			next := make([]float64, total+1)
			for sum, p := range ways {
				next[sum] += p / 2
				next[sum+rank] += p / 2
			}
			ways = next
		}
	}
	p := 0.0
	for _, w := range ways[above:] {
		p += w
	}
	return p
}
