package indicator_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline/indicator"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// length is more bars than histories have whose columns are shared whole.
const length = 20_000

// columns are what a row is computed from, or its outputs.
type columns [][]float64

// inputsOf returns inputs of a row: walks that are no decimal numbers, and bars
// whose low is below and whose high above the others.
func inputsOf(r *indicator.Row, bars int) columns {
	rng := rand.New(rand.NewPCG(5, uint64(bars)))
	bar := map[string][]float64{"open": nil, "high": nil, "low": nil, "close": nil, "volume": nil}
	for name := range bar {
		bar[name] = make([]float64, bars)
	}
	price := 100.0
	for i := range bars {
		open := price * math.Exp(0.002*rng.NormFloat64())
		price = 100 + 0.998*(open-100) + rng.NormFloat64()
		bar["open"][i], bar["close"][i] = open, price
		bar["high"][i] = max(open, price) + rng.Float64()
		bar["low"][i] = min(open, price) - rng.Float64()
		bar["volume"][i] = 1000 * math.Exp(rng.NormFloat64())
	}
	bar["session_first"] = make([]float64, bars)
	for i := 0; i < bars; i += 39 {
		bar["session_first"][i] = 1
	}
	var in columns
	for range r.Masks {
		in = append(in, maskOf(bar["close"]))
	}
	for i := range r.Inputs[r.Masks:] {
		in = append(in, bar[[...]string{"close", "volume", "open", "high", "low"}[i]])
	}
	for _, name := range r.Columns {
		if bar[name] == nil {
			panic("no column " + name)
		}
		in = append(in, bar[name])
	}
	return in
}

// maskOf returns a mask that is true on the first bars and on some others.
func maskOf(closes []float64) []float64 {
	mask := make([]float64, len(closes))
	for i, x := range closes {
		if i < 3 || math.Mod(x, 9) < 6 {
			mask[i] = 1
		}
	}
	return mask
}

// with returns a copy of c whose values are those of f.
func (c columns) with(f func(x float64) float64) columns {
	out := make(columns, len(c))
	for i := range c {
		for _, x := range c[i] {
			out[i] = append(out[i], f(x))
		}
	}
	return out
}

// cut returns the bars from … to−1.
func (c columns) cut(from, to int) columns {
	out := make(columns, len(c))
	for i := range c {
		out[i] = c[i][from:to:to]
	}
	return out
}

// paramsOf returns parameters to compute a row with: the least, usual and long ones.
func paramsOf(r *indicator.Row) [][]float64 {
	least, usual, long := make([]float64, len(r.Params)), make([]float64, len(r.Params)), make([]float64, len(r.Params))
	for i, p := range r.Params {
		least[i], usual[i], long[i] = p.Min, p.Default, 2*p.Default
		if p.Max != 0 {
			long[i] = min(long[i], p.Max)
		}
		if p.Default == 0 {
			usual[i] = 14
		}
		if p.Kind == indicator.Window {
			long[i] = float64(1500 - 400*i)
		}
	}
	sets := [][]float64{usual}
	for _, set := range [][]float64{least, long} {
		if !slices.Equal(set, usual) {
			sets = append(sets, set)
		}
	}
	return sets
}

// compute returns the outputs of a row, written over rubbish.
func compute(r *indicator.Row, in columns, params []float64) columns {
	out := make(columns, len(r.Outputs))
	for i := range out {
		out[i] = make([]float64, len(in[0]))
		for j := range out[i] {
			out[i][j] = -12345
		}
	}
	r.Apply(&indicator.Call{Dst: out, Src: in, Params: slices.Clone(params)})
	return out
}

// eachCase runs f for every row and each of its parameters.
func eachCase(t *testing.T, f func(t *testing.T, r *indicator.Row, params []float64)) {
	for _, r := range indicator.All() {
		for _, params := range paramsOf(r) {
			t.Run(fmt.Sprint(r.Name, params), func(t *testing.T) { f(t, r, params) })
		}
	}
}

