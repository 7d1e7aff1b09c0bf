package search

import (
	"cmp"
	"math"
	"slices"
)

// Result is what a trial came to.
type Result struct {
	// Scores are its objectives, one each, as they are; NaN where there is none.
	Scores []float64
	// Unfulfilled says that the trial does not fulfil the objective's condition, and
	// Failed that it failed: its scores then count behind those of all that do, and
	// do not.
	Unfulfilled, Failed bool
}

// class is the order of results before their scores.
func (r *Result) class() int {
	switch {
	case r.Failed:
		return 3
	case slices.ContainsFunc(r.Scores, math.IsNaN):
		return 2
	case r.Unfulfilled:
		return 1
	}
	return 0
}

// ranked returns the positions of results, the best first. up says of each objective
// whether higher is better. Of several objectives, those come first that no other
// result dominates, then those that only these dominate, and so on; among equals
// those that are alone where they are, by their crowding distance (Deb et al. 2002).
// The earlier one wins a tie.
func ranked(results []told, up []bool) []int {
	order := make([]int, len(results))
	for i := range order {
		order[i] = i
	}
	if len(up) == 1 {
		slices.SortStableFunc(order, func(a, b int) int { return compareResults(&results[a].Result, &results[b].Result, up[0]) })
		return order
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(results[a].class(), results[b].class()) })
	from := 0
	var sorted []int
	for from < len(order) {
		to := from
		class := results[order[from]].class()
		for to < len(order) && results[order[to]].class() == class {
			to++
		}
		if class > 1 { // nothing to compare
			sorted = append(sorted, order[from:to]...)
		} else {
			sorted = append(sorted, byFronts(results, order[from:to], up)...)
		}
		from = to
	}
	return sorted
}

func compareResults(a, b *Result, up bool) int {
	if c := cmp.Compare(a.class(), b.class()); c != 0 || a.class() > 1 {
		return c
	}
	if up {
		return cmp.Compare(b.Scores[0], a.Scores[0])
	}
	return cmp.Compare(a.Scores[0], b.Scores[0])
}

// dominates reports whether a is as good as b in every objective, and better in one.
func dominates(a, b []float64, up []bool) bool {
	better := false
	for i, x := range a {
		y := b[i]
		if !up[i] {
			x, y = y, x
		}
		if x < y {
			return false
		}
		better = better || x > y
	}
	return better
}

// byFronts orders results by their fronts, and those of one by how far they are from
// their neighbours. Only as many fronts are told apart as the best trials may be of.
func byFronts(results []told, at []int, up []bool) []int {
	var sorted []int
	for rest := at; len(rest) > 0; {
		var front, behind []int
		for _, i := range rest {
			if slices.ContainsFunc(rest, func(j int) bool { return dominates(results[j].Scores, results[i].Scores, up) }) {
				behind = append(behind, i)
			} else {
				front = append(front, i)
			}
		}
		crowd := crowding(results, front, up)
		slices.SortStableFunc(front, func(a, b int) int { return cmp.Compare(crowd[b], crowd[a]) })
		if sorted, rest = append(sorted, front...), behind; len(sorted) >= maxBest {
			return append(sorted, rest...)
		}
	}
	return sorted
}

// crowding returns how far each result of a front is from its neighbours.
func crowding(results []told, front []int, up []bool) map[int]float64 {
	distance := make(map[int]float64, len(front))
	for k := range up {
		order := slices.Clone(front)
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(results[a].Scores[k], results[b].Scores[k]) })
		first, last := order[0], order[len(order)-1]
		width := results[last].Scores[k] - results[first].Scores[k]
		distance[first], distance[last] = math.Inf(1), math.Inf(1)
		for i := 1; i < len(order)-1 && width > 0; i++ {
			distance[order[i]] += (results[order[i+1]].Scores[k] - results[order[i-1]].Scores[k]) / width
		}
	}
	return distance
}

// pareto says of each result whether it is one that counts and no other that counts
// dominates it; counts says which do.
func pareto(results []told, up []bool) (front, counts []bool) {
	front, counts = make([]bool, len(results)), make([]bool, len(results))
	var kept []int // the front of those seen so far
	for i := range results {
		if counts[i] = results[i].class() == 0; !counts[i] {
			continue
		}
		scores := results[i].Scores
		if slices.ContainsFunc(kept, func(j int) bool { return dominates(results[j].Scores, scores, up) }) {
			continue
		}
		kept = append(slices.DeleteFunc(kept, func(j int) bool { return dominates(scores, results[j].Scores, up) }), i)
	}
	for _, i := range kept {
		front[i] = true
	}
	return front, counts
}
