package bundles

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/bowstring-engine/bowstring/columnar"
)

// python returns an interpreter that has the readers of the interop test, or
// skips the test.
func python(t *testing.T) string {
	t.Helper()
	name := os.Getenv("BOWSTRING_PYTHON")
	if name == "" {
		name = "python3"
	}
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("no Python: %v; set BOWSTRING_PYTHON to an interpreter with duckdb, polars and pyarrow", err)
	}
	if out, err := exec.Command(path, "-c", "import duckdb, polars, pyarrow, numpy").CombinedOutput(); err != nil {
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		t.Skipf("%s lacks the modules (%s); set BOWSTRING_PYTHON to one with duckdb, polars and pyarrow", path, lines[len(lines)-1])
	}
	return path
}

// hexDigest is the digest function of testdata/interop.py.
func hexDigest(words []uint64) string {
	var b []byte
	for _, w := range words {
		b = binary.LittleEndian.AppendUint64(b, w)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// described is what the script prints for a reader, from a Frame.
func described(f *columnar.Frame) []map[string]any {
	var out []map[string]any
	for i := range f.NumAssets() {
		if f.NumBars(i) == 0 {
			continue
		}
		var words []uint64
		for _, v := range f.Times(i) {
			words = append(words, uint64(v))
		}
		row := map[string]any{"asset": f.Asset(i), "rows": f.NumBars(i), "time": hexDigest(words)}
		for c, col := range f.Columns() {
			words = words[:0]
			for _, v := range f.Values(i, c) {
				if v != v {
					words = append(words, 0x7ff8000000000000) // numpy's
				} else {
					words = append(words, math.Float64bits(v))
				}
			}
			row[col.Name] = hexDigest(words)
		}
		out = append(out, row)
	}
	return out
}

// TestInterop reads bars.parquet with DuckDB, Polars and pyarrow.
func TestInterop(t *testing.T) {
	interpreter := python(t)
	odd := asset("ODD", 2_000, 2)
	for i := range odd.Times {
		odd.Times[i] += int64(i) + 1 // single nanoseconds
	}
	copy(odd.Values[0], []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1), 0, 5e-324})
	assets := []columnar.Bars{odd, asset("EMPTY", 0, 2), asset("*", 1, 2), asset("Ä 0700", 3_000, 2)}
	for i := range 40 {
		assets = append(assets, asset(fmt.Sprintf("T%02d", i), 50+i, 2))
	}
	f := build(t, []columnar.Column{{Name: "close", Scale: 100}, {Name: "Odd Name"}}, assets...)
	want, err := json.Marshal(described(f))
	if err != nil {
		t.Fatal(err)
	}
	for _, options := range []PublishOptions{{Tool: "bowstring test"}, {Compact: true}, {groupLimit: 1_000}, {groupLimit: 1_000, Compact: true}} {
		t.Run(fmt.Sprintf("compact=%v/limit=%d", options.Compact, options.groupLimit), func(t *testing.T) {
			s := newStore(t)
			p := mustIngest(t, s, "b", f, options)
			script := exec.Command(interpreter, "testdata/interop.py", s.bundle("b").version(versionID(p.Digest)).bars())
			var stderr strings.Builder
			script.Stderr = &stderr
			out, err := script.Output()
			if err != nil {
				t.Fatalf("%v\n%s", err, stderr.String())
			}
			var readers map[string][]map[string]any
			if err := json.Unmarshal(out, &readers); err != nil {
				t.Fatal(err)
			}
			if len(readers) != 3 {
				t.Fatalf("%d readers", len(readers))
			}
			for reader, rows := range readers {
				if got, _ := json.Marshal(rows); string(got) != string(want) {
					t.Errorf("%s reads\n%s\nwant\n%s", reader, got, want)
				}
			}
		})
	}
}