// same reports equality to the bit, NaN being equal to NaN.
func same(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || math.IsNaN(a) && math.IsNaN(b)
}

// near reports equality within tolerance × the larger magnitude, or × 1.
func near(a, b, tolerance float64) bool {
	return a == b || math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= tolerance*max(math.Abs(a), math.Abs(b), 1)
}

// TestRowsAreWhole: what the checker, the evaluators and the documentation take from
// a row is there and fits together, and so are its laws and its twin.
func TestRowsAreWhole(t *testing.T) {
	names := map[string]bool{}
	for _, r := range indicator.All() {
		fail := func(format string, args ...any) { t.Errorf("%s: %s", r, fmt.Sprintf(format, args...)) }
		if names[r.Name] || r.Name == "" || r.Title == "" || r.Source == "" || indicator.Family(r) == "" || indicator.Find(r.Name) != r {
			fail("a name that is taken, or no title, source or family")
		}
		names[r.Name] = true
		if r.Masks > len(r.Inputs) || r.MakesMask() && len(r.Outputs) > 1 {
			fail("%d masks of %d inputs, or a mask among outputs", r.Masks, len(r.Inputs))
		}
		if len(r.Inputs)+len(r.Columns) == 0 || len(r.Inputs)+len(r.Columns) > indicator.MaxInputs || len(r.Params) > indicator.MaxParams {
			fail("%d inputs and %d parameters", len(r.Inputs)+len(r.Columns), len(r.Params))
		}
		if r.Apply == nil || (r.Start != nil) != r.GoesOn() {
			fail("%s needs Apply, and Start if it goes on", r.Memory)
		}
		for _, p := range r.Params {
			if !p.Accepts(p.Min) || p.Default != 0 && !p.Accepts(p.Default) || p.Accepts(p.Min-1) || p.Accepts(math.NaN()) {
				fail("bounds of %s", p.Name)
			}
		}
		outputs := map[string]bool{}
		for _, o := range r.Outputs {
			if outputs[o.Name] || o.Dimension == 0 || o.Scaled == 0 || o.Shifted == 0 {
				fail("output %s: a name that is taken, no dimension or no law", o.Name)
			}
			outputs[o.Name] = true
			if number := o.Dimension == indicator.Fraction || o.Dimension == indicator.Count; number && o.Scaled == indicator.Follows {
				fail("output %s: a number follows its input", o.Name)
			}
		}
		if twinOf(r.Name) == nil {
			fail("no naive twin")
		}
		if referenceOf(r.Name) == nil && reasonOf(r.Name) == "" {
			fail("neither TA-Lib's values nor a reason why there are none")
		}
	}
}

// TestFirstValue: each output has its first value where the row says, and from there
// on one on each bar.
func TestFirstValue(t *testing.T) {
	eachCase(t, func(t *testing.T, r *indicator.Row, params []float64) {
		first := r.FirstValue(params)
		for i, out := range compute(r, inputsOf(r, 4000), params) {
			for bar, x := range out {
				if known := x == x; known != (bar >= first) && !(r.OwnUnknown && bar >= first) {
					t.Fatalf("%s, bar %d: %v, first value %d", r.Outputs[i].Name, bar, x, first)
				}
			}
		}
		r.Fit(params, 5)
		if slices.ContainsFunc(r.Params, func(p indicator.Param) bool { return p.Kind == indicator.Window && p.Min > 0 }) && first > 5 {
			for _, out := range compute(r, inputsOf(r, 5), params) {
				if slices.ContainsFunc(out, func(x float64) bool { return x == x }) {
					t.Errorf("values where no window is full: %v", out)
				}
			}
		}
	})
}

