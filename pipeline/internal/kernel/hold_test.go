package kernel

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// prices returns n prices of a random walk behind offset others, so that they
// begin anywhere in a vector.
func prices(n, offset int) []float64 {
	r := rand.New(rand.NewPCG(uint64(n), uint64(offset)))
	v, price := make([]float64, offset+n), 100.0
	for i := range v {
		price *= math.Exp(0.01 * r.NormFloat64())
		v[i] = price
	}
	return v[offset:]
}

// heldSizes are the numbers of bars around whole vectors and around powers of
// two.
var heldSizes = []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 32, 33, 127, 128, 129, 1023, 1024, 1025}

// TestHold holds the sums to exact ones, by big.Float, at every size and at
// every alignment, and the extremes to those of a loop.
func TestHold(t *testing.T) {
	for _, bars := range heldSizes {
		for offset := range 8 {
			closes := prices(bars+1, offset)
			const rf = 0.0003
			got := Hold(closes, rf)
			var want [5]big.Float
			high, low := math.Inf(-1), math.Inf(1)
			for i, c := range closes[1:] {
				r := c/closes[i] - 1
				loss := min(r-rf, 0)
				for s, x := range []float64{r, r * r, -loss, loss * loss, c} {
					want[s].Add(&want[s], big.NewFloat(x))
				}
				high, low = max(high, c), min(low, c)
			}
			for s, x := range []float64{got.Returns, got.Squares, got.Below, got.Downside, got.Price} {
				if w, _ := want[s].Float64(); !(math.Abs(x-w) <= 1e-13*max(math.Abs(w), 1e-3)) {
					t.Errorf("%d bars, %d in: sum %d is %v, want %v", bars, offset, s, x, w)
				}
			}
			if got.High != high || got.Low != low {
				t.Errorf("%d bars, %d in: %v to %v, want %v to %v", bars, offset, got.Low, got.High, low, high)
			}
		}
	}
}

// TestHoldByHand has closes whose returns are exact: 100 → 150 → 75 → 75 → 150
// → 225 are 1/2, −1/2, 0, 1 and 1/2. Of the lanes (1/2 + 1/2), −1/2, 0 and 1.
func TestHoldByHand(t *testing.T) {
	got := Hold([]float64{100, 150, 75, 75, 150, 225}, 0)
	want := Held{Returns: 1.5, Squares: 1.75, Below: 0.5, Downside: 0.25, Price: 675, High: 225, Low: 75}
	if got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	// A risk-free return of 1/4 leaves −3/4 and −1/4 below it.
	got = Hold([]float64{100, 150, 75, 75, 150, 225}, 0.25)
	want.Below, want.Downside = 1, 0.625
	if got != want {
		t.Errorf("above 1/4: %+v, want %+v", got, want)
	}
}

// TestHoldAffine holds the sums to exact ones, computed from the equities of the
// account by big.Float, for positions of either side at every size and
// alignment, and assembly to its Go twin, to the bit.
func TestHoldAffine(t *testing.T) {
	for _, bars := range heldSizes {
		for offset := range 8 {
			closes := prices(bars+1, offset)
			const rf = 0.0003
			for _, kappa := range []float64{0, 150, 1e6, -2 * closes[0] * 2, -1e6} {
				got := HoldAffine(closes, kappa, rf)
				if twin := holdAffineGo(closes, kappa, rf); got != twin {
					t.Fatalf("%d bars, %d in, kappa %v: %+v, its twin %+v", bars, offset, kappa, got, twin)
				}
				var want [5]big.Float
				for i, c := range closes[1:] {
					before, after := new(big.Float).SetPrec(200), new(big.Float).SetPrec(200)
					before.Add(big.NewFloat(kappa), big.NewFloat(closes[i]))
					after.Add(big.NewFloat(kappa), big.NewFloat(c))
					r, _ := after.Quo(after.Sub(after, before), before).Float64()
					loss := min(r-rf, 0)
					for s, x := range []float64{r, r * r, -loss, loss * loss, c} {
						want[s].Add(&want[s], big.NewFloat(x))
					}
				}
				for s, x := range []float64{got.Returns, got.Squares, got.Below, got.Downside, got.Price} {
					if w, _ := want[s].Float64(); !(math.Abs(x-w) <= 1e-12*max(math.Abs(w), 1e-6)) {
						t.Fatalf("%d bars, %d in, kappa %v: sum %d is %v, want %v", bars, offset, kappa, s, x, w)
					}
				}
			}
		}
	}
}

