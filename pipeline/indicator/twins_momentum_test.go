package indicator_test

import (
	"math"
	"slices"

	"github.com/markcheno/go-talib"
)

// unreferencedMomentum says why the port has no values for a row.
var unreferencedMomentum = map[string]string{
	"tsi": "TA-Lib has none", "dpo": "TA-Lib has none", "rsi_sma": "TA-Lib has none", "awesome": "TA-Lib has none",
}

// twinsMomentum are twins of what compares values with earlier ones, and of places in
// windows.
var twinsMomentum = map[string]twin{
	"roc": func(in columns, params []float64) columns {
		return columns{pairs(in[0], int(params[0]), func(x, before float64) float64 { return (x - before) / before * 100 })}
	},
	"momentum": func(in columns, params []float64) columns {
		return columns{pairs(in[0], int(params[0]), func(x, before float64) float64 { return x - before })}
	},
	"ppo": func(in columns, params []float64) columns {
		quick := exponential(in[0], 0, int(min(params[0], params[1])))
		calm := exponential(in[0], 0, int(max(params[0], params[1])))
		return columns{sumOf(columns{quick, calm}, func(e []float64) float64 { return (e[0]/e[1] - 1) * 100 })}
	},
	"trix": func(in columns, params []float64) columns {
		return columns{pairs(exponentials(in[0], int(params[0]), 3)[2], 1, func(x, before float64) float64 { return (x - before) / before * 100 })}
	},
	// The index of strength is 50 × (1 + the oscillator / 100).
	"cmo": func(in columns, params []float64) columns {
		return columns{strength(in[0], int(params[0]))}.with(func(x float64) float64 { return 2*x - 100 })
	},
	"tsi": func(in columns, params []float64) columns {
		slow, fast := int(params[0]), int(params[1])
		moves := pairs(in[0], 1, func(x, before float64) float64 { return x - before })
		sizes := columns{moves}.with(math.Abs)[0]
		twice := func(src []float64) []float64 { return exponential(exponential(src, 1, slow), slow, fast) }
		return columns{sumOf(columns{twice(moves), twice(sizes)}, func(e []float64) float64 { return 100 * e[0] / e[1] })}
	},
	"dpo": func(in columns, params []float64) columns {
		before := twins["lag"](in, []float64{math.Floor(params[0]/2) + 1})[0]
		return columns{sumOf(columns{before, windows(mean)(in, params)[0]}, func(x []float64) float64 { return x[0] - x[1] })}
	},
	"rsi_sma": func(in columns, params []float64) columns {
		rises := pairs(in[0], 1, func(x, before float64) float64 { return max(x-before, 0) })
		falls := pairs(in[0], 1, func(x, before float64) float64 { return max(before-x, 0) })
		up, down := windows(mean)(columns{rises}, params)[0], windows(mean)(columns{falls}, params)[0]
		return columns{sumOf(columns{up, down}, func(x []float64) float64 { return 100 - 100/(1+x[0]/x[1]) })}
	},
	"awesome": func(in columns, params []float64) columns {
		middle := columns{sumOf(in, mean)}
		short, long := windows(mean)(middle, params[:1])[0], windows(mean)(middle, params[1:])[0]
		return columns{sumOf(columns{short, long}, func(x []float64) float64 { return x[0] - x[1] })}
	},
	"stochf": func(in columns, params []float64) columns {
		place := places(in[0], in[1], in[2], params[0])
		d := windows(mean)(columns{place}, params[1:])[0]
		return known(columns{place, d})
	},
	"stoch": func(in columns, params []float64) columns {
		k := windows(mean)(columns{places(in[0], in[1], in[2], params[0])}, params[1:2])
		return known(columns{k[0], windows(mean)(k, params[2:])[0]})
	},
	"stochrsi": func(in columns, params []float64) columns {
		index := strength(in[0], int(params[0]))
		place := places(index, index, index, params[1])
		return known(columns{place, windows(mean)(columns{place}, params[2:])[0]})
	},
	"williams_r": func(in columns, params []float64) columns {
		return columns{places(in[0], in[1], in[2], params[0])}.with(func(x float64) float64 {
			if params[0] == 1 && x == 0 { // at both ends of a window of equal prices
				return 0
			}
			return x - 100
		})
	},
	"cci": func(in columns, params []float64) columns {
		return windows(func(window []float64) float64 {
			m, spread := mean(window), 0.0
			for _, x := range window {
				spread += math.Abs(x-m) / float64(len(window))
			}
			if len(window) == 1 {
				return 0
			}
			return (window[len(window)-1] - m) / (0.015 * spread)
		})(columns{sumOf(in, mean)}, params)
	},
	"ultosc": func(in columns, params []float64) columns {
		before := twins["lag"](in[2:], []float64{1})[0]
		bars := columns{in[0], in[1], in[2], before}
		pressure := sumOf(bars, func(b []float64) float64 { return b[2] - min(b[1], b[3]) })
		spans := sumOf(bars, func(b []float64) float64 { return max(b[0], b[3]) - min(b[1], b[3]) })
		periods, parts := slices.Sorted(slices.Values(params)), columns(nil)
		for k := range periods {
			parts = append(parts, windows(mean)(columns{pressure}, periods[k:k+1])[0], windows(mean)(columns{spans}, periods[k:k+1])[0])
		}
		return columns{sumOf(parts, func(p []float64) float64 { return 100 * (4*p[0]/p[1] + 2*p[2]/p[3] + p[4]/p[5]) / 7 })}
	},
	"mfi": func(in columns, params []float64) columns {
		typical := sumOf(in[:3], mean)
		moves := pairs(typical, 1, func(x, before float64) float64 { return x - before })
		flows := columns{typical, in[3], moves}
		up := sumOf(flows, func(f []float64) float64 { return f[0] * f[1] * max(math.Copysign(1, f[2]), 0) })
		down := sumOf(flows, func(f []float64) float64 { return f[0] * f[1] * max(math.Copysign(1, -f[2]), 0) })
		up[0], down[0] = math.NaN(), math.NaN()
		sums := columns{windows(mean)(columns{up}, params)[0], windows(mean)(columns{down}, params)[0]}
		return columns{sumOf(sums, func(s []float64) float64 { return 100 - 100/(1+s[0]/s[1]) })}
	},
}

