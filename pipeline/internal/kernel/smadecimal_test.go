package kernel_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// Prices in cents at every size and place in memory, with none, few and many
// bars without a value.
func TestDecimalSMAOnEverySize(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 10))
	everySize(func(bars, skew int) {
		src := make([]float64, skew+bars)[skew:]
		gaps := []int{math.MaxInt, 60, 5}[r.IntN(3)]
		for i := range src {
			src[i] = float64(r.IntN(20001)-10000) / 100
			if r.IntN(gaps) == 0 {
				src[i] = nan
			}
		}
		n := min(1+r.IntN([]int{3, 12, 70}[r.IntN(3)]), bars+1)
		memory := make([]float64, skew+bars+1)
		memory[skew+bars] = 77
		kernel.SMA(memory[skew:skew+bars], src, n, 100)
		wantSame(t, memory[skew:skew+bars], windowed(src, n, naiveDecimalMean(100)))
		if memory[skew+bars] != 77 {
			t.Fatalf("%d bars: wrote past the end", bars)
		}
	})
}

// Sums of 2^51 units, the most that the vectors can hold, and of one more, at
// every bar of a column of many vectors. The mean of n equal whole numbers is
// that number.
func TestDecimalSMAOfLargestSums(t *testing.T) {
	for _, n := range []int{1, 2, 4, 8, 64} {
		for _, units := range []float64{1 << 51, -1 << 51, 1<<51 + 64, -1<<51 - 64} {
			src := constant(units/float64(n), 100)
			for i, got := range apply(smaOf(1), src, n) {
				want := src[0]
				if i < n-1 {
					want = nan
				}
				if !same(got, want) {
					t.Fatalf("window %d of %v, bar %d: got %v", n, src[0], i, got)
				}
			}
		}
	}
}

// Prefix sums of a long column pass 2^63 many times over; its windows do not.
func TestDecimalSMAWrapsRound(t *testing.T) {
	src := make([]float64, 20000)
	for i := range src {
		src[i] = float64(int64(1)<<50 - int64(i))
	}
	wantSame(t, apply(smaOf(1), src, 2), windowed(src, 2, naiveDecimalMean(1)))
}
