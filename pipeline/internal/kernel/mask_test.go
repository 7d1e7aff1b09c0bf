package kernel_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

var comparisons = []kernel.Compare{
	kernel.Less, kernel.LessEqual, kernel.Greater, kernel.GreaterEqual, kernel.Equal, kernel.NotEqual,
}

// awkward are the values whose comparisons differ from those of numbers.
var awkward = []float64{0, math.Copysign(0, -1), 1, -1, nan, math.Inf(1), math.Inf(-1), math.MaxFloat64, 5e-324}

// operands returns two columns of awkward values with many ties.
func operands(bars int) (a, b []float64) {
	r := rand.New(rand.NewPCG(2, uint64(bars)))
	a, b = make([]float64, bars), make([]float64, bars)
	for i := range a {
		a[i], b[i] = awkward[r.IntN(len(awkward))], awkward[r.IntN(len(awkward))]
		if r.IntN(4) == 0 {
			b[i] = a[i]
		}
	}
	return a, b
}

func constant(c float64, bars int) []float64 {
	v := make([]float64, bars)
	for i := range v {
		v[i] = c
	}
	return v
}

// dirty returns a mask full of ones, which a kernel must overwrite.
func dirty(bars int) kernel.Bits {
	b := kernel.MakeBits(bars)
	for i := range b {
		b[i] = ^uint64(0)
	}
	return b
}

// wantMask checks every bar, and that the tail is zero.
func wantMask(t *testing.T, what string, got kernel.Bits, bars int, want func(i int) truth) {
	t.Helper()
	set := 0
	for i := range bars {
		if w := want(i) == yes; got.Get(i) != w {
			t.Fatalf("%s: bar %d of %d: got %v, want %v", what, i, bars, got.Get(i), w)
		} else if w {
			set++
		}
	}
	if got.Count() != set {
		t.Fatalf("%s: %d bars: the tail is not zero", what, bars)
	}
}

func TestCompareAgainstNaive(t *testing.T) {
	for _, bars := range lengths {
		a, b := operands(bars)
		for _, op := range comparisons {
			got := dirty(bars)
			kernel.CompareSeries(got, op, a, b)
			wantMask(t, "a "+op.String()+" b", got, bars, func(i int) truth { return naiveCompare(op, a[i], b[i]) })
			for _, c := range awkward {
				got := dirty(bars)
				kernel.CompareConst(got, op, a, c)
				wantMask(t, "a "+op.String()+" const", got, bars, func(i int) truth { return naiveCompare(op, a[i], c) })
			}
		}
	}
}

func TestCompareNotAndSwap(t *testing.T) {
	for _, op := range comparisons {
		for _, a := range awkward {
			for _, b := range awkward {
				if got, want := naiveCompare(op.Not(), a, b), naiveCompare(op, a, b).not(); got != want {
					t.Errorf("not %v %v %v: got %v, want %v", a, op, b, got, want)
				}
				if got, want := naiveCompare(op.Swap(), b, a), naiveCompare(op, a, b); got != want {
					t.Errorf("%v %v %v swapped: got %v, want %v", a, op, b, got, want)
				}
			}
		}
	}
}

func TestCrossesAgainstNaive(t *testing.T) {
	for _, bars := range lengths {
		a, b := operands(bars)
		checkCrosses(t, a, b,
			func(dst kernel.Bits) { kernel.CrossesAbove(dst, a, b) },
			func(dst kernel.Bits) { kernel.CrossesBelow(dst, a, b) },
			func(dst kernel.Bits) { kernel.NotCrossesAbove(dst, a, b) },
			func(dst kernel.Bits) { kernel.NotCrossesBelow(dst, a, b) })
		for _, c := range awkward {
			checkCrosses(t, a, constant(c, bars),
				func(dst kernel.Bits) { kernel.CrossesAboveConst(dst, a, c) },
				func(dst kernel.Bits) { kernel.CrossesBelowConst(dst, a, c) },
				func(dst kernel.Bits) { kernel.NotCrossesAboveConst(dst, a, c) },
				func(dst kernel.Bits) { kernel.NotCrossesBelowConst(dst, a, c) })
		}
	}
}

func checkCrosses(t *testing.T, a, b []float64, above, below, notAbove, notBelow func(kernel.Bits)) {
	t.Helper()
	up := func(i int) truth { return naiveCrossesAbove(a, b, i) }
	down := func(i int) truth { return naiveCrossesAbove(b, a, i) }
	for _, c := range []struct {
		what string
		run  func(kernel.Bits)
		want func(int) truth
	}{
		{"crosses above", above, up},
		{"crosses below", below, down},
		{"not crosses above", notAbove, func(i int) truth { return up(i).not() }},
		{"not crosses below", notBelow, func(i int) truth { return down(i).not() }},
	} {
		got := dirty(len(a))
		c.run(got)
		wantMask(t, c.what, got, len(a), c.want)
	}
}

