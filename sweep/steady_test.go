package sweep

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"github.com/bowstring-engine/bowstring/internal/proptest"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// broad is a grid of so many thousands of trials, all of the same averages.
func broad(thousands int) *spec.Spec {
	return &spec.Spec{
		Params: []spec.Param{{Name: "fast", Axis: spec.Range(2, 11, 1)}, {Name: "out", Axis: spec.Range(3, 102, 1)}, {Name: "drop", Axis: spec.Linspace(0.9, 1, max(thousands, 2))}},
		Rules:  spec.Rules{Entry: "crosses_above(sma(close, $fast), sma(close, 30))", Exit: "close < $drop * sma(close, $out)"},
		Output: spec.Output{Rows: spec.RowsAssets},
	}
}

// TestSteadyState runs two thousand trials and a million on one runner: what is
// live afterwards is the same within 1 MiB, and a trial allocates nothing. The
// best ten are kept, so that no table is built.
func TestSteadyState(t *testing.T) {
	if testing.Short() || proptest.Race {
		t.Skip("a million trials take a second, and a minute under the race detector")
	}
	frame := walk(t, 1, 250)
	runner, err := NewRunner(RunnerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer runner.Close()
	live := func(thousands int) (bytes, mallocs uint64) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r, err := runner.RunFrame(context.Background(), frame, broad(thousands), Options{Top: 10})
		if err != nil {
			t.Fatal(err)
		}
		for r.Next() {
		}
		if err := r.Err(); err != nil {
			t.Fatal(err)
		}
		if n := r.Stats().Trials; n != int64(max(thousands, 2))*1000 {
			t.Fatalf("%d trials, want %d thousand", n, thousands)
		}
		r.Release()
		runtime.ReadMemStats(&after)
		mallocs = after.Mallocs - before.Mallocs
		runtime.GC()
		runtime.GC() // the second one empties what pools kept through the first
		runtime.ReadMemStats(&after)
		return after.HeapAlloc, mallocs
	}
	live(200)           // arenas grow to the size of the largest block
	small, _ := live(1) // two thousand: an axis has two values
	large, mallocs := live(1000)
	if diff := int64(large) - int64(small); diff > 1<<20 || diff < -1<<20 {
		t.Errorf("live heap of %d bytes after 2,000 trials and %d after 10^6", small, large)
	}
	perTrial := float64(mallocs) / 1e6
	t.Logf("live heap %.2f and %.2f MiB, %.4f allocations a trial", float64(small)/(1<<20), float64(large)/(1<<20), perTrial)
	if perTrial > 0.05 {
		t.Errorf("%.3f allocations a trial: only blocks and columns may allocate", perTrial)
	}
}

// TestAssemblyChangesNoByte runs sweeps in processes with the assembly on and
// off and compares the bytes of their files.
func TestAssemblyChangesNoByte(t *testing.T) {
	const child = "BOWSTRING_TEST_DIGESTS"
	if os.Getenv(child) != "" {
		for name, spec := range grids() {
			sum := sha256.Sum256(resultBytes(t, walk(t, 3, 1500), spec, Options{}))
			fmt.Printf("digest %s %x\n", name, sum)
		}
		return
	}
	run := func(env ...string) map[string]string {
		cmd := exec.Command(os.Args[0], "-test.run", "^TestAssemblyChangesNoByte$")
		cmd.Env = append(append(os.Environ(), child+"=1"), env...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		digests := map[string]string{}
		for line := range strings.Lines(string(out)) {
			if rest, ok := strings.CutPrefix(line, "digest "); ok {
				at := strings.LastIndexByte(rest, ' ')
				digests[rest[:at]] = rest[at:]
			}
		}
		return digests
	}
	on, off := run(), run("GODEBUG=cpu.avx2=off")
	if len(on) != len(grids()) {
		t.Fatalf("digests of %d sweeps, want %d", len(on), len(grids()))
	}
	for name, digest := range on {
		if off[name] != digest {
			t.Errorf("%s: %s with the assembly, %s without", name, digest, off[name])
		}
	}
}