// pairs is a function of each value and that of some bars before.
func pairs(src []float64, back int, f func(x, before float64) float64) []float64 {
	out := unknown(len(src))
	for i := back; i < len(src); i++ {
		out[i] = f(src[i], src[i-back])
	}
	return out
}

// places is where each close is between the extremes of a window, in percent.
func places(high, low, closes []float64, n float64) []float64 {
	top, bottom := windows(slices.Max[[]float64])(columns{high}, []float64{n})[0], windows(slices.Min[[]float64])(columns{low}, []float64{n})[0]
	return sumOf(columns{closes, top, bottom}, func(x []float64) float64 {
		if x[1] == x[2] {
			return 0
		}
		return 100 * (x[0] - x[2]) / (x[1] - x[2])
	})
}

// known makes all columns unknown where one is.
func known(in columns) columns {
	out := in.with(func(x float64) float64 { return x })
	for _, c := range in {
		for i, x := range c {
			for k := range out {
				if x != x {
					out[k][i] = x
				}
			}
		}
	}
	return out
}

// referencesMomentum are those of markcheno/go-talib.
var referencesMomentum = map[string]twin{
	"roc":      one(talib.Roc),
	"momentum": one(talib.Mom),
	"ppo": func(in columns, params []float64) columns {
		return columns{talib.Ppo(in[0], int(params[0]), int(params[1]), talib.EMA)}
	},
	"trix": one(talib.Trix),
	"cmo":  one(talib.Cmo),
	"stoch": func(in columns, params []float64) columns {
		k, d := talib.Stoch(in[0], in[1], in[2], int(params[0]), int(params[1]), talib.SMA, int(params[2]), talib.SMA)
		return columns{k, d}
	},
	"stochf": func(in columns, params []float64) columns {
		k, d := talib.StochF(in[0], in[1], in[2], int(params[0]), int(params[1]), talib.SMA)
		return columns{k, d}
	},
	"stochrsi": func(in columns, params []float64) columns {
		k, d := talib.StochRsi(in[0], int(params[0]), int(params[1]), int(params[2]), talib.SMA)
		return columns{k, d}
	},
	"williams_r": func(in columns, params []float64) columns {
		return columns{talib.WillR(in[0], in[1], in[2], int(params[0]))}
	},
	"cci": func(in columns, params []float64) columns {
		return columns{talib.Cci(in[0], in[1], in[2], int(params[0]))}
	},
	"ultosc": func(in columns, params []float64) columns {
		return columns{talib.UltOsc(in[0], in[1], in[2], int(params[0]), int(params[1]), int(params[2]))}
	},
	"mfi": func(in columns, params []float64) columns {
		return columns{talib.Mfi(in[0], in[1], in[2], in[3], int(params[0]))}
	},
}
