package results

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bowstring-engine/bowstring/internal/parquet"
)

// otherResults writes a Parquet file with the metadata of results and columns of
// a caller's choice, each with one value.
func otherResults(t *testing.T, spec string, columns []parquet.Column) string {
	t.Helper()
	var b bytes.Buffer
	w, err := parquet.NewWriter(&b, columns, parquet.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var data []parquet.Data
	for _, c := range columns {
		switch c.Type {
		case parquet.Float64:
			data = append(data, parquet.Data{Float64: []float64{1}})
		case parquet.String:
			data = append(data, parquet.Data{Codes: []int32{0}, Dictionary: []string{"x"}})
		default:
			data = append(data, parquet.Data{Int64: []int64{1}})
		}
	}
	if err := w.WriteRowGroup(data); err != nil {
		t.Fatal(err)
	}
	w.SetMetadata(MetaSpec, spec)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "out.parquet")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestOtherColumns: a Parquet file whose columns are not those of results is
// refused by the first that is wrong, however its spec reads.
func TestOtherColumns(t *testing.T) {
	const spec = "params:\n  n: [1, 2]\n  kind: {choice: [a, b]}\nrules:\n  entry: close > $n\n  exit: close < $n\noutput:\n  statistics: [sharpe, trades]\n"
	right := []parquet.Column{
		{Name: "trial", Type: parquet.Int64}, {Name: "asset", Type: parquet.String}, {Name: "n", Type: parquet.Int64}, {Name: "kind", Type: parquet.String},
		{Name: "sharpe", Type: parquet.Float64, Nullable: true}, {Name: "trades", Type: parquet.Int64, Nullable: true}, {Name: "error", Type: parquet.String, Nullable: true},
	}
	change := func(name string, c parquet.Column) []parquet.Column {
		var out []parquet.Column
		for _, column := range right {
			if column.Name == name {
				column = c
			}
			if column.Name != "" {
				out = append(out, column)
			}
		}
		return out
	}
	for name, c := range map[string]struct {
		spec    string
		columns []parquet.Column
		want    string
	}{
		"right":                     {spec, right, ""},
		"one column more":           {spec, append(right[:7:7], parquet.Column{Name: "note", Type: parquet.String}), ""},
		"of another language":       {"rules: {entry: {all: of them}}", right, ""},
		"no spec":                   {"", right, "not a result file: its metadata has no bowstring.spec"},
		"assets are numbers":        {spec, change("asset", parquet.Column{Name: "asset", Type: parquet.Float64}), "not a result file: column asset is double, want string"},
		"assets are whole numbers":  {spec, change("asset", parquet.Column{Name: "asset", Type: parquet.Int64}), "column asset is int64, want string"},
		"trials are text":           {spec, change("trial", parquet.Column{Name: "trial", Type: parquet.String}), "column trial is string, want int64"},
		"trials are fractions":      {spec, change("trial", parquet.Column{Name: "trial", Type: parquet.Float64}), "column trial is double, want int64"},
		"trials are times":          {spec, change("trial", parquet.Column{Name: "trial", Type: parquet.Timestamp}), "column trial is timestamp, want int64"},
		"trials may be nothing":     {spec, change("trial", parquet.Column{Name: "trial", Type: parquet.Int64, Nullable: true}), "column trial may have nulls"},
		"a parameter is text":       {spec, change("n", parquet.Column{Name: "n", Type: parquet.String}), "column n is string, want int64"},
		"a choice is a number":      {spec, change("kind", parquet.Column{Name: "kind", Type: parquet.Float64}), "column kind is double, want string"},
		"a statistic is text":       {spec, change("sharpe", parquet.Column{Name: "sharpe", Type: parquet.String}), "column sharpe is string, want double"},
		"a count is a time":         {spec, change("trades", parquet.Column{Name: "trades", Type: parquet.Timestamp}), "column trades is timestamp, want int64"},
		"errors are numbers":        {spec, change("error", parquet.Column{Name: "error", Type: parquet.Int64}), "column error is int64, want string"},
		"no assets":                 {spec, change("asset", parquet.Column{}), "it has no column asset"},
		"no parameter":              {spec, change("n", parquet.Column{}), "it has no column n"},
		"no spec that reads, text":  {"x", change("sharpe", parquet.Column{Name: "sharpe", Type: parquet.String}), "column sharpe is string, want double"},
		"no spec that reads, asset": {"x", change("asset", parquet.Column{Name: "asset", Type: parquet.Timestamp}), "column asset is timestamp, want string"},
	} {
		path := otherResults(t, c.spec, c.columns)
		r, err := Open(path)
		if c.want == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if _, err := r.Spec(); name != "of another language" && err != nil || err != nil && !errors.Is(err, ErrNoResults) {
				t.Errorf("%s: %v", name, err)
			}
			_ = r.Close()
			continue
		}
		if !errors.Is(err, ErrNoResults) || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
