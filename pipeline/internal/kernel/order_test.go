package kernel_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// everySize calls f with every number of bars up to 300 and around a tile, and
// with every place of a column in a vector of eight.
func everySize(f func(bars, skew int)) {
	sizes := []int{1022, 1023, 1024, 1025, 1026, 1087, 1088, 1089}
	for bars := range 301 {
		sizes = append(sizes, bars)
	}
	for _, bars := range sizes {
		for skew := range 8 {
			f(bars, skew)
		}
	}
}

// pickFrom returns bars values, many of them tied, that start at element skew
// of their array.
func pickFrom[T any](r *rand.Rand, values []T, bars, skew int) []T {
	column := make([]T, skew+bars)
	for i := range column {
		column[i] = values[r.IntN(len(values))]
	}
	return column[skew:]
}

// guarded returns a mask full of ones with a word on either side of it, and a
// function that checks the mask against want and the words beside it.
func guarded(t *testing.T, bars int) (kernel.Bits, func(what string, want func(i int) bool)) {
	words := kernel.Words(bars)
	memory := make(kernel.Bits, words+2)
	for i := range memory {
		memory[i] = ^uint64(0)
	}
	return memory[1 : words+1], func(what string, want func(i int) bool) {
		t.Helper()
		expected := make(kernel.Bits, words+2)
		expected[0], expected[words+1] = ^uint64(0), ^uint64(0)
		for i := range bars {
			if want(i) {
				expected[1+i/64] |= 1 << (i % 64)
			}
		}
		if !slices.Equal(memory, expected) {
			t.Fatalf("%s of %d bars, with a word on either side: got %x, want %x", what, bars, memory, expected)
		}
	}
}

func TestOrderOnEverySize(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	everySize(func(bars, skew int) {
		a, b := pickFrom(r, awkward, bars, skew), pickFrom(r, awkward, bars, r.IntN(8))
		gt, checkGreater := guarded(t, bars)
		lt, checkLess := guarded(t, bars)
		kernel.Order(gt, lt, a, b)
		checkGreater("gt", func(i int) bool { return a[i] > b[i] })
		checkLess("lt", func(i int) bool { return a[i] < b[i] })
	})
}

func TestOrderQuantaOnEverySize(t *testing.T) {
	values := []int16{math.MinInt16, math.MinInt16 + 1, -1, 0, 1, 255, 256, math.MaxInt16 - 1, math.MaxInt16}
	r := rand.New(rand.NewPCG(4, 4))
	everySize(func(bars, skew int) {
		a, b := pickFrom(r, values, bars, skew), pickFrom(r, values, bars, r.IntN(8))
		gt, checkGreater := guarded(t, bars)
		lt, checkLess := guarded(t, bars)
		kernel.OrderQuanta(gt, lt, a, b)
		checkGreater("gt", func(i int) bool { return a[i] > b[i] })
		checkLess("lt", func(i int) bool { return a[i] < b[i] })
	})
}

// Walks that cross, with now and then an equal bar, against the definition.
func TestCrossingOnEverySize(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	refused := 0
	everySize(func(bars, _ int) {
		if bars > kernel.Anchor {
			return
		}
		var a, b [kernel.Anchor]int16
		equal := false
		for i := range bars {
			a[i], b[i] = int16(r.IntN(1<<16)-1<<15), int16(r.IntN(1<<16)-1<<15)
			if i > 0 && r.IntN(4) > 0 { // mostly as before
				a[i], b[i] = a[i-1], b[i-1]
			}
			switch r.IntN(3000) {
			case 0:
				a[i] = b[i]
			case 1:
				a[i], b[i] = math.MinInt16, math.MaxInt16
			case 2:
				a[i], b[i] = math.MaxInt16, math.MinInt16
			}
			equal = equal || a[i] == b[i]
		}
		for i := bars; i < kernel.Anchor; i++ {
			a[i] = 1
		}
		var c kernel.Crossing
		masks := []*[kernel.Anchor / 64]uint64{&c.Greater, &c.Less, &c.Up, &c.Down}
		for _, m := range masks {
			kernel.Fill(m[:], kernel.Anchor, true)
		}
		if distinct := c.Quanta(&a, &b, bars); distinct == equal {
			t.Fatalf("%d bars: distinct is %v", bars, distinct)
		}
		if equal {
			refused++
			return
		}
		for m, want := range []func(i int) bool{
			func(i int) bool { return a[i] > b[i] },
			func(i int) bool { return a[i] < b[i] },
			func(i int) bool { return i > 0 && a[i-1] < b[i-1] && a[i] > b[i] },
			func(i int) bool { return i > 0 && a[i-1] > b[i-1] && a[i] < b[i] },
		} {
			var expected [kernel.Anchor / 64]uint64
			for i := range bars {
				if want(i) {
					expected[i/64] |= 1 << (i % 64)
				}
			}
			if *masks[m] != expected {
				t.Fatalf("mask %d of %d bars: %x, want %x", m, bars, *masks[m], expected)
			}
		}
	})
	if refused < 50 {
		t.Errorf("%d columns with equal quanta", refused)
	}
}

