package spec

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bowstring-engine/bowstring/pipeline/metrics"
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
		{TPE, "a tree-structured Parzen estimator (Bergstra 2011), which learns from results", 4},
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

// checkSearch reports what is wrong with the search of a resolved spec.
func (s *Spec) checkSearch(report func(string, error)) {
	q := &s.Search
	if !q.On() {
		if q.Trials != 0 || q.Seed != 0 || q.Generation != 0 || q.Objectives != nil {
			report("search", errors.New("says how, but not what: want one of "+algorithmForms()))
		}
		for _, p := range s.Params {
			report("params."+p.Name, p.Axis.searchOnly())
		}
		return
	}
	if _, ok := q.row(); !ok {
		report("search", fmt.Errorf("%q is no algorithm; want one of %s", q.Algorithm, algorithmForms()))
		return
	}
	at := "search." + string(q.Algorithm)
	if q.Trials < 1 || q.Trials > MaxSearch {
		report(at, fmt.Errorf("%d: want 1 to %d trials", q.Trials, MaxSearch))
	}
	if q.Seed < 0 || q.Seed > MaxSeed {
		report("search.seed", fmt.Errorf("%d: want a whole number from 0 to %d", q.Seed, int64(MaxSeed)))
	}
	if q.Generation < 1 || q.Generation > MaxSearch {
		report("search.generation", fmt.Errorf("%d: want 1 to %d trials", q.Generation, MaxSearch))
	}
	if len(s.Params) == 0 {
		report("search", errors.New("there are no parameters to search; add params, or leave search out"))
	}
	for _, p := range s.Params {
		if slices.Contains(searchColumns, strings.ToLower(p.Name)) {
			report("params."+p.Name, errors.New("clashes with a column of the results of a search; give it another name"))
		}
	}
	if n := len(q.Objectives); n == 1 || n > maxObjectives {
		report("search.objectives", fmt.Errorf("want 2 to %d; one alone stands as objective", maxObjectives))
	}
	for i, o := range q.Objectives {
		switch _, ok := metrics.ParseStat(o.Metric); {
		case o.Goal != Maximize && o.Goal != Minimize:
			report("search.objectives", fmt.Errorf("goal %q: want maximize or minimize", o.Goal))
		case o.Require != "":
			report("search.objectives", errors.New("a condition stands as objective.require, for all of them"))
		case o.IsExpression():
			report("search.objectives", checkExpr(o.Metric))
		case !ok:
			report("search.objectives", fmt.Errorf("%q is not a statistic", o.Metric))
		}
		if slices.ContainsFunc(q.Objectives[:i], func(p Objective) bool { return p.Metric == o.Metric }) {
			report("search.objectives", fmt.Errorf("%s is there twice", o.Metric))
		}
	}
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

// checkBudget holds the trials of a search against those that exist, where that
// is known.
func (c *compiler) checkBudget(s *Spec, grid *Grid) {
	if !s.Search.On() || grid == nil || slices.ContainsFunc(s.Params, func(p Param) bool { return p.Axis.IsContinuous() }) {
		return
	}
	n, exact := grid.Count()
	if at := "search." + string(s.Search.Algorithm); exact && int64(s.Search.Trials) > n && !c.errs.covers(at) {
		*c.errs = append(*c.errs, c.spec.errorAt(at, fmt.Sprintf(
			"%d trials, but the space has %d combinations; ask fewer, or leave search out to run them all", s.Search.Trials, n)))
	}
}