// TestHoldAffineByHand: 100 of cash and one unit short, sold at 100, is 200 −
// price: closes of 100, 150, 100, 80 are equities of 100, 50, 100, 120, returns
// of −1/2, 1 and 1/5.
func TestHoldAffineByHand(t *testing.T) {
	got := HoldAffine([]float64{100, 150, 100, 80}, -200, 0)
	want := Held{Returns: -0.5 + 1 + 0.2, Squares: 0.25 + 1 + 0.2*0.2, Below: 0.5, Downside: 0.25, Price: 330, High: 150, Low: 80}
	if math.Abs(got.Returns-want.Returns) > 1e-15 || math.Abs(got.Squares-want.Squares) > 1e-15 {
		t.Errorf("%+v, want %+v", got, want)
	}
	got.Returns, got.Squares = want.Returns, want.Squares
	if got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// TestHoldOrder has terms of which a sum in any other order loses the small
// ones: bars 0 and 4 are of one lane.
func TestHoldOrder(t *testing.T) {
	closes := []float64{1, 1e16, 1, 1, 1, 3}
	// Lane 0 is 1e16 + 3 = 1e16 + 4 (ties to even), the others are 1.
	lane := 1e16 + 3.0
	if got, want := Hold(closes, 0).Price, (lane+1)+(1+1); got != want {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestHoldUnknown(t *testing.T) {
	for _, bars := range heldSizes {
		for _, bad := range []float64{math.NaN(), math.Inf(1), 0, -1} {
			for _, at := range []int{1, (bars + 1) / 2, bars} {
				closes := prices(bars+1, 0)
				closes[max(at, 1)] = bad
				if got := Hold(closes, 0); got.Price <= math.MaxFloat64 && got.Low > 0 {
					t.Errorf("%d bars: nothing tells of %v on bar %d: %+v", bars, bad, at, got)
				}
			}
		}
	}
}

func TestHoldPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("one close: no panic")
		}
	}()
	Hold([]float64{1}, 0)
}

// TestInside moves one bar that is not inside over columns of every size, for
// each reason.
func TestInside(t *testing.T) {
	const floor, ceiling = 90.0, 110.0
	nan := math.NaN()
	outside := [][3]float64{ // low, open, high
		{90, 100, 101}, {80, 85, 101}, {99, 100, 110}, {99, 100, 120}, {101, 100, 102}, {99, 103, 102},
		{nan, 100, 101}, {99, nan, 101}, {99, 100, nan}, {0, 100, 101}, {-5, 100, 101}, {99, 100, math.Inf(1)},
	}
	for _, bars := range append([]int{0}, heldSizes...) {
		for offset := range 4 {
			column := func(v float64) []float64 {
				c := make([]float64, offset+bars)
				for i := range c {
					c[i] = v
				}
				return c[offset:]
			}
			low, open, high := column(90.01), column(100), column(109.99)
			if got := Inside(low, open, high, floor, ceiling); got != bars {
				t.Fatalf("%d bars inside: %d", bars, got)
			}
			for _, at := range []int{0, 1, bars / 2, bars - 2, bars - 1} {
				if at < 0 || at >= bars {
					continue
				}
				for _, o := range outside {
					low[at], open[at], high[at] = o[0], o[1], o[2]
					if got := Inside(low, open, high, floor, ceiling); got != at {
						t.Fatalf("%d bars, %v at %d: %d", bars, o, at, got)
					}
				}
				low[at], open[at], high[at] = 90.01, 100, 109.99
			}
		}
	}
}

// FuzzHold holds assembly and twin together, to the bit.
func FuzzHold(f *testing.F) {
	addColumns(f)
	f.Fuzz(func(t *testing.T, raw []byte, bars uint16, skew uint8, rf, _ float64) {
		a, _ := columns(raw, bars, skew)
		if len(a) < 2 || rf-rf != 0 {
			return
		}
		positive := make([]float64, len(a))
		for i, x := range a {
			positive[i] = 1e-3 + min(math.Abs(x), 1e100)
			if x != x {
				positive[i] = 1
			}
		}
		for _, closes := range [][]float64{a, positive} {
			got, want := Hold(closes, rf), holdGo(closes, rf)
			told := func(h Held) bool { return !(h.Price <= math.MaxFloat64 && h.Low > 0) }
			if told(got) && told(want) || closes[0] != closes[0] || closes[0] <= 0 || closes[0] > math.MaxFloat64 {
				continue
			}
			if got != want {
				t.Fatalf("closes %v: assembly %+v, Go %+v", closes, got, want)
			}
		}
	})
}

func FuzzInside(f *testing.F) {
	addColumns(f)
	f.Fuzz(func(t *testing.T, raw []byte, bars uint16, skew uint8, floor, ceiling float64) {
		low, high := columns(raw, bars, skew)
		open := make([]float64, len(low))
		for i := range open {
			open[i] = low[i]/2 + high[i]/2
			if i%5 > 0 { // get far
				low[i], open[i], high[i] = floor/2+ceiling/2, floor/2+ceiling/2, floor/2+ceiling/2
			}
		}
		if got, want := Inside(low, open, high, floor, ceiling), insideGo(low, open, high, floor, ceiling); got != want {
			t.Fatalf("assembly %d, Go %d", got, want)
		}
	})
}

func BenchmarkHold(b *testing.B) {
	closes := prices(1025, 0)
	for _, bars := range []int{16, 75, 1024} {
		for name, run := range map[string]func([]float64, float64) Held{"here": Hold, "go": holdGo} {
			b.Run(fmt.Sprintf("rows=%d/code=%s", bars, name), func(b *testing.B) {
				sum := 0.0
				for range b.N {
					sum += run(closes[:bars+1], 0).Returns
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(bars), "ns/bar")
			})
		}
	}
}

func BenchmarkInside(b *testing.B) {
	low, open, high := prices(1024, 0), prices(1024, 0), prices(1024, 0)
	for name, run := range map[string]func(low, open, high []float64, floor, ceiling float64) int{"here": Inside, "go": insideGo} {
		b.Run("rows=1024/code="+name, func(b *testing.B) {
			for range b.N {
				if run(low, open, high, 0, math.MaxFloat64) != 1024 {
					b.Fatal("outside")
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1024, "ns/bar")
		})
	}
}
