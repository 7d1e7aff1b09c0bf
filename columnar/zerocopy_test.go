package columnar_test

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/columnar"
)

// Every view of a bar is the same memory: the caller's slices, the Frame, its
// cuts, and the buffers of its records.
func TestViewsShareMemory(t *testing.T) {
	given := twoAssets()
	f := build(t, prices, given)
	bb := given[0]
	if address(f.Times(1)) != address(bb.Times) {
		t.Error("Times copies")
	}
	cut := f.Slice(at(3), at(5))
	defer cut.Release()
	picked, err := cut.Select("BB")
	if err != nil {
		t.Fatal(err)
	}
	defer picked.Release()
	for c := range prices {
		if address(f.Values(1, c)) != address(bb.Values[c]) {
			t.Errorf("column %d: Values copies", c)
		}
		if address(cut.Values(1, c)) != address(bb.Values[c][2:]) {
			t.Errorf("column %d: Slice copies", c)
		}
		if address(picked.Values(0, c)) != address(bb.Values[c][2:]) {
			t.Errorf("column %d: Select copies", c)
		}
		history, err := cut.History(1, prices[c].Name, 1, 3)
		if err != nil || address(history) != address(bb.Values[c][1:]) {
			t.Errorf("column %d: History copies, %v", c, err)
		}
		rec := cut.Record(1)
		if address(rec.Column(c+1).(*array.Float64).Float64Values()) != address(bb.Values[c][2:]) {
			t.Errorf("column %d: Record copies", c)
		}
		rec.Release()
	}
}

// Appending to a slice that was handed out must not write into the next
// asset's bars.
func TestViewsCannotGrowIntoTheNextAsset(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	f := sharedBatch(t, mem)
	defer f.Release()
	if v, w := f.Values(0, 0), f.Times(0); cap(v) != len(v) || cap(w) != len(w) {
		t.Errorf("capacities %d and %d for %d bars", cap(v), cap(w), len(v))
	}
}

// sharedBatch returns a Frame of two assets in one record of mem's memory.
func sharedBatch(t testing.TB, mem memory.Allocator) *columnar.Frame {
	t.Helper()
	rec := rowRecord(mem, []int64{1, 2, 3, 2, 3}, []float64{10, 11, 12, 20, 21}, nil, nil)
	defer rec.Release()
	f, err := columnar.NewFrame(rec.Schema(), []arrow.Record{rec},
		[]columnar.Span{{ID: "A", Rows: 3}, {ID: "B", Offset: 3, Rows: 2}}, columnar.Info{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestRecordsAreFreedWithTheLastView(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	f := sharedBatch(t, mem)
	cut := f.Slice(time.Unix(0, 2), time.Time{})
	picked, err := cut.Select("B")
	if err != nil {
		t.Fatal(err)
	}
	rec := picked.Record(0)
	f.Retain()
	for _, v := range []interface{ Release() }{f, f, cut, picked} {
		v.Release()
	}
	if mem.CurrentAlloc() == 0 {
		t.Fatal("freed while a record is in use")
	}
	if got := rec.Column(1).(*array.Float64).Float64Values(); !equal(got, []float64{20, 21}) {
		t.Errorf("got %v", got)
	}
	rec.Release()
}

// A refused NewFrame keeps nothing.
func TestRefusedFrameHoldsNothing(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	rec := rowRecord(mem, []int64{1}, []float64{1}, nil, nil)
	defer rec.Release()
	if _, err := columnar.NewFrame(rec.Schema(), []arrow.Record{rec}, []columnar.Span{{ID: "A", Rows: 2}}, columnar.Info{}); err == nil {
		t.Fatal("no error")
	}
}

func TestReadingDoesNotAllocate(t *testing.T) {
	f := buildTwo(t)
	cut := f.Slice(at(3), time.Time{})
	defer cut.Release()
	for name, read := range map[string]func(){
		"Times":       func() { _ = cut.Times(1) },
		"Values":      func() { _ = cut.Values(1, 0) },
		"WholeValues": func() { _ = cut.WholeValues(1, 0) },
		"History":     func() { _, _ = cut.History(1, columnar.Close, 1, 3) },
		"Lookup":      func() { _, _ = cut.Lookup("BB") },
		"NumRows":     func() { _ = cut.NumRows() },
	} {
		if n := testing.AllocsPerRun(100, read); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// Run under -race: readers share a Frame, cut it and let it go at once.
func TestConcurrentViews(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	f := sharedBatch(t, mem)
	var wg sync.WaitGroup
	for worker := range 8 {
		f.Retain()
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer f.Release()
			r := rand.New(rand.NewPCG(1, uint64(worker)))
			for range 200 {
				from, want := 1+r.Int64N(3), 20.0+21
				if from == 3 {
					want = 21
				}
				cut := f.Slice(time.Unix(0, from), time.Time{})
				rec := cut.Record(1)
				sum := 0.0
				for _, v := range cut.Values(1, 0) {
					sum += v
				}
				if picked, err := cut.Select("B"); err != nil || picked.NumBars(0) != cut.NumBars(1) {
					t.Errorf("got %v", err)
				} else {
					picked.Release()
				}
				if sum != want {
					t.Errorf("from %d: sum %v, want %v", from, sum, want)
				}
				rec.Release()
				cut.Release()
			}
		}()
	}
	f.Release()
	wg.Wait()
}
