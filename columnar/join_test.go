package columnar_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/columnar"
)

// Bars in pieces are those of one piece, through every way to look at them,
// and cost memory only once they were looked at.
func TestJoinedFrame(t *testing.T) {
	schema := columnar.NewSchema([]columnar.Column{{Name: "x"}})
	first := columnar.WrapRecord(schema, []int64{1, 2, 9, 5}, [][]float64{{10, 20, 90, 50}})
	second := columnar.WrapRecord(schema, []int64{7, 3, 4}, [][]float64{{70, 30, 40}})
	defer first.Release()
	defer second.Release()
	spans := []columnar.Span{
		{ID: "A", Offset: 0, Rows: 4, More: []columnar.Piece{{Batch: 1, Offset: 1, Rows: 2}}},
		{ID: "B", Offset: 3, Rows: 2, More: []columnar.Piece{{Batch: 1, Offset: 0, Rows: 1}}},
		{ID: "C", Offset: 3, Rows: 1},
	}
	if got := columnar.JoinedBytes(spans, 1); got != 96 {
		t.Errorf("%d bytes, want 6 rows of 16", got)
	}
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	released := 0
	f, err := columnar.NewJoinedFrame(schema, []arrow.Record{first, second}, spans, columnar.Info{},
		columnar.JoinOptions{Allocator: mem, Released: func() { released++ }})
	if err != nil {
		t.Fatal(err)
	}
	if mem.CurrentAlloc() != 0 {
		t.Error("joined before anyone looked")
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if got := f.Times(0); !slices.Equal(got, []int64{1, 2, 3, 4}) {
				t.Errorf("times %v", got)
			}
		}()
	}
	wg.Wait()
	if got := f.Values(0, 0); !slices.Equal(got, []float64{10, 20, 30, 40}) {
		t.Errorf("values %v", got)
	}
	if got := f.Values(1, 0); !slices.Equal(got, []float64{50, 70}) {
		t.Errorf("values %v", got)
	}
	cut := f.Slice(time.Unix(0, 2), time.Unix(0, 4))
	one, err := cut.Select("A")
	if err != nil {
		t.Fatal(err)
	}
	f.Release()
	cut.Release()
	rec := one.Record(0)
	if rec.NumRows() != 2 || one.WholeTimes(0)[0] != 1 {
		t.Errorf("%d rows in the window", rec.NumRows())
	}
	rec.Release()
	if released != 0 {
		t.Error("released while a Frame made of it lives")
	}
	one.Release()
	if released != 1 {
		t.Errorf("released %d times", released)
	}
	mem.AssertSize(t, 0)
	for _, bad := range []columnar.Span{
		{ID: "A", Rows: 1, More: []columnar.Piece{{Batch: 1, Rows: 2}}},
		{ID: "A", Rows: 4, More: []columnar.Piece{{Batch: 2, Rows: 2}}},
		{ID: "A", Rows: 5, More: []columnar.Piece{{Batch: 1, Offset: 2, Rows: 2}}},
	} {
		if _, err := columnar.NewJoinedFrame(schema, []arrow.Record{first, second}, []columnar.Span{bad}, columnar.Info{}, columnar.JoinOptions{}); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}

// Runs shows bars in pieces without joining them, and only those of a window.
func TestRuns(t *testing.T) {
	schema := columnar.NewSchema([]columnar.Column{{Name: "x"}, {Name: "y"}})
	first := columnar.WrapRecord(schema, []int64{1, 2, 3, 4}, [][]float64{{10, 20, 30, 40}, {11, 21, 31, 41}})
	second := columnar.WrapRecord(schema, []int64{9, 5, 6}, [][]float64{{90, 50, 60}, {91, 51, 61}})
	defer first.Release()
	defer second.Release()
	spans := []columnar.Span{
		{ID: "A", Rows: 6, More: []columnar.Piece{{Batch: 1, Offset: 1, Rows: 2}}},
		{ID: "B", Batch: 1, Rows: 1},
		{ID: "C", Offset: 4, Rows: 0},
	}
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	f, err := columnar.NewJoinedFrame(schema, []arrow.Record{first, second}, spans, columnar.Info{}, columnar.JoinOptions{Allocator: mem})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	collect := func(f *columnar.Frame, i int) (runs int, times []int64, x, y []float64) {
		for t, cols := range f.Runs(i) {
			runs, times, x, y = runs+1, append(times, t...), append(x, cols[0]...), append(y, cols[1]...)
		}
		return runs, times, x, y
	}
	for i, want := range []struct {
		runs int
		y    []float64
	}{{2, []float64{11, 21, 31, 41, 51, 61}}, {1, []float64{91}}, {0, nil}} {
		runs, times, x, y := collect(f, i)
		if runs != want.runs || !slices.Equal(y, want.y) || len(times) != len(y) || len(x) != len(y) {
			t.Errorf("asset %d: %d runs of %v, want %d of %v", i, runs, y, want.runs, want.y)
		}
	}
	for range f.Runs(0) {
		break
	}
	if n := mem.CurrentAlloc(); n != 0 {
		t.Errorf("%d bytes were joined", n)
	}
	for from := int64(1); from <= 7; from++ {
		for to := from; to <= 8; to++ {
			cut := f.Slice(time.Unix(0, from), time.Unix(0, to))
			if _, times, x, _ := collect(cut, 0); !slices.Equal(times, cut.Times(0)) || !slices.Equal(x, cut.Values(0, 0)) {
				t.Errorf("from %d to %d: %v %v, want %v %v", from, to, times, x, cut.Times(0), cut.Values(0, 0))
			}
			cut.Release()
		}
	}
}