// TestPieces: a history in pieces gives what it gives whole, to the bit. A row that
// goes on comes in chunks of any length; of another one, each stretch begins at an
// anchor and as far back as the row says that it looks.
func TestPieces(t *testing.T) {
	eachCase(t, func(t *testing.T, r *indicator.Row, params []float64) {
		in := inputsOf(r, length)
		want := compute(r, in, params)
		rng := rand.New(rand.NewPCG(9, 9))
		var stream indicator.Stream
		if r.GoesOn() {
			stream = r.Start(slices.Clone(params))
		}
		for from := 0; from < length; {
			to := min(from+1+rng.IntN(1+[...]int{3, 700, 5000}[rng.IntN(3)]), length)
			got, start := columns(nil), from
			if stream != nil {
				for range r.Outputs {
					got = append(got, make([]float64, to-from))
				}
				stream.Next(got, in.cut(from, to))
			} else {
				start = max(from-r.FirstValue(params)-1-r.Settles, 0) / kernel.Anchor * kernel.Anchor
				got = compute(r, in.cut(start, to), params)
			}
			for i := range got {
				for bar := from; bar < to; bar++ {
					if !same(got[i][bar-start], want[i][bar]) {
						t.Fatalf("%s, bar %d of a piece %d…%d: %v, want %v", r.Outputs[i].Name, bar, from, to, got[i][bar-start], want[i][bar])
					}
				}
			}
			from = to
		}
	})
}

// TestPrefixes: a longer history changes no earlier value.
func TestPrefixes(t *testing.T) {
	eachCase(t, func(t *testing.T, r *indicator.Row, params []float64) {
		in := inputsOf(r, length)
		whole := compute(r, in, params)
		for _, bars := range []int{1, 2, 63, 1023, 1024, 1025, 5000, length - 1} {
			for i, out := range compute(r, in.cut(0, bars), params) {
				for bar := range out {
					if !same(out[bar], whole[i][bar]) {
						t.Fatalf("%s, bar %d of %d: %v, in a longer history %v", r.Outputs[i].Name, bar, bars, out[bar], whole[i][bar])
					}
				}
			}
		}
	})
}

// TestUnknownIsContained: a NaN in one input, at the beginning or later, makes those
// values unknown that the row's memory says, and changes no other.
func TestUnknownIsContained(t *testing.T) {
	const bars = 6000
	eachCase(t, func(t *testing.T, r *indicator.Row, params []float64) {
		if r.OwnUnknown {
			t.Skip("has a rule of its own, to which TestTwins holds it")
		}
		in := inputsOf(r, bars)
		clean := compute(r, in, params)
		for input := range in {
			for _, hole := range []int{0, 3, 1023, 1700, bars - 1} {
				holed := in.with(func(x float64) float64 { return x })
				holed[input][hole] = math.NaN()
				got := compute(r, holed, params)
				if r.GoesOn() {
					want := compute(r, without(in, hole), params)
					for i := range want {
						want[i] = slices.Insert(want[i], hole, math.NaN())
						wantAll(t, r, i, got[i], want[i], 0)
					}
					continue
				}
				last := hole
				if r.Memory == indicator.Windowed {
					last += r.FirstValue(params)
				}
				for i := range got {
					for bar, x := range got[i] {
						if inside := bar >= hole && bar <= last; !(inside && x != x) && !near(x, clean[i][bar], 1e-11) {
							t.Fatalf("%s with a hole at %d, bar %d: %v, without it %v", r.Outputs[i].Name, hole, bar, x, clean[i][bar])
						}
					}
				}
			}
		}
	})
}

// without returns c without one bar.
func without(c columns, bar int) columns {
	out := make(columns, len(c))
	for i := range c {
		out[i] = slices.Delete(slices.Clone(c[i]), bar, bar+1)
	}
	return out
}

// wantAll compares an output within a tolerance; 0 is to the bit.
func wantAll(t *testing.T, r *indicator.Row, output int, got, want []float64, tolerance float64) {
	t.Helper()
	for bar := range want {
		if !same(got[bar], want[bar]) && !(tolerance > 0 && near(got[bar], want[bar], tolerance)) {
			t.Fatalf("%s, bar %d: got %v, want %v", r.Outputs[output].Name, bar, got[bar], want[bar])
		}
	}
}

