package ingest

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// tablePython returns an interpreter that writes tables, or skips the test.
func tablePython(t *testing.T) string {
	t.Helper()
	name := os.Getenv("BOWSTRING_PYTHON")
	if name == "" {
		name = "python3"
	}
	path, err := exec.LookPath(name)
	if err != nil || exec.Command(path, "-c", "import duckdb, numpy, pandas, polars, pyarrow").Run() != nil {
		if os.Getenv("BOWSTRING_REQUIRE_INTEROP") == "1" {
			t.Fatalf("%s lacks duckdb, pandas, polars or pyarrow", name)
		}
		t.Skipf("%s with duckdb, pandas, polars and pyarrow is missing; set BOWSTRING_PYTHON to one that has them", name)
	}
	return path
}

// writtenTable is what testdata/tables.py says of a table that it has written.
type writtenTable struct {
	Path, Reference, Zone string
	PriceScale            int64 `json:"price_scale"`
	Drop                  []string
}

// TestTablesOfOthers: tables of pandas, pyarrow, Polars and DuckDB in all their
// forms are the Frame that the CSV file with the same numbers is.
func TestTablesOfOthers(t *testing.T) {
	python, dir := tablePython(t), t.TempDir()
	script := exec.Command(python, "testdata/tables.py", dir)
	var stderr strings.Builder
	script.Stderr = &stderr
	out, err := script.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	var written []writtenTable
	if err := json.Unmarshal(out, &written); err != nil {
		t.Fatal(err)
	}
	if len(written) < 100 {
		t.Fatalf("%d tables", len(written))
	}
	want := make(map[string]string)
	for _, w := range written {
		t.Run(w.Path, func(t *testing.T) {
			if want[w.Reference] == "" {
				want[w.Reference] = digestOf(t, filepath.Join(dir, w.Reference), Options{})
			}
			o := Options{Zone: w.Zone, PriceScale: w.PriceScale, Drop: w.Drop}
			if got := digestOf(t, filepath.Join(dir, w.Path), o); got != want[w.Reference] {
				t.Errorf("digest %s, of %s %s", got, w.Reference, want[w.Reference])
			}
		})
	}
}

// digestOf ingests a path of which every row is accepted.
func digestOf(t *testing.T, path string, o Options) string {
	t.Helper()
	r, err := Files(context.Background(), []string{path}, o)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Frame.Release()
	if r.Report.Rejected != 0 {
		t.Errorf("%s: %d rejected", path, r.Report.Rejected)
	}
	return r.Frame.Info().Digest
}
