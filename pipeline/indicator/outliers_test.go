package indicator_test

import (
	"math"
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline/indicator"
)

// TestOutliersLeave: a value of 10¹⁵ in one input, or a run of them, changes no value of
// a windowed row whose window has none of them.
func TestOutliersLeave(t *testing.T) {
	const bars = 6000
	eachCase(t, func(t *testing.T, r *indicator.Row, params []float64) {
		if r.GoesOn() {
			return
		}
		in := inputsOf(r, bars)
		clean := compute(r, in, params)
		for input := range in {
			for _, at := range []int{3, 1023, 1700, 2047, bars - 1} {
				spoilt := in.with(func(x float64) float64 { return x })
				last := min(at+input%3, bars-1)
				for i := at; i <= last; i++ {
					spoilt[input][i] = 1e15
				}
				for i, out := range compute(r, spoilt, params) {
					for bar, x := range out {
						if (bar < at || bar > last+r.FirstValue(params)) && !near(x, clean[i][bar], 1e-9) {
							t.Fatalf("%s, 10¹⁵ at %d…%d of input %d, bar %d: %v, without it %v", r.Outputs[i].Name, at, last, input, bar, x, clean[i][bar])
						}
					}
				}
			}
		}
	})
}

// TestNothingIsAllocated: a row is computed in the memory that it is given, also where
// some of its bars are unknown.
func TestNothingIsAllocated(t *testing.T) {
	eachCase(t, func(t *testing.T, r *indicator.Row, params []float64) {
		in := inputsOf(r, 3000)
		for i := range in {
			in[i][700], in[i][701] = math.NaN(), math.NaN()
		}
		c := &indicator.Call{Dst: compute(r, in, params), Src: in, Params: params}
		if n := testing.AllocsPerRun(2, func() { r.Apply(c) }); n > 0 {
			t.Errorf("%v allocations", n)
		}
	})
}
