package arrow18_test

import (
	"errors"
	"testing"

	v18 "github.com/apache/arrow-go/v18/arrow"
	v18array "github.com/apache/arrow-go/v18/arrow/array"
	v17 "github.com/apache/arrow/go/v17/arrow"
	v17array "github.com/apache/arrow/go/v17/arrow/array"
	v17memory "github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/columnar/arrow18"
)

// threeRecords makes a reader of records of 3, 2 and 1 rows.
func threeRecords(t failer, mem v17memory.Allocator) v17array.RecordReader {
	t.Helper()
	whole := manyColumns(t, mem)
	defer whole.Release()
	var parts []v17.Record
	for from := range whole.NumRows() {
		part := whole.NewSlice(from, whole.NumRows())
		defer part.Release()
		parts = append(parts, part)
	}
	reader, err := v17array.NewRecordReader(whole.Schema(), parts)
	if err != nil {
		t.Fatal(err)
	}
	return reader
}

// TestReadersStopEarly reads 0 to 4 records through a reader that wraps one
// that wraps one, keeps the last record beyond its readers, and finds its
// values right and, when it is released, all memory freed.
func TestReadersStopEarly(t *testing.T) {
	for reads := range 5 {
		mem, done := memory17(t)
		source := threeRecords(t, mem)
		middle, err := arrow18.ToReader(source)
		if err != nil {
			t.Fatal(err)
		}
		source.Release()
		last, err := arrow18.FromReader(middle)
		if err != nil {
			t.Fatal(err)
		}
		middle.Release()
		if !last.Schema().Equal(source.Schema()) {
			t.Errorf("schema %s, want %s", last.Schema(), source.Schema())
		}
		var kept v17.Record
		for i := range reads {
			if next := last.Next(); next != (i < 3) {
				t.Fatalf("read %d: Next is %v", i, next)
			}
			if i == 3 {
				break
			}
			if kept != nil {
				kept.Release()
			}
			kept = last.Record()
			kept.Retain()
		}
		if err := last.Err(); err != nil {
			t.Error(err)
		}
		last.Retain()
		last.Release()
		last.Release()
		if kept != nil {
			at := min(reads, 3) - 1
			whole := manyColumns(t, mem)
			want := whole.NewSlice(int64(at), 3)
			same17(t, kept, want)
			want.Release()
			whole.Release()
			kept.Release()
		}
		done()
	}
}

// TestReaderOfV18 reads all records by both names that v18 has for them.
func TestReaderOfV18(t *testing.T) {
	mem, done := memory17(t)
	source := threeRecords(t, mem)
	reader, err := arrow18.ToReader(source)
	if err != nil {
		t.Fatal(err)
	}
	rows := []int64{}
	for reader.Next() {
		if reader.Record() != reader.RecordBatch() {
			t.Error("Record and RecordBatch differ")
		}
		shared(t, source.Record().Column(1).Data(), reader.RecordBatch().Column(1).Data())
		rows = append(rows, reader.RecordBatch().NumRows())
	}
	if len(rows) != 3 || rows[0] != 3 || rows[1] != 2 || rows[2] != 1 {
		t.Errorf("rows %d, want 3, 2, 1", rows)
	}
	reader.Release()
	source.Release()
	done()
}

// failing is a reader whose records end in an error, or have a column that its
// schema does not speak of.
type failing struct {
	v18array.RecordReader
	left   int
	err    error
	record v18.RecordBatch
}

func (f *failing) Next() bool                   { f.left--; return f.left >= 0 }
func (f *failing) Err() error                   { return f.err }
func (f *failing) RecordBatch() v18.RecordBatch { return f.record }

func TestReaderErrors(t *testing.T) {
	mem, done := memory18(t)
	none, err := v18array.NewRecordReader(v18.NewSchema(nil, nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	good := v18array.NewRecordBatch(none.Schema(), nil, 5)
	bad := decimals(t, mem)
	broken := errors.New("disk is on fire")
	for _, c := range []struct {
		name    string
		source  *failing
		records int
		want    error
	}{
		{"the source fails", &failing{none, 2, broken, good}, 2, broken},
		{"a record cannot be wrapped", &failing{none, 2, nil, bad}, 0, arrow18.ErrType},
		{"both", &failing{none, 2, broken, bad}, 0, arrow18.ErrType},
		{"neither", &failing{none, 2, nil, good}, 2, nil},
	} {
		reader, err := arrow18.FromReader(c.source)
		if err != nil {
			t.Fatal(err)
		}
		records := 0
		for reader.Next() {
			records++
		}
		if records != c.records || !errors.Is(reader.Err(), c.want) || reader.Next() {
			t.Errorf("%s: %d records, error %v; want %d, %v", c.name, records, reader.Err(), c.records, c.want)
		}
		reader.Release()
	}
	bad.Release()
	good.Release()
	none.Release()
	done()
}
