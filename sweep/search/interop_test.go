package search

import (
	"encoding/json"
	"os"
	"os/exec"
	"testing"
)

// TestSequencesOfSciPy: sequences without scrambling are those of scipy.stats.qmc, bit
// for bit, for as many dimensions as there are parameters. It needs the Python of the
// interop tests.
func TestSequencesOfSciPy(t *testing.T) {
	name := os.Getenv("BOWSTRING_PYTHON")
	if name == "" {
		name = "python3"
	}
	if out, err := exec.CommandContext(t.Context(), name, "-c", "import scipy.stats").CombinedOutput(); err != nil {
		if os.Getenv("BOWSTRING_REQUIRE_INTEROP") == "1" {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		t.Skipf("skipped: %s has no scipy; set BOWSTRING_PYTHON (.ci/requirements.txt)", name)
	}
	out, err := exec.CommandContext(t.Context(), name, "-B", "testdata/qmc.py").Output()
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		SciPy         string
		Sobol, Halton [][]float64
	}
	if err := json.Unmarshal(out, &file); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		want [][]float64
		seq  func(dims int) sequence
	}{
		{"Sobol", file.Sobol, func(dims int) sequence { return newSobol(dims) }},
		{"Halton", file.Halton, func(dims int) sequence { return newHalton(dims) }},
	} {
		if len(c.want) < 500 || len(c.want[0]) < 40 {
			t.Fatalf("%s: %d points", c.name, len(c.want))
		}
		got := points(c.seq(len(c.want[0])), len(c.want[0]), len(c.want))
		for i, p := range c.want {
			for d, want := range p {
				if got[i][d] != want {
					t.Fatalf("%s: point %d has %v in dimension %d, scipy %s %v", c.name, i, got[i][d], d, file.SciPy, want)
				}
			}
		}
	}
	t.Logf("the points of scipy %s", file.SciPy)
}
