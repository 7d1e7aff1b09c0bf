//go:build unix

package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"

	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// hostileFiles writes valid files of every format that is read, and returns
// their paths by format. All of them are read before one is changed.
func hostileFiles(c command) map[string][]string {
	c.t.Helper()
	plain, long := hostileText(80, false), hostileText(80, true)
	c.write("bars.csv", plain)
	c.ok("ingest", "bars.csv", "--bundle", "bars")
	other := "universe: [bars]\nperiod: {from: 2020-01-05, to: 2020-03-01}\nparams:\n  n: {linspace: [2, 12], n: 6}\n  kind: {choice: [sma, ema]}\n" +
		"let: {average: \"$kind(close, $n)\"}\nrules:\n  entry: |\n    close > average\n  exit: 'close < average'\n  stop_loss: 0.05\noutput: {rows: both, statistics: [sharpe, trades]}\n"
	files := map[string][]string{
		"csv":     {c.write("a.csv", plain), c.write("b.csv", long)},
		"gzip":    {c.write("a.csv.gz", packed(c.t, "gzip", long)), c.write("b.csv.gz", packed(c.t, "gzip", plain))},
		"zstd":    {c.write("a.csv.zst", packed(c.t, "zstd", long)), c.write("b.csv.zst", packed(c.t, "zstd", plain))},
		"zip":     {c.write("a.zip", packed(c.t, "zip", plain))},
		"arrow":   {},
		"parquet": {},
		"yaml":    {c.write("a.yaml", spec.Template()), c.write("b.yaml", other)},
	}
	c.write("run.yaml", "params:\n  n: {from: 2, to: 12, step: 1}\n  w: [0.5, 1.5]\n"+someRules)
	c.ok("sweep", "run.yaml", "--bundle", "bars", "--out", "r.parquet")
	files["results"] = []string{"r.parquet"}
	for i, options := range [][]ipc.Option{nil, {ipc.WithLZ4()}, {ipc.WithZstd()}} {
		for _, file := range []bool{false, true} {
			name := fmt.Sprintf("%d-%v.arrow", i, file)
			files["arrow"] = append(files["arrow"], c.write(name, hostileArrow(c.t, file, options...)))
		}
	}
	for i, codec := range []parquet.WriterOption{
		parquet.Compression(&parquet.Uncompressed), parquet.Compression(&parquet.Snappy), parquet.Compression(&parquet.Zstd),
		parquet.Compression(&parquet.Gzip), parquet.Compression(&parquet.Lz4Raw), parquet.Compression(&parquet.Brotli),
	} {
		files["parquet"] = append(files["parquet"], c.write(fmt.Sprintf("%d.parquet", i), hostileParquet(c.t, 1+i%2, codec)))
	}
	for format, paths := range files {
		for i, path := range paths {
			if path[0] != '/' {
				path = c.dir + "/" + path
				paths[i] = path
			}
			commands, _ := hostileCommands(format, path, c.dir)
			for _, args := range commands {
				c.ok(args...)
			}
		}
	}
	return files
}

const someRules = "rules:\n  entry: close > lag(close, $n) * $w\n  exit: close < lag(close, $n) * $w\n"

// hostileText is rows of bars as text, of one asset or of three.
func hostileText(rows int, long bool) string {
	var b strings.Builder
	b.WriteString("date,open,high,low,close,volume")
	symbols := []string{""}
	if long {
		b.WriteString(",symbol")
		symbols = []string{",A", ",B", ",C"}
	}
	b.WriteByte('\n')
	for i := range rows {
		for k, symbol := range symbols {
			x := 100 + float64((i*7+k*13)%29)/4
			fmt.Fprintf(&b, "%s,%g,%g,%g,%g,%d%s\n", hostileDay(i).Format(time.DateOnly), x, x+1, x-1, x+0.5, 1000+i, symbol)
		}
	}
	return b.String()
}

func hostileDay(i int) time.Time { return time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i) }

