package parquet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"testing"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/parquet-go/parquet-go"
)

func TestZeroCopyAndAlignment(t *testing.T) {
	mem := noLeaks(t)
	columns := []Column{{"name", String, false}, {"t", Timestamp, false}, {"x", Float64, false}, {"n", Float64, true}}
	data := []Data{
		{Codes: []int32{0, 0, 0}, Dictionary: []string{"odd length"}},
		{Int64: []int64{1, 2, 3}}, {Float64: []float64{1, 2, 3}}, {Float64: []float64{1, 2, 3}},
	}
	b := write(t, columns, Options{}, data, data)
	for _, heap := range []bool{false, true} {
		f, err := Open(save(t, b), OpenOptions{Heap: heap, Allocator: mem})
		if err != nil {
			t.Fatal(err)
		}
		base := uintptr(unsafe.Pointer(&f.Bytes()[0]))
		rec, err := f.Record(1)
		if err != nil {
			t.Fatal(err)
		}
		for c, want := range []bool{false, true, true, false} {
			if f.ZeroCopy(1, c) != want {
				t.Errorf("column %q: zero copy %v", columns[c].Name, !want)
			}
			if !want {
				continue
			}
			at := uintptr(unsafe.Pointer(&rec.Column(c).Data().Buffers()[1].Bytes()[0]))
			if at < base || at >= base+uintptr(len(b)) || at%Alignment != 0 {
				t.Errorf("column %q at %#x, file at %#x", columns[c].Name, at, base)
			}
		}
		// The record outlives the file.
		f.Close()
		if v := rec.Column(2).(*array.Float64).Value(2); v != 3 {
			t.Errorf("after Close: %v", v)
		}
		rec.Release()
	}
}

