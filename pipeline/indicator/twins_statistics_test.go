package indicator_test

import (
	"math"
	"slices"

	"github.com/markcheno/go-talib"
)

// twinsStatistics are the twins of changes, sums, ranks and statistics of windows.
var twinsStatistics = map[string]twin{
	"diff":       withEarlier(func(x, before float64) float64 { return x - before }),
	"pct_change": withEarlier(func(x, before float64) float64 { return x/before - 1 }),
	"log_return": withEarlier(func(x, before float64) float64 { return math.Log(x) - math.Log(before) }),
	"sum":        windows(func(w []float64) float64 { return mean(w) * float64(len(w)) }),
	"cumsum":     soFar(func(w []float64) float64 { return mean(w) * float64(len(w)) }),
	"cummax":     soFar(slices.Max[[]float64]),
	"cummin":     soFar(slices.Min[[]float64]),
	"argmax":     windows(func(w []float64) float64 { return float64(len(w) - 1 - slices.Index(w, slices.Max(w))) }),
	"argmin":     windows(func(w []float64) float64 { return float64(len(w) - 1 - slices.Index(w, slices.Min(w))) }),
	"rolling_rank": windows(func(w []float64) float64 {
		rank := 0.5
		for _, x := range w {
			if x < w[len(w)-1] {
				rank++
			} else if x == w[len(w)-1] {
				rank += 0.5
			}
		}
		return rank
	}),
	"percentile": func(in columns, params []float64) columns {
		return windows(func(w []float64) float64 {
			s := slices.Sorted(slices.Values(w))
			at := float64(len(s)-1) * params[1] / 100
			low, high := s[int(math.Floor(at))], s[int(math.Ceil(at))]
			return low + (high-low)*math.Mod(at, 1)
		})(in, params)
	},
	"median": windows(middle),
	"mad": windows(func(w []float64) float64 {
		m, distances := middle(w), []float64(nil)
		for _, x := range w {
			distances = append(distances, math.Abs(x-m))
		}
		return middle(distances)
	}),
	"zscore": windows(func(w []float64) float64 { return (w[len(w)-1] - mean(w)) / deviation(w) }),
	"linreg": regression,
	"correlation": func(in columns, params []float64) columns {
		return columns{correlation(in[0], in[1], int(params[0]))}
	},
	"beta": func(in columns, params []float64) columns {
		a, b := returns(in[0]), returns(in[1])
		out, n := unknown(len(a)), int(params[0])
		for i := n; i < len(a); i++ {
			x, y := a[i-n+1:i+1], b[i-n+1:i+1]
			out[i] = covariance(x, y) / covariance(x, x)
		}
		return columns{out}
	},
	"autocorr": func(in columns, params []float64) columns {
		n, ago := int(params[0]), int(params[1])
		late := correlation(in[0][ago:], in[0][:len(in[0])-ago], n)
		return columns{append(unknown(ago), late...)}
	},
	"skew":     windows(func(w []float64) float64 { return moment(w, 3) / math.Pow(deviation(w), 3) }),
	"kurtosis": windows(func(w []float64) float64 { return moment(w, 4) / math.Pow(deviation(w), 4) }),
}

func withEarlier(f func(x, before float64) float64) twin {
	return func(in columns, params []float64) columns {
		out, n := unknown(len(in[0])), int(params[0])
		for i := n; i < len(out); i++ {
			out[i] = f(in[0][i], in[0][i-n])
		}
		return columns{out}
	}
}

func returns(src []float64) []float64 {
	return withEarlier(func(x, before float64) float64 { return x/before - 1 })(columns{src}, []float64{1})[0]
}

// soFar is a function of all bars up to each.
func soFar(f func(values []float64) float64) twin {
	return func(in columns, _ []float64) columns {
		var out []float64
		for i := range in[0] {
			out = append(out, f(in[0][:i+1]))
		}
		return columns{out}
	}
}

func middle(values []float64) float64 {
	s := slices.Sorted(slices.Values(values))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

func covariance(a, b []float64) float64 {
	sum, ma, mb := 0.0, mean(a), mean(b)
	for i := range a {
		sum += (a[i] - ma) * (b[i] - mb)
	}
	return sum / float64(len(a))
}

func correlation(a, b []float64, n int) []float64 {
	out := unknown(len(a))
	for i := n - 1; i < len(a); i++ {
		x, y := a[i-n+1:i+1], b[i-n+1:i+1]
		out[i] = covariance(x, y) / deviation(x) / deviation(y)
	}
	return out
}

func moment(w []float64, power int) float64 {
	sum, m := 0.0, mean(w)
	for _, x := range w {
		y := (x - m) * (x - m)
		if power == 4 {
			sum += y * y
		} else {
			sum += y * (x - m)
		}
	}
	return sum / float64(len(w))
}

// regression computes the residuals one by one.
func regression(in columns, params []float64) columns {
	n := int(params[0])
	out := make(columns, 6)
	for k := range out {
		out[k] = unknown(len(in[0]))
	}
	times := make([]float64, n)
	for i := range times {
		times[i] = float64(i)
	}
	for i := n - 1; i < len(in[0]); i++ {
		w := in[0][i-n+1 : i+1]
		slope, y, center := covariance(times, w)/covariance(times, times), mean(w), mean(times)
		at := func(t float64) float64 { return y + slope*(t-center) }
		residuals := 0.0
		for t, x := range w {
			residuals += (x - at(float64(t))) * (x - at(float64(t)))
		}
		stderr := math.Sqrt(residuals / float64(n-2))
		if n == 2 {
			stderr = 0
		}
		for k, x := range []float64{at(float64(n - 1)), slope, at(0), 1 - residuals/float64(n)/covariance(w, w), stderr, at(float64(n))} {
			out[k][i] = x
		}
	}
	return out
}

var referencesStatistics = map[string]twin{
	"diff":       one(talib.Mom),
	"pct_change": one(talib.Rocp),
	"sum":        one(talib.Sum),
	"argmax":     ages(talib.MaxIndex),
	"argmin":     ages(talib.MinIndex),
	"correlation": func(in columns, params []float64) columns {
		return columns{talib.Correl(in[0], in[1], int(params[0]))}
	},
	"beta": func(in columns, params []float64) columns {
		return columns{talib.Beta(in[0], in[1], int(params[0]))}
	},
}

// ages turns positions in the column into numbers of bars.
func ages(f func([]float64, int) []float64) twin {
	return func(in columns, params []float64) columns {
		out := f(in[0], int(params[0]))
		for i := range out {
			out[i] = float64(i) - out[i]
		}
		return columns{out}
	}
}

var unreferencedStatistics = map[string]string{
	"linreg":       "TA-Lib has four of its outputs: see TestRegressionAgreesWithTALib",
	"log_return":   "TA-Lib has none: see TestValuesOfOthers",
	"cumsum":       "TA-Lib has none: see TestValuesOfOthers",
	"cummax":       "TA-Lib has none: see TestValuesOfOthers",
	"cummin":       "TA-Lib has none: see TestValuesOfOthers",
	"rolling_rank": "TA-Lib has none: see TestValuesOfOthers",
	"percentile":   "TA-Lib has none: see TestValuesOfOthers",
	"median":       "TA-Lib has none: see TestValuesOfOthers",
	"mad":          "TA-Lib has none: see TestValuesOfOthers",
	"zscore":       "TA-Lib has none: see TestValuesOfOthers",
	"autocorr":     "TA-Lib has none: see TestValuesOfOthers",
	"skew":         "TA-Lib has none: see TestValuesOfOthers",
	"kurtosis":     "TA-Lib has none: see TestValuesOfOthers",
}
