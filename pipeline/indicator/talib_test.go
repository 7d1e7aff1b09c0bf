package indicator_test

import (
	"math"
	"testing"

	"github.com/markcheno/go-talib"

	"github.com/bowstring-engine/bowstring/pipeline/indicator"
)

// TestAgreesWithTALib compares rows with markcheno/go-talib, from the first bar that
// both have. Its spreads are E[x²] − E[x]², which loses half of the digits, hence the
// tolerance.
func TestAgreesWithTALib(t *testing.T) {
	eachCase(t, func(t *testing.T, r *indicator.Row, params []float64) {
		if referenceOf(r.Name) == nil || len(r.Params) > 0 && params[0] < 2 {
			return // of one bar, the port has indicators of its own
		}
		if len(r.Inputs) == 2 && len(r.Params) > 0 && params[0] < 3 {
			return // of two bars, its products have no digits left
		}
		in := inputsOf(r, 12_000) // more than the longest warm-up
		got, want := compute(r, in, params), referenceOf(r.Name)(in, params)
		if want == nil {
			return // the port has it for other parameters only
		}
		for i := range r.Outputs {
			first := r.FirstValue(params)
			wantAll(t, r, i, got[i][first:], want[i][first:], 1e-6)
		}
	})
}

// TestRegressionAgreesWithTALib compares the outputs of linreg that the port has.
func TestRegressionAgreesWithTALib(t *testing.T) {
	r := indicator.Find("linreg")
	in := inputsOf(r, 3000)
	for _, n := range []int{2, 14, 500} {
		got := compute(r, in, []float64{float64(n)})
		for name, f := range map[string]func([]float64, int) []float64{
			"value": talib.LinearReg, "slope": talib.LinearRegSlope, "intercept": talib.LinearRegIntercept, "forecast": talib.Tsf,
		} {
			i := r.Output(name)
			wantAll(t, r, i, got[i][n-1:], f(in[0], n)[n-1:], 1e-6)
		}
	}
}

// TestValuesOfTALib compares rows with values that TA-Lib 0.8.1 itself has given, by
// its Python package, for the prices 100 + (37 i mod 101) / 4 of 60 bars, whose highs
// are 1 + (17 i mod 13) / 8 above and whose lows 1 + (29 i mod 11) / 8 below.
func TestValuesOfTALib(t *testing.T) {
	closes, high, low := make([]float64, 60), make([]float64, 60), make([]float64, 60)
	for i := range closes {
		closes[i] = 100 + float64(i*37%101)/4
		high[i] = closes[i] + 1 + float64(i*17%13)/8
		low[i] = closes[i] - 1 - float64(i*29%11)/8
	}
	macd := map[int][]float64{
		13: {math.NaN(), math.NaN(), math.NaN()},
		14: {-0.14728860061698867, 1.1502648814039418, -1.2975534820209305},
		15: {0.22337688209901785, 0.7795096816819722, -0.5561327995829544},
		20: {0.7430576004410057, 1.219021607434858, -0.47596400699385244},
		40: {0.4651631098464577, 0.2712092073924303, 0.19395390245402738},
		59: {0.4267080404816852, 0.2184445250376876, 0.2082635154439976},
	}
	for _, c := range []struct {
		name   string
		in     columns
		params []float64
		want   map[int][]float64 // by bar, of each output
	}{
		{"macd", columns{closes}, []float64{5, 12, 4}, macd},
		{"macd", columns{closes}, []float64{12, 5, 4}, macd},
		{"atr", columns{high, low, closes}, []float64{7}, map[int][]float64{
			6: {math.NaN()}, 7: {12.946428571428571}, 8: {12.668367346938775}, 30: {13.00425501501444}, 59: {13.259374928089297},
		}},
		{"bbands", columns{closes}, []float64{10, 2}, map[int][]float64{
			8:  {math.NaN(), math.NaN(), math.NaN()},
			9:  {126.3866234184765, 111.325, 96.2633765815235},
			30: {128.7366234184765, 113.675, 98.61337658152348},
			59: {125.02026751802691, 111.75, 98.47973248197309},
		}},
	} {
		got := compute(indicator.Find(c.name), c.in, c.params)
		for bar, want := range c.want {
			for i := range want {
				if !near(got[i][bar], want[i], 1e-13) {
					t.Errorf("%s%v, output %d, bar %d: got %v, want %v", c.name, c.params, i, bar, got[i][bar], want[i])
				}
			}
		}
	}
}
