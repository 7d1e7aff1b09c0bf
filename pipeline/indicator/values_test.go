package indicator_test

import (
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline/indicator"
)

// TestValuesOfOthers compares rows with values that other packages have given, by
// Python, for 60 bars of made-up prices and volumes.
func TestValuesOfOthers(t *testing.T) {
	bar := make(columns, 5)
	for i := range 60 {
		last := 100 + float64(i*37%101)/4
		for k, x := range []float64{last + float64(i*23%7-3)/8, last + 1 + float64(i*17%13)/8, last - 1 - float64(i*29%11)/8, last, 1000 + float64(i*53%17)*100} {
			bar[k] = append(bar[k], x)
		}
	}
	open, high, low, closes, volume := bar[0], bar[1], bar[2], bar[3], bar[4]
	for _, c := range []struct {
		name   string
		in     columns
		params []float64
		want   map[int][]float64 // by bar, of each output
	}{
		// TA-Lib 0.8.2
		{"sum", columns{closes}, []float64{10}, map[int][]float64{30: {1136.75}, 59: {1117.5}}},
		{"diff", columns{closes}, []float64{3}, map[int][]float64{30: {2.5}, 59: {2.5}}},
		{"pct_change", columns{closes}, []float64{3}, map[int][]float64{30: {0.02040816326530612}, 59: {0.022123893805309734}}},
		{"argmax", columns{closes}, []float64{10}, map[int][]float64{30: {0.0}, 59: {2.0}}},
		{"argmin", columns{closes}, []float64{10}, map[int][]float64{30: {8.0}, 59: {7.0}}},
		{"correlation", columns{closes, volume}, []float64{10}, map[int][]float64{30: {-0.25340340550439316}, 59: {0.06574120467426489}}},
		{"beta", columns{closes, volume}, []float64{10}, map[int][]float64{30: {-0.44436053845955736}, 59: {-0.5679278899549995}}},
		{"true_range", columns{high, low, closes}, []float64{}, map[int][]float64{30: {10.625}, 59: {10.5}}},
		{"natr", columns{high, low, closes}, []float64{7}, map[int][]float64{30: {10.403404012011553}, 59: {11.479978292718005}}},
		{"obv", columns{closes, volume}, []float64{}, map[int][]float64{30: {19900.0}, 59: {30600.0}}},
		{"ad", columns{high, low, closes, volume}, []float64{}, map[int][]float64{30: {-2186.5214368933243}, 59: {-3803.718350986774}}},
		{"adosc", columns{high, low, closes, volume}, []float64{3, 10}, map[int][]float64{30: {-234.69902028329875}, 59: {-181.80487486179254}}},
		// TA-Lib 0.8.2, r2 and stderr of SciPy 1.17.1 linregress
		{"linreg", columns{closes}, []float64{10}, map[int][]float64{30: {118.11363636363635, 0.9863636363636363, 109.23636363636362, 0.1415286865414151, 7.801169055748224, 119.09999999999998}, 59: {114.12272727272727, 0.5272727272727272, 109.37727272727273, 0.052098497754375105, 7.222479113535361, 114.64999999999999}}},
		// pandas 3.1.1
		{"rolling_rank", columns{closes}, []float64{10}, map[int][]float64{30: {10.0}, 59: {7.0}}},
		{"median", columns{closes}, []float64{10}, map[int][]float64{30: {114.5}, 59: {111.75}}},
		{"percentile", columns{closes}, []float64{10, 15}, map[int][]float64{30: {104.875}, 59: {104.625}}},
		{"cumsum", columns{closes}, []float64{}, map[int][]float64{30: {3487.5}, 59: {6742.75}}},
		{"cummax", columns{closes}, []float64{}, map[int][]float64{30: {125.0}, 59: {125.0}}},
		{"cummin", columns{closes}, []float64{}, map[int][]float64{30: {100.0}, 59: {100.0}}},
		{"zscore", columns{closes}, []float64{10}, map[int][]float64{30: {1.5038219566832776}, 59: {0.565173233306085}}},
		{"autocorr", columns{closes}, []float64{10, 2}, map[int][]float64{30: {-0.17843081143949635}, 59: {-0.05584247258959594}}},
		// SciPy 1.17.1
		{"mad", columns{closes}, []float64{10}, map[int][]float64{30: {6.75}, 59: {5.5}}},
		{"skew", columns{closes}, []float64{10}, map[int][]float64{30: {-0.1515103345150413}, 59: {0.0}}},
		{"kurtosis", columns{closes}, []float64{10}, map[int][]float64{30: {1.797231177415335}, 59: {1.7920044074384713}}},
		// pandas-ta-classic 0.8.32, pvt over 100
		{"cmf", columns{high, low, closes, volume}, []float64{10}, map[int][]float64{30: {-0.04360756360756361}, 59: {-0.010252006791799186}}},
		{"eom", columns{high, low, volume}, []float64{10}, map[int][]float64{30: {224866.6659224417}, 59: {41675.149936868576}}},
		{"force_index", columns{closes, volume}, []float64{5}, map[int][]float64{30: {6539.412419744456}, 59: {3008.847043036193}}},
		{"pvt", columns{closes, volume}, []float64{}, map[int][]float64{30: {805.4498519576764}, 59: {728.5507554239043}}},
		{"heikin_ashi", columns{open, high, low, closes}, []float64{}, map[int][]float64{30: {113.79415480836178, 126.375, 113.79415480836178, 125.09375}, 59: {111.51317216015963, 116.75, 111.51317216015963, 115.46875}}},
		{"donchian", columns{high, low}, []float64{10}, map[int][]float64{30: {126.375, 113.4375, 100.5}, 59: {124.125, 112.125, 100.125}}},
		// TA-Lib 0.8.2 EMA and ATR
		{"keltner", columns{high, low, closes}, []float64{10, 2, 5}, map[int][]float64{30: {140.8719161779351, 115.1876939487596, 89.5034717195841}, 59: {139.1715687815052, 112.79508294545012, 86.41859710939505}}},
		// NumPy 2.4.6, from the formulas of the papers
		{"log_return", columns{closes}, []float64{1}, map[int][]float64{30: {0.07688104433595759}, 59: {0.0834757221573221}}},
		{"realized_vol", columns{closes}, []float64{10}, map[int][]float64{30: {0.10417867602557983}, 59: {0.11052989946012141}}},
		{"parkinson", columns{high, low}, []float64{10}, map[int][]float64{30: {0.018186452589054807}, 59: {0.018760038598546278}}},
		{"garman_klass", columns{open, high, low, closes}, []float64{10}, map[int][]float64{30: {0.021370202101529654}, 59: {0.022043570757952272}}},
		{"rogers_satchell", columns{open, high, low, closes}, []float64{10}, map[int][]float64{30: {0.021808690086349065}, 59: {0.022361474134742942}}},
		{"yang_zhang", columns{open, high, low, closes}, []float64{10}, map[int][]float64{30: {0.11197710098057928}, 59: {0.11713445884936921}}},
	} {
		got := compute(indicator.Find(c.name), c.in, c.params)
		for bar, want := range c.want {
			for i := range want {
				if !near(got[i][bar], want[i], 1e-11) {
					t.Errorf("%s%v, output %d, bar %d: got %v, want %v", c.name, c.params, i, bar, got[i][bar], want[i])
				}
			}
		}
	}
}
