package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	arrowmemory "github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/parquet-go/parquet-go"

	"github.com/bowstring-engine/bowstring/columnar"
)

// tableBar is a row of the tables of these tests.
type tableBar struct {
	Time   time.Time `parquet:"time,timestamp(nanosecond)"`
	Symbol string    `parquet:"symbol,dict"`
	Open   float64   `parquet:"open"`
	High   float64   `parquet:"high"`
	Low    float64   `parquet:"low"`
	Close  float64   `parquet:"close"`
	Volume int64     `parquet:"volume"`
}

// tableBars are bars of some assets, a row each a day, with a few that break
// rules.
func tableBars(days, assets int) []tableBar {
	var bars []tableBar
	for day := range days {
		for k := range assets {
			o := float64(1000*(k+1)+day%31) / 100
			b := tableBar{
				Time: time.Date(2020, 1, 1+day, 0, 0, 0, 0, time.UTC), Symbol: fmt.Sprintf("S%02d", k),
				Open: o, High: o + 0.5, Low: o - 0.5, Close: o + 0.25, Volume: int64(100 * day),
			}
			switch {
			case day%97 == 13 && k == 0:
				b.High = b.Low - 1 // ohlc
			case day%89 == 7 && k == 1:
				b.Time = b.Time.AddDate(0, 0, -1) // duplicate
			case day%83 == 50 && k == 2:
				b.Time = b.Time.Add(-60 * time.Hour) // order
			}
			bars = append(bars, b)
		}
	}
	return bars
}

// asCSV writes bars as text.
func asCSV(bars []tableBar) []byte {
	var b bytes.Buffer
	b.WriteString("time,symbol,open,high,low,close,volume\n")
	for _, r := range bars {
		fmt.Fprintf(&b, "%s,%s,%v,%v,%v,%v,%d\n", r.Time.Format("2006-01-02T15:04:05Z"), r.Symbol, r.Open, r.High, r.Low, r.Close, r.Volume)
	}
	return b.Bytes()
}

// asParquet writes bars in row groups of so many rows.
func asParquet(t testing.TB, bars []tableBar, group int64) []byte {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[tableBar](&b, parquet.MaxRowsPerRowGroup(group), parquet.PageBufferSize(2000))
	if _, err := w.Write(bars); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// asRecords are bars in batches of so many rows, which the caller releases.
func asRecords(mem arrowmemory.Allocator, bars []tableBar, batch int) (*arrow.Schema, []arrow.Record) {
	f := arrow.PrimitiveTypes.Float64
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "time", Type: arrow.FixedWidthTypes.Timestamp_ns}, {Name: "symbol", Type: arrow.BinaryTypes.String},
		{Name: "open", Type: f}, {Name: "high", Type: f}, {Name: "low", Type: f}, {Name: "close", Type: f},
		{Name: "volume", Type: arrow.PrimitiveTypes.Int64},
	}, nil)
	b := array.NewRecordBuilder(mem, schema)
	defer b.Release()
	var recs []arrow.Record
	for i, r := range bars {
		b.Field(0).(*array.TimestampBuilder).Append(arrow.Timestamp(r.Time.UnixNano()))
		b.Field(1).(*array.StringBuilder).Append(r.Symbol)
		for k, v := range []float64{r.Open, r.High, r.Low, r.Close} {
			b.Field(2 + k).(*array.Float64Builder).Append(v)
		}
		b.Field(6).(*array.Int64Builder).Append(r.Volume)
		if (i+1)%batch == 0 || i+1 == len(bars) {
			recs = append(recs, b.NewRecord())
		}
	}
	return schema, recs
}