// By hand: a touches b at bar 2 without passing it, passes at bar 3, falls to
// a tie at bar 4 and passes again at bar 5; a gap at bar 7 hides a cross.
func TestCrossesByHand(t *testing.T) {
	a := []float64{1, 2, 3, 4, 3, 4, 2, nan, 4, 2}
	b := []float64{3, 3, 3, 3, 3, 3, 3, 3, 3, 3}
	above, below, notAbove := kernel.MakeBits(10), kernel.MakeBits(10), kernel.MakeBits(10)
	kernel.CrossesAbove(above, a, b)
	kernel.CrossesBelow(below, a, b)
	kernel.NotCrossesAbove(notAbove, a, b)
	for _, c := range []struct {
		what string
		got  kernel.Bits
		want uint64
	}{
		{"above", above, 1<<3 | 1<<5},
		{"below", below, 1<<6 | 1<<9},
		{"not above", notAbove, 1<<1 | 1<<2 | 1<<4 | 1<<6 | 1<<9},
	} {
		if c.got[0] != c.want {
			t.Errorf("%s: got %010b, want %010b", c.what, c.got[0], c.want)
		}
	}
}

func TestArithmeticAgainstNaive(t *testing.T) {
	ops := []struct {
		op kernel.Arith
		f  func(a, b float64) float64
	}{
		{kernel.AddOp, func(a, b float64) float64 { return a + b }},
		{kernel.SubOp, func(a, b float64) float64 { return a - b }},
		{kernel.MulOp, func(a, b float64) float64 { return a * b }},
		{kernel.DivOp, func(a, b float64) float64 { return a / b }},
	}
	for _, bars := range lengths {
		a, b := operands(bars)
		got, want := make([]float64, bars), make([]float64, bars)
		each := func(f func(i int) float64) []float64 {
			for i := range want {
				want[i] = f(i)
			}
			return want
		}
		for _, o := range ops {
			kernel.ArithSeries(got, o.op, a, b)
			wantSame(t, got, each(func(i int) float64 { return o.f(a[i], b[i]) }))
			for _, c := range awkward {
				kernel.ArithConst(got, o.op, a, c)
				wantSame(t, got, each(func(i int) float64 { return o.f(a[i], c) }))
				kernel.ArithConstLeft(got, o.op, c, a)
				wantSame(t, got, each(func(i int) float64 { return o.f(c, a[i]) }))
			}
		}
		kernel.Negate(got, a)
		wantSame(t, got, each(func(i int) float64 { return -a[i] }))
		kernel.Abs(got, a)
		wantSame(t, got, each(func(i int) float64 { return math.Abs(a[i]) }))
	}
}

func TestBits(t *testing.T) {
	for _, bars := range lengths {
		full, none := dirty(bars), dirty(bars)
		kernel.Fill(full, bars, true)
		kernel.Fill(none, bars, false)
		wantMask(t, "fill", full, bars, func(int) truth { return yes })
		wantMask(t, "clear", none, bars, func(int) truth { return no })
		a, b := kernel.MakeBits(bars), kernel.MakeBits(bars)
		for i := range bars {
			if i%3 == 0 {
				a.Set(i)
			}
			if i%5 == 0 {
				b.Set(i)
			}
		}
		and, or := dirty(bars), dirty(bars)
		kernel.And(and, a, b)
		kernel.Or(or, a, b)
		wantMask(t, "and", and, bars, func(i int) truth { return holds(i%15 == 0) })
		wantMask(t, "or", or, bars, func(i int) truth { return holds(i%3 == 0 || i%5 == 0) })
	}
}

func holds(b bool) truth {
	if b {
		return yes
	}
	return no
}

func TestMasksDoNotAllocate(t *testing.T) {
	a, b := operands(3001)
	mask, dst := kernel.MakeBits(len(a)), make([]float64, len(a))
	for name, run := range map[string]func(){
		"compare series": func() { kernel.CompareSeries(mask, kernel.Less, a, b) },
		"compare const":  func() { kernel.CompareConst(mask, kernel.NotEqual, a, 1) },
		"crosses":        func() { kernel.CrossesAbove(mask, a, b) },
		"crosses const":  func() { kernel.NotCrossesBelowConst(mask, a, 1) },
		"arith series":   func() { kernel.ArithSeries(dst, kernel.DivOp, a, b) },
		"arith const":    func() { kernel.ArithConst(dst, kernel.AddOp, a, 1) },
	} {
		if n := testing.AllocsPerRun(5, run); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func TestMaskCallersBugsPanic(t *testing.T) {
	three, two := make([]float64, 3), make([]float64, 2)
	one, none := kernel.MakeBits(3), kernel.Bits{}
	wantPanic(t, "compare mask", func() { kernel.CompareSeries(none, kernel.Less, three, three) })
	wantPanic(t, "compare lengths", func() { kernel.CompareSeries(one, kernel.Less, three, two) })
	wantPanic(t, "compare operator", func() { kernel.CompareSeries(one, 99, three, three) })
	wantPanic(t, "compare const mask", func() { kernel.CompareConst(none, kernel.Less, three, 1) })
	wantPanic(t, "cross lengths", func() { kernel.CrossesAbove(one, three, two) })
	wantPanic(t, "cross const mask", func() { kernel.CrossesAboveConst(none, three, 1) })
	wantPanic(t, "arith lengths", func() { kernel.ArithSeries(three, kernel.AddOp, three, two) })
	wantPanic(t, "arith operator", func() { kernel.ArithSeries(three, 99, three, three) })
	wantPanic(t, "arith const operator", func() { kernel.ArithConst(three, 99, three, 1) })
	wantPanic(t, "arith const left operator", func() { kernel.ArithConstLeft(three, 99, 1, three) })
}
