package spec

import (
	"slices"
	"strings"
)

// Algorithm says how a search chooses its trials.
type Algorithm string

// The algorithms; package sweep/search says what each of them does.
const (
	Random Algorithm = "random" // independent draws, none twice
	Sobol  Algorithm = "sobol"  // a scrambled Sobol sequence
	Halton Algorithm = "halton" // a scrambled Halton sequence
	LHS    Algorithm = "lhs"    // Latin hypercubes
	TPE    Algorithm = "tpe"    // a tree-structured Parzen estimator, which learns from results
)

// AlgorithmRow is what is known of an algorithm without running it.
type AlgorithmRow struct {
	Algorithm Algorithm
	Title     string
	// Generation is the number of trials that are asked at a time where a spec does
	// not say.
	Generation int
}

// Algorithms returns the algorithms of a search.
func Algorithms() []AlgorithmRow {
	return []AlgorithmRow{
		{Random, "random search, none of a finite space twice", 1024},
		{Sobol, "a scrambled Sobol sequence (Joe & Kuo 2008)", 1024},
		{Halton, "a scrambled Halton sequence", 1024},
		{LHS, "Latin hypercubes", 1024},
		{TPE, "a tree-structured Parzen estimator (Bergstra 2011), which learns from results", 1},
	}
}

// MaxSearch is the largest number of trials of a search, and MaxSeed its largest
// seed, which every reader of numbers has exactly.
const (
	MaxSearch = 10_000_000
	MaxSeed   = 1<<53 - 1
)

// Search says which trials are run in place of the grid. The zero value is no
// search.
type Search struct {
	// Algorithm chooses the trials; "" is the grid.
	Algorithm Algorithm
	// Trials is how many are asked.
	Trials int
	// Seed decides on all that is random: with it and the results the trials are
	// given.
	Seed int64
	// Generation is the number of trials that are asked at a time, before any of
	// their results are known; 0 is the algorithm's own.
	Generation int
	// Objectives, where there are several, take the place of the spec's objective in
	// what a search learns, and rows say which trials no other one dominates. Their
	// Require is not used: that of the spec's objective counts.
	Objectives []Objective
}

// On reports whether there is a search.
func (s Search) On() bool { return s.Algorithm != "" }

// row returns what is known of the algorithm.
func (s *Search) row() (AlgorithmRow, bool) {
	rows := Algorithms()
	i := slices.IndexFunc(rows, func(r AlgorithmRow) bool { return r.Algorithm == s.Algorithm })
	if i < 0 {
		return AlgorithmRow{}, false
	}
	return rows[i], true
}

// resolved returns s with its defaults.
func (s Search) resolved() Search {
	row, ok := s.row()
	if !ok {
		return s
	}
	if s.Generation == 0 {
		s.Generation = row.Generation
	}
	s.Objectives = slices.Clone(s.Objectives)
	for i := range s.Objectives {
		if s.Objectives[i].Goal == "" {
			s.Objectives[i].Goal = Maximize
		}
	}
	return s
}

// maxObjectives bounds what a search looks at: with many objectives hardly any
// trial is dominated.
const maxObjectives = 8

// searchColumns are columns that only results of a search have.
var searchColumns = []string{"generation", "pareto"}

// algorithmForms lists the algorithms as a file has them.
func algorithmForms() string {
	var names []string
	for _, r := range Algorithms() {
		names = append(names, string(r.Algorithm)+": N")
	}
	return strings.Join(names, ", ")
}
