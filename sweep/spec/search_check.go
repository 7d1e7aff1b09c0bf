package spec

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

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
