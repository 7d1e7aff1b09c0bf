package spec

import (
	"context"
	"errors"
	"math"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// holds is a condition as a function.
type holds func(index []int) bool

func (h holds) Holds(index []int) bool { return h(index) }

func mustGrid(t testing.TB, lengths []int, where condition, depends int) *Grid {
	t.Helper()
	g, err := NewGrid(lengths, where, depends)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// nested visits all combinations by the nested loops that a grid stands for,
// last axis innermost.
func nested(lengths []int, visit func(index []int)) {
	index := make([]int, len(lengths))
	var loop func(axis int)
	loop = func(axis int) {
		if axis == len(lengths) {
			visit(index)
			return
		}
		for index[axis] = 0; index[axis] < lengths[axis]; index[axis]++ {
			loop(axis + 1)
		}
	}
	loop(0)
}

func TestGridEqualsNestedLoops(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lengths := rapid.SliceOfN(rapid.IntRange(1, 5), 0, 5).Draw(t, "lengths")
		depends := rapid.IntRange(0, len(lengths)).Draw(t, "depends")
		mod := rapid.IntRange(1, 4).Draw(t, "mod")
		var where condition
		if rapid.Bool().Draw(t, "where") {
			where = holds(func(index []int) bool {
				sum := 0
				for i, at := range index[:depends] {
					sum += at * (i + 1)
				}
				return sum%mod == 0
			})
		}
		g, err := NewGrid(lengths, where, depends)
		if err != nil {
			t.Fatal(err)
		}
		var want []int64
		trial := int64(0)
		index := make([]int, len(lengths))
		nested(lengths, func(at []int) {
			if g.Index(trial, index); !slices.Equal(index, at) {
				t.Fatalf("trial %d: index %v, want %v", trial, index, at)
			}
			if got := g.Trial(at); got != trial {
				t.Fatalf("index %v: trial %d, want %d", at, got, trial)
			}
			if where == nil || where.Holds(at) {
				want = append(want, trial)
			}
			trial++
		})
		if g.Size() != trial {
			t.Fatalf("size %d, want %d", g.Size(), trial)
		}
		lo := rapid.Int64Range(0, trial).Draw(t, "from")
		hi := rapid.Int64Range(lo, trial+3).Draw(t, "to")
		want = slices.DeleteFunc(want, func(v int64) bool { return v < lo || v >= hi })
		got := collect(t, g, lo, hi, rapid.IntRange(1, 7).Draw(t, "block"))
		if !slices.Equal(got, want) {
			t.Fatalf("%d to %d: trials %v, want %v", lo, hi, got, want)
		}
		if n, err := g.CountWithin(context.Background(), lo, hi); err != nil || n != int64(len(want)) {
			t.Fatalf("count %d, %v, want %d", n, err, len(want))
		}
	})
}

// collect reads a range in blocks and holds Block to its contract.
func collect(t *rapid.T, g *Grid, from, to int64, size int) (all []int64) {
	buf := make([]int64, 0, size)
	for from < to {
		trials, next, err := g.Block(context.Background(), from, to, buf)
		if err != nil {
			t.Fatal(err)
		}
		if len(trials) > size || next <= from && len(trials) == 0 && next < min(to, g.Size()) {
			t.Fatalf("block of %d from %d to %d: %v, next %d", size, from, to, trials, next)
		}
		if len(trials) == 0 {
			return all
		}
		all, from = append(all, trials...), next
	}
	return all
}

func TestGridTooLarge(t *testing.T) {
	million := []int{1e6, 1e6, 1e6}
	if g := mustGrid(t, million, nil, 0); g.Size() != 1e18 {
		t.Errorf("size %d, want 10^18", g.Size())
	}
	if _, err := NewGrid(append(million, 5), nil, 0); err == nil {
		t.Error("5 × 10^18 combinations were accepted")
	}
	if g := mustGrid(t, []int{1 << 31, 1 << 31}, nil, 0); g.Size() != MaxGrid {
		t.Errorf("size %d, want 2^62", g.Size())
	}
	if _, err := NewGrid([]int{1 << 31, 1<<31 + 1}, nil, 0); err == nil {
		t.Error("more than 2^62 combinations were accepted")
	}
}

