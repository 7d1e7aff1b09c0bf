package indicator_test

import (
	"math"
	"slices"

	"github.com/markcheno/go-talib"
)

// unreferencedTrend says why the port has no values for a row.
var unreferencedTrend = map[string]string{
	"supertrend": "TA-Lib has none", "vortex": "TA-Lib has none", "choppiness": "TA-Lib has none", "ulcer": "TA-Lib has none",
}

// twinsTrend are twins of what says whether there is a trend.
var twinsTrend = map[string]twin{
	"plus_di": func(in columns, params []float64) columns {
		plus, _ := directions(in, int(params[0]))
		return columns{plus}
	},
	"minus_di": func(in columns, params []float64) columns {
		_, minus := directions(in, int(params[0]))
		return columns{minus}
	},
	"dx": func(in columns, params []float64) columns { return columns{direction(in, int(params[0]))} },
	"adx": func(in columns, params []float64) columns {
		n, index := int(params[0]), direction(in, int(params[0]))
		out := unknown(len(index))
		for i := 2*n - 1; i < len(out); i++ {
			if i == 2*n-1 {
				out[i] = mean(index[n : i+1])
			} else {
				out[i] = (out[i-1]*(params[0]-1) + index[i]) / params[0]
			}
		}
		return columns{out}
	},
	"aroon": func(in columns, params []float64) columns {
		n := int(params[0])
		out := columns{unknown(len(in[0])), unknown(len(in[0])), unknown(len(in[0]))}
		for i := n; i < len(in[0]); i++ {
			high, low := i, i
			for k := i; k >= i-n; k-- {
				if in[0][k] > in[0][high] {
					high = k
				}
				if in[1][k] < in[1][low] {
					low = k
				}
			}
			out[0][i], out[1][i] = 100*(params[0]-float64(i-high))/params[0], 100*(params[0]-float64(i-low))/params[0]
			out[2][i] = out[0][i] - out[1][i]
		}
		return out
	},
	"psar": func(in columns, params []float64) columns {
		return columns{parabola(in[0], in[1], params[0], params[1])}
	},
	"supertrend": func(in columns, params []float64) columns {
		level, side := unknown(len(in[0])), unknown(len(in[0]))
		var upper, lower []float64
		for i, average := range trueRange(in[0], in[1], in[2], int(params[0])) {
			up, down := (in[0][i]+in[1][i])/2+params[1]*average, (in[0][i]+in[1][i])/2-params[1]*average
			if i > int(params[0]) {
				if before := upper[i-1]; in[2][i-1] <= before {
					up = min(up, before)
				}
				if before := lower[i-1]; in[2][i-1] >= before {
					down = max(down, before)
				}
			}
			upper, lower = append(upper, up), append(lower, down)
			switch {
			case average != average:
				continue
			case i == int(params[0]):
				side[i] = -1
			case side[i-1] == -1 && in[2][i] > up:
				side[i] = 1
			case side[i-1] == 1 && in[2][i] < down:
				side[i] = -1
			default:
				side[i] = side[i-1]
			}
			if level[i] = up; side[i] == 1 {
				level[i] = down
			}
		}
		return columns{level, side}
	},
	"vortex": func(in columns, params []float64) columns {
		up, down, span := unknown(len(in[0])), unknown(len(in[0])), spans(in[0], in[1], in[2])
		for i := 1; i < len(up); i++ {
			up[i], down[i] = math.Abs(in[0][i]-in[1][i-1]), math.Abs(in[1][i]-in[0][i-1])
		}
		sum := windows(mean)(columns{span}, params)[0]
		plus, minus := windows(mean)(columns{up}, params)[0], windows(mean)(columns{down}, params)[0]
		for i := range sum {
			plus[i], minus[i] = plus[i]/sum[i], minus[i]/sum[i]
		}
		return columns{plus, minus}
	},
	"choppiness": func(in columns, params []float64) columns {
		sum := windows(mean)(columns{spans(in[0], in[1], in[2])}, params)[0]
		top, bottom := windows(slices.Max[[]float64])(in[:1], params)[0], windows(slices.Min[[]float64])(in[1:2], params)[0]
		return columns{sumOf(columns{sum, top, bottom}, func(x []float64) float64 {
			return 100 * math.Log(x[0]*params[0]/(x[1]-x[2])) / math.Log(params[0])
		})}
	},
	"ulcer": func(in columns, params []float64) columns {
		top := windows(slices.Max[[]float64])(in, params)[0]
		squares := sumOf(columns{in[0], top}, func(x []float64) float64 { fall := 100 * (x[1] - x[0]) / x[1]; return fall * fall })
		return windows(mean)(columns{squares}, params).with(math.Sqrt)
	},
}

