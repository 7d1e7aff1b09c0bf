package spec

import (
	"math"
	"reflect"
	"strings"
	"testing"
)

// TestSearchKeys: every key of a search, and the axes that only a search has.
func TestSearchKeys(t *testing.T) {
	got := parse(t, `
params:
  fast: {from: 5, to: 50, step: 1, log: true}
  band: {from: 0.01, to: 0.1}
  width: {from: 1e-3, to: 10, log: true}
  slow: {from: 50, to: 200, step: 10, log: false}
search: {tpe: 120, seed: 7, generation: 8, objectives: [sharpe, {metric: max_drawdown, goal: minimize}, "sharpe - 2 * max_drawdown"]}
rules: {entry: 'close > sma(close, $fast) * (1 + $band * $width) and close > sma(close, $slow)'}
`)
	want := Search{Algorithm: TPE, Trials: 120, Seed: 7, Generation: 8, Objectives: []Objective{
		{Metric: "sharpe"}, {Metric: "max_drawdown", Goal: Minimize}, {Metric: "sharpe - 2 * max_drawdown"},
	}}
	if !reflect.DeepEqual(got.Search, want) {
		t.Errorf("search %+v, want %+v", got.Search, want)
	}
	axes := []Axis{Range(5, 50, 1).Log(), Uniform(0.01, 0.1), Uniform(1e-3, 10).Log(), Range(50, 200, 10)}
	for i, p := range got.Params {
		if !reflect.DeepEqual(p.Axis, axes[i]) {
			t.Errorf("%s is %s, want %s", p.Name, p.Axis, axes[i])
		}
	}
	if err := got.Check(); err != nil {
		t.Error(err)
	}
	if a := got.Params[2].Axis; a.Len() != 0 || !a.IsContinuous() || !a.IsLog() || a.Numbers() != nil || a.String() != "{from: 0.001, to: 10, log: true}" {
		t.Errorf("axis %s of %d values", a, a.Len())
	}
	if from, to := axes[0].Ends(); from != 5 || to != 50 {
		t.Errorf("ends %v and %v", from, to)
	}
}

func TestSearchDefaults(t *testing.T) {
	for _, r := range Algorithms() {
		s := Spec{Search: Search{Algorithm: r.Algorithm, Trials: 3}}.Resolved()
		if s.Search.Generation != r.Generation || s.Search.Seed != 0 {
			t.Errorf("%s: %+v", r.Algorithm, s.Search)
		}
	}
	if s := (Spec{}).Resolved(); !reflect.DeepEqual(s.Search, Search{}) {
		t.Errorf("no search is %+v", s.Search)
	}
}

// TestSearchErrors: what is wrong with a search is said at its place.
func TestSearchErrors(t *testing.T) {
	const rules = "\nrules: {entry: 'close > sma(close, $n) and $m > 0'}"
	for text, want := range map[string]string{
		"params: {n: {from: 5, to: 9}, m: 1}":                                                            "x.yaml:1:13: params.n: a range without a step is for searches; give it a step, or add a search",
		"params: {n: {from: 5, to: 9, step: 1, log: true}, m: 1}":                                        "params.n: log: true is for searches",
		"params: {n: [5, 9], m: {from: 0, to: 9, log: true}}\nsearch: {random: 5}":                       "x.yaml:1:24: params.m: log: true wants numbers above 0, but the range is from 0 to 9",
		"params: {n: [5, 9], m: {from: -1, to: 9, step: 1, log: true}}\nsearch: {random: 5}":             "params.m: log: true wants numbers above 0",
		"params: {n: [5, 9], m: {from: 9, to: 1, step: -1, log: true}}\nsearch: {random: 5}":             "log: true wants a step above 0",
		"params: {n: [5, 9], m: {linspace: [1, 2], n: 3, log: true}}\nsearch: {random: 5}":               "log: true is of a range",
		"params: {n: [5, 9], m: {from: 9, to: 1}}\nsearch: {random: 5}":                                  "from 9 to 1: want from below to",
		"params: {n: [5, 9], m: {from: -1.7e308, to: 1.7e308}}\nsearch: {random: 5}":                     "wider than a float64",
		"params: {n: [5, 9], m: {from: 1, to: 2, log: yes}}\nsearch: {random: 5}":                        "params.m.log: want true or false",
		"params: {n: {from: 5, to: 9}, m: 1}\nsearch: {random: 5}":                                       "window 7.47213595499958 is not a whole number ≥ 1 ($n = 7.47213595499958)",
		"params: {n: [5, 9], m: [1, 2, 3]}\nsearch: {random: 7}":                                         "x.yaml:2:18: search.random: 7 trials, but the space has 6 combinations; ask fewer, or leave search out to run them all",
		"params: {n: [5, 9], m: [1, 2, 3]}\nwhere: $m < 2\nsearch: {lhs: 3}":                             "search.lhs: 3 trials, but the space has 2 combinations",
		"params: {n: [5, 9], m: 1}\nsearch: {seed: 4}":                                                   "search: says how, but not what: want one of random: N, sobol: N, halton: N, lhs: N, tpe: N",
		"params: {n: [5, 9], m: 1}\nsearch: {random: -1}":                                                "search.random: -1: want a whole number from 1 to 10000000",
		"params: {n: [5, 9], m: 1}\nsearch: {genetic: 5}":                                                "search.genetic: unknown key",
		"params: {n: [5, 9], m: 1}\nsearch: {random: 2, sobol: 2}":                                       "search.sobol: there is random already",
		"params: {n: [5, 9], m: 1}\nsearch: {random: 2, generation: 0}":                                  "search.generation: 0: want a whole number from 1",
		"params: {n: [5, 9], m: 1}\nsearch: {random: 2, objectives: [sharpe]}":                           "search.objectives: want 2 to 8; one alone stands as objective",
		"params: {n: [5, 9], m: 1}\nsearch: {random: 2, objectives: [sharpe, sharpe]}":                   "search.objectives: sharpe is there twice",
		"params: {n: [5, 9], m: 1}\nsearch: {random: 2, objectives: [sharpe, {metric: cagr, goal: up}]}": `search.objectives: "up": want one of maximize, minimize`,
		"params: {n: [5, 9], m: 1}\nsearch: {random: 2, objectives: [sharpe, 'sharpe > 2']}":             "a number is wanted",
		"params: {n: [5, 9], m: 1, pareto: 2}\nsearch: {random: 2}":                                      "params.pareto: clashes with a column of the results of a search",
		"search: {random: 2}": "search: there are no parameters to search",
	} {
		err := Check("x.yaml", []byte(text+rules))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s:\nerror %v\nwant  %s", text, err, want)
		}
	}
	if a := Uniform(0, math.NaN()).Log(); a.err == nil {
		t.Error("NaN is an end")
	}
}

// TestColumnsOfSearchAreFreeOtherwise: a spec without a search may have a parameter that is called as
// columns of a search are.
func TestColumnsOfSearchAreFreeOtherwise(t *testing.T) {
	s := parse(t, "params: {generation: [5, 9]}\nrules: {entry: 'close > sma(close, $generation)'}")
	if err := s.Check(); err != nil {
		t.Error(err)
	}
}
