package arrow18_test

import (
	"fmt"
	"strings"
	"testing"

	v18 "github.com/apache/arrow-go/v18/arrow"
	v18memory "github.com/apache/arrow-go/v18/arrow/memory"
	v17 "github.com/apache/arrow/go/v17/arrow"
	v17array "github.com/apache/arrow/go/v17/arrow/array"
	v17memory "github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/columnar/arrow18"
)

// cuts are the parts of n rows that are tried: from and to.
func cuts(n int64) [][2]int64 {
	return [][2]int64{{2, 2}, {n, n}, {1, n}, {0, n - 1}, {2, n - 1}, {3, 4}, {0, n}}
}

// there takes a record to v18, where it must be want, and back, and releases
// what it made of it, the record of v18 first if so told.
func there(t failer, r v17.Record, want v18.RecordBatch, wrapperFirst bool) {
	t.Helper()
	got, err := arrow18.ToRecord(r)
	if err != nil {
		t.Fatal(err)
	}
	for i := range int(r.NumCols()) {
		shared(t, r.Column(i).Data(), got.Column(i).Data())
	}
	same18(t, got, want)
	back, err := arrow18.FromRecord(got)
	if err != nil {
		t.Fatal(err)
	}
	for i := range int(r.NumCols()) {
		shared(t, back.Column(i).Data(), got.Column(i).Data())
	}
	same17(t, back, r)
	if wrapperFirst {
		got.Release()
		same17(t, back, r)
		back.Release()
		return
	}
	back.Release()
	same18(t, got, want)
	got.Release()
}

// TestEveryTypeToV18AndBack holds wrapped slices to slices, by v18, of what v18
// reads from the same JSON.
func TestEveryTypeToV18AndBack(t *testing.T) {
	for _, c := range everyType() {
		t.Run(c.t.String(), func(t *testing.T) {
			mem, done := memory17(t)
			field := v17.Field{Name: "x", Type: c.t, Nullable: true}
			whole := record17(t, mem, field, c.values)
			wanted := record18(t, v18memory.DefaultAllocator, field, c.values)
			for i, cut := range cuts(whole.NumRows()) {
				part, want := whole.NewSlice(cut[0], cut[1]), wanted.NewSlice(cut[0], cut[1])
				there(t, part, want, i%2 == 0)
				half := part.NumRows() / 2
				again := part.NewSlice(half, part.NumRows())
				there(t, again, want.NewSlice(half, want.NumRows()), i%2 == 1)
				again.Release()
				part.Release()
			}
			whole.Release()
			empty := record17(t, mem, field, `[]`)
			there(t, empty, record18(t, v18memory.DefaultAllocator, field, `[]`), true)
			empty.Release()
			done()
		})
	}
}

// TestEveryTypeByStream holds wrapped records to what v18 reads of the bytes
// that v17 writes.
func TestEveryTypeByStream(t *testing.T) {
	for _, c := range everyType() {
		t.Run(c.t.String(), func(t *testing.T) {
			r := record17(t, v17memory.DefaultAllocator, v17.Field{Name: "x", Type: c.t, Nullable: true}, c.values)
			there(t, r, ipcTo18(t, r), true)
		})
	}
}

// TestEveryTypeFromV18 begins with memory of v18 and lets the record that owns
// it go first.
func TestEveryTypeFromV18(t *testing.T) {
	for _, c := range everyType() {
		t.Run(c.t.String(), func(t *testing.T) {
			mem, done := memory18(t)
			field := v17.Field{Name: "x", Type: c.t, Nullable: true}
			whole := record18(t, mem, field, c.values)
			wanted := record17(t, v17memory.DefaultAllocator, field, c.values)
			for _, cut := range cuts(whole.NumRows()) {
				part := whole.NewSlice(cut[0], cut[1])
				got, err := arrow18.FromRecord(part)
				if err != nil {
					t.Fatal(err)
				}
				shared(t, got.Column(0).Data(), part.Column(0).Data())
				part.Release()
				if cut == [2]int64{0, wanted.NumRows()} {
					whole.Release() // the last cut
				}
				same17(t, got, wanted.NewSlice(cut[0], cut[1]))
				got.Release()
			}
			done()
		})
	}
}

// TestReleasedInAnyOrder holds memory by a record and three others made of it,
// there, back, and there again, and releases the four in every order. The
// allocator overwrites what is freed, so what is left must still be right.
func TestReleasedInAnyOrder(t *testing.T) {
	for _, order := range permutations(4) {
		t.Run(fmt.Sprint(order), func(t *testing.T) {
			mem, done := memory17(t)
			r := manyColumns(t, mem)
			copied := ipcTo18(t, r)
			defer copied.Release()
			first, err := arrow18.ToRecord(r)
			if err != nil {
				t.Fatal(err)
			}
			back, err := arrow18.FromRecord(first)
			if err != nil {
				t.Fatal(err)
			}
			second, err := arrow18.ToRecord(back)
			if err != nil {
				t.Fatal(err)
			}
			check := []func(){
				func() { same18(t, ipcTo18(t, r), copied) },
				func() { same18(t, first, copied) },
				func() { same18(t, ipcTo18(t, back), copied) },
				func() { same18(t, second, copied) },
			}
			release := []func(){r.Release, first.Release, back.Release, second.Release}
			for i, at := range order {
				for _, left := range order[i:] {
					check[left]()
				}
				release[at]()
			}
			done()
		})
	}
}

// manyColumns makes a record of columns of several kinds of layout.
func manyColumns(t failer, mem v17memory.Allocator) v17.Record {
	t.Helper()
	dictionary := &v17.DictionaryType{IndexType: v17.PrimitiveTypes.Int8, ValueType: v17.BinaryTypes.String}
	schema := v17.NewSchema([]v17.Field{
		{Name: "time", Type: v17.FixedWidthTypes.Timestamp_ns},
		{Name: "close", Type: v17.PrimitiveTypes.Float64, Nullable: true},
		{Name: "asset", Type: dictionary},
		{Name: "tags", Type: v17.ListOf(v17.BinaryTypes.StringView), Nullable: true},
	}, nil)
	r, _, err := v17array.RecordFromJSON(mem, schema, strings.NewReader(`[
		{"time": 1, "close": 100.5, "asset": "A", "tags": ["a tag of more than twelve bytes"]},
		{"time": 2, "close": null, "asset": "B", "tags": null},
		{"time": 3, "close": -0.25, "asset": "A", "tags": ["x", null]}]`))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// permutations returns all orders of 0 to n-1.
func permutations(n int) [][]int {
	if n == 0 {
		return [][]int{nil}
	}
	var all [][]int
	for _, shorter := range permutations(n - 1) {
		for at := range n {
			order := append(append(append([]int{}, shorter[:at]...), n-1), shorter[at:]...)
			all = append(all, order)
		}
	}
	return all
}
