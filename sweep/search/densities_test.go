package search

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// readJSON reads a file of testdata, which says which script and tool made it.
func readJSON(t *testing.T, name string, v any) {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, v); err != nil {
		t.Fatal(err)
	}
}

// TestDensitiesOfOptuna: the densities of given trials are those of optuna 5.0.0's
// Parzen estimator (testdata/densities.py), for numbers, whole numbers, logarithms
// and choices, with few trials and with more than count in full.
func TestDensitiesOfOptuna(t *testing.T) {
	params := map[string]spec.Axis{
		"x": spec.Uniform(-2, 3), "w": spec.Uniform(0.001, 10).Log(), "n": spec.Range(5, 45, 2), "k": spec.Range(1, 500, 1).Log(),
		"kind": spec.Choice("sma", "ema", "wma"),
	}
	var file struct {
		Optuna string
		Cases  []struct {
			Trials, Points map[string][]float64
			Log            []float64
		}
	}
	readJSON(t, "densities_optuna.json", &file)
	if len(file.Cases) != 11 || file.Optuna != "5.0.0" {
		t.Fatalf("%d cases of optuna %s", len(file.Cases), file.Optuna)
	}
	worst := 0.0
	for i, c := range file.Cases {
		var axes []spec.Param
		for _, name := range []string{"x", "w", "n", "k", "kind"} {
			if c.Points[name] != nil {
				axes = append(axes, spec.Param{Name: name, Axis: params[name]})
			}
		}
		s := newSpace(axes, nil)
		trials := func(of map[string][]float64) []trial {
			all := make([]trial, len(of["x"]))
			for k := range all {
				all[k] = s.blank()
				for p, param := range axes {
					d := &s.dims[p]
					if d.kind == anyNumber {
						all[k].values[p] = of[param.Name][k]
						continue
					}
					for at := range d.n {
						if d.axis.Value(at) == of[param.Name][k] {
							all[k].set(p, d, at)
						}
					}
				}
			}
			return all
		}
		p := newParzen(s, trials(c.Trials))
		for k, point := range trials(c.Points) {
			got := p.logDensity(point)
			if off := math.Abs(got - c.Log[k]); !(off <= 1e-9) {
				t.Errorf("case %d, point %d: log density %v, want %v", i, k, got, c.Log[k])
			} else {
				worst = max(worst, off)
			}
		}
	}
	t.Logf("the largest difference of log densities is %.2g", worst)
}

// TestDrawsFollowDensity: the share of draws of each cell is its probability: 100,000
// draws over a space of 12 cells.
func TestDrawsFollowDensity(t *testing.T) {
	s := newSpace([]spec.Param{{Name: "n", Axis: spec.Range(1, 8, 1).Log()}, {Name: "kind", Axis: spec.Choice("a", "b")}, {Name: "m", Axis: spec.Range(3, 9, 3)}}, nil)
	var trials []trial
	for _, at := range []int64{3, 17, 18, 40} {
		trials = append(trials, s.numbered(at))
	}
	p := newParzen(s, trials)
	const n = 100_000
	random := rng(1, 1)
	seen := make([]float64, s.size)
	for range n {
		seen[s.number(p.draw(random))]++
	}
	sum := 0.0
	for at := range s.size {
		want := math.Exp(p.logDensity(s.numbered(at)))
		sum += want
		// Five standard errors.
		if off := math.Abs(seen[at]/n - want); off > 5*math.Sqrt(want/n) {
			t.Errorf("combination %d: a share of %v, want %v", at, seen[at]/n, want)
		}
	}
	if math.Abs(sum-1) > 1e-12 {
		t.Errorf("the probabilities sum to %v", sum)
	}
}

// TestNormal: logMass and quantile at values of scipy 1.17.1: differences of
// special.log_ndtr, and stats.truncnorm.ppf.
func TestNormal(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct{ a, b, want float64 }{
		{-inf, 0, -math.Ln2}, {-1, 1, -0.3817151463021261}, {-inf, -30, -454.32124395634327}, {8, 9, -35.01361859343716}, {-41, -40, -804.6084420137539}, {-0.5, inf, -0.3689464152886563},
	} {
		if got := logMass(c.a, c.b); math.Abs(got-c.want) > 1e-12*math.Abs(c.want) {
			t.Errorf("log mass from %v to %v is %v, want %v", c.a, c.b, got, c.want)
		}
	}
	for _, c := range []struct{ u, a, b, want float64 }{{0.25, -1, 2, -0.3496414292924653}, {0.999, -0.1, 4, 3.2527513030094855}, {0.5, 0, 1, 0.4417705466865811}, {1e-06, -8, 0.5, -4.827449858876026}, {0.75, -30, 30, 0.6744897501960817}} {
		if got := quantile(c.u, c.a, c.b); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("quantile %v between %v and %v is %v, want %v", c.u, c.a, c.b, got, c.want)
		}
	}
}
