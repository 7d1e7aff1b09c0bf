package kernel

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// The tests of this file hold the assembly to its Go twins. Where it does not
// run, they hold the twins to themselves.

func TestAssemblyRuns(t *testing.T) {
	if !hasAVX2 {
		t.Skip("no AVX2, or turned off: what runs are the Go twins")
	}
	t.Log("AVX2")
}

// columns reads two columns of bars values from raw bytes, over and over, the
// second from its middle on and both behind skew%8 values of their array.
func columns(raw []byte, bars uint16, skew uint8) (a, b []float64) {
	values := make([]float64, 1+len(raw)/8)
	for i := range len(raw) / 8 {
		values[i] = math.Float64frombits(binary.LittleEndian.Uint64(raw[8*i:]))
	}
	n, offset := int(bars%1200), int(skew%8)
	memory := make([]float64, 2*(n+offset))
	a, b = memory[offset:][:n], memory[n+2*offset:][:n]
	for i := range n {
		a[i], b[i] = values[i%len(values)], values[(i*3/2+len(values)/2)%len(values)]
	}
	return a, b
}

// quantaOf cuts values to 16 bits.
func quantaOf(a []float64) []int16 {
	x := make([]int16, len(a))
	for i, v := range a {
		x[i] = int16(math.Float64bits(v) >> 48)
	}
	return x
}

// addColumns are the seeds that every target shares; testdata has more.
func addColumns(f *testing.F) {
	var raw []byte
	for _, v := range []float64{0, math.Copysign(0, -1), 1, -1, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, 5e-324, 100.25, 100.26} {
		raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(v))
	}
	for _, bars := range []uint16{0, 1, 15, 16, 63, 64, 65, 130, 1024} {
		f.Add(raw, bars, uint8(bars), 0.5, 3.0)
	}
}

func wantWords(t *testing.T, what string, got, want Bits) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("%s: assembly %x, Go %x", what, got, want)
	}
}

func FuzzOrder(f *testing.F) {
	addColumns(f)
	f.Fuzz(func(t *testing.T, raw []byte, bars uint16, skew uint8, c, _ float64) {
		a, b := columns(raw, bars, skew)
		words := len(a) / 64
		gt, lt, wantGreater, wantLess := make(Bits, words), make(Bits, words), make(Bits, words), make(Bits, words)
		orderWords(gt, lt, a, b)
		orderWordsGo(wantGreater, wantLess, a, b)
		wantWords(t, "gt", gt, wantGreater)
		wantWords(t, "lt", lt, wantLess)
		constant := broadcast(c)
		for _, op := range []Compare{Greater, GreaterEqual, Equal, NotEqual} {
			for _, sides := range [][2]operand{
				{series(a), series(b)}, {series(a), {constant[:], 0}}, {{constant[:], 0}, series(b)},
			} {
				compareWords(gt, op, sides[0], sides[1])
				compareWordsGo(wantGreater, op, sides[0], sides[1])
				wantWords(t, op.String(), gt, wantGreater)
			}
		}
	})
}

func FuzzOrderQuanta(f *testing.F) {
	addColumns(f)
	f.Fuzz(func(t *testing.T, raw []byte, bars uint16, skew uint8, _, _ float64) {
		a, b := columns(raw, bars, 0)
		offset := min(int(skew%8), len(a))
		x, y := quantaOf(a)[offset:], quantaOf(b)[offset:]
		words := len(x) / 64
		gt, lt, wantGreater, wantLess := make(Bits, words), make(Bits, words), make(Bits, words), make(Bits, words)
		orderQuantaWords(gt, lt, x, y)
		orderWordsGo(wantGreater, wantLess, x, y)
		wantWords(t, "gt", gt, wantGreater)
		wantWords(t, "lt", lt, wantLess)
		var got, want Crossing
		var p, q [Anchor]int16
		for i := range p { // the columns over and over, of which few are equal
			p[i], q[i] = 1, 0
			if len(x) > 0 {
				p[i], q[i] = x[i%len(x)], y[i%len(y)]
			}
			if p[i] == q[i] && skew%2 == 0 {
				p[i] ^= 1
			}
		}
		if distinct, twin := crossQuanta(&got, &p, &q), crossQuantaGo(&want, &p, &q); distinct != twin || got != want {
			t.Fatalf("distinct: assembly %v, Go %v; %x, %x", distinct, twin, got, want)
		}
	})
}

