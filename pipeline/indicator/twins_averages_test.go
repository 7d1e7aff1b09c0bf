package indicator_test

import (
	"math"

	"github.com/markcheno/go-talib"
)

// unreferencedAverages says why the port has no values for a row.
var unreferencedAverages = map[string]string{
	"hma": "TA-Lib has none", "vwma": "TA-Lib has none", "alma": "TA-Lib has none", "ewm": "TA-Lib has none",
	"rma": "TA-Lib has none", "zlema": "TA-Lib has none", "vidya": "TA-Lib has none", "efficiency_ratio": "TA-Lib has none",
}

// twinsAverages are twins of averages.
var twinsAverages = map[string]twin{
	"wma": windows(rising),
	"trima": func(in columns, params []float64) columns {
		n := params[0] // the mean of means
		return windows(mean)(windows(mean)(in, []float64{math.Ceil((n + 1) / 2)}), []float64{math.Floor((n + 1) / 2)})
	},
	"hma": func(in columns, params []float64) columns {
		n := int(params[0])
		half, full := windows(rising)(in, []float64{float64(max(n/2, 1))})[0], windows(rising)(in, params)[0]
		for i := range half {
			half[i] = 2*half[i] - full[i]
		}
		root := 1.0
		for (root+1)*(root+1) <= params[0] {
			root++
		}
		return windows(rising)(columns{half}, []float64{root})
	},
	"vwma": func(in columns, params []float64) columns {
		out := windows(mean)(columns{product(in[0], in[1])}, params)
		for i, v := range windows(mean)(columns{in[1]}, params)[0] {
			out[0][i] /= v
		}
		return out
	},
	"alma": func(in columns, params []float64) columns {
		return windows(func(window []float64) float64 {
			n := float64(len(window))
			centre, width, sum, weights := params[1]*(n-1), n/params[2], 0.0, 0.0
			for k, x := range window {
				w := math.Exp(-math.Pow(float64(k)-centre, 2) / (2 * width * width))
				sum, weights = sum+w*x, weights+w
			}
			return sum / weights
		})(in, params)
	},
	"ewm": func(in columns, params []float64) columns {
		out, weight := unknown(len(in[0])), 2/(1+params[0])
		average := in[0][0]
		for i, x := range in[0] {
			average = (1-weight)*average + weight*x
			if i >= int(params[0])-1 {
				out[i] = average
			}
		}
		return columns{out}
	},
	"rma": func(in columns, params []float64) columns {
		out, n := unknown(len(in[0])), int(params[0])
		for i := n - 1; i < len(out); i++ {
			if i == n-1 {
				out[i] = mean(in[0][:n])
			} else {
				out[i] = (out[i-1]*(params[0]-1) + in[0][i]) / params[0]
			}
		}
		return columns{out}
	},
	"dema": func(in columns, params []float64) columns {
		e := exponentials(in[0], int(params[0]), 2)
		return columns{sumOf(e, func(e []float64) float64 { return 2*e[0] - e[1] })}
	},
	"tema": func(in columns, params []float64) columns {
		e := exponentials(in[0], int(params[0]), 3)
		return columns{sumOf(e, func(e []float64) float64 { return 3*(e[0]-e[1]) + e[2] })}
	},
	// A generalised double average is (1+v) a - v aa, T3 that of that of that.
	"t3": func(in columns, params []float64) columns {
		e := exponentials(in[0], int(params[0]), 6)
		v := params[1]
		return columns{sumOf(e, func(e []float64) float64 {
			return (1+v)*((1+v)*((1+v)*e[2]-v*e[3])-v*((1+v)*e[3]-v*e[4])) - v*((1+v)*((1+v)*e[3]-v*e[4])-v*((1+v)*e[4]-v*e[5]))
		})}
	},
	"zlema": func(in columns, params []float64) columns {
		n := int(params[0])
		ahead, lag := unknown(len(in[0])), (n-1)/2
		for i := lag; i < len(ahead); i++ {
			ahead[i] = in[0][i] + (in[0][i] - in[0][i-lag])
		}
		return columns{exponential(ahead, lag, n)}
	},
	"efficiency_ratio": func(in columns, params []float64) columns { return columns{straightness(in[0], int(params[0]))} },
	"kama": func(in columns, params []float64) columns {
		out, n := unknown(len(in[0])), int(params[0])
		slow := 2 / (params[2] + 1)
		for i, ratio := range straightness(in[0], n) {
			if i < n {
				continue
			}
			before := out[i-1]
			if i == n {
				before = in[0][i-1]
			}
			share := ratio*(2/(params[1]+1)-slow) + slow
			out[i] = before + share*share*(in[0][i]-before)
		}
		return columns{out}
	},
	"vidya": func(in columns, params []float64) columns {
		out, n := unknown(len(in[0])), int(params[0])
		for i := n; i < len(out); i++ {
			before, up, down := out[i-1], 0.0, 0.0
			if i == n {
				before = in[0][i-1]
			}
			for k := i - n + 1; k <= i; k++ {
				up += max(in[0][k]-in[0][k-1], 0)
				down += max(in[0][k-1]-in[0][k], 0)
			}
			weight := 2 / (1 + params[0]) * math.Abs((up-down)/(up+down))
			out[i] = weight*in[0][i] + (1-weight)*before
		}
		return columns{out}
	},
}

// rising is the mean of a window with weights 1, 2, 3 and so on.
func rising(window []float64) float64 {
	sum, weights := 0.0, 0.0
	for k, x := range window {
		sum, weights = sum+float64(k+1)*x, weights+float64(k+1)
	}
	return sum / weights
}

func product(a, b []float64) []float64 {
	out := make([]float64, len(a))
	for i := range a {
		out[i] = a[i] * b[i]
	}
	return out
}

// exponentials are averages of averages.
func exponentials(src []float64, n, depth int) columns {
	out := columns{exponential(src, 0, n)}
	for k := 1; k < depth; k++ {
		out = append(out, exponential(out[k-1], k*(n-1), n))
	}
	return out
}

// sumOf is a function of every bar of some columns.
func sumOf(in columns, f func(bar []float64) float64) []float64 {
	out := make([]float64, len(in[0]))
	for i := range out {
		var bar []float64
		for _, c := range in {
			bar = append(bar, c[i])
		}
		out[i] = f(bar)
	}
	return out
}

func straightness(src []float64, n int) []float64 {
	out := unknown(len(src))
	for i := n; i < len(src); i++ {
		path := 0.0
		for k := i - n + 1; k <= i; k++ {
			path += math.Abs(src[k] - src[k-1])
		}
		out[i] = math.Abs(src[i]-src[i-n]) / path
	}
	return out
}

// referencesAverages are those of markcheno/go-talib.
var referencesAverages = map[string]twin{
	"wma":   one(talib.Wma),
	"trima": one(talib.Trima),
	"dema":  one(talib.Dema),
	"tema":  one(talib.Tema),
	"t3":    func(in columns, params []float64) columns { return columns{talib.T3(in[0], int(params[0]), params[1])} },
	"kama": func(in columns, params []float64) columns {
		if params[1] != 2 || params[2] != 30 {
			return nil
		}
		return columns{talib.Kama(in[0], int(params[0]))}
	},
}
