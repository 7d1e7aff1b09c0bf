package export

import (
	"context"
	"fmt"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/parquet-go/parquet-go"

	"github.com/bowstring-engine/bowstring/columnar"
	ownparquet "github.com/bowstring-engine/bowstring/internal/parquet"
)

// rows is a table as a reader gives it, with NaN for null.
type rows struct {
	asset  []string // nil where the file has none
	times  []int64
	values [][]float64
	nulls  int
	groups int
	about  map[string]string
}

// read reads a file with arrow-go or, for Parquet, with parquet-go's own reader
// of rows, which shares no code with parquet's writer.
func read(t *testing.T, path string) rows {
	t.Helper()
	if strings.HasSuffix(path, ".arrow") {
		return readArrow(t, path)
	}
	return readParquet(t, path)
}

func readParquet(t *testing.T, path string) (out rows) {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	file, err := parquet.OpenFile(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	out.about, out.groups = make(map[string]string), len(file.RowGroups())
	for _, kv := range file.Metadata().KeyValueMetadata {
		out.about[kv.Key] = kv.Value
	}
	for _, field := range file.Schema().Fields() {
		if optional := field.Name() != assetColumn && field.Name() != columnar.Time; field.Optional() != optional {
			t.Errorf("column %s: optional %v", field.Name(), field.Optional())
		}
	}
	at := 0
	for i, c := range file.Schema().Columns() {
		if c[0] == columnar.Time {
			at = i
		}
	}
	out.values = make([][]float64, len(file.Schema().Columns())-at-1)
	for _, g := range file.RowGroups() {
		r := g.Rows()
		buf := make([]parquet.Row, 100)
		for {
			n, err := r.ReadRows(buf)
			for _, row := range buf[:n] {
				if at == 1 {
					out.asset = append(out.asset, row[0].String())
				}
				out.times = append(out.times, row[at].Int64())
				for c, v := range row[at+1:] {
					x := math.NaN()
					if v.IsNull() {
						out.nulls++
					} else {
						x = v.Double()
					}
					out.values[c] = append(out.values[c], x)
				}
			}
			if err != nil {
				break
			}
		}
		r.Close()
	}
	return out
}

func readArrow(t *testing.T, path string) (out rows) {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := ipc.NewFileReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	schema := r.Schema()
	out.about = schema.Metadata().ToMap()
	at, _ := schema.FieldsByName(columnar.Time)
	if len(at) != 1 || at[0].Type.String() != "timestamp[ns, tz=UTC]" || at[0].Nullable {
		t.Errorf("schema %v", schema)
	}
	first := schema.FieldIndices(columnar.Time)[0]
	out.groups, out.values = r.NumRecords(), make([][]float64, schema.NumFields()-first-1)
	for i := range r.NumRecords() {
		rec, err := r.Record(i)
		if err != nil {
			t.Fatal(err)
		}
		for row := range int(rec.NumRows()) {
			if first == 1 {
				out.asset = append(out.asset, rec.Column(0).(*array.String).Value(row))
			}
			out.times = append(out.times, int64(rec.Column(first).(*array.Timestamp).Value(row)))
			for c := range out.values {
				v := rec.Column(first + 1 + c).(*array.Float64)
				x := v.Value(row)
				if v.IsNull(row) {
					x = math.NaN()
					out.nulls++
				} else if x != x {
					t.Error("a NaN that is no null")
				}
				out.values[c] = append(out.values[c], x)
			}
		}
	}
	return out
}

// frame groups the rows of files by asset.
func (r *rows) frame(t *testing.T, like *columnar.Frame) *columnar.Frame {
	t.Helper()
	var assets []columnar.Bars
	for row, ns := range r.times {
		if len(assets) == 0 || assets[len(assets)-1].ID != r.asset[row] {
			assets = append(assets, columnar.Bars{ID: r.asset[row], Values: make([][]float64, len(r.values))})
		}
		a := &assets[len(assets)-1]
		a.Times = append(a.Times, ns)
		for c := range r.values {
			a.Values[c] = append(a.Values[c], r.values[c][row])
		}
	}
	f, err := columnar.Build(like.Columns(), assets, columnar.Info{})
	if err != nil {
		t.Fatal(err) // an asset that occurs twice is not sorted
	}
	t.Cleanup(f.Release)
	return f
}

// TestTables exports to Parquet and Arrow in every shape, and compares what
// readers of others find there.
func TestTables(t *testing.T) {
	for name, f := range map[string]*columnar.Frame{"market": market(t), "intraday": intraday(t)} {
		nulls := 0
		for i := range f.NumAssets() {
			for c := range f.Columns() {
				for _, v := range f.Values(i, c) {
					if v != v {
						nulls++
					}
				}
			}
		}
		for _, format := range []Format{Parquet, Arrow} {
			for _, c := range []Compression{"", None, Zstd} {
				for _, limit := range []int{0, 7, 40} {
					t.Run(fmt.Sprintf("%s/%s/%s/limit=%d", name, format, c, limit), func(t *testing.T) {
						mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
						defer mem.AssertSize(t, 0)
						o := Options{Format: format, Compress: c, Allocator: mem, batchRows: limit, Tool: "test"}
						testTable(t, f, o, nulls)
					})
				}
			}
		}
	}
}

func testTable(t *testing.T, f *columnar.Frame, o Options, nulls int) {
	dir := t.TempDir()
	long, split := filepath.Join(dir, "bars."+string(o.Format)), filepath.Join(dir, "bars")
	r, err := File(context.Background(), long, f, o)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(long); err != nil || info.Size() != r.Bytes {
		t.Errorf("%d bytes: %v", r.Bytes, err)
	}
	got := read(t, long)
	if err := same(got.frame(t, f), withoutEvents(t, f)); err != nil {
		t.Error(err)
	}
	if got.nulls != nulls {
		t.Errorf("%d nulls, want %d", got.nulls, nulls)
	}
	if o.batchRows > 0 && got.groups != (f.NumRows()+o.batchRows-1)/o.batchRows {
		t.Errorf("%d groups of %d rows", got.groups, o.batchRows)
	}
	if got.about["bowstring.digest"] != f.Info().Digest || got.about["bowstring.tool"] != "test" || got.about["bowstring.adjusted"] != string(f.Info().Adjusted) {
		t.Errorf("metadata %v", got.about)
	}
	if _, err := Folder(context.Background(), split, f, o); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, path := range listed(t, split) {
		folder, file, _ := strings.Cut(path, "/")
		id, err := url.PathUnescape(strings.TrimPrefix(folder, "asset="))
		if err != nil || file != "bars."+string(o.Format) {
			t.Errorf("%s: %v", path, err)
		}
		one := read(t, filepath.Join(split, filepath.FromSlash(path)))
		if one.asset != nil || one.about["bowstring.asset"] != id {
			t.Errorf("%s: an asset column %v, metadata %v", path, one.asset, one.about)
		}
		for range one.times {
			one.asset = append(one.asset, id)
		}
		want, err := withoutEvents(t, f).Select(id)
		if err != nil {
			t.Fatal(err)
		}
		if err := same(one.frame(t, f), want); err != nil {
			t.Error(err)
		}
		want.Release()
		seen++
	}
	if seen != f.NumAssets() {
		t.Errorf("%d files", seen)
	}
}

// withoutEvents is a Frame of the same bars.
func withoutEvents(t *testing.T, f *columnar.Frame) *columnar.Frame {
	t.Helper()
	assets := make([]columnar.Bars, f.NumAssets())
	for i := range assets {
		assets[i] = columnar.Bars{ID: f.Asset(i), Times: f.Times(i), Values: make([][]float64, len(f.Columns()))}
		for c := range f.Columns() {
			assets[i].Values[c] = f.Values(i, c)
		}
	}
	out, err := columnar.Build(f.Columns(), assets, columnar.Info{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(out.Release)
	return out
}

// The reader of bundles takes the files, too.
func TestParquetByOwnReader(t *testing.T) {
	f := market(t)
	path := filepath.Join(t.TempDir(), "bars.parquet")
	if _, err := File(context.Background(), path, f, Options{}); err != nil {
		t.Fatal(err)
	}
	file, err := ownparquet.Open(path, ownparquet.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rec, err := file.Record(0)
	if err != nil {
		t.Fatal(err)
	}
	defer rec.Release()
	if int(rec.NumRows()) != f.NumRows() || rec.ColumnName(0) != assetColumn || !arrow.TypeEqual(rec.Column(1).DataType(), arrow.FixedWidthTypes.Timestamp_ns) {
		t.Errorf("%v", rec.Schema())
	}
}

// Equal bars are equal bytes, whatever they lie in.
func TestSameBytes(t *testing.T) {
	f := market(t)
	for _, format := range []Format{CSV, Parquet, Arrow} {
		dir := t.TempDir()
		var texts [2]string
		for i := range texts {
			path := filepath.Join(dir, fmt.Sprintf("%d.%s", i, format))
			if _, err := File(context.Background(), path, f, Options{}); err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			texts[i] = string(text)
		}
		if texts[0] != texts[1] {
			t.Errorf("%s: other bytes", format)
		}
	}
}