func FuzzQuantize(f *testing.F) {
	addColumns(f)
	f.Fuzz(func(t *testing.T, raw []byte, bars uint16, skew uint8, lo, scale float64) {
		a, _ := columns(raw, bars, skew)
		got, want := make([]int16, len(a)), make([]int16, len(a))
		done := quantizeBlocks(got, a, lo, scale)
		if hasAVX2 && done <= len(a)-16 || done > len(a) {
			t.Fatalf("%d of %d values done", done, len(a))
		}
		quantizeGo(want, a, lo, scale)
		if !slices.Equal(got[:done], want[:done]) {
			t.Fatalf("from %v × %v of %v: assembly %d, Go %d", lo, scale, a[:done], got[:done], want[:done])
		}
	})
}

func FuzzRange(f *testing.F) {
	addColumns(f)
	f.Fuzz(func(t *testing.T, raw []byte, bars uint16, skew uint8, _, _ float64) {
		a, _ := columns(raw, bars, skew)
		lo, hi, ok := Range(a)
		least, greatest := emptyRange()
		rangeGo(&least, &greatest, a)
		if ok != (least[0] <= greatest[0]) || ok && (lo != least[0] || hi != greatest[0]) {
			t.Fatalf("assembly %v to %v, %v; Go %v to %v", lo, hi, ok, least[0], greatest[0])
		}
	})
}

// FuzzDecimalSMA takes raw values and the same rounded to cents, which is what
// gets far.
func FuzzDecimalSMA(f *testing.F) {
	addColumns(f)
	f.Fuzz(func(t *testing.T, raw []byte, bars uint16, skew uint8, limit, cents float64) {
		a, _ := columns(raw, bars, skew)
		limit = min(limit, maxUnits) // beyond, whole does not round
		n, exact := 1+int(skew)%(len(a)+1), slices.Clone(a)
		for i, x := range exact {
			exact[i] = math.Round(x) / 100
			if i%41 == int(cents) {
				exact[i] = cents
			}
		}
		for _, src := range [][]float64{a, exact} {
			got, want := make([]float64, len(src)), make([]float64, len(src))
			done := sumUnitsBlocks(got, src, 0, 100, limit)
			var sum int64
			for i, x := range src[:done] {
				units := whole(float64(x * 100))
				sum += int64(units)
				if units/100 != x || !(math.Abs(units) <= limit) || int64(math.Float64bits(got[i])) != sum {
					t.Fatalf("bar %d: %v within %v has the sum %d", i, x, limit, math.Float64bits(got[i]))
				}
			}
			if n > len(src) || !smaDecimal(got, src, n, 100, float64(n)) {
				continue
			}
			fillNaN(want)
			smaExact(want, src, n, 100, float64(n), float64(min(maxExact/n, maxUnits)))
			for i := range src {
				if math.Float64bits(got[i]) != math.Float64bits(want[i]) && (got[i] == got[i] || want[i] == want[i]) {
					t.Fatalf("window %d, bar %d: prefix sums %v, rolling sum %v", n, i, got[i], want[i])
				}
			}
		}
	})
}

