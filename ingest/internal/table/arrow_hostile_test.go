package table

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"testing"

	"github.com/bowstring-engine/bowstring/internal/proptest"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// nestedStream has a column of numbers behind columns of every nested type.
func nestedStream(t testing.TB, file bool, options ...ipc.Option) []byte {
	t.Helper()
	whole, words := arrow.PrimitiveTypes.Int64, &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "list", Type: arrow.ListOf(whole)},
		{Name: "large list", Type: arrow.LargeListOf(arrow.BinaryTypes.StringView)},
		{Name: "view", Type: arrow.ListViewOf(whole)},
		{Name: "fixed list", Type: arrow.FixedSizeListOf(2, whole)},
		{Name: "map", Type: arrow.MapOf(arrow.BinaryTypes.String, whole)},
		{Name: "struct", Type: arrow.StructOf(arrow.Field{Name: "a", Type: whole}, arrow.Field{Name: "b", Type: arrow.ListOf(words)})},
		{Name: "fixed", Type: &arrow.FixedSizeBinaryType{ByteWidth: 3}},
		{Name: "null", Type: arrow.Null},
		{Name: "x", Type: whole, Metadata: arrow.NewMetadata([]string{"k"}, []string{"v"})},
	}, nil)
	b := array.NewRecordBuilder(memory.NewGoAllocator(), schema)
	defer b.Release()
	for i := range 9 {
		for k := range schema.NumFields() {
			b.Field(k).AppendEmptyValue()
			if _, isNull := b.Field(k).(*array.NullBuilder); !isNull && i%3 == 1 {
				b.Field(k).AppendNull()
			}
		}
		if i%3 == 1 {
			b.Field(7).AppendNull()
		}
	}
	rec := b.NewRecord()
	defer rec.Release()
	return streamOf(t, file, []arrow.Record{rec}, options...)
}

// TestNestedArrow: what is not read does not keep its neighbours from being read.
func TestNestedArrow(t *testing.T) {
	for _, file := range []bool{false, true} {
		for name, options := range map[string][]ipc.Option{"plain": nil, "lz4": {ipc.WithLZ4()}} {
			columns, err := arrowTexts(nestedStream(t, file, options...), memory.NewGoAllocator())
			if err != nil {
				t.Fatalf("%s, file=%v: %v", name, file, err)
			}
			// 0 nine times, and null behind three of them.
			if got := fmt.Sprint(columns[8]); got != "[0 0  0 0 0  0 0 0  0]" {
				t.Errorf("%s, file=%v: %s", name, file, got)
			}
		}
	}
}

// metadata calls f with where what describes the messages of a stream stands.
func metadata(b []byte, f func(from, to int)) {
	for at := 0; at+8 <= len(b); {
		n := int(binary.LittleEndian.Uint32(b[at+4:]))
		if n == 0 {
			return
		}
		at += 8
		f(at, at+n)
		m := flat{b: b[at : at+n]}
		at += n + int(m.number(m.u32(0), messageBodyLength))
	}
}

// TestChangedMetadata: whatever a byte of a vtable, an offset, a length or a
// count is changed to, the stream is read or refused, in little memory.
func TestChangedMetadata(t *testing.T) {
	step := 5
	if proptest.Race {
		step = 47
	}
	for _, b := range [][]byte{nestedStream(t, false), smallStreams(t)["zstd file=false"]} {
		metadata(b, func(from, to int) {
			for at := from; at < to; at += step {
				old := b[at]
				for _, x := range []byte{0, 1, 0x7f, 0x80, 0xff, old + 1, old - 1} {
					b[at] = x
					_ = refusal(t, fmt.Sprintf("byte %d is %d", at, x), b, readArrow)
				}
				b[at] = old
			}
		})
	}
}

// schemaOf is a stream of one schema message, whose bytes change can change: the
// position of the table of the schema is handed to it.
func schemaOf(t testing.TB, change func(meta []byte, schema int)) []byte {
	t.Helper()
	b := nestedStream(t, false)
	first := true
	metadata(b, func(from, to int) {
		if first {
			f := flat{b: b[from:to]}
			change(b[from:to], f.table(f.u32(0), messageHeader))
		}
		first = false
	})
	return b
}

