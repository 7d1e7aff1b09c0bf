package indicator_test

import (
	"math"
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline/indicator"
)

// TestInfinitiesLeave: an infinity in one input is gone from windowed values once their
// windows are beyond it, to the digits that there are without.
func TestInfinitiesLeave(t *testing.T) {
	const bars = 5000
	eachCase(t, func(t *testing.T, r *indicator.Row, params []float64) {
		if r.GoesOn() {
			t.Skip("keeps what it has seen")
		}
		in := inputsOf(r, bars)
		clean := compute(r, in, params)
		for input := range in {
			for _, bar := range []int{40, 1023, 1500} {
				for _, outlier := range []float64{math.Inf(1), math.Inf(-1)} {
					spoilt := in.with(func(x float64) float64 { return x })
					spoilt[input][bar] = outlier
					for i, out := range compute(r, spoilt, params) {
						from := min(bar+r.FirstValue(params)+1, bars)
						wantAll(t, r, i, out[from:], clean[i][from:], 1e-11)
						wantAll(t, r, i, out[:bar], clean[i][:bar], 0)
					}
				}
			}
		}
	})
}

// TestStandingStill: prices that do not move after some that did, by bars of one price,
// give values that are known or unknown by rule and not by rounding: those of
// averages are the price, and what measures moves shows none.
func TestStandingStill(t *testing.T) {
	const bars, price = 2500, 100.3
	still := map[string][]float64{
		"wma": {price}, "trima": {price}, "hma": {price}, "vwma": {price}, "alma": {price},
		"efficiency_ratio": {0}, "rsi_sma": {0}, "roc": {0}, "momentum": {0}, "dpo": {0}, "awesome": {0},
		"stoch": {0, 0}, "stochf": {0, 0}, "stochrsi": {0, 0}, "williams_r": {0}, "cci": {0}, "ultosc": {0}, "mfi": {0},
		"aroon": {100, 100, 0}, "vortex": {0, 0}, "choppiness": {math.NaN()}, "ulcer": {0},
	}
	for name, want := range still {
		r := indicator.Find(name)
		in := inputsOf(r, bars)
		for k := range in {
			if last := len(in) - 1; k == last && (name == "mfi" || name == "vwma") {
				continue // volume
			}
			for i := 1100; i < bars; i++ {
				in[k][i] = price
			}
		}
		params := paramsOf(r)[0]
		from := 1100 + r.FirstValue(params) + 1
		if r.GoesOn() {
			from += 500
		}
		for k, out := range compute(r, in, params) {
			for i := from; i < bars; i++ {
				if !near(out[i], want[k], 1e-13) {
					t.Fatalf("%s, output %d, bar %d: got %v, want %v", name, k, i, out[i], want[k])
				}
			}
		}
	}
}
