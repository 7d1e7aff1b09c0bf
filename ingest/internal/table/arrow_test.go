package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/decimal256"
	"github.com/apache/arrow/go/v17/arrow/float16"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/internal/proptest"
)

// arrowCase is a type of Arrow: value i, and what it is as text.
type arrowCase struct {
	kind arrow.DataType
	add  func(b array.Builder, i int)
	want func(i int) string
}

func arrowCases() []arrowCase {
	at := func(i int) time.Time {
		return time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC).Add(time.Duration(i) * time.Hour)
	}
	text := func(i int) string { return fmt.Sprintf("asset-%d", i%40) }
	wide := func(i int) *big.Int {
		return new(big.Int).Mul(new(big.Int).Exp(big.NewInt(10), big.NewInt(24), nil), big.NewInt(int64(i-20)))
	}
	cases := []arrowCase{
		{arrow.FixedWidthTypes.Boolean, func(b array.Builder, i int) { b.(*array.BooleanBuilder).Append(i%3 == 0) }, func(i int) string { return fmt.Sprint(i%3 == 0) }},
		{arrow.PrimitiveTypes.Int8, func(b array.Builder, i int) { b.(*array.Int8Builder).Append(int8(i)) }, func(i int) string { return fmt.Sprint(int8(i)) }},
		{arrow.PrimitiveTypes.Int16, func(b array.Builder, i int) { b.(*array.Int16Builder).Append(int16(-i)) }, func(i int) string { return fmt.Sprint(-i) }},
		{arrow.PrimitiveTypes.Int32, func(b array.Builder, i int) { b.(*array.Int32Builder).Append(int32(-i)) }, func(i int) string { return fmt.Sprint(-i) }},
		{arrow.PrimitiveTypes.Int64, func(b array.Builder, i int) { b.(*array.Int64Builder).Append(int64(i) << 40) }, func(i int) string { return fmt.Sprint(int64(i) << 40) }},
		{arrow.PrimitiveTypes.Uint8, func(b array.Builder, i int) { b.(*array.Uint8Builder).Append(uint8(i)) }, func(i int) string { return fmt.Sprint(uint8(i)) }},
		{arrow.PrimitiveTypes.Uint16, func(b array.Builder, i int) { b.(*array.Uint16Builder).Append(uint16(i)) }, func(i int) string { return fmt.Sprint(i) }},
		{arrow.PrimitiveTypes.Uint32, func(b array.Builder, i int) { b.(*array.Uint32Builder).Append(math.MaxUint32 - uint32(i)) }, func(i int) string { return fmt.Sprint(math.MaxUint32 - uint32(i)) }},
		{arrow.PrimitiveTypes.Uint64, func(b array.Builder, i int) { b.(*array.Uint64Builder).Append(math.MaxUint64 - uint64(i)) }, func(i int) string { return fmt.Sprint(math.MaxUint64 - uint64(i)) }},
		{arrow.FixedWidthTypes.Float16, func(b array.Builder, i int) { b.(*array.Float16Builder).Append(float16.New(float32(i) / 4)) }, func(i int) string { return fmt.Sprint(float64(i) / 4) }},
		{arrow.PrimitiveTypes.Float32, func(b array.Builder, i int) { b.(*array.Float32Builder).Append(float32(i) / 10) }, func(i int) string { return fmt.Sprint(float32(i) / 10) }},
		{arrow.PrimitiveTypes.Float64, func(b array.Builder, i int) { b.(*array.Float64Builder).Append(float64(i) / 10) }, func(i int) string { return fmt.Sprint(float64(i) / 10) }},
		{arrow.BinaryTypes.String, func(b array.Builder, i int) { b.(*array.StringBuilder).Append(text(i)) }, text},
		{arrow.BinaryTypes.LargeString, func(b array.Builder, i int) { b.(*array.LargeStringBuilder).Append(text(i)) }, text},
		{arrow.BinaryTypes.StringView, func(b array.Builder, i int) { b.(*array.StringViewBuilder).Append(text(i) + " and more than twelve") },
			func(i int) string { return text(i) + " and more than twelve" }},
		{arrow.BinaryTypes.Binary, func(b array.Builder, i int) { b.(*array.BinaryBuilder).Append([]byte(text(i))) }, text},
		{arrow.PrimitiveTypes.Date32, func(b array.Builder, i int) { b.(*array.Date32Builder).Append(arrow.Date32FromTime(at(24 * i))) }, func(i int) string { return at(24 * i).Format(time.DateOnly) }},
		{arrow.PrimitiveTypes.Date64, func(b array.Builder, i int) { b.(*array.Date64Builder).Append(arrow.Date64FromTime(at(24 * i))) }, func(i int) string { return at(24 * i).Format(time.DateOnly) }},
		{arrow.FixedWidthTypes.Time32s, func(b array.Builder, i int) { b.(*array.Time32Builder).Append(arrow.Time32(i)) }, func(i int) string { return time.Unix(int64(i), 0).UTC().Format(time.TimeOnly) }},
		{arrow.FixedWidthTypes.Time64us, func(b array.Builder, i int) { b.(*array.Time64Builder).Append(arrow.Time64(i) * 1_000_001) },
			func(i int) string { return time.UnixMicro(int64(i) * 1_000_001).UTC().Format("15:04:05.999999") }},
		{&arrow.Decimal128Type{Precision: 38, Scale: 2}, func(b array.Builder, i int) { b.(*array.Decimal128Builder).Append(decimal128.FromI64(int64(i - 20))) }, func(i int) string { return cents(int64(i - 20)) }},
		{&arrow.Decimal128Type{Precision: 38}, func(b array.Builder, i int) { b.(*array.Decimal128Builder).Append(decimal128.FromBigInt(wide(i))) }, func(i int) string { return wide(i).String() }},
		{&arrow.Decimal256Type{Precision: 60}, func(b array.Builder, i int) { b.(*array.Decimal256Builder).Append(decimal256.FromBigInt(wide(i))) }, func(i int) string { return wide(i).String() }},
		{&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String},
			func(b array.Builder, i int) { _ = b.(*array.BinaryDictionaryBuilder).AppendString(text(i)) }, text},
	}
	for _, unit := range []arrow.TimeUnit{arrow.Second, arrow.Millisecond, arrow.Microsecond, arrow.Nanosecond} {
		for zone, mark := range map[string]string{"": "", "UTC": "Z", "America/New_York": "Z"} {
			cases = append(cases, arrowCase{&arrow.TimestampType{Unit: unit, TimeZone: zone}, func(b array.Builder, i int) {
				b.(*array.TimestampBuilder).Append(arrow.Timestamp(at(i).UnixNano() / int64(unit.Multiplier())))
			}, func(i int) string { return at(i).Format("2006-01-02T15:04:05") + mark }})
		}
	}
	return cases
}

