package parquet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/parquet-go/parquet-go"
	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/columnar"
)

// every has a column of each type, required and nullable.
var every = []Column{
	{"s", String, false}, {"t", Timestamp, false}, {"i", Int64, false}, {"f", Float64, false},
	{"sn", String, true}, {"tn", Timestamp, true}, {"in", Int64, true}, {"fn", Float64, true},
}

// write returns a file of these row groups.
func write(t testing.TB, columns []Column, options Options, groups ...[]Data) []byte {
	t.Helper()
	var buf bytes.Buffer
	w, err := NewWriter(&buf, columns, options)
	if err != nil {
		t.Fatal(err)
	}
	w.SetMetadata("b", "2")
	w.SetMetadata("a", "1")
	for _, g := range groups {
		if err := w.WriteRowGroup(g); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if w.Offset() != int64(buf.Len()) {
		t.Fatalf("offset %d of %d bytes", w.Offset(), buf.Len())
	}
	return buf.Bytes()
}

func save(t testing.TB, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.parquet")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// noLeaks fails the test if it ends with something mapped or allocated.
func noLeaks(t testing.TB) *memory.CheckedAllocator {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	before := columnar.OpenMappings()
	t.Cleanup(func() {
		if n := columnar.OpenMappings(); n != before {
			t.Errorf("%d mappings left", n-before)
		}
		if n := mem.CurrentAlloc(); n != 0 {
			t.Errorf("%d bytes left", n)
		}
	})
	return mem
}

// group draws a row group for the columns of every.
func group(t *rapid.T) []Data {
	n := rapid.SampledFrom([]int{0, 1, 2, 7, 8, 9, 31, 64, 65, 1023, 1025}).Draw(t, "rows")
	seed := rapid.Uint64().Draw(t, "seed")
	next := func() uint64 { // xorshift: rapid is too slow for each value
		seed ^= seed<<13 | 1
		seed ^= seed >> 7
		seed ^= seed << 17
		return seed
	}
	special := []float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), 1.5, math.MaxFloat64, 5e-324}
	words := rapid.SliceOfN(rapid.String(), 1, 20).Draw(t, "words")
	out := make([]Data, len(every))
	for i, c := range every {
		d := &out[i]
		for range n {
			switch c.Type {
			case Float64:
				if v := next(); v%3 == 0 {
					d.Float64 = append(d.Float64, special[v/3%8])
				} else {
					d.Float64 = append(d.Float64, math.Float64frombits(v))
				}
			case String:
				d.Codes = append(d.Codes, int32(next()%uint64(len(words))))
			default:
				d.Int64 = append(d.Int64, int64(next()))
			}
			if c.Nullable {
				d.Valid = append(d.Valid, next()%4 != 0)
			}
		}
		if c.Type == String {
			d.Dictionary = words
		}
	}
	return out
}

// same compares an array with the Data it was written from, by bits.
func same(a arrow.Array, c Column, d *Data, from int) error {
	for i := range a.Len() {
		at := from + i
		if valid := d.Valid == nil || d.Valid[at]; a.IsValid(i) != valid {
			return fmt.Errorf("column %q row %d: valid %v, want %v", c.Name, at, a.IsValid(i), valid)
		} else if !valid {
			continue
		}
		var ok bool
		switch a := a.(type) {
		case *array.Int64:
			ok = a.Value(i) == d.Int64[at]
		case *array.Timestamp:
			ok = int64(a.Value(i)) == d.Int64[at]
		case *array.Float64:
			ok = math.Float64bits(a.Value(i)) == math.Float64bits(d.Float64[at])
		case *array.String:
			ok = a.Value(i) == d.Dictionary[d.Codes[at]]
		}
		if !ok {
			return fmt.Errorf("column %q row %d: %s", c.Name, at, a.ValueStr(i))
		}
	}
	return nil
}

func TestRoundTrip(t *testing.T) {
	mem := noLeaks(t)
	path := filepath.Join(t.TempDir(), "x.parquet")
	rapid.Check(t, func(rt *rapid.T) {
		groups := [][]Data{group(rt), group(rt)}
		options := Options{Codec: rapid.SampledFrom([]Codec{None, Zstd, Snappy}).Draw(rt, "codec"), CreatedBy: "test", SortedBy: []string{"s", "t"}}
		b := write(t, every, options, groups...)
		options.Workers = rapid.SampledFrom([]int{1, 2, 3, 20}).Draw(rt, "workers")
		if !bytes.Equal(b, write(t, every, options, groups...)) {
			rt.Fatal("other workers write other bytes")
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			rt.Fatal(err)
		}
		f, err := Open(path, OpenOptions{Allocator: mem, Heap: rapid.Bool().Draw(rt, "heap"), Piecewise: rapid.Bool().Draw(rt, "piecewise")})
		if err != nil {
			rt.Fatal(err)
		}
		defer f.Close()
		if m := f.Metadata(); m["a"] != "1" || m["b"] != "2" || f.CreatedBy() != "test" {
			rt.Fatalf("metadata %v by %q", m, f.CreatedBy())
		}
		at := 0
		for _, g := range groups {
			if len(g[0].Codes) == 0 {
				continue
			}
			rec, err := f.Record(at)
			if err != nil {
				rt.Fatal(err)
			}
			for c := range every {
				if err := same(rec.Column(c), every[c], &g[c], 0); err != nil {
					rt.Fatal(err)
				}
			}
			rec.Release()
			at++
		}
		if f.NumRowGroups() != at {
			rt.Fatalf("%d row groups, want %d", f.NumRowGroups(), at)
		}
		readByParquetGo(rt, b, groups)
	})
}

// readByParquetGo is the independent reader: every value through parquet-go's
// row interface.
func readByParquetGo(t *rapid.T, b []byte, groups [][]Data) {
	f, err := parquet.OpenFile(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	r := parquet.NewReader(f)
	defer r.Close()
	rows := make([]parquet.Row, 1)
	for _, g := range groups {
		for i := range g[0].Codes {
			if n, err := r.ReadRows(rows); n != 1 {
				t.Fatalf("row %d: %v", i, err)
			}
			for c := range every {
				if err := sameValue(rows[0][c], every[c], &g[c], i); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if n, err := r.ReadRows(rows); n != 0 || !errors.Is(err, io.EOF) {
		t.Fatalf("%d rows too many, %v", n, err)
	}
}

func sameValue(v parquet.Value, c Column, d *Data, i int) error {
	ok := v.IsNull() == (d.Valid != nil && !d.Valid[i])
	if ok && !v.IsNull() {
		switch c.Type {
		case Float64:
			ok = math.Float64bits(v.Double()) == math.Float64bits(d.Float64[i])
		case String:
			ok = string(v.ByteArray()) == d.Dictionary[d.Codes[i]]
		default:
			ok = v.Int64() == d.Int64[i]
		}
	}
	if !ok {
		return fmt.Errorf("parquet-go: column %q row %d: %v", c.Name, i, v)
	}
	return nil
}
