package indicator_test

import (
	"math"
	"slices"

	"github.com/markcheno/go-talib"
)

// twinsBars are the twins of rows of the columns of bars.
var twinsBars = map[string]twin{
	"true_range": func(in columns, _ []float64) columns { return columns{trueRange(in[0], in[1], in[2], 1)} },
	"natr": func(in columns, params []float64) columns {
		out := trueRange(in[0], in[1], in[2], int(params[0]))
		for i := range out {
			out[i] *= 100 / in[2][i]
		}
		return columns{out}
	},
	"keltner": func(in columns, params []float64) columns {
		middle, span := exponential(in[2], 0, int(params[0])), trueRange(in[0], in[1], in[2], int(params[2]))
		out := columns{nil, nil, nil}
		for i := range middle {
			m, width := middle[i]+0*span[i], params[1]*span[i]
			out[0], out[1], out[2] = append(out[0], m+width), append(out[1], m), append(out[2], m-width)
		}
		return out
	},
	"donchian": func(in columns, params []float64) columns {
		upper := windows(slices.Max[[]float64])(in[:1], params)[0]
		lower := windows(slices.Min[[]float64])(in[1:], params)[0]
		middle := make([]float64, len(upper))
		for i := range upper {
			middle[i] = 0.5*upper[i] + 0.5*lower[i]
		}
		return columns{upper, middle, lower}
	},
	"heikin_ashi": func(in columns, _ []float64) columns {
		out := make(columns, 4)
		for i := range in[0] {
			o, h, l, c := in[0][i], in[1][i], in[2][i], in[3][i]
			open, last := (o+c)/2, (o+h+l+c)/4
			if i > 0 {
				open = (out[0][i-1] + out[3][i-1]) / 2
			}
			for k, x := range []float64{open, slices.Max([]float64{h, open, last}), slices.Min([]float64{l, open, last}), last} {
				out[k] = append(out[k], x)
			}
		}
		return out
	},
	"obv": func(in columns, _ []float64) columns {
		out := []float64{in[1][0]}
		for i := 1; i < len(in[0]); i++ {
			move := in[0][i] - in[0][i-1]
			out = append(out, out[i-1]+in[1][i]*move/math.Abs(move))
		}
		return columns{out}
	},
	"ad": func(in columns, _ []float64) columns { return columns{accumulation(in)} },
	"adosc": func(in columns, params []float64) columns {
		line := accumulation(in)
		fast, slow := decaying(line, params[0]), decaying(line, params[1])
		out := unknown(len(line))
		for i := int(max(params[0], params[1])) - 1; i < len(out); i++ {
			out[i] = fast[i] - slow[i]
		}
		return columns{out}
	},
	"cmf": func(in columns, params []float64) columns {
		out, n := unknown(len(in[0])), int(params[0])
		for i := n - 1; i < len(out); i++ {
			flow, total := 0.0, 0.0
			for k := i - n + 1; k <= i; k++ {
				flow += in[3][k] * (2*in[2][k] - in[0][k] - in[1][k]) / (in[0][k] - in[1][k])
				total += in[3][k]
			}
			out[i] = flow / total
		}
		return columns{out}
	},
	"eom": func(in columns, params []float64) columns {
		moves := unknown(len(in[0]))
		for i := 1; i < len(moves); i++ {
			distance := (in[0][i]+in[1][i])/2 - (in[0][i-1]+in[1][i-1])/2
			ratio := in[2][i] / 1e8 / (in[0][i] - in[1][i])
			moves[i] = distance / ratio
		}
		return windows(mean)(columns{moves}, params)
	},
	"force_index": func(in columns, params []float64) columns {
		force := unknown(len(in[0]))
		for i := 1; i < len(force); i++ {
			force[i] = in[1][i]*in[0][i] - in[1][i]*in[0][i-1]
		}
		return columns{exponential(force, 1, int(params[0]))}
	},
	"pvt": func(in columns, _ []float64) columns {
		out, sum := unknown(len(in[0])), 0.0
		for i, r := range returns(in[0]) {
			if i > 0 {
				sum += r * in[1][i]
				out[i] = sum
			}
		}
		return columns{out}
	},
	"realized_vol": func(in columns, params []float64) columns {
		return rootMean(in, params, func(i int) float64 {
			if i == 0 {
				return math.NaN()
			}
			return math.Pow(math.Log(in[0][i])-math.Log(in[0][i-1]), 2)
		})
	},
	"parkinson": func(in columns, params []float64) columns {
		return rootMean(in, params, func(i int) float64 {
			return math.Pow(math.Log(in[0][i])-math.Log(in[1][i]), 2) / math.Log(16)
		})
	},
	"garman_klass": func(in columns, params []float64) columns {
		return rootMean(in, params, func(i int) float64 {
			o, h, l, c := logs(in, i)
			return 0.5*(h-l)*(h-l) - (math.Log(4)-1)*(c-o)*(c-o)
		})
	},
	"rogers_satchell": func(in columns, params []float64) columns {
		return rootMean(in, params, func(i int) float64 {
			o, h, l, c := logs(in, i)
			return (h-c)*(h-o) + (l-c)*(l-o)
		})
	},
	"yang_zhang": func(in columns, params []float64) columns {
		out, n := unknown(len(in[0])), int(params[0])
		for i := n; i < len(out); i++ {
			var nights, days, drift []float64
			for k := i - n + 1; k <= i; k++ {
				o, h, l, c := logs(in, k)
				nights, days = append(nights, o-math.Log(in[3][k-1])), append(days, c-o)
				drift = append(drift, (h-c)*(h-o)+(l-c)*(l-o))
			}
			size := float64(n)
			k := 0.34 / (1.34 + (size+1)/(size-1))
			unbiased := size / (size - 1)
			out[i] = math.Sqrt(unbiased*covariance(nights, nights) + k*unbiased*covariance(days, days) + (1-k)*mean(drift))
		}
		return columns{out}
	},
}

