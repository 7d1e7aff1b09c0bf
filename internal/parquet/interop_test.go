package parquet

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// readNullable prints what three readers see in a file, row by row.
const readNullable = `
import json, sys
import duckdb, polars, pyarrow.parquet
path = sys.argv[1]
names = ["trial", "asset", "trades", "sharpe", "error", "none"]
table = pyarrow.parquet.read_table(path, page_checksum_verification=True)
a = [[row[n] for n in names] for row in table.to_pylist()]
b = [list(row) for row in polars.read_parquet(path).select(names).iter_rows()]
c = [list(row) for row in duckdb.sql(f"select {', '.join(names)} from '{path}'").fetchall()]
best = duckdb.sql(f"select trial from '{path}' where sharpe > 1 order by sharpe desc").fetchall()
print(json.dumps({"pyarrow": a, "polars": b, "duckdb": c, "best": [list(r) for r in best]}))
`

// TestNullableInterop reads a file such as sweeps write with DuckDB, Polars
// and pyarrow.
func TestNullableInterop(t *testing.T) {
	name := os.Getenv("BOWSTRING_PYTHON")
	if name == "" {
		name = "python3"
	}
	python, err := exec.LookPath(name)
	if err != nil || exec.Command(python, "-c", "import duckdb, polars, pyarrow").Run() != nil {
		t.Skipf("%s with duckdb, polars and pyarrow is missing; set BOWSTRING_PYTHON to one that has them", name)
	}
	columns := []Column{
		{"trial", Int64, false}, {"asset", String, false}, {"trades", Int64, true},
		{"sharpe", Float64, true}, {"error", String, true}, {"none", String, true},
	}
	group := []Data{
		{Int64: []int64{0, 0, 7}},
		{Codes: []int32{0, 1, 0}, Dictionary: []string{"AAPL", "*"}},
		{Int64: []int64{5, 0, 9}, Valid: []bool{true, false, true}},
		{Float64: []float64{1.5, 0, -2}, Valid: []bool{true, false, true}},
		{Codes: []int32{0, 0, 0}, Dictionary: []string{"ruined"}, Valid: []bool{false, true, false}},
		{Codes: []int32{0, 0, 0}, Valid: []bool{false, false, false}},
	}
	rows := `[0,"AAPL",5,1.5,null,null],[0,"*",null,null,"ruined",null],[7,"AAPL",9,-2,null,null]`
	rows = "[" + rows + "," + rows + "]"
	want := `{"best":[[0],[0]],"duckdb":` + rows + `,"polars":` + rows + `,"pyarrow":` + rows + `}`
	for _, codec := range []Codec{None, Zstd, Snappy} {
		script := exec.Command(python, "-c", readNullable, save(t, write(t, columns, Options{Codec: codec}, group, group)))
		var stderr strings.Builder
		script.Stderr = &stderr
		out, err := script.Output()
		if err != nil {
			t.Fatalf("%s: %v\n%s", codec, err, stderr.String())
		}
		var got map[string]any
		if err := json.Unmarshal(out, &got); err != nil {
			t.Fatal(err)
		}
		if b, _ := json.Marshal(got); string(b) != want {
			t.Errorf("%s: readers see\n%s, want\n%s", codec, b, want)
		}
	}
}