// TestLaws: inputs × 4, and inputs − 128.3, which turns the sign of some, do to each
// output what its laws say and nothing that they do not say.
func TestLaws(t *testing.T) {
	for _, r := range indicator.All() {
		in := inputsOf(r, 3000)
		params := paramsOf(r)[0]
		base := compute(r, in, params)
		k := r.Masks
		if slices.Contains(r.Columns, "session_first") {
			k = 1
		}
		masks := in[:k:k]
		scaled := compute(r, append(masks, in[k:].with(func(x float64) float64 { return 4 * x })...), params)
		shifted := compute(r, append(masks, in[k:].with(func(x float64) float64 { return x - 128.3 })...), params)
		for i, o := range r.Outputs {
			obeys(t, r.Name+"."+o.Name+" × 4", o.Scaled, base[i], scaled[i], func(x float64) float64 { return 4 * x })
			obeys(t, r.Name+"."+o.Name+" − 128.3", o.Shifted, base[i], shifted[i], func(x float64) float64 { return x - 128.3 })
		}
	}
}

func obeys(t *testing.T, what string, law indicator.Law, base, changed []float64, follow func(float64) float64) {
	t.Helper()
	follows, stays := true, true
	for bar, x := range base {
		follows = follows && near(changed[bar], follow(x), 1e-9)
		stays = stays && near(changed[bar], x, 1e-9)
	}
	found := indicator.Lawless
	switch {
	case follows:
		found = indicator.Follows
	case stays:
		found = indicator.Stays
	}
	if found != law {
		t.Errorf("%s: law %d, the row says %d", what, found, law)
	}
}

// TestTwins holds every row to its naive twin, and one with a rule of its own for
// unknown inputs also where some are.
func TestTwins(t *testing.T) {
	eachCase(t, func(t *testing.T, r *indicator.Row, params []float64) {
		if twinOf(r.Name) == nil {
			t.Skip("TestRowsAreWhole says so")
		}
		in := inputsOf(r, 4000)
		got, want := compute(r, in, params), twinOf(r.Name)(in, params)
		for i := range r.Outputs {
			wantAll(t, r, i, got[i], want[i], 1e-9)
		}
		if !r.OwnUnknown {
			return
		}
		rng := rand.New(rand.NewPCG(8, 8))
		in = in.with(func(x float64) float64 {
			if rng.IntN(10) == 0 {
				return math.NaN()
			}
			return x
		})
		got, want = compute(r, in, params), twinOf(r.Name)(in, params)
		for i := range r.Outputs {
			wantAll(t, r, i, got[i], want[i], 1e-9)
		}
	})
}

// TestOfNumber: a row of a number is that of a series of it.
func TestOfNumber(t *testing.T) {
	numbers := []float64{-2.5, math.Copysign(0, -1), 0, 3, math.Inf(-1), math.NaN()}
	for _, r := range indicator.All() {
		if r.OfNumber == nil {
			continue
		}
		if r.Memory != indicator.Pointwise || len(r.Inputs) > 3 || len(r.Columns)+len(r.Params) > 0 || len(r.Outputs) != 1 {
			t.Errorf("%s cannot be one of numbers", r)
		}
		for i := range 6 * 6 * 6 {
			x := [3]float64{numbers[i%6], numbers[i/6%6], numbers[i/36]}
			var in columns
			for k := range 3 {
				if k < len(r.Inputs) {
					in = append(in, []float64{x[k]})
				} else {
					x[k] = 0
				}
			}
			if got, want := r.OfNumber(x[0], x[1], x[2]), compute(r, in, nil)[0][0]; !same(got, want) {
				t.Errorf("%s of %v: %v, as a series %v", r, x, got, want)
			}
		}
	}
}