// spans are true ranges; the first bar has none.
func spans(high, low, closes []float64) []float64 {
	out := unknown(len(high))
	for i := 1; i < len(high); i++ {
		out[i] = max(high[i]-low[i], math.Abs(high[i]-closes[i-1]), math.Abs(low[i]-closes[i-1]))
	}
	return out
}

// directions are Wilder's indicators: sums that lose one part of n a bar.
func directions(in columns, n int) (plus, minus []float64) {
	plus, minus = unknown(len(in[0])), unknown(len(in[0]))
	span, sums, bars := spans(in[0], in[1], in[2]), [3]float64{}, float64(n)
	for i := 1; i < len(span); i++ {
		up, down := in[0][i]-in[0][i-1], in[1][i-1]-in[1][i]
		moves := [3]float64{0, 0, span[i]}
		if up > down && up > 0 {
			moves[0] = up
		}
		if down > up && down > 0 {
			moves[1] = down
		}
		for k := range sums {
			if i >= n {
				sums[k] *= (bars - 1) / bars
			}
			sums[k] += moves[k]
		}
		if i >= n {
			plus[i], minus[i] = 100*sums[0]/sums[2], 100*sums[1]/sums[2]
		}
	}
	return plus, minus
}

// direction is Wilder's index.
func direction(in columns, n int) []float64 {
	plus, minus := directions(in, n)
	index := unknown(len(plus))
	for i := n; i < len(index); i++ {
		switch sum := plus[i] + minus[i]; {
		case sum != 0:
			index[i] = 100 * math.Abs(plus[i]-minus[i]) / sum
		case n > 1:
			index[i] = index[i-1]
		default:
			index[i] = index[max(i-1, 1)]
			if i == 1 {
				index[i] = 0
			}
		}
	}
	return index
}

// parabola is the level that stops and reverses, as Wilder's book does it by hand.
func parabola(high, low []float64, step, most float64) []float64 {
	out := unknown(len(high))
	long := !(low[0]-low[1] > 0 && low[0]-low[1] > high[1]-high[0])
	next, extreme, factor := high[0], low[1], min(step, most)
	if long {
		next, extreme = low[0], high[1]
	}
	for i := 1; i < len(high); i++ {
		before := max(i-1, 1)
		floor, ceiling := min(low[i], low[before]), max(high[i], high[before])
		switch {
		case long && low[i] <= next:
			long, next, factor = false, max(extreme, ceiling), min(step, most)
			out[i], extreme = next, low[i]
		case !long && high[i] >= next:
			long, next, factor = true, min(extreme, floor), min(step, most)
			out[i], extreme = next, high[i]
		default:
			out[i] = next
			if long && high[i] > extreme || !long && low[i] < extreme {
				factor = min(factor+min(step, most), most)
			}
			if long {
				extreme = max(extreme, high[i])
			} else {
				extreme = min(extreme, low[i])
			}
		}
		next += factor * (extreme - next)
		if long {
			next = min(next, floor)
		} else {
			next = max(next, ceiling)
		}
	}
	return out
}

// referencesTrend are those of markcheno/go-talib.
var referencesTrend = map[string]twin{
	"adx":      bars3(talib.Adx),
	"dx":       bars3(talib.Dx),
	"plus_di":  bars3(talib.PlusDI),
	"minus_di": bars3(talib.MinusDI),
	"aroon": func(in columns, params []float64) columns {
		down, up := talib.Aroon(in[0], in[1], int(params[0]))
		return columns{up, down, talib.AroonOsc(in[0], in[1], int(params[0]))}
	},
	"psar": func(in columns, params []float64) columns {
		return columns{talib.Sar(in[0], in[1], params[0], params[1])}
	},
}

func bars3(f func(high, low, closes []float64, n int) []float64) func(in columns, params []float64) columns {
	return func(in columns, params []float64) columns { return columns{f(in[0], in[1], in[2], int(params[0]))} }
}
