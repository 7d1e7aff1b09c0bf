package sweep_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/ingest"
	"github.com/bowstring-engine/bowstring/ingest/report"
	"github.com/bowstring-engine/bowstring/ingest/sample"
	"github.com/bowstring-engine/bowstring/sweep"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// The interop tests hand files to Python. They need the packages of
// .ci/requirements.txt in the interpreter that BOWSTRING_PYTHON names, or in
// python3, and are skipped without them; with BOWSTRING_REQUIRE_INTEROP=1, as
// in CI, they fail instead.

// python runs a script of testdata and returns what it prints on its last
// line of standard output, which is a JSON object. Its complaints fail the
// test.
func python(t *testing.T, script string, args ...string) map[string]any {
	t.Helper()
	interpreter := interpreter(t)
	cmd := exec.CommandContext(t.Context(), interpreter, append([]string{"-B", filepath.Join("testdata", script)}, args...)...)
	out, err := cmd.Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		t.Fatalf("%s: %v\n%s%s", script, err, out, failed.Stderr)
	}
	if err != nil {
		t.Fatal(err)
	}
	summary := make(map[string]any)
	if err := json.Unmarshal(out, &summary); err != nil {
		t.Fatalf("%s prints %q: %v", script, out, err)
	}
	t.Logf("%s", out)
	return summary
}

// interpreter returns a Python that has the packages, or skips the test.
func interpreter(t *testing.T) string {
	t.Helper()
	name := os.Getenv("BOWSTRING_PYTHON")
	if name == "" {
		name = "python3"
	}
	const imports = "import duckdb, importlib.util, numba, pandas, polars, pyarrow, sys; sys.exit(not importlib.util.find_spec('vectorbt'))"
	if out, err := exec.CommandContext(t.Context(), name, "-c", imports).CombinedOutput(); err != nil {
		unavailable(t, "%s with the packages of .ci/requirements.txt: %v\n%s", name, err, out)
	}
	return name
}

// unavailable skips the test, or fails it where interop is required.
func unavailable(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("BOWSTRING_REQUIRE_INTEROP") == "1" {
		t.Fatalf("required: "+format, args...)
	}
	t.Skipf("needs "+format, args...)
}