// asStream writes bars as an Arrow stream.
func asStream(t testing.TB, bars []tableBar, batch int, options ...ipc.Option) []byte {
	t.Helper()
	schema, recs := asRecords(arrowmemory.NewGoAllocator(), bars, batch)
	var b bytes.Buffer
	w := ipc.NewWriter(&b, append(options, ipc.WithSchema(schema))...)
	for _, rec := range recs {
		if err := w.Write(rec); err != nil {
			t.Fatal(err)
		}
		rec.Release()
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// tableOutcome is what an ingest comes to: the digest, the counts by rule, and the
// rejected rows without their texts.
func tableOutcome(r *Result, rejects string) string {
	var b strings.Builder
	fmt.Fprintln(&b, r.Frame.Info().Digest, r.Report.Read, r.Report.Accepted, r.Report.Rules)
	for _, line := range strings.Split(rejects, "\n")[1:] {
		if fields := strings.SplitN(line, ",", 4); len(fields) == 4 {
			fmt.Fprintln(&b, fields[1], fields[2])
		}
	}
	return b.String()
}

// ingestBytes ingests a file of that content.
func ingestBytes(t *testing.T, name string, content []byte, o Options) (out, rejects string, err error) {
	t.Helper()
	var b bytes.Buffer
	o.Rejects = &b
	r, err := Files(context.Background(), []string{write(t, name, content)}, o)
	if err != nil {
		return "", "", err
	}
	defer r.Frame.Release()
	return tableOutcome(r, b.String()), strings.ReplaceAll(b.String(), r.Report.Sources[0].Path, ""), nil
}

// TestTablesAreText: the same bars come to the same, with the same rows rejected,
// as text, as Parquet, as Arrow and as records, for any number of workers, sizes
// of chunks and of parts, and newest first.
func TestTablesAreText(t *testing.T) {
	bars := tableBars(300, 4)
	backwards := make([]tableBar, len(bars))
	for i, b := range bars {
		backwards[len(bars)-1-i] = b
	}
	for name, rows := range map[string][]tableBar{"oldest first": bars, "newest first": backwards} {
		text, _, err := ingestBytes(t, "x.csv", asCSV(rows), Options{})
		if err != nil {
			t.Fatal(err)
		}
		// Rows are numbered from 1 in tables, and from 2 below a header.
		text = shifted(text)
		for _, workers := range []int{1, 2, 8} {
			for _, part := range []int{50, 333, 5000} {
				o := Options{Workers: workers, blockBytes: bytesPerRow * 41}
				for format, content := range map[string][]byte{
					"x.parquet": asParquet(t, rows, int64(part)), "x.arrows": asStream(t, rows, part), "x.arrow": asStream(t, rows, part, ipc.WithZstd()),
				} {
					got, _, err := ingestBytes(t, format, content, o)
					if err != nil {
						t.Fatal(err)
					}
					if got != text {
						t.Errorf("%s: %s, workers %d, parts of %d:\n%s\nwant\n%s", name, format, workers, part, got, text)
					}
				}
				if got := ingestRecords(t, rows, part, o); got != text {
					t.Errorf("%s: records, workers %d, parts of %d:\n%s\nwant\n%s", name, workers, part, got, text)
				}
			}
		}
	}
}

// shifted takes the header off the numbers of lines.
func shifted(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines[1:] {
		var n int
		var rule string
		if k, _ := fmt.Sscan(line, &n, &rule); k == 2 {
			lines[i+1] = fmt.Sprint(n-1, " ", rule)
		}
	}
	return strings.Join(lines, "\n")
}

// ingestRecords is ingestBytes for records, all of whose memory comes back.
func ingestRecords(t *testing.T, bars []tableBar, batch int, o Options) string {
	t.Helper()
	mem := arrowmemory.NewCheckedAllocator(arrowmemory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	schema, recs := asRecords(mem, bars, batch)
	reader, err := array.NewRecordReader(schema, recs)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Release()
	for _, rec := range recs {
		rec.Release()
	}
	var rejects bytes.Buffer
	o.Rejects = &rejects
	r, err := Records(context.Background(), RecordSource{Name: "mine", Reader: reader}, o)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Frame.Release()
	return tableOutcome(r, rejects.String())
}

// TestTableRejects: rejected rows can be read, those that are bad by themselves
// and those that turn out bad beside rows of other chunks.
func TestTableRejects(t *testing.T) {
	bars := tableBars(40, 1)[:30]
	bars[3].Open = math.NaN()
	bars[5].Symbol = "a,b"
	bars[5].Volume = -1
	bars[20].Time = bars[2].Time
	_, rejects, err := ingestBytes(t, "x.parquet", asParquet(t, bars, 1000), Options{blockBytes: bytesPerRow * 10})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`,4,nan,"time=2020-01-04T00:00:00Z, symbol=S00, open=NaN, high=10.53, low=9.53, close=10.28, volume=300"`,
		`,6,price,"time=2020-01-06T00:00:00Z, symbol=""a,b"", open=`,
		`,14,ohlc,"time=`,
		`,3,duplicate,"time=2020-01-03T00:00:00Z, asset=S00, open=10.02, high=10.52, low=9.52, close=10.27, volume=200"`,
	} {
		if !strings.Contains(rejects, want) {
			t.Errorf("no %s in\n%s", want, rejects)
		}
	}
	_, _, err = ingestBytes(t, "x.parquet", asParquet(t, bars, 1000), Options{Policies: map[Rule]Policy{RuleNaN: Fail}})
	var e *InputError
	if !errors.As(err, &e) || e.Line != 4 || e.Rule != RuleNaN || !strings.Contains(e.Text, "open=NaN") {
		t.Errorf("%v", err)
	}
	_, _, err = ingestBytes(t, "x.parquet", asParquet(t, bars, 1000), Options{blockBytes: bytesPerRow * 10, Policies: map[Rule]Policy{RuleDuplicate: Fail}})
	if !errors.As(err, &e) || e.Line != 3 || e.Rule != RuleDuplicate || !strings.Contains(e.Text, "asset=S00") {
		t.Errorf("%v", err)
	}
}

// TestTableBudget: with a folder for what does not fit, a table that is larger
// than the budget comes to the same; without one it is an error.
func TestTableBudget(t *testing.T) {
	bars := tableBars(3000, 20)
	for name, content := range map[string][]byte{"x.parquet": asParquet(t, bars, 10_000), "x.arrows": asStream(t, bars, 5_000, ipc.WithLZ4())} {
		want, wantRejects, err := ingestBytes(t, name, content, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, workers := range []int{1, 2, 8} {
			budget := columnar.NewBudget(3 << 20)
			o := Options{Workers: workers, Budget: budget, SpillDir: t.TempDir(), blockBytes: bytesPerRow * 4096}
			got, rejects, err := ingestBytes(t, name, content, o)
			if err != nil {
				t.Fatalf("%s: workers %d: %v", name, workers, err)
			}
			if got != want || rejects != wantRejects {
				t.Errorf("%s: workers %d: %s\nwant\n%s", name, workers, got, want)
			}
			if budget.Used() != 0 {
				t.Errorf("%d bytes are held", budget.Used())
			}
		}
		_, _, err = ingestBytes(t, name, content, Options{Budget: columnar.NewBudget(1 << 20)})
		if !errors.Is(err, columnar.ErrMemory) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTableShapes: what cannot be read is refused, and says why.
func TestTableShapes(t *testing.T) {
	type noClose struct {
		Date string  `parquet:"date"`
		Open float64 `parquet:"open"`
	}
	type listed struct {
		tableBar
		Tags []string `parquet:"tags,list"`
	}
	var lists, few bytes.Buffer
	l := parquet.NewGenericWriter[listed](&lists)
	_, errL := l.Write([]listed{{tableBars(1, 1)[0], []string{"a"}}})
	f := parquet.NewGenericWriter[noClose](&few)
	_, errF := f.Write([]noClose{{"2020-01-01", 1}})
	if err := errors.Join(errL, errF, l.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	good := asParquet(t, tableBars(10, 1), 100)
	for name, c := range map[string]struct {
		content []byte
		o       Options
		want    string
	}{
		"list.parquet":      {lists.Bytes(), Options{}, `column "tags" holds LIST, which is neither a number nor a time nor text; drop it`},
		"dropped.parquet":   {lists.Bytes(), Options{Drop: []string{"tags"}}, ""},
		"few.parquet":       {few.Bytes(), Options{}, "missing column high, low, close, volume"},
		"cut.parquet":       {good[:len(good)-9], Options{}, "does not end with"},
		"old.feather":       {append([]byte("FEA1\x00\x00\x00\x00"), good...), Options{}, "Feather file of version 1"},
		"encrypted.parquet": {append(append([]byte("PARE"), good[4:len(good)-4]...), "PARE"...), Options{}, "encrypted"},
		"names.parquet":     {good, Options{Names: []string{"time", "open"}}, "has 7 columns, Options.Names names 2"},
		"empty.parquet":     {asParquet(t, nil, 100), Options{}, "the table has no rows"},
	} {
		_, _, err := ingestBytes(t, name, c.content, c.o)
		var e *InputError
		switch {
		case c.want == "" && err != nil, c.want != "" && (!errors.As(err, &e) || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	packed := filepath.Join(t.TempDir(), "x.csv.gz")
	if err := os.WriteFile(packed, gzipped(t, good), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Files(context.Background(), []string{packed}, Options{}); err == nil || !strings.Contains(err.Error(), "unpack it first") {
		t.Errorf("%v", err)
	}
}

// TestNewestFirstByDate: a table of many assets whose first rows are all of one
// day is read on until it shows which way it runs.
func TestNewestFirstByDate(t *testing.T) {
	bars := tableBars(6, 400)
	for i, j := 0, len(bars)-1; i < j; i, j = i+1, j-1 {
		bars[i], bars[j] = bars[j], bars[i]
	}
	want, _, err := ingestBytes(t, "x.csv", asCSV(bars), Options{})
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := ingestBytes(t, "x.parquet", asParquet(t, bars, 700), Options{})
	if err != nil || got != shifted(want) {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
}

// TestRecordsOfNothing: mistakes of a caller are errors.
func TestRecordsOfNothing(t *testing.T) {
	if _, err := Records(context.Background(), RecordSource{Name: "x"}, Options{}); !errors.Is(err, ErrOptions) {
		t.Errorf("%v", err)
	}
	schema, _ := asRecords(arrowmemory.NewGoAllocator(), nil, 1)
	empty, err := array.NewRecordReader(schema, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer empty.Release()
	if _, err := Records(context.Background(), RecordSource{Name: "x", Reader: empty}, Options{}); !errors.Is(err, ErrNoRows) {
		t.Errorf("%v", err)
	}
}

// TestDamagedTables: a table that is cut off is refused, and one in which a bit
// has changed is refused or read, with errors of this package alone, and the
// budget is free again.
func TestDamagedTables(t *testing.T) {
	bars := tableBars(40, 2)
	for name, good := range map[string][]byte{
		"x.parquet": asParquet(t, bars, 30), "x.arrows": asStream(t, bars, 30), "z.arrows": asStream(t, bars, 30, ipc.WithZstd()),
	} {
		path := filepath.Join(t.TempDir(), name)
		ingest := func(content []byte) error {
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			budget := columnar.NewBudget(256 << 20)
			r, err := Files(context.Background(), []string{path}, Options{Budget: budget, Workers: 2})
			if err == nil {
				r.Frame.Release()
			}
			if budget.Used() != 0 {
				t.Errorf("%s: %d bytes are held", name, budget.Used())
			}
			var e *InputError
			if err != nil && !errors.As(err, &e) && !errors.Is(err, columnar.ErrMemory) {
				t.Errorf("%s: %v", name, err)
			}
			return err
		}
		if err := ingest(good); err != nil {
			t.Fatal(err)
		}
		for n := 8; n < len(good); n += 37 {
			if err := ingest(good[:n]); !errors.Is(err, ErrShape) {
				t.Errorf("%s: %d of %d bytes: %v", name, n, len(good), err)
			}
		}
		for bit := 64; bit < len(good)*8; bit += 89 {
			good[bit/8] ^= 1 << (bit % 8)
			_ = ingest(good) // an error, or other bars
			good[bit/8] ^= 1 << (bit % 8)
		}
	}
}

// TestTableColumns: a table that claims a million columns is refused.
func TestTableColumns(t *testing.T) {
	nodes := make(parquet.Group)
	for i := range 5000 {
		nodes[fmt.Sprintf("c%d", i)] = parquet.Leaf(parquet.DoubleType)
	}
	var b bytes.Buffer
	w := parquet.NewWriter(&b, parquet.NewSchema("root", nodes))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	refused(t, write(t, "many.parquet", b.Bytes()), "5000 columns; want 4096 at most")
}
