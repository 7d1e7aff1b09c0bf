package export

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bowstring-engine/bowstring/columnar"
)

// python returns an interpreter that has the readers of the interop test. It
// skips the test where there is none, or fails it where interop is required.
func python(t *testing.T) string {
	t.Helper()
	name := os.Getenv("BOWSTRING_PYTHON")
	if name == "" {
		name = "python3"
	}
	out, err := exec.Command(name, "-c", "import duckdb, numpy, pandas, polars, pyarrow").CombinedOutput()
	if err != nil {
		if os.Getenv("BOWSTRING_REQUIRE_INTEROP") == "1" {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		t.Skip("set BOWSTRING_PYTHON to an interpreter with duckdb, pandas, polars and pyarrow")
	}
	return name
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

// TestInterop reads exports with DuckDB, Polars, pyarrow and pandas: every bit
// is there, and every folder gives its asset back.
func TestInterop(t *testing.T) {
	interpreter := python(t)
	fine := market(t)
	single := barsOf("NANO", 9, 5, 19_000*day, 1)
	single.Values[0][2], single.Values[4][0] = math.NaN(), 5e-324
	nano := frameOf(t, columnar.Info{}, nil, single)
	for _, c := range []struct {
		name     string
		f        *columnar.Frame
		format   Format
		compress Compression
	}{
		{"market", fine, CSV, None}, {"market", fine, Parquet, Zstd}, {"market", fine, Arrow, Zstd},
		{"nanoseconds", nano, CSV, None}, {"nanoseconds", nano, Parquet, None}, {"nanoseconds", nano, Arrow, None},
	} {
		t.Run(fmt.Sprintf("%s/%s/%s", c.name, c.format, c.compress), func(t *testing.T) {
			want, err := json.Marshal(described(c.f))
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			path, folder := filepath.Join(dir, "bars."+string(c.format)), filepath.Join(dir, "bars")
			o := Options{Format: c.format, Compress: c.compress, batchRows: 16}
			if _, err := File(context.Background(), path, c.f, o); err != nil {
				t.Fatal(err)
			}
			if _, err := Folder(context.Background(), folder, c.f, o); err != nil {
				t.Fatal(err)
			}
			compareReaders(t, exec.Command(interpreter, "testdata/interop.py", string(c.format), path, folder), string(want))
		})
	}
}

// compareReaders runs the script and holds each of its readers to want.
func compareReaders(t *testing.T, script *exec.Cmd, want string) {
	t.Helper()
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
	if len(readers) < 5 {
		t.Fatalf("%d readers", len(readers))
	}
	for reader, rows := range readers {
		if got, _ := json.Marshal(rows); string(got) != want {
			t.Errorf("%s reads\n%s\nwant\n%s", reader, got, want)
		}
	}
}
