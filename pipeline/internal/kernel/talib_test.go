package kernel_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/markcheno/go-talib"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// TestAgreesWithTALib compares with markcheno/go-talib, a port of TA-Lib, from
// the first bar that both have. Known differences:
//
//   - warm-up bars are 0 there and NaN here;
//   - NaN is not known there and spoils all that follows;
//   - its rolling sums are never restarted, so its sma drifts by rounding;
//   - its stddev is E[x²] − E[x]², which loses half of the digits: off
//     by up to 1e-6 here, and not 0 for all constant windows;
//   - its rsi of one bar is 0.
func TestAgreesWithTALib(t *testing.T) {
	cases := []struct {
		name      string
		ours      rolling
		theirs    func(src []float64, n int) []float64
		warmUp    int // bars before the first value, less n
		tolerance float64
	}{
		{"sma", smaOf(0), talib.Sma, -1, 1e-11},
		{"sma cents", smaOf(100), talib.Sma, -1, 1e-11},
		{"ema", kernel.EMA, talib.Ema, -1, 1e-12},
		{"rsi", kernel.RSI, talib.Rsi, 0, 1e-10},
		{"stddev", kernel.StdDev, func(src []float64, n int) []float64 { return talib.StdDev(src, n, 1) }, -1, 1e-6},
		{"highest", kernel.Highest, talib.Max, -1, 0},
		{"lowest", kernel.Lowest, talib.Min, -1, 0},
	}
	for _, c := range cases {
		for _, s := range shapes[:2] { // cents and walk
			for _, bars := range []int{100, 1023, 1024, 1025, 3000} {
				for _, n := range []int{2, 3, 14, 50, 99} {
					t.Run(fmt.Sprintf("%s/%s/rows=%d/window=%d", c.name, s.name, bars, n), func(t *testing.T) {
						src := s.column(bars)
						got, want := apply(c.ours, src, n), c.theirs(src, n)
						for i := range src {
							if first := n + c.warmUp; i < first {
								if !math.IsNaN(got[i]) {
									t.Fatalf("bar %d: got %v during warm-up", i, got[i])
								}
								continue
							}
							if !near(got[i], want[i], c.tolerance, 1) {
								t.Fatalf("bar %d: got %v, TA-Lib %v", i, got[i], want[i])
							}
						}
					})
				}
			}
		}
	}
}

// TA-Lib answers 0 for the index of prices that do not move, and 100 for ones
// that only rise.
func TestRSIOfFlatPricesIsTALibs(t *testing.T) {
	flat, rising := shapes[3].column(30), shapes[5].column(30)
	for _, src := range [][]float64{flat, rising} {
		got, want := apply(kernel.RSI, src, 14), talib.Rsi(src, 14)
		wantSame(t, got[14:], want[14:])
	}
	if got := apply(kernel.RSI, flat, 14)[20]; got != 0 {
		t.Errorf("flat: got %v, want 0", got)
	}
	if got := apply(kernel.RSI, rising, 14)[20]; got != 100 {
		t.Errorf("rising: got %v, want 100", got)
	}
}
