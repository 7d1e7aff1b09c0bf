package records

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/klauspost/compress/zstd"

	"github.com/bowstring-engine/bowstring/internal/output"
	"github.com/bowstring-engine/bowstring/internal/parquet"
)

// table has every type, a value that is missing of each, and numbers that text
// easily spoils.
func table(t *testing.T) arrow.Record {
	t.Helper()
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{
		{Name: "trial", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
		{Name: "a \"b\",", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
		{Name: "at", Type: arrow.FixedWidthTypes.Timestamp_ns, Nullable: true},
		{Name: "text", Type: arrow.BinaryTypes.String, Nullable: true},
	}, nil))
	defer b.Release()
	b.Field(0).(*array.Int64Builder).AppendValues([]int64{math.MaxInt64, -1, 0, 0, 5}, []bool{true, true, true, false, true})
	b.Field(1).(*array.Float64Builder).AppendValues([]float64{0.1, 1e300, math.Inf(1), math.Inf(-1), math.NaN()}, nil)
	b.Field(2).(*array.TimestampBuilder).AppendValues([]arrow.Timestamp{0, 86_400_000_000_000, 1, 1_500_000_000, 0}, []bool{true, true, true, true, false})
	b.Field(3).(*array.StringBuilder).AppendValues([]string{"x", "a,\"b\"\nc", "<é>", "", "y"}, []bool{true, true, true, false, true})
	rec := b.NewRecord()
	t.Cleanup(rec.Release)
	return rec
}

// write writes the table twice, as two records.
func write(t *testing.T, o Options) []byte {
	t.Helper()
	var to bytes.Buffer
	rec := table(t)
	w, err := NewWriter(&to, rec.Schema(), o)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.Write(rec); err != nil {
			t.Fatal(err)
		}
	}
	w.SetMetadata("late", "yes")
	if err := w.Close(); err != nil || w.Rows() != 10 {
		t.Fatal(w.Rows(), err)
	}
	return to.Bytes()
}

const (
	wantHeader = "trial,\"a \"\"b\"\",\",at,text\n"
	wantRows   = "9223372036854775807,0.1,1970-01-01T00:00:00.000000000Z,x\n-1,1e+300,1970-01-02T00:00:00.000000000Z,\"a,\"\"b\"\"\nc\"\n" +
		"0,inf,1970-01-01T00:00:00.000000001Z,<é>\n,-inf,1970-01-01T00:00:01.500000000Z,\n5,,,y\n"
)

// TestCSV: the text is written down here by hand, and its packed forms unpack to
// it.
func TestCSV(t *testing.T) {
	want := wantHeader + wantRows + wantRows
	if got := string(write(t, Options{})); got != want {
		t.Errorf("%q\nwant %q", got, want)
	}
	g, err := gzip.NewReader(bytes.NewReader(write(t, Options{Kind: output.Kind{Format: output.CSV, Compress: output.Gzip}})))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(g); err != nil || string(got) != want {
		t.Errorf("gzip: %q, %v", got, err)
	}
	z, err := zstd.NewReader(bytes.NewReader(write(t, Options{Kind: output.Kind{Format: output.CSV, Compress: output.Zstd}})))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	if got, err := io.ReadAll(z); err != nil || string(got) != want {
		t.Errorf("zstd: %q, %v", got, err)
	}
}

// TestJSON: what encoding/json reads is what was written.
func TestJSON(t *testing.T) {
	var rows []map[string]any
	d := json.NewDecoder(bytes.NewReader(write(t, Options{Kind: output.Kind{Format: output.JSON}})))
	d.UseNumber()
	if err := d.Decode(&rows); err != nil || len(rows) != 10 {
		t.Fatal(len(rows), err)
	}
	for i, want := range []map[string]any{
		{"trial": json.Number("9223372036854775807"), "a \"b\",": json.Number("0.1"), "at": "1970-01-01T00:00:00Z", "text": "x"},
		{"trial": json.Number("-1"), "a \"b\",": json.Number("1e+300"), "at": "1970-01-02T00:00:00Z", "text": "a,\"b\"\nc"},
		{"trial": json.Number("0"), "a \"b\",": nil, "at": "1970-01-01T00:00:00.000000001Z", "text": "<é>"},
		{"trial": nil, "a \"b\",": nil, "at": "1970-01-01T00:00:01.5Z", "text": nil},
		{"trial": json.Number("5"), "a \"b\",": nil, "at": nil, "text": "y"},
	} {
		for key, value := range want {
			if rows[i][key] != value || rows[i+5][key] != value {
				t.Errorf("row %d: %s is %v, want %v", i, key, rows[i][key], value)
			}
		}
	}
	for i, want := range [][]any{nil, nil, {"a \"b\","}, {"-a \"b\","}, nil} {
		if got, _ := rows[i]["infinite"].([]any); !slices.Equal(got, want) {
			t.Errorf("row %d: infinite are %v, want %v", i, got, want)
		}
	}
	var empty bytes.Buffer
	w, err := NewWriter(&empty, table(t).Schema(), Options{Kind: output.Kind{Format: output.JSON}})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil || json.Unmarshal(empty.Bytes(), &rows) != nil || len(rows) != 0 {
		t.Errorf("no rows: %q, %v", empty.String(), err)
	}
}

// TestArrowAndParquet: readers find the very records and the metadata.
func TestArrowAndParquet(t *testing.T) {
	rec := table(t)
	about := map[string]string{"bowstring.spec": "s"}
	kind := output.Kind{Format: output.Arrow}
	f, err := ipc.NewFileReader(bytes.NewReader(write(t, Options{Kind: kind, Metadata: about})))
	if err != nil || f.NumRecords() != 2 {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := f.Record(1); err != nil || !array.RecordApproxEqual(rec, got, array.WithNaNsEqual(true)) {
		t.Errorf("file: %v, %v", got, err)
	}
	if got, _ := f.Schema().Metadata().GetValue("bowstring.spec"); got != "s" {
		t.Errorf("file: metadata %v", f.Schema().Metadata())
	}
	s, err := ipc.NewReader(bytes.NewReader(write(t, Options{Kind: kind, Stream: true})))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Release()
	n := 0
	for ; s.Next(); n++ {
		if !array.RecordApproxEqual(rec, s.Record(), array.WithNaNsEqual(true)) {
			t.Errorf("stream: %v", s.Record())
		}
	}
	if s.Err() != nil || n != 2 {
		t.Errorf("stream: %d records, %v", n, s.Err())
	}
	path := filepath.Join(t.TempDir(), "x.parquet")
	if err := os.WriteFile(path, write(t, Options{Kind: output.Kind{Format: output.Parquet}, Metadata: about, CreatedBy: "test"}), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := parquet.Open(path, parquet.OpenOptions{Heap: true})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if p.Metadata()["bowstring.spec"] != "s" || p.Metadata()["late"] != "yes" || p.NumRowGroups() != 2 {
		t.Errorf("Parquet: %v, %d row groups", p.Metadata(), p.NumRowGroups())
	}
	got, err := p.Record(1)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Release()
	if !array.RecordApproxEqual(rec, got, array.WithNaNsEqual(true)) {
		t.Errorf("Parquet: %v", got)
	}
	if _, err := NewWriter(io.Discard, rec.Schema(), Options{Kind: output.Kind{Format: "xlsx"}}); err == nil {
		t.Error("a format that there is not")
	}
}
