package results

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// foreignSpec is the spec that tables of these tests belong to.
const foreignSpec = "params:\n  n: [1, 2]\nrules:\n  entry: close > $n\n  exit: close < $n\noutput:\n  statistics: [sharpe]\n"

// foreign returns a table that no sweep has made, as records of these numbers of
// rows: trial i on asset A has n = 1 and the Sharpe ratio i.
func foreign(t *testing.T, meta map[string]string, fields []arrow.Field, rows ...int) array.RecordReader {
	t.Helper()
	var keys, values []string
	for key, value := range meta {
		keys, values = append(keys, key), append(values, value)
	}
	m := arrow.NewMetadata(keys, values)
	schema := arrow.NewSchema(fields, &m)
	var records []arrow.Record
	trial := 0
	for _, n := range rows {
		rb := array.NewRecordBuilder(memory.NewGoAllocator(), schema)
		for range n {
			for c, f := range fields {
				switch b := rb.Field(c).(type) {
				case *array.StringBuilder:
					if f.Name == ErrorColumn {
						b.AppendNull()
					} else {
						b.Append("A")
					}
				case *array.Int64Builder:
					if f.Name == TrialColumn {
						b.Append(int64(trial))
					} else {
						b.Append(1)
					}
				case *array.Float64Builder:
					b.Append(float64(trial))
				}
			}
			trial++
		}
		records = append(records, rb.NewRecord())
		rb.Release()
	}
	r, err := array.NewRecordReader(schema, records)
	if err != nil {
		t.Fatal(err)
	}
	for _, rec := range records {
		rec.Release()
	}
	t.Cleanup(r.Release)
	return r
}

// foreignFields are the columns of results of foreignSpec, in an order of their
// own and with one more.
func foreignFields() []arrow.Field {
	return []arrow.Field{
		{Name: "note", Type: arrow.BinaryTypes.String}, {Name: AssetColumn, Type: arrow.BinaryTypes.String},
		{Name: TrialColumn, Type: arrow.PrimitiveTypes.Int64}, {Name: "n", Type: arrow.PrimitiveTypes.Int64},
		{Name: "sharpe", Type: arrow.PrimitiveTypes.Float64, Nullable: true}, {Name: ErrorColumn, Type: arrow.BinaryTypes.String, Nullable: true},
	}
}

// TestForeignTable: a table that no sweep has made is stored with its metadata,
// whatever its records are, and read and ranked like any other.
func TestForeignTable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.parquet")
	meta := map[string]string{MetaSpec: foreignSpec, "who": "a test"}
	rows, err := WriteFile(path, foreign(t, meta, foreignFields(), 3, 0, 1, maxGroup+5, 0))
	if err != nil || rows != maxGroup+9 {
		t.Fatalf("%d rows, %v", rows, err)
	}
	file, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if n := file.NumRowGroups(); n != 4 || file.NumRows() != rows || !maps.Equal(file.Metadata(), meta) {
		t.Errorf("%d row groups, %d rows, metadata %v", n, file.NumRows(), file.Metadata())
	}
	best, err := file.Leaders(t.Context(), LeadersOptions{By: "sharpe", N: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer best.Release()
	if got := best.Column(2).ValueStr(0); got != "1048584" { // 2^20 + 9 − 1
		t.Errorf("the best trial is %s", got)
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("left %v, %v", entries, err)
	}
}

// TestFileToFile: what Records hands out is written again, with what the file
// says of itself, and is the same table.
func TestFileToFile(t *testing.T) {
	rec := newRecording(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "a.parquet")
	if err := os.WriteFile(path, rec.want(t), 0o600); err != nil {
		t.Fatal(err)
	}
	again := filepath.Join(dir, "b.parquet")
	file, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	records := file.Records()
	defer records.Release()
	if rows, err := WriteFile(again, records); err != nil || rows != rec.table.NumRows() {
		t.Fatalf("%d rows, %v", rows, err)
	}
	if string(read(t, again)) != string(read(t, path)) {
		t.Error("the copy has other bytes")
	}
}

// TestTablesThatAreNone: a table without the columns of results, or a Parquet file
// of one without a spec, is refused and leaves nothing.
func TestTablesThatAreNone(t *testing.T) {
	without := func(name string) (fields []arrow.Field) {
		for _, f := range foreignFields() {
			if f.Name != name {
				fields = append(fields, f)
			}
		}
		return fields
	}
	meta := map[string]string{MetaSpec: foreignSpec}
	for name, c := range map[string]struct {
		file   string
		meta   map[string]string
		fields []arrow.Field
		want   string // "": it is written
	}{
		"no trials":           {"out.parquet", meta, without(TrialColumn), "it has no column trial"},
		"no trials, CSV":      {"out.csv", meta, without(TrialColumn), "it has no column trial"},
		"no errors":           {"out.parquet", meta, without(ErrorColumn), "it has no column error"},
		"trials are floats":   {"out.json", meta, append(without(TrialColumn), arrow.Field{Name: TrialColumn, Type: arrow.PrimitiveTypes.Float64}), "column trial is double, want int64"},
		"a column twice":      {"out.parquet", meta, append(foreignFields(), arrow.Field{Name: "n", Type: arrow.PrimitiveTypes.Int64}), "column n is there twice"},
		"no spec":             {"out.parquet", nil, foreignFields(), "its metadata has no bowstring.spec"},
		"no spec, CSV":        {"out.csv", nil, foreignFields(), ""},
		"no parameter, Arrow": {"out.arrow", nil, without("n"), ""},
	} {
		dir := t.TempDir()
		rows, err := WriteFile(filepath.Join(dir, c.file), foreign(t, c.meta, c.fields, 2))
		if c.want == "" {
			if err != nil || rows != 2 {
				t.Errorf("%s: %d rows, %v", name, rows, err)
			}
			continue
		}
		if !errors.Is(err, ErrNoResults) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
			t.Errorf("%s: left %v, %v", name, entries, err)
		}
		if c.meta == nil {
			continue
		}
		if _, err := Leaders(t.Context(), foreign(t, c.meta, c.fields, 2), LeadersOptions{By: "sharpe"}); err == nil {
			t.Errorf("%s: it is ranked", name)
		}
	}
}

// TestForeignTableThatEnds: what a table that says nothing of its groups has
// handed out is a readable partial file, and nothing goes on from it.
func TestForeignTableThatEnds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.parquet")
	why := errors.New("the source is gone")
	var partial *PartialError
	_, err := WriteFile(path, failingTable{foreign(t, map[string]string{MetaSpec: foreignSpec}, foreignFields(), 3, 4), why})
	if !errors.As(err, &partial) || !errors.Is(err, why) || partial.Rows != 7 || partial.Resumable {
		t.Fatalf("error %v", err)
	}
	file, err := Open(partial.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if !file.Partial() || file.NumRows() != 7 {
		t.Errorf("partial %v, %d rows", file.Partial(), file.NumRows())
	}
}

// failingTable is a table that ends with an error.
type failingTable struct {
	array.RecordReader
	why error
}

func (f failingTable) Err() error { return f.why }