// packed packs a text; a zip has it twice, packed and as it is.
func packed(t *testing.T, how, text string) string {
	t.Helper()
	var b bytes.Buffer
	write := func(w io.Writer, err error) {
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var w io.Closer
	switch how {
	case "gzip":
		g := gzip.NewWriter(&b)
		write(g, nil)
		w = g
	case "zstd":
		z, err := zstd.NewWriter(&b)
		write(z, err)
		w = z
	default:
		z := zip.NewWriter(&b)
		write(z.Create("a.csv"))
		write(z.CreateHeader(&zip.FileHeader{Name: "b.csv"}))
		w = z
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// hostileArrow is bars of two assets in one of Arrow's formats, with columns of
// several types, and metadata.
func hostileArrow(t *testing.T, file bool, options ...ipc.Option) string {
	t.Helper()
	words := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}
	meta := arrow.NewMetadata([]string{"pandas"}, []string{`{"index_columns": []}`})
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "symbol", Type: words},
		{Name: "time", Type: &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}},
		{Name: "open", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
		{Name: "high", Type: arrow.PrimitiveTypes.Float32, Nullable: true},
		{Name: "low", Type: &arrow.Decimal128Type{Precision: 20, Scale: 4}, Nullable: true},
		{Name: "close", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "volume", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
		{Name: "flag", Type: arrow.FixedWidthTypes.Boolean, Nullable: true},
	}, &meta)
	b := array.NewRecordBuilder(memory.NewGoAllocator(), schema)
	defer b.Release()
	var recs []arrow.Record
	for range 2 {
		for i := range 120 {
			at := len(recs)*60 + i/2
			x := 100 + float64(i%29)/4
			if err := b.Field(0).(*array.BinaryDictionaryBuilder).AppendString([]string{"A", "B"}[i%2]); err != nil {
				t.Fatal(err)
			}
			b.Field(1).(*array.TimestampBuilder).Append(arrow.Timestamp(hostileDay(at).UnixMicro()))
			b.Field(2).(*array.Float64Builder).Append(x)
			b.Field(3).(*array.Float32Builder).Append(float32(x) + 1)
			b.Field(4).(*array.Decimal128Builder).Append(decimal128.FromI64(int64((x - 1) * 10_000)))
			b.Field(5).(*array.StringBuilder).Append(fmt.Sprint(x + 0.25))
			b.Field(6).(*array.Int64Builder).Append(int64(1000 + i))
			b.Field(7).(*array.BooleanBuilder).Append(i%3 == 0)
			if i%17 == 3 {
				b.Field(6).(*array.Int64Builder).AppendNull()
				for k := range 8 { // and a row that is rejected
					if k != 6 {
						b.Field(k).AppendEmptyValue()
					}
				}
			}
		}
		recs = append(recs, b.NewRecord())
	}
	defer recs[0].Release()
	defer recs[1].Release()
	options = append(options, ipc.WithSchema(schema))
	path := t.TempDir() + "/x"
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	var w interface {
		Write(arrow.Record) error
		Close() error
	}
	w = ipc.NewWriter(f, options...)
	if file {
		if w, err = ipc.NewFileWriter(f, options...); err != nil {
			t.Fatal(err)
		}
	}
	for _, rec := range recs {
		if err := w.Write(rec); err != nil {
			t.Fatal(err)
		}
	}
	text := func() []byte {
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		_ = f.Close() // read below
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}()
	return string(text)
}

// hostileBar is a row of a Parquet file.
type hostileBar struct {
	Symbol string  `parquet:"symbol,dict"`
	Time   int64   `parquet:"time,timestamp(microsecond),delta"`
	Open   float64 `parquet:"open,optional"`
	High   float64 `parquet:"high,split"`
	Low    float32 `parquet:"low"`
	Close  string  `parquet:"close"`
	Volume int64   `parquet:"volume,optional,dict"`
	Flag   bool    `parquet:"flag"`
}

// hostileParquet is bars of two assets as Parquet.
func hostileParquet(t *testing.T, version int, options ...parquet.WriterOption) string {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[hostileBar](&b, append(options, parquet.DataPageVersion(version), parquet.PageBufferSize(512))...)
	for i := range 240 {
		x := 100 + float64(i%29)/4
		row := hostileBar{[]string{"A", "B"}[i%2], hostileDay(i / 2).UnixMicro(), x, x + 1, float32(x) - 1, fmt.Sprint(x + 0.25), int64(1000 + i%9), i%3 == 0}
		if _, err := w.Write([]hostileBar{row}); err != nil {
			t.Fatal(err)
		}
		if i == 130 {
			if err := w.Flush(); err != nil { // another row group
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
