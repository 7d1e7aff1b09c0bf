package arrow18_test

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	v18 "github.com/apache/arrow-go/v18/arrow"
	v18array "github.com/apache/arrow-go/v18/arrow/array"
	v18ipc "github.com/apache/arrow-go/v18/arrow/ipc"
	v18memory "github.com/apache/arrow-go/v18/arrow/memory"
	v17 "github.com/apache/arrow/go/v17/arrow"
	v17array "github.com/apache/arrow/go/v17/arrow/array"
	v17ipc "github.com/apache/arrow/go/v17/arrow/ipc"
	v17memory "github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/columnar/arrow18"
)

// TestMain has property tests try 1000 cases unless told otherwise.
func TestMain(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	if !given {
		if err := flag.Set("rapid.checks", "1000"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// scribbler is an allocator of both versions that overwrites what is freed, so
// that values which are read after that are wrong.
type scribbler struct{}

func (scribbler) Allocate(size int) []byte { return make([]byte, size) }

func (s scribbler) Reallocate(size int, b []byte) []byte {
	moved := make([]byte, size)
	copy(moved, b)
	s.Free(b)
	return moved
}

func (scribbler) Free(b []byte) {
	for i := range b {
		b[i] = 0xA5
	}
}

// failer is what a test and a property test have in common.
type failer interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

// memory17 and memory18 are allocators whose memory is all freed when done is
// called, or the test fails.
func memory17(t failer) (mem v17memory.Allocator, done func()) {
	checked := v17memory.NewCheckedAllocator(scribbler{})
	return checked, func() { t.Helper(); checked.AssertSize(t, 0) }
}

func memory18(t failer) (mem v18memory.Allocator, done func()) {
	checked := v18memory.NewCheckedAllocator(scribbler{})
	return checked, func() { t.Helper(); checked.AssertSize(t, 0) }
}

// record17 makes a record of one column from the values in JSON.
func record17(t failer, mem v17memory.Allocator, field v17.Field, values string) v17.Record {
	t.Helper()
	a, _, err := v17array.FromJSON(mem, field.Type, strings.NewReader(values))
	if err != nil {
		t.Fatalf("%s from %s: %v", field.Type, values, err)
	}
	defer a.Release()
	return v17array.NewRecord(v17.NewSchema([]v17.Field{field}, nil), []v17.Array{a}, int64(a.Len()))
}

// record18 is record17 for v18, of a field that v17 has too.
func record18(t failer, mem v18memory.Allocator, field v17.Field, values string) v18.RecordBatch {
	t.Helper()
	schema, err := arrow18.ToSchema(v17.NewSchema([]v17.Field{field}, nil))
	if err != nil {
		t.Fatal(err)
	}
	a, _, err := v18array.FromJSON(mem, schema.Field(0).Type, strings.NewReader(values))
	if err != nil {
		t.Fatalf("%s from %s: %v", field.Type, values, err)
	}
	defer a.Release()
	return v18array.NewRecordBatch(schema, []v18.Array{a}, int64(a.Len()))
}

// ipcTo18 takes a record to v18 by the stream format: bytes that one version
// writes and the other reads. v17 cannot write every empty slice.
func ipcTo18(t failer, r v17.Record) v18.RecordBatch {
	t.Helper()
	var b bytes.Buffer
	w := v17ipc.NewWriter(&b, v17ipc.WithSchema(r.Schema()))
	if err := w.Write(r); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	reader, err := v18ipc.NewReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Release()
	if !reader.Next() {
		t.Fatal("no record: ", reader.Err())
	}
	out := reader.RecordBatch()
	out.Retain()
	return out
}

// same18 fails where two records or their schemas differ.
func same18(t failer, got, want v18.RecordBatch) {
	t.Helper()
	if got.Schema().String() != want.Schema().String() {
		t.Fatalf("schema %s, want %s", got.Schema(), want.Schema())
	}
	if !got.Schema().Equal(want.Schema()) || !v18array.RecordEqual(got, want) {
		t.Fatalf("record %v, want %v", got, want)
	}
}

// same17 is same18 for v17.
func same17(t failer, got, want v17.Record) {
	t.Helper()
	if got.Schema().String() != want.Schema().String() {
		t.Fatalf("schema %s, want %s", got.Schema(), want.Schema())
	}
	if !got.Schema().Equal(want.Schema()) || !v17array.RecordEqual(got, want) {
		t.Fatalf("record %v, want %v", got, want)
	}
}

// shared fails unless the arrays are made of the same memory in the same way,
// down to children and dictionaries.
func shared(t failer, a v17.ArrayData, b v18.ArrayData) {
	t.Helper()
	if a.Len() != b.Len() || a.Offset() != b.Offset() || a.NullN() != b.NullN() {
		t.Errorf("%s: length, offset, nulls %d, %d, %d and %d, %d, %d", a.DataType(),
			a.Len(), a.Offset(), a.NullN(), b.Len(), b.Offset(), b.NullN())
	}
	if len(a.Buffers()) != len(b.Buffers()) || len(a.Children()) != len(b.Children()) {
		t.Fatalf("%s: %d and %d buffers, %d and %d children", a.DataType(),
			len(a.Buffers()), len(b.Buffers()), len(a.Children()), len(b.Children()))
	}
	for i, x := range a.Buffers() {
		y := b.Buffers()[i]
		if (x == nil) != (y == nil) {
			t.Fatalf("%s: buffer %d is there on one side only", a.DataType(), i)
		}
		if x == nil {
			continue
		}
		if x.Len() != y.Len() || x.Len() > 0 && &x.Bytes()[0] != &y.Bytes()[0] {
			t.Errorf("%s: buffer %d of %d bytes is a copy", a.DataType(), i, x.Len())
		}
	}
	for i, x := range a.Children() {
		shared(t, x, b.Children()[i])
	}
	x, _ := a.Dictionary().(*v17array.Data)
	y, _ := b.Dictionary().(*v18array.Data)
	if (x == nil) != (y == nil) {
		t.Fatalf("%s: a dictionary on one side only", a.DataType())
	}
	if x != nil {
		shared(t, x, y)
	}
}