func TestCompareOnEverySize(t *testing.T) {
	naive := map[kernel.Compare]func(a, b float64) bool{
		kernel.Less:         func(a, b float64) bool { return a < b },
		kernel.LessEqual:    func(a, b float64) bool { return a <= b },
		kernel.Greater:      func(a, b float64) bool { return a > b },
		kernel.GreaterEqual: func(a, b float64) bool { return a >= b },
		kernel.Equal:        func(a, b float64) bool { return a == b },
		kernel.NotEqual:     func(a, b float64) bool { return a < b || a > b }, // not with NaN
	}
	r := rand.New(rand.NewPCG(5, 5))
	everySize(func(bars, skew int) {
		a, b := pickFrom(r, awkward, bars, skew), pickFrom(r, awkward, bars, r.IntN(8))
		for _, op := range comparisons {
			got, check := guarded(t, bars)
			kernel.CompareSeries(got, op, a, b)
			check("a "+op.String()+" b", func(i int) bool { return naive[op](a[i], b[i]) })
			c := awkward[r.IntN(len(awkward))]
			got, check = guarded(t, bars)
			kernel.CompareConst(got, op, a, c)
			check("a "+op.String()+" const", func(i int) bool { return naive[op](a[i], c) })
		}
		known, check := guarded(t, bars)
		kernel.Known(known, a)
		check("known", func(i int) bool { return !math.IsNaN(a[i]) })
	})
}

func TestCrossesOnEverySize(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	everySize(func(bars, skew int) {
		if skew > 1 {
			return // they compare by the routines above
		}
		a, b := pickFrom(r, awkward, bars, skew), pickFrom(r, awkward, bars, r.IntN(8))
		checkCrosses(t, a, b,
			func(dst kernel.Bits) { kernel.CrossesAbove(dst, a, b) },
			func(dst kernel.Bits) { kernel.CrossesBelow(dst, a, b) },
			func(dst kernel.Bits) { kernel.NotCrossesAbove(dst, a, b) },
			func(dst kernel.Bits) { kernel.NotCrossesBelow(dst, a, b) })
	})
}

func TestOrderCallersBugsPanic(t *testing.T) {
	three, two := make([]float64, 3), make([]float64, 2)
	quanta := make([]int16, 3)
	one, none := kernel.MakeBits(3), kernel.Bits{}
	wantPanic(t, "order gt", func() { kernel.Order(none, one, three, three) })
	wantPanic(t, "order lt", func() { kernel.Order(one, none, three, three) })
	wantPanic(t, "order lengths", func() { kernel.Order(one, one, three, two) })
	wantPanic(t, "quanta gt", func() { kernel.OrderQuanta(none, one, quanta, quanta) })
	wantPanic(t, "quanta lt", func() { kernel.OrderQuanta(one, none, quanta, quanta) })
	wantPanic(t, "quanta lengths", func() { kernel.OrderQuanta(one, one, quanta, quanta[1:]) })
	wantPanic(t, "known", func() { kernel.Known(none, three) })
	wantPanic(t, "quantize lengths", func() { kernel.Quantize(quanta, two, 0, 1) })
}

func TestOrderDoesNotAllocate(t *testing.T) {
	a, b := operands(1100)
	x, y := make([]int16, len(a)), make([]int16, len(a))
	gt, lt := kernel.MakeBits(len(a)), kernel.MakeBits(len(a))
	var crossing kernel.Crossing
	for name, run := range map[string]func(){
		"order":        func() { kernel.Order(gt, lt, a, b) },
		"order quanta": func() { kernel.OrderQuanta(gt, lt, x, y) },
		"crossing": func() {
			crossing.Quanta((*[kernel.Anchor]int16)(x), (*[kernel.Anchor]int16)(y), kernel.Anchor)
		},
		"quantize": func() { kernel.Quantize(x, a, 0, 10) },
		"known":    func() { kernel.Known(gt, a) },
		"range":    func() { kernel.Range(a) },
	} {
		if n := testing.AllocsPerRun(5, run); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