// BenchmarkTile compares assembly and twin on columns of one tile, which
// change from call to call as in an engine, so that they come from the second
// cache.
func BenchmarkTile(b *testing.B) {
	const rows, features = 1024, 40
	r := rand.New(rand.NewPCG(9, 9))
	memory, quanta := make([]float64, rows*features), make([]int16, rows*features)
	for i := range memory {
		memory[i] = 100 + r.NormFloat64()
	}
	Quantize(quanta, memory, 90, 3000)
	at := 0
	next := func() (from, to int) {
		at = (at + 7) % features
		return at * rows, (at + 1) * rows
	}
	out, gt, lt := make([]int16, rows), MakeBits(rows), MakeBits(rows)
	base, quantaBase := memory[:rows], quanta[:rows]
	constant := broadcast(100)
	var crossing Crossing
	for _, c := range []struct {
		name      string
		run, twin func(from, to int)
	}{
		{"order",
			func(from, to int) { Order(gt, lt, memory[from:to], base) },
			func(from, to int) { orderWordsGo(gt, lt, memory[from:to], base) }},
		{"order quanta",
			func(from, to int) { OrderQuanta(gt, lt, quanta[from:to], quantaBase) },
			func(from, to int) { orderWordsGo(gt, lt, quanta[from:to], quantaBase) }},
		{"crossing",
			func(from, _ int) {
				crossQuanta(&crossing, (*[Anchor]int16)(quanta[from:]), (*[Anchor]int16)(quantaBase))
			},
			func(from, _ int) {
				crossQuantaGo(&crossing, (*[Anchor]int16)(quanta[from:]), (*[Anchor]int16)(quantaBase))
			}},
		{"greater",
			func(from, to int) { CompareSeries(gt, Greater, memory[from:to], base) },
			func(from, to int) { compareWordsGo(gt, Greater, series(memory[from:to]), series(base)) }},
		{"greater const",
			func(from, to int) { CompareConst(gt, Greater, memory[from:to], 100) },
			func(from, to int) { compareWordsGo(gt, Greater, series(memory[from:to]), operand{constant[:], 0}) }},
		{"known",
			func(from, to int) { Known(gt, memory[from:to]) },
			func(from, to int) { compareWordsGo(gt, Equal, series(memory[from:to]), series(memory[from:to])) }},
		{"quantize",
			func(from, to int) { Quantize(out, memory[from:to], 90, 3000) },
			func(from, to int) { quantizeGo(out, memory[from:to], 90, 3000) }},
		{"range",
			func(from, to int) { Range(memory[from:to]) },
			func(from, to int) { least, greatest := emptyRange(); rangeGo(&least, &greatest, memory[from:to]) }},
	} {
		for _, side := range []struct {
			name string
			run  func(from, to int)
		}{{"here", c.run}, {"go", c.twin}} {
			b.Run(fmt.Sprintf("%s/rows=%d/code=%s", c.name, rows, side.name), func(b *testing.B) {
				b.ReportAllocs()
				for range b.N {
					side.run(next())
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/bar")
			})
		}
	}
}

// FuzzOrderUnits holds assembly and twin together.
func FuzzOrderUnits(f *testing.F) {
	addColumns(f)
	f.Fuzz(func(t *testing.T, raw []byte, bars uint16, skew uint8, _, _ float64) {
		src, _ := columns(raw, bars, skew)
		a, b := 1+int(skew)%40, 1+int(bars)%300
		limit, sum := float64(maxUnits/MaxOrderUnits(a, b)), uint64(0)
		for i, x := range src { // whole numbers up to limit, as sums of them
			x = math.Mod(math.Round(x), limit)
			if x != x {
				x = limit
			}
			sum += uint64(int64(x))
			src[i] = math.Float64frombits(sum)
		}
		words := max(len(src)-max(a, b), 0) / 64
		if words == 0 {
			return
		}
		gt, lt, wantGreater, wantLess := make(Bits, words), make(Bits, words), make(Bits, words), make(Bits, words)
		OrderUnits(gt, lt, src, a, b)
		orderUnitsGo(wantGreater, wantLess, src, a, b)
		wantWords(t, "gt", gt, wantGreater)
		wantWords(t, "lt", lt, wantLess)
	})
}
