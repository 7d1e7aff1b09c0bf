package robust

import (
	"math/rand/v2"
	"slices"
)

// Sample returns n of total trials in order, one of each of n equal stretches of the grid,
// so that every part of it is there: a stratified sample. All of them where there are no
// more. The seed decides which.
func Sample(total int64, n int, seed uint64) []int64 {
	if total <= int64(n) {
		n = int(total)
	}
	r := rand.New(rand.NewPCG(seed, 0))
	out := make([]int64, n)
	for i := range out {
		from, to := part(total, n, i), part(total, n, i+1)
		out[i] = from + r.Int64N(to-from)
	}
	return out
}

// part returns where the i-th of n stretches begins.
func part(total int64, n, i int) int64 {
	whole, rest := total/int64(n), total%int64(n)
	return int64(i)*whole + min(int64(i), rest)
}

// With returns trials in order, others added, each once.
func With(trials, others []int64) []int64 {
	all := slices.Concat(trials, others)
	slices.Sort(all)
	return slices.Compact(all)
}