// recordOf has a column a case; where nulls is set every fifth value is none.
func recordOf(mem memory.Allocator, cases []arrowCase, rows int, nulls bool) arrow.Record {
	var fields []arrow.Field
	for i, c := range cases {
		fields = append(fields, arrow.Field{Name: fmt.Sprint(i), Type: c.kind, Nullable: true})
	}
	b := array.NewRecordBuilder(mem, arrow.NewSchema(fields, nil))
	defer b.Release()
	for k, c := range cases {
		for i := range rows {
			if nulls && i%5 == 0 {
				b.Field(k).AppendNull()
				continue
			}
			c.add(b.Field(k), i)
		}
	}
	return b.NewRecord()
}

// seekable is a buffer that tells where it is written to.
type seekable struct{ bytes.Buffer }

// Seek implements io.Seeker as far as writers of files need it.
func (s *seekable) Seek(int64, int) (int64, error) { return int64(s.Len()), nil }

// streamOf writes records in one of the two formats.
func streamOf(t testing.TB, file bool, recs []arrow.Record, options ...ipc.Option) []byte {
	t.Helper()
	var b seekable
	options = append(options, ipc.WithSchema(recs[0].Schema()))
	var w interface {
		Write(arrow.Record) error
		Close() error
	}
	w = ipc.NewWriter(&b, options...)
	if file {
		var err error
		if w, err = ipc.NewFileWriter(&b, options...); err != nil {
			t.Fatal(err)
		}
	}
	for _, rec := range recs {
		if err := w.Write(rec); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// arrowTexts reads all columns of a file as texts.
func arrowTexts(b []byte, mem memory.Allocator) (columns [][]string, err error) {
	s, err := NewStream(bytes.NewReader(b), int64(len(b)), StreamOptions{Allocator: mem})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	columns = make([][]string, len(s.Columns()))
	for {
		rec, err := s.Next()
		if errors.Is(err, io.EOF) {
			return columns, nil
		}
		if err != nil {
			return nil, err
		}
		err = recordTexts(rec, s.Columns(), columns)
		rec.Release()
		if err != nil {
			return nil, err
		}
	}
}

func recordTexts(rec arrow.Record, of []Column, columns [][]string) error {
	var read []int
	for i, c := range of {
		if c.Kind != Other {
			read = append(read, i)
		}
	}
	r := NewRecord(rec, read)
	vectors := make([]Vector, len(read))
	for left := int(rec.NumRows()); left > 0; left -= 7 {
		n := min(7, left)
		if err := r.Next(vectors, n); err != nil {
			return err
		}
		for k, i := range read {
			for row := range n {
				columns[i] = append(columns[i], string(of[i].Append(nil, &vectors[k], row)))
			}
		}
	}
	return nil
}

// TestArrowKinds: every type of both formats, packed and not, is read as what
// was written, and all memory comes back.
func TestArrowKinds(t *testing.T) {
	cases := arrowCases()
	for _, nulls := range []bool{false, true} {
		for name, options := range map[string][]ipc.Option{"plain": nil, "lz4": {ipc.WithLZ4()}, "zstd": {ipc.WithZstd()}} {
			for _, file := range []bool{false, true} {
				t.Run(fmt.Sprintf("nulls=%v/%s/file=%v", nulls, name, file), func(t *testing.T) {
					mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
					defer mem.AssertSize(t, 0)
					// The writer of files leaks dictionaries.
					first, second := recordOf(memory.NewGoAllocator(), cases, 40, nulls), recordOf(memory.NewGoAllocator(), cases, 33, nulls)
					defer first.Release()
					defer second.Release()
					recs := []arrow.Record{first, second}
					if file { // whose dictionaries may not change
						recs = []arrow.Record{first, first.NewSlice(0, 33)}
						defer recs[1].Release()
					}
					got, err := arrowTexts(streamOf(t, file, recs, options...), mem)
					if err != nil {
						t.Fatal(err)
					}
					for k, c := range cases {
						c.check(t, got[k], nulls)
					}
				})
			}
		}
	}
}

func (c *arrowCase) check(t *testing.T, got []string, nulls bool) {
	t.Helper()
	if len(got) != 73 {
		t.Fatalf("%s: %d rows", c.kind, len(got))
	}
	for row, text := range got {
		i := row
		if row >= 40 {
			i = row - 40
		}
		want := c.want(i)
		if nulls && i%5 == 0 {
			want = ""
		}
		if text != want {
			t.Errorf("%s: row %d: %q, want %q", c.kind, row, text, want)
			return
		}
	}
}

// smallStreams are a file of each format and codec.
func smallStreams(t testing.TB) map[string][]byte {
	cases := arrowCases()
	rec := recordOf(memory.NewGoAllocator(), cases, 11, true)
	defer rec.Release()
	files := make(map[string][]byte)
	for _, file := range []bool{false, true} {
		files[fmt.Sprintf("plain file=%v", file)] = streamOf(t, file, []arrow.Record{rec})
		files[fmt.Sprintf("lz4 file=%v", file)] = streamOf(t, file, []arrow.Record{rec}, ipc.WithLZ4())
		files[fmt.Sprintf("zstd file=%v", file)] = streamOf(t, file, []arrow.Record{rec}, ipc.WithZstd())
	}
	return files
}

func readArrow(b []byte) error {
	_, err := arrowTexts(b, memory.NewGoAllocator())
	return err
}

// TestTruncatedArrow: a file that lost its end is damaged, wherever it was cut.
func TestTruncatedArrow(t *testing.T) {
	for name, b := range smallStreams(t) {
		if err := readArrow(b); err != nil {
			t.Fatal(err)
		}
		for n := 0; n < len(b); n += 17 {
			if err := refusal(t, name, b[:n], readArrow); err == nil {
				t.Fatalf("%s: %d of %d bytes are read", name, n, len(b))
			}
		}
	}
}

// TestFlippedArrow: reading ends, whatever bit has changed.
func TestFlippedArrow(t *testing.T) {
	step := 37
	if proptest.Race {
		step = 401
	}
	for name, b := range smallStreams(t) {
		for bit := 0; bit < len(b)*8; bit += step {
			b[bit/8] ^= 1 << (bit % 8)
			_ = refusal(t, name, b, readArrow) // an error, or other values
			b[bit/8] ^= 1 << (bit % 8)
		}
	}
}

func FuzzArrow(f *testing.F) {
	for _, b := range smallStreams(f) {
		f.Add(b)
	}
	for _, file := range []bool{false, true} {
		f.Add(nestedStream(f, file))
	}
	for _, change := range lyingSchemas() {
		f.Add(schemaOf(f, change))
	}
	f.Fuzz(func(t *testing.T, b []byte) { checkRefusal(t, readArrow(b)) })
}