// us8 returns the eight real assets, or skips the test where they are absent.
func us8(t *testing.T) *columnar.Frame {
	t.Helper()
	dir := filepath.Join(repository(t), "..", "shared", "data", "us8", "split_adjusted")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no shared/data/us8 beside the repository")
	}
	result, err := ingest.Files(t.Context(), []string{dir}, ingest.Options{
		Calendar: calendar.NYSE(), Adjusted: columnar.AdjustedSplits,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(result.Frame.Release)
	return result.Frame
}

// demo returns the generated assets of the demonstration.
func demo(t *testing.T) *columnar.Frame {
	t.Helper()
	frame, err := sample.Demo(1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(frame.Release)
	return frame
}

// repository returns the directory that holds go.mod.
func repository(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// publish makes a bundle of a frame and opens it.
func publish(t *testing.T, frame *columnar.Frame) (bundle *bundles.Bundle, bars string) {
	t.Helper()
	ctx := t.Context()
	store, err := bundles.OpenStore(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	in, err := store.Begin(ctx, "interop")
	if err != nil {
		t.Fatal(err)
	}
	account := report.Account{Read: int64(frame.NumRows()), Accepted: int64(frame.NumRows())}
	published, err := in.Publish(ctx, frame, account, bundles.PublishOptions{})
	if err := errors.Join(err, in.Abort()); err != nil {
		t.Fatal(err)
	}
	bundle, err = store.Open(ctx, "interop", bundles.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := bundle.Close(); err != nil {
			t.Error(err)
		}
	})
	return bundle, filepath.Join(store.Dir(), "interop", "versions", strings.TrimPrefix(published.Digest, columnar.DigestPrefix), "bars.parquet")
}

// sweepToFile runs a spec on two workers and returns the result file and its
// rows.
func sweepToFile(t *testing.T, frame *columnar.Frame, spec *spec.Spec) (path string, rows int64) {
	t.Helper()
	reader, err := sweep.Run(context.Background(), frame, spec, sweep.Options{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Release()
	path = filepath.Join(t.TempDir(), "results.parquet")
	if rows, err = results.WriteFile(path, reader); err != nil {
		t.Fatal(err)
	}
	return path, rows
}

// example reads a spec file of examples/.
func example(t *testing.T, name string) *spec.Spec {
	t.Helper()
	path := filepath.Join(repository(t), "examples", name+".yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	spec, err := spec.Parse(name+".yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

// TestVectorbtSelfTest tests the scripts: hand-computed signals and
// statistics, and results that are wrong on purpose.
func TestVectorbtSelfTest(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), interpreter(t), "-B", filepath.Join("testdata", "interop_vectorbt.py"), "--self-test")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// TestVectorbt holds every row of the example sweeps to vectorbt 1.2 over the
// same bars: each asset's and the pooled ones, every statistic that is
// written, to 1e-9 relative.
func TestVectorbt(t *testing.T) {
	interpreter(t)
	for _, c := range []struct {
		strategy string
		bars     func(*testing.T) *columnar.Frame
		name     string
		trials   int64
	}{
		{"sma_cross", us8, "us8", 20 * 20},
		{"rsi_reversion", us8, "us8", 3 * 6 * 4},
		{"donchian", us8, "us8", 3*9 - 3},
		{"donchian", demo, "demo", 3*9 - 3},
	} {
		t.Run(c.strategy+"/"+c.name, func(t *testing.T) {
			bundle, bars := publish(t, c.bars(t))
			spec := example(t, c.strategy)
			results, rows := sweepToFile(t, bundle.Frame(), spec)
			if want := c.trials * int64(bundle.Frame().NumAssets()+1); rows != want {
				t.Fatalf("%d rows, want %d", rows, want)
			}
			config := spec.Resolved().Simulation
			summary := python(t, "interop_vectorbt.py",
				"--bars", bars, "--results", results, "--strategy", c.strategy, "--fill", string(config.Fill),
				"--bps", fmt.Sprint(config.CommissionBps), "--cash", fmt.Sprint(config.Cash),
				"--ann", fmt.Sprint(bundle.Frame().Info().Axis.BarsPerYear), "--tolerance", "1e-9")
			if got := summary["rows"]; got != float64(rows) {
				t.Errorf("%v rows compared, want %d", got, rows)
			}
			if got, ok := summary["not_compared"].([]any); !ok || len(got) > 0 {
				t.Errorf("statistics not compared: %v", summary["not_compared"])
			}
			if got, ok := summary["closed_trades"].(float64); !ok || got < 1000 {
				t.Errorf("%v closed trades compared, want many", summary["closed_trades"])
			}
		})
	}
}

// TestResultsInOtherTools opens a result file in DuckDB, Polars and pandas and
// ranks its trials. Half of the trials never trade, since their slow window is
// longer than any asset's history, so their Sharpe ratio is NULL.
func TestResultsInOtherTools(t *testing.T) {
	t.Parallel()
	interpreter(t)
	frame := demo(t)
	spec, err := spec.Parse("interop.yaml", []byte(`
version: 1
params: {fast: [10, 20], slow: [50, 100000]}
rules:
  entry: crosses_above(sma(close, $fast), sma(close, $slow))
  exit: crosses_below(sma(close, $fast), sma(close, $slow))
`))
	if err != nil {
		t.Fatal(err)
	}
	results, rows := sweepToFile(t, frame, spec)
	assets := int64(frame.NumAssets())
	if want := 4 * (assets + 1); rows != want {
		t.Fatalf("%d rows, want %d", rows, want)
	}
	summary := python(t, "interop_results.py", "--results", results,
		"--rows", fmt.Sprint(rows), "--undefined", fmt.Sprint(rows/2),
		"--query", "select fast, slow, sharpe from '{}' where asset = '*' order by sharpe desc")
	if got := summary["ranked"]; got != 4.0 {
		t.Errorf("the query finds %v pooled rows, want 4", got)
	}
}
