package search

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/sweep/spec"
)

func drawParams(t *rapid.T) []spec.Param {
	var params []spec.Param
	for i := range rapid.IntRange(1, 4).Draw(t, "params") {
		axis := rapid.SampledFrom([]spec.Axis{
			spec.Range(2, 9, 1), spec.Range(1, 300, 1).Log(), spec.Range(5, 50, 5).Log(), spec.List(50, 1, 20), spec.List(7), spec.Linspace(0.1, 0.5, 5),
			spec.Choice("sma", "ema", "wma"), spec.Uniform(-1, 2), spec.Uniform(1e-6, 1).Log(), spec.Range(9, 1, -2),
		}).Draw(t, "axis")
		params = append(params, spec.Param{Name: fmt.Sprintf("p%d", i), Axis: axis})
	}
	return params
}

// all asks a search to its end, tells it a value of each trial, and returns the trials.
func all(t rapid.TB, s *spec.Spec, value func(v []float64) float64) ([][]float64, error) {
	q, err := New(s)
	if err != nil {
		return nil, err
	}
	var asked [][]float64
	for {
		g, err := q.Ask(context.Background())
		if err != nil || g == nil {
			return asked, err
		}
		if int(g.First) != len(asked) {
			t.Errorf("generation %d begins at %d behind %d trials", g.Number, g.First, len(asked))
		}
		results := make([]Result, g.Len())
		for i := range results {
			v := make([]float64, len(s.Params))
			for p := range v {
				v[p] = g.Value(i, p)
			}
			asked = append(asked, v)
			results[i].Scores = []float64{value(v)}
		}
		if err := q.Tell(g, results); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAsked: whatever is searched, as many trials are asked as the spec says, each
// value is one of its parameter's, where holds, no combination of a finite space comes
// twice, and a second run asks the same.
func TestAsked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &spec.Spec{Params: drawParams(t), Rules: spec.Rules{Entry: "close > 0"}}
		limit := math.Inf(1)
		if !s.Params[0].Axis.IsChoice() && rapid.Bool().Draw(t, "where") {
			from, to := s.Params[0].Axis.Ends()
			limit = max(from, to)*0.5 + min(from, to)*0.5
			s.Where = fmt.Sprintf("$p0 <= %v", limit)
			if limit < 0 {
				s.Where = ""
				limit = math.Inf(1)
			}
		}
		size, finite := 1, true
		for i, p := range s.Params {
			n := p.Axis.Len()
			if i == 0 && s.Where != "" && n > 0 {
				k := 0
				for _, v := range p.Axis.Numbers() {
					if v <= limit {
						k++
					}
				}
				n = k
			}
			size, finite = size*n, finite && !p.Axis.IsContinuous()
		}
		if finite && size == 0 {
			t.Skip()
		}
		n := rapid.IntRange(1, 40).Draw(t, "trials")
		if finite {
			n = min(n, size)
		}
		s.Search = spec.Search{
			Algorithm: rapid.SampledFrom(spec.Algorithms()).Draw(t, "algorithm").Algorithm, Trials: n,
			Seed: rapid.Int64Range(0, spec.MaxSeed).Draw(t, "seed"), Generation: rapid.IntRange(0, 12).Draw(t, "generation"),
		}
		value := func(v []float64) float64 { // some of them undefined
			x := 0.0
			for _, y := range v {
				x += math.Sin(y)
			}
			if x > 1 {
				return math.NaN()
			}
			return x
		}
		asked, err := all(t, s, value)
		if err != nil || len(asked) != n {
			t.Fatalf("%d trials of %d are asked: %v", len(asked), n, err)
		}
		seen := map[string]bool{}
		for i, v := range asked {
			for p, param := range s.Params {
				from, to := param.Axis.Ends()
				switch {
				case param.Axis.IsChoice() && (v[p] != math.Trunc(v[p]) || v[p] < 0 || int(v[p]) >= param.Axis.Len()),
					param.Axis.IsContinuous() && !(v[p] >= from && v[p] <= to),
					!param.Axis.IsChoice() && !param.Axis.IsContinuous() && !slices.Contains(param.Axis.Numbers(), v[p]):
					t.Fatalf("trial %d: %s is %v of %s", i, param.Name, v[p], param.Axis)
				}
			}
			if !(v[0] <= limit) {
				t.Fatalf("trial %d has %v, where says %s", i, v, s.Where)
			}
			if key := fmt.Sprint(v); finite && seen[key] {
				t.Fatalf("trial %d, %s, was asked before", i, key)
			} else {
				seen[key] = true
			}
		}
		if again, err := all(t, s, value); err != nil || !reflect.DeepEqual(again, asked) {
			t.Fatalf("a second run asks others: %v", err)
		}
	})
}