func logs(in columns, i int) (o, h, l, c float64) {
	return math.Log(in[0][i]), math.Log(in[1][i]), math.Log(in[2][i]), math.Log(in[3][i])
}

func rootMean(in columns, params []float64, term func(i int) float64) columns {
	terms := make([]float64, len(in[0]))
	for i := range terms {
		terms[i] = term(i)
	}
	return windows(func(w []float64) float64 { return math.Sqrt(mean(w)) })(columns{terms}, params)
}

func accumulation(in columns) []float64 {
	var out []float64
	sum := 0.0
	for i, h := range in[0] {
		l, c := in[1][i], in[2][i]
		sum += in[3][i] * (2*c - h - l) / (h - l)
		out = append(out, sum)
	}
	return out
}

// decaying is an exponential average that begins with the first value.
func decaying(src []float64, n float64) []float64 {
	out := []float64{src[0]}
	for i := 1; i < len(src); i++ {
		out = append(out, (2*src[i]+(n-1)*out[i-1])/(n+1))
	}
	return out
}

var referencesBars = map[string]twin{
	"true_range": func(in columns, _ []float64) columns { return columns{talib.TRange(in[0], in[1], in[2])} },
	"natr": func(in columns, params []float64) columns {
		return columns{talib.Natr(in[0], in[1], in[2], int(params[0]))}
	},
	"donchian": func(in columns, params []float64) columns {
		upper, lower := talib.Max(in[0], int(params[0])), talib.Min(in[1], int(params[0]))
		return columns{upper, talib.MedPrice(upper, lower), lower}
	},
	"obv": func(in columns, _ []float64) columns { return columns{talib.Obv(in[0], in[1])} },
	"ad":  func(in columns, _ []float64) columns { return columns{talib.Ad(in[0], in[1], in[2], in[3])} },
	"adosc": func(in columns, params []float64) columns {
		return columns{talib.AdOsc(in[0], in[1], in[2], in[3], int(params[0]), int(params[1]))}
	},
}

var unreferencedBars = map[string]string{
	"keltner":         "TA-Lib has none: see TestValuesOfOthers",
	"heikin_ashi":     "TA-Lib has none: see TestValuesOfOthers",
	"cmf":             "TA-Lib has none: see TestValuesOfOthers",
	"eom":             "TA-Lib has none: see TestValuesOfOthers",
	"force_index":     "TA-Lib has none: see TestValuesOfOthers",
	"pvt":             "TA-Lib has none: see TestValuesOfOthers",
	"realized_vol":    "TA-Lib has none: see TestValuesOfOthers",
	"parkinson":       "TA-Lib has none: see TestValuesOfOthers",
	"garman_klass":    "TA-Lib has none: see TestValuesOfOthers",
	"rogers_satchell": "TA-Lib has none: see TestValuesOfOthers",
	"yang_zhang":      "TA-Lib has none: see TestValuesOfOthers",
}
