package kernel

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// TestQuotient holds the division without a division to the processor's, to the
// bit: of numbers of every size, of neighbours of multiples of the divisor and
// of halves of a unit in the last place of the quotient.
func TestQuotient(t *testing.T) {
	if !hasAVX2 {
		t.Skip("no assembly here")
	}
	r := rand.New(rand.NewPCG(11, 12))
	rounds := 400_000
	if testing.Short() {
		rounds = 40_000
	}
	whole := func(bits int) int64 { return r.Int64N(1<<bits) + 1 }
	sums, dst := make([]float64, 8), make([]float64, 4)
	for range rounds {
		d := whole(1 + r.IntN(40))
		for i := range 4 {
			x := whole(1 + r.IntN(51))
			switch r.IntN(4) {
			case 0: // about a multiple
				x = (x/d)*d + r.Int64N(3) - 1
			case 1: // about the middle between two neighbouring quotients
				q := float64(x) / float64(d)
				middle := new(big.Float).SetPrec(200).Add(big.NewFloat(q), big.NewFloat((math.Nextafter(q, math.Inf(1))-q)/2))
				x, _ = middle.Mul(middle, new(big.Float).SetInt64(d)).Int64()
				x += r.Int64N(3) - 1
			case 2:
				x = -x
			}
			sums[4+i] = math.Float64frombits(uint64(max(min(x, maxUnits), -maxUnits)))
		}
		if averageUnitsBlocks(dst, sums, 4, float64(d)) != 4 {
			t.Fatal("the assembly did not run")
		}
		for i, got := range dst {
			x := int64(math.Float64bits(sums[4+i]))
			if want := float64(x) / float64(d); got != want {
				t.Fatalf("%d / %d = %b, want %b", x, d, got, want)
			}
		}
	}
}

// TestDecimalWithoutDivision holds the test for decimal values to the division
// that defines it, on decimal values of every size and scale, their neighbours,
// powers of two and anything else.
func TestDecimalWithoutDivision(t *testing.T) {
	if !hasAVX2 {
		t.Skip("no assembly here")
	}
	r := rand.New(rand.NewPCG(13, 14))
	rounds := 400_000
	if testing.Short() {
		rounds = 40_000
	}
	src, dst := make([]float64, 8), make([]float64, 8)
	decimal, other := 0, 0
	for range rounds {
		scale := math.Pow10(r.IntN(7))
		if r.IntN(4) == 0 {
			scale = float64(r.Int64N(1<<r.IntN(53)) + 1)
		}
		x := float64(r.Int64N(1<<(1+r.IntN(52)))) / scale
		switch r.IntN(8) {
		case 0, 1:
			x = math.Nextafter(x, math.Inf(1-2*r.IntN(2)))
		case 2:
			x = math.Ldexp(1, r.IntN(120)-70)
		case 3:
			x = math.Nextafter(math.Ldexp(1, r.IntN(60)-30), 0)
		case 4:
			x = math.Float64frombits(r.Uint64())
		}
		if r.IntN(2) == 0 {
			x = -x
		}
		at := r.IntN(8)
		clear(src)
		src[at] = x
		units := whole(float64(x * scale))
		want := units/scale == x && math.Abs(units) <= maxUnits
		if got := sumUnitsBlocks(dst, src, 0, scale, maxUnits) == 8; got != want {
			t.Fatalf("%b × %v is decimal: assembly %v, by division %v", x, scale, got, want)
		}
		if want {
			decimal++
			if sum := int64(math.Float64bits(dst[7])); sum != int64(units) {
				t.Fatalf("%v × %v: sum %d, want %v", x, scale, sum, units)
			}
		} else {
			other++
		}
	}
	if decimal < rounds/4 || other < rounds/4 {
		t.Errorf("%d decimal values and %d others: the cases say too little", decimal, other)
	}
}