// TestWholeSpace: every algorithm comes to all combinations of a space, whose share
// under where is small.
func TestWholeSpace(t *testing.T) {
	for _, r := range spec.Algorithms() {
		s := &spec.Spec{
			Params: []spec.Param{{Name: "a", Axis: spec.Range(1, 40, 1)}, {Name: "b", Axis: spec.Range(1, 40, 1).Log()}, {Name: "k", Axis: spec.Choice("sma", "ema")}},
			Where:  "$a + 30 < $b", Search: spec.Search{Algorithm: r.Algorithm, Trials: 2 * 45}, Rules: spec.Rules{Entry: "close > 0"},
		}
		// a from 1 to 9, b from a + 31 to 40: 9 + 8 + … + 1 pairs.
		asked, err := all(t, s, func(v []float64) float64 { return v[0] })
		if err != nil || len(asked) != 90 {
			t.Errorf("%s: %d trials, %v", r.Algorithm, len(asked), err)
		}
		s.Search.Trials = 91
		if _, err := all(t, s, func([]float64) float64 { return 0 }); !errors.Is(err, errExhausted) {
			t.Errorf("%s: one more than there are: %v", r.Algorithm, err)
		}
	}
}

// TestSeedsDiffer: another seed asks other trials.
func TestSeedsDiffer(t *testing.T) {
	for _, r := range spec.Algorithms() {
		of := func(seed int64) [][]float64 {
			s := &spec.Spec{Params: []spec.Param{{Name: "a", Axis: spec.Uniform(0, 1)}, {Name: "b", Axis: spec.Uniform(0, 1)}}, Rules: spec.Rules{Entry: "close > 0"},
				Search: spec.Search{Algorithm: r.Algorithm, Trials: 30, Seed: seed}}
			asked, err := all(t, s, func(v []float64) float64 { return v[0] })
			if err != nil {
				t.Fatal(err)
			}
			return asked
		}
		if reflect.DeepEqual(of(1), of(2)) {
			t.Errorf("%s: two seeds ask the same", r.Algorithm)
		}
	}
}