func TestWriteRecord(t *testing.T) {
	mem := noLeaks(t)
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "trial", Type: arrow.PrimitiveTypes.Int64},
		{Name: "asset", Type: &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}},
		{Name: "sharpe", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
		{Name: "at", Type: arrow.FixedWidthTypes.Timestamp_ns, Nullable: true},
		{Name: "error", Type: arrow.BinaryTypes.String, Nullable: true},
	}, nil)
	b := array.NewRecordBuilder(mem, schema)
	defer b.Release()
	b.Field(0).(*array.Int64Builder).AppendValues([]int64{7, 7, 9}, nil)
	for _, s := range []string{"AAPL", "*", "AAPL"} {
		if err := b.Field(1).(*array.BinaryDictionaryBuilder).AppendString(s); err != nil {
			t.Fatal(err)
		}
	}
	b.Field(2).(*array.Float64Builder).AppendValues([]float64{1, 0, -1}, []bool{true, false, true})
	b.Field(3).(*array.TimestampBuilder).AppendValues([]arrow.Timestamp{5, 0, 0}, []bool{true, false, false})
	b.Field(4).(*array.StringBuilder).AppendValues([]string{"", "", ""}, []bool{false, false, false})
	rec := b.NewRecord()
	defer rec.Release()

	columns, err := ColumnsOf(schema)
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	w, err := NewWriter(&buf, columns, Options{Codec: Zstd})
	if err != nil {
		t.Fatal(err)
	}
	// A sliced record has offsets into its buffers.
	tail := rec.NewSlice(1, 3)
	defer tail.Release()
	for _, r := range []arrow.Record{rec, tail} {
		if err := w.WriteRecord(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := Open(save(t, buf.Bytes()), OpenOptions{Allocator: mem})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := f.Record(1)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Release()
	for c, want := range []string{"[7 9]", `["*" "AAPL"]`, "[(null) -1]", "[(null) (null)]", "[(null) (null)]"} {
		if s := fmt.Sprint(got.Column(c)); s != want {
			t.Errorf("column %d: %s, want %s", c, s, want)
		}
	}
}

func TestStatistics(t *testing.T) {
	negative, nan := math.Copysign(0, -1), math.NaN()
	for _, c := range []struct {
		values []float64
		lo, hi float64
		ok     bool
	}{
		{nil, 0, 0, false},
		{[]float64{3, -1, 2}, -1, 3, true},
		{[]float64{nan, 1}, 0, 0, false},
		{[]float64{1, nan}, 0, 0, false},
		{[]float64{0, 1}, negative, 1, true},
		{[]float64{-1, negative}, -1, 0, true},
		{[]float64{math.Inf(-1), math.Inf(1)}, math.Inf(-1), math.Inf(1), true},
	} {
		lo, hi, ok := floatBounds([][]float64{c.values})
		if ok != c.ok || math.Float64bits(lo) != math.Float64bits(c.lo) || math.Float64bits(hi) != math.Float64bits(c.hi) {
			t.Errorf("%v: %v %v %v", c.values, lo, hi, ok)
		}
	}
	// As another reader sees them; the unused "a" is no bound.
	b := write(t, []Column{{"s", String, true}}, Options{}, []Data{{
		Codes: []int32{1, 2, 0}, Dictionary: []string{"a", "c", "b"}, Valid: []bool{true, true, false},
	}})
	f, err := parquet.OpenFile(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	s := f.Metadata().RowGroups[0].Columns[0].MetaData.Statistics
	if string(s.MinValue) != "b" || string(s.MaxValue) != "c" || s.NullCount != 1 {
		t.Errorf("bounds %q %q, %d nulls", s.MinValue, s.MaxValue, s.NullCount)
	}
}

func TestInvalid(t *testing.T) {
	if err := (Options{Codec: 9, SortedBy: []string{"z"}}).Validate([]Column{{"", Int64, false}, {"a", 9, false}, {"a", Int64, false}}); !errors.Is(err, ErrInvalid) {
		t.Error(err)
	} else if n := bytes.Count([]byte(err.Error()), []byte("\n")) + 1; n != 5 {
		t.Errorf("%d findings, want 5: %v", n, err)
	}
	columns := []Column{{"i", Int64, false}, {"s", String, false}}
	ok := Data{Codes: []int32{0}, Dictionary: []string{"x"}}
	for name, d := range map[string][]Data{
		"columns":    {{Int64: []int64{1}}},
		"lengths":    {{Int64: []int64{1, 2}}, ok},
		"nulls":      {{Int64: []int64{1}, Valid: []bool{false}}, ok},
		"dictionary": {{Int64: []int64{1}}, {Codes: []int32{1}, Dictionary: []string{"x"}}},
		"negative":   {{Int64: []int64{1}}, {Codes: []int32{-1}, Dictionary: []string{"x"}}},
		"utf-8":      {{Int64: []int64{1}}, {Codes: []int32{0}, Dictionary: []string{"\xff"}}},
	} {
		w, err := NewWriter(io.Discard, columns, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.WriteRowGroup(d); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
		if err := w.WriteRowGroup([]Data{{Int64: []int64{1}}, ok}); err != nil {
			t.Errorf("%s: the writer is unusable afterwards: %v", name, err)
		}
	}
}

// failing lets n bytes pass.
type failing struct{ n int }

var errFull = errors.New("disk full")

func (f *failing) Write(b []byte) (int, error) {
	n := min(len(b), f.n)
	f.n -= n
	if n < len(b) {
		return n, errFull
	}
	return n, nil
}

func TestWriteErrorAtEveryByte(t *testing.T) {
	columns := []Column{{"i", Int64, false}, {"s", String, true}}
	data := []Data{{Int64: []int64{1, 2}}, {Codes: []int32{0, 0}, Dictionary: []string{"x"}, Valid: []bool{true, false}}}
	whole := len(write(t, columns, Options{}, data)) // with its metadata
	run := func(n int) error {
		w, err := NewWriter(&failing{n}, columns, Options{})
		if err != nil {
			return err
		}
		w.SetMetadata("b", "2")
		w.SetMetadata("a", "1")
		first := w.WriteRowGroup(data)
		second := w.Close()
		if first != nil && second == nil {
			t.Fatalf("%d bytes: Close forgot the error", n)
		}
		return second
	}
	for n := range whole {
		if err := run(n); !errors.Is(err, errFull) {
			t.Fatalf("%d of %d bytes: %v", n, whole, err)
		}
	}
	if err := run(whole); err != nil {
		t.Fatal(err)
	}
}