// lyingSchemas change vtables and vectors, so that they lead elsewhere than a
// reader that trusts them thinks.
func lyingSchemas() map[string]func(meta []byte, schema int) {
	le := binary.LittleEndian
	vtable := func(b []byte, table int) int { return table - int(int32(le.Uint32(b[table:]))) }
	vector := func(b []byte, schema int) int {
		f := flat{b: b}
		first, _ := f.vector(schema, schemaFields, 4)
		return first - 4
	}
	return map[string]func(b []byte, schema int){
		// A field is there for one reader and not for the other.
		"a vtable of an odd length":      func(b []byte, s int) { b[vtable(b, s)]-- },
		"a vtable of no length":          func(b []byte, s int) { le.PutUint16(b[vtable(b, s):], 0) },
		"a vtable longer than all":       func(b []byte, s int) { le.PutUint16(b[vtable(b, s):], 0xfffe) },
		"a table longer than all":        func(b []byte, s int) { le.PutUint16(b[vtable(b, s)+2:], 0xffff) },
		"a table shorter than its parts": func(b []byte, s int) { le.PutUint16(b[vtable(b, s)+2:], 5) },
		"a vtable before the message":    func(b []byte, s int) { le.PutUint32(b[s:], 1<<30) },
		"a vtable behind the message":    func(b []byte, s int) { le.PutUint32(b[s:], 0x80000000) },
		"four thousand million fields":   func(b []byte, s int) { le.PutUint32(b[vector(b, s):], 0xffffffff) },
		"as many fields as bytes":        func(b []byte, s int) { le.PutUint32(b[vector(b, s):], uint32(len(b))) },
		"a field that is the schema": func(b []byte, s int) {
			at := vector(b, s) + 4
			le.PutUint32(b[at:], uint32(s-at)) // backwards
		},
		"all fields are one": func(b []byte, s int) {
			at := vector(b, s)
			last := at + 4*int(le.Uint32(b[at:]))
			to := last + int(le.Uint32(b[last:]))
			for k := at + 4; k <= last; k += 4 {
				le.PutUint32(b[k:], uint32(to-k))
			}
		},
	}
}

// TestLyingSchemas: none is read.
func TestLyingSchemas(t *testing.T) {
	for name, change := range lyingSchemas() {
		err := refusal(t, name, schemaOf(t, change), readArrow)
		if !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLyingBatches: nodes, buffers and rows that the body does not have.
func TestLyingBatches(t *testing.T) {
	le := binary.LittleEndian
	rec := recordOf(memory.NewGoAllocator(), arrowCases()[:8], 40, true)
	defer rec.Release()
	for name, change := range map[string]func(f *flat, batch int){
		"":                   func(*flat, int) {},
		"rows":               func(f *flat, t int) { le.PutUint64(f.b[f.field(t, batchLength, 8):], 1<<40) },
		"negative rows":      func(f *flat, t int) { le.PutUint64(f.b[f.field(t, batchLength, 8):], 1<<63) },
		"nodes":              func(f *flat, t int) { le.PutUint32(f.b[f.table(t, batchNodes):], 3) },
		"no buffers":         func(f *flat, t int) { le.PutUint32(f.b[f.table(t, batchBuffers):], 0) },
		"many buffers":       func(f *flat, t int) { le.PutUint32(f.b[f.table(t, batchBuffers):], 1<<31) },
		"a long node":        func(f *flat, t int) { le.PutUint64(f.b[f.table(t, batchNodes)+4:], 1<<62) },
		"a long buffer":      func(f *flat, t int) { le.PutUint64(f.b[f.table(t, batchBuffers)+12:], 1<<40) },
		"a buffer elsewhere": func(f *flat, t int) { le.PutUint64(f.b[f.table(t, batchBuffers)+4:], 1<<40) },
		"every buffer is the whole body": func(f *flat, t int) {
			at, n := f.vector(t, batchBuffers, 16)
			body := f.number(f.u32(0), messageBodyLength)
			for i := range n {
				le.PutUint64(f.b[at+16*i:], 0)
				le.PutUint64(f.b[at+16*i+8:], uint64(body))
			}
		},
	} {
		b := streamOf(t, false, []arrow.Record{rec})
		metadata(b, func(from, to int) {
			f := &flat{b: b[from:to]}
			if f.small(f.u32(0), messageHeaderType) == headerBatch {
				change(f, f.table(f.u32(0), messageHeader))
			}
		})
		if err := refusal(t, name, b, readArrow); (err == nil) != (name == "") || err != nil && !errors.Is(err, ErrDamaged) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// TestGrowingDictionaries: a stream whose dictionary grows in many small steps
// would have all of it copied at each.
func TestGrowingDictionaries(t *testing.T) {
	m := &messages{used: 1 << 20}
	if err := m.joins(false, 1<<19); err != nil {
		t.Fatal(err)
	}
	steps := 0
	for ; steps < 10_000; steps++ {
		if err := m.joins(true, 1); err != nil {
			break
		}
	}
	// Half a MiB a step, up to 200 times the MiB that has been read.
	if steps < 350 || steps > 450 {
		t.Errorf("refused after %d steps", steps)
	}
}

// TestCopiedTexts: a text that many keys lead to is not copied without end.
func TestCopiedTexts(t *testing.T) {
	text := bytes.Repeat([]byte("x"), 1<<20)
	var keys, values []string
	for range 4 {
		keys, values = append(keys, "k"), append(values, string(text))
	}
	meta := arrow.NewMetadata(keys, values)
	schema := arrow.NewSchema([]arrow.Field{{Name: "x", Type: arrow.PrimitiveTypes.Int64}}, &meta)
	rec := array.NewRecord(schema, []arrow.Array{array.MakeArrayOfNull(memory.NewGoAllocator(), arrow.PrimitiveTypes.Int64, 1)}, 1)
	defer rec.Release()
	b := streamOf(t, false, []arrow.Record{rec})
	if err := readArrow(b); err != nil {
		t.Fatal(err)
	}
	f := flat{b: bytes.Clone(b[8:])}
	table := f.table(f.u32(0), messageHeader)
	for range 5 { // the same pairs again
		f.pairs(table, schemaMetadata)
	}
	if !f.bad {
		t.Error("texts of twenty MiB in a message of four are copied")
	}
}
