package kernel_test

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// decimalsOf counts the decimals of the shortest text that is x.
func decimalsOf(x float64) int {
	_, fraction, _ := strings.Cut(strconv.FormatFloat(x, 'f', -1, 64), ".")
	return len(fraction)
}

// naiveExact is the sum of a window by its definition, in rational numbers of the
// values' texts; it reports false where the window has no exact sum.
func naiveExact(window []float64) (sum *big.Rat, ok bool) {
	decimals, sum := 0, new(big.Rat)
	for _, x := range window {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, false
		}
		decimals = max(decimals, decimalsOf(x))
		exact, _ := new(big.Rat).SetString(strconv.FormatFloat(x, 'f', -1, 64))
		sum.Add(sum, exact)
	}
	limit := float64(min(1<<53/len(window), 1<<51))
	for _, x := range window {
		if math.Abs(x)*math.Pow10(decimals) > limit {
			return nil, false
		}
	}
	return sum, decimals <= 6
}

// drawMixed is a column of stretches with 0 to 9 decimals, of volumes among them.
func drawMixed(t *rapid.T) []float64 {
	var column []float64
	for range rapid.IntRange(1, 6).Draw(t, "stretches") {
		perUnit := math.Pow10(rapid.SampledFrom([]int{0, 2, 2, 4, 6, 7, 9}).Draw(t, "decimals"))
		most := rapid.SampledFrom([]int{1000, 1000_000, 40_000_000_000_000}).Draw(t, "most")
		for range rapid.IntRange(1, 40).Draw(t, "bars") {
			column = append(column, float64(rapid.IntRange(-most, most).Draw(t, "units"))/perUnit)
		}
		if rapid.IntRange(0, 3).Draw(t, "odd") == 0 {
			column = append(column, rapid.SampledFrom([]float64{nan, math.Inf(1), 1.0 / 3, 1e14}).Draw(t, "odd one"))
		}
	}
	return column
}

// TestExactWindows: of a stored column each window says whether it has an exact sum.
// The reference adds the texts of the values up as rational numbers.
func TestExactWindows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src, n := drawMixed(t), rapid.IntRange(1, 12).Draw(t, "window")
		mean, sum := apply(smaOf(kernel.PerWindow), src, n), apply(sumOf(kernel.PerWindow), src, n)
		anchored, added := apply(smaOf(0), src, n), apply(sumOf(0), src, n)
		for i := range src {
			want, total := anchored[i], added[i]
			if i >= n-1 {
				if exact, ok := naiveExact(src[i-n+1 : i+1]); ok {
					total, _ = exact.Float64()
					want, _ = exact.Quo(exact, new(big.Rat).SetInt64(int64(n))).Float64()
				}
			}
			if !same(mean[i], want) || !same(sum[i], total) {
				t.Fatalf("window %d, bar %d: mean %v and sum %v, want %v and %v", n, i, mean[i], sum[i], want, total)
			}
		}
	})
}

// TestScaleIsNoMatter: what is known of a column beforehand does not change a bit.
func TestScaleIsNoMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src, n := drawMixed(t), rapid.IntRange(1, 12).Draw(t, "window")
		decimals := 0
		for _, x := range src {
			if x == x {
				decimals = max(decimals, decimalsOf(x))
			}
		}
		if decimals > 6 {
			t.Skip("a value has more decimals than a scale")
		}
		scale := int64(math.Pow10(decimals))
		wantSameIn(t, "mean", apply(smaOf(scale), src, n), apply(smaOf(kernel.PerWindow), src, n))
		wantSameIn(t, "sum", apply(sumOf(scale), src, n), apply(sumOf(kernel.PerWindow), src, n))
	})
}

// TestExactWindowOfThousandths: 0.1, 0.2 and 0.003 have the mean 0.303 / 3 = 0.101,
// beside a neighbour of nine decimals, and however much follows.
func TestExactWindowOfThousandths(t *testing.T) {
	src := []float64{0.123456789, 0.1, 0.2, 0.003, 0.123456789}
	for bars := 4; bars <= len(src); bars++ {
		if got := apply(smaOf(kernel.PerWindow), src[:bars], 3)[3]; got != 0.101 {
			t.Errorf("%d bars: got %v, want 0.101", bars, got)
		}
	}
}

func sumOf(scale int64) func(dst, src []float64, n int) {
	return func(dst, src []float64, n int) { kernel.Sum(dst, src, n, scale) }
}