// 10^9 combinations: the first and the last are as near as any other, and
// nothing is allocated on the way.
func TestGridOfABillionCostsNoMemory(t *testing.T) {
	g := mustGrid(t, []int{1000, 1000, 1000}, holds(func(i []int) bool { return i[0] < i[1] }), 2)
	buf := make([]int64, 0, 64)
	trials, next, err := g.Block(context.Background(), 500_500_990, 500_501_002, buf)
	// i[0] = 500, i[1] = 500 is a gap; 500, 501 begins at 500,501,000.
	if want := []int64{500_501_000, 500_501_001}; err != nil || !slices.Equal(trials, want) || next != 500_501_002 {
		t.Errorf("trials %v, next %d, %v, want %v", trials, next, err, want)
	}
	// 1000 × 999 / 2 pairs, each with 1000 values of the third parameter.
	if n, err := g.CountWithin(context.Background(), 0, g.Size()); err != nil || n != 499_500_000 {
		t.Errorf("count %d, %v, want 499,500,000", n, err)
	}
	allocs := testing.AllocsPerRun(10, func() {
		_, _, _ = g.Block(context.Background(), 123_456_789, g.Size(), buf)
	})
	if allocs > 1 { // the index of the scan
		t.Errorf("a block allocates %v times", allocs)
	}
}

func TestGridStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	looked := 0
	g := mustGrid(t, []int{1 << 20, 1 << 20}, holds(func([]int) bool {
		if looked++; looked == 1000 {
			cancel()
		}
		return false
	}), 2)
	trials, next, err := g.Block(ctx, 0, g.Size(), make([]int64, 0, 8))
	if !errors.Is(err, context.Canceled) || len(trials) != 0 || next >= g.Size() {
		t.Errorf("trials %v, next %d, %v", trials, next, err)
	}
	if looked > 100_000 {
		t.Errorf("looked at %d combinations after the end of the context", looked)
	}
}

func TestGridWithoutParameters(t *testing.T) {
	g := mustGrid(t, nil, nil, 0)
	trials, next, err := g.Block(context.Background(), 0, 10, make([]int64, 0, 4))
	if err != nil || !reflect.DeepEqual(trials, []int64{0}) || next != 1 {
		t.Errorf("trials %v, next %d, %v, want the one trial 0", trials, next, err)
	}
}

func BenchmarkGridBlock(b *testing.B) {
	g := mustGrid(b, []int{1000, 1000, 1000}, holds(func(i []int) bool { return i[0] < i[2] }), 3)
	buf := make([]int64, 0, 4096)
	next := int64(0)
	b.ReportAllocs()
	for b.Loop() {
		_, next, _ = g.Block(context.Background(), next, g.Size(), buf)
		if next == g.Size() {
			next = 0
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(cap(buf)), "ns/trial")
}

// below is a condition on the first two positions.
type below struct{}

func (below) Holds(index []int) bool { return index[0] < index[1] }

// Count is exact where counting is cheap, and near the truth, n(n−1)/2 of n²,
// and the same each time where it is not.
func TestCount(t *testing.T) {
	for _, c := range []struct {
		lengths []int
		depends int
		where   condition
		want    int64
		exact   bool
	}{
		{[]int{7, 9}, 0, nil, 63, true},
		{[]int{300, 300}, 2, below{}, 300 * 299 / 2, true},
		{[]int{300, 300, 1000}, 2, below{}, 300 * 299 / 2 * 1000, true},
		{[]int{100_000, 100_000}, 2, below{}, 100_000 * 99_999 / 2, false},
		{[]int{1 << 20, 1 << 20, 1 << 20}, 2, below{}, 1 << 59, false},
	} {
		g, err := NewGrid(c.lengths, c.where, c.depends)
		if err != nil {
			t.Fatal(err)
		}
		n, exact := g.Count()
		if exact != c.exact || exact && n != c.want || math.Abs(float64(n)/float64(c.want)-1) > 0.02 {
			t.Errorf("%v: %d, exact %v, want %d, %v", c.lengths, n, exact, c.want, c.exact)
		}
		again, err := NewGrid(c.lengths, c.where, c.depends)
		if err != nil {
			t.Fatal(err)
		}
		if m, _ := again.Count(); m != n {
			t.Errorf("%v: %d, then %d", c.lengths, n, m)
		}
	}
}
