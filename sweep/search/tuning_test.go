package search

import (
	"context"
	"flag"
	"math"
	"testing"

	"github.com/bowstring-engine/bowstring/sweep/spec"
)

var tune = flag.Int("tune", 0, "seeds of TestTuning, which prints and asserts nothing")

// tuningSurfaces are others than those of regret_test.go: settings were looked at on
// these alone.
func tuningSurfaces() []surface {
	unit := spec.Uniform(0, 1)
	return []surface{
		{name: "bowl", params: []spec.Param{{Name: "x", Axis: unit}, {Name: "y", Axis: unit}}, value: func(v []float64) float64 {
			return -square(v[0]-0.7) - 2*square(v[1]-0.2)
		}},
		{name: "ellipsoid", params: []spec.Param{{Name: "a", Axis: unit}, {Name: "b", Axis: unit}, {Name: "c", Axis: unit}, {Name: "d", Axis: unit}}, value: func(v []float64) float64 {
			return -square(v[0]-0.6) - 4*square(v[1]-0.4) - 9*square(v[2]-0.8) - square(v[3]-0.1)
		}},
		{name: "valley", params: []spec.Param{{Name: "x", Axis: spec.Uniform(-2, 2)}, {Name: "y", Axis: spec.Uniform(-1, 3)}}, value: func(v []float64) float64 {
			return -math.Log1p(square(1-v[0]) + 20*square(v[1]-v[0]*v[0]))
		}},
		{name: "rough", params: []spec.Param{{Name: "a", Axis: spec.Range(1, 80, 1)}, {Name: "b", Axis: spec.Range(1, 50, 1)}}, value: func(v []float64) float64 {
			return -math.Abs(v[0]-60)/80 - math.Abs(v[1]-15)/50 + 0.2*noise(v[0]+1000, v[1])
		}},
		{name: "kinds", params: []spec.Param{
			{Name: "k", Axis: spec.Choice("sma", "ema", "wma")}, {Name: "m", Axis: spec.Choice("rsi", "cmo")}, {Name: "n", Axis: spec.Range(5, 400, 5).Log()}, {Name: "w", Axis: spec.Uniform(1e-4, 1).Log()},
		}, value: func(v []float64) float64 {
			return []float64{0.5, 0, 0.8}[int(v[0])] + 0.4*v[1] - square(math.Log(v[2]/(30+40*v[1]))) - 0.2*square(math.Log10(v[3]/0.02))
		}},
		{name: "corner", where: "$a + 10 < $b", params: []spec.Param{{Name: "a", Axis: spec.Range(1, 60, 1)}, {Name: "b", Axis: spec.Range(1, 120, 1)}}, value: func(v []float64) float64 {
			return -square((v[0]-30)/15) - square((v[1]-42)/30)
		}},
	}
}

func TestTuning(t *testing.T) {
	if *tune == 0 {
		t.Skip("-tune 100 prints how settings do on surfaces of their own")
	}
	top := map[string]float64{"kinds": 1.2}
	for _, f := range tuningSurfaces() {
		if f.name == "rough" {
			top[f.name] = math.Inf(-1)
			for a := range 80 {
				for b := range 50 {
					top[f.name] = max(top[f.name], f.value([]float64{float64(a + 1), float64(b + 1)}))
				}
			}
		}
		for _, generation := range []int{1, 2, 4, 8} {
			for _, n := range []int{24, 64, 128} {
				var regrets []float64
				for seed := range *tune {
					s, err := New(&spec.Spec{Params: f.params, Where: f.where, Rules: spec.Rules{Entry: "close > 0"},
						Search: spec.Search{Algorithm: spec.TPE, Trials: 100, Seed: int64(seed), Generation: generation}})
					if err != nil {
						t.Fatal(err)
					}
					s.learns.candidates = n
					best := math.Inf(-1)
					for g, _ := s.Ask(context.Background()); g != nil; g, _ = s.Ask(context.Background()) {
						results := make([]Result, g.Len())
						for i := range results {
							v := f.value(g.trials[i].values)
							best = max(best, v)
							results[i].Scores = []float64{v}
						}
						if err := s.Tell(g, results); err != nil {
							t.Fatal(err)
						}
					}
					regrets = append(regrets, top[f.name]-best)
				}
				t.Logf("%-10s generations of %d, %3d candidates: median regret %.4g", f.name, generation, n, median(regrets))
			}
		}
	}
}