func TestMistakes(t *testing.T) {
	s := &spec.Spec{Params: []spec.Param{{Name: "a", Axis: spec.Range(1, 9, 1)}}, Rules: spec.Rules{Entry: "close > 0"}}
	if _, err := New(s); err == nil || !strings.Contains(err.Error(), "has no search") {
		t.Errorf("without a search: %v", err)
	}
	s.Search = spec.Search{Algorithm: "genetic", Trials: 3}
	if _, err := New(s); err == nil || !strings.Contains(err.Error(), `"genetic" is no algorithm`) {
		t.Errorf("an unknown algorithm: %v", err)
	}
	s.Search = spec.Search{Algorithm: spec.Random, Trials: 10}
	if _, err := New(s); err == nil || !strings.Contains(err.Error(), "10 trials, but the space has 9 combinations") {
		t.Errorf("more than there are: %v", err)
	}
	s.Search.Trials, s.Where = 5, "$b > 1"
	if _, err := New(s); err == nil || !strings.Contains(err.Error(), "$b") {
		t.Errorf("an unknown parameter: %v", err)
	}
	s.Where, s.Search.Generation = "", 2
	q, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	g, err := q.Ask(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := q.Ask(context.Background()); !errors.Is(err, ErrUntold) {
		t.Errorf("asked twice: %v", err)
	}
	one := []float64{1}
	for name, results := range map[string][]Result{
		"too few": {{Scores: one}}, "no scores": {{}, {}}, "too many scores": {{Scores: one}, {Scores: []float64{1, 2}}},
	} {
		if q.Tell(g, results) == nil {
			t.Errorf("%s are told", name)
		}
	}
	if _, _, ok := q.Best(); ok {
		t.Error("there is a best trial before any result")
	}
	if err := q.Tell(g, []Result{{Scores: one}, {Scores: []float64{3}}}); err != nil {
		t.Fatal(err)
	}
	if q.Tell(g, []Result{{Scores: one}, {Scores: one}}) == nil {
		t.Error("a generation is told twice")
	}
	if trial, r, ok := q.Best(); !ok || trial != 1 || r.Scores[0] != 3 {
		t.Errorf("the best is trial %d, %v", trial, r)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s.Search.Algorithm, s.Where, s.Search.Trials = spec.Sobol, "$a > 100", 1
	if q, err = New(s); err != nil {
		t.Fatal(err)
	}
	if _, err := q.Ask(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("asked of nothing when the context has ended: %v", err)
	}
}

// TestRankedAgainstNaive: of two objectives, no trial ranks before one that dominates
// it, within the fronts that are told apart; those that fulfil come first, then those
// with scores, then undefined and failed ones. The front is that of all pairs.
func TestRankedAgainstNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		up := []bool{rapid.Bool().Draw(t, "up"), rapid.Bool().Draw(t, "up too")}
		all := make([]told, rapid.IntRange(0, 20).Draw(t, "n"))
		for i := range all {
			all[i].Scores = []float64{float64(rapid.IntRange(0, 5).Draw(t, "a")), float64(rapid.IntRange(0, 5).Draw(t, "b"))}
			switch rapid.IntRange(0, 9).Draw(t, "kind") {
			case 0:
				all[i].Scores[0] = math.NaN()
			case 1:
				all[i].Failed = true
			case 2:
				all[i].Unfulfilled = true
			}
		}
		order := ranked(all, up)
		if sorted := slices.Sorted(slices.Values(order)); len(sorted) != len(all) || len(sorted) > 0 && (sorted[0] != 0 || sorted[len(sorted)-1] != len(all)-1) {
			t.Fatalf("order %v", order)
		}
		front, counts := pareto(all, up)
		for at, i := range order {
			for _, j := range order[at+1:] {
				if a, b := all[i].class(), all[j].class(); a > b || a == b && a < 2 && dominates(all[j].Scores, all[i].Scores, up) {
					t.Fatalf("%+v ranks before %+v", all[i].Result, all[j].Result)
				}
			}
			beaten := false
			for j := range all {
				beaten = beaten || all[j].class() == 0 && dominates(all[j].Scores, all[i].Scores, up)
			}
			if counts[i] != (all[i].class() == 0) || front[i] != (counts[i] && !beaten) {
				t.Fatalf("%+v: front %v, counts %v", all[i].Result, front[i], counts[i])
			}
		}
	})
}

// TestSeveralObjectives: on f = (x, 1 − x) cut by y, of which the front is y = 0, TPE
// has more of its trials near the front than random search.
func TestSeveralObjectives(t *testing.T) {
	near := map[spec.Algorithm]int{}
	for _, a := range []spec.Algorithm{spec.TPE, spec.Random} {
		for seed := range int64(10) {
			s := &spec.Spec{Params: []spec.Param{{Name: "x", Axis: spec.Uniform(0, 1)}, {Name: "y", Axis: spec.Uniform(0, 1)}}, Rules: spec.Rules{Entry: "close > 0"},
				Search: spec.Search{Algorithm: a, Trials: 80, Seed: seed, Objectives: []spec.Objective{{Metric: "sharpe"}, {Metric: "max_drawdown", Goal: spec.Minimize}}}}
			q, err := New(s)
			if err != nil {
				t.Fatal(err)
			}
			for {
				g, err := q.Ask(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				if g == nil {
					break
				}
				results := make([]Result, g.Len())
				for i := range results {
					x, y := g.Value(i, 0), g.Value(i, 1)
					results[i].Scores = []float64{x - y, x + y}
					if y < 0.1 {
						near[a]++
					}
				}
				if err := q.Tell(g, results); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	// Of 800 trials, 80 are expected of random ones.
	if near[spec.TPE] < 2*near[spec.Random] || near[spec.Random] < 50 || near[spec.Random] > 110 {
		t.Errorf("near the front: %v", near)
	}
}
