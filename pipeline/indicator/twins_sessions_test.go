package indicator_test

import (
	"math"
	"slices"
)

// line returns the least-squares line of y on x, from the sums of the definition.
func leastSquares(x, y []float64) (slope, intercept float64) {
	mx, my := mean(x), mean(y)
	xx, xy := 0.0, 0.0
	for i := range x {
		xx, xy = xx+(x[i]-mx)*(x[i]-mx), xy+(x[i]-mx)*(y[i]-my)
	}
	return xy / xx, my - xy/xx*mx
}

// windowed is a function of the last n bars of the inputs, and of so many more.
func windowed(more int, f func(in columns) float64) twin {
	return upTo(func(in columns, params []float64) float64 {
		n := int(params[0]) + more
		bars := len(in[0])
		if bars < n {
			return math.NaN()
		}
		return f(in.cut(bars-n, bars))
	})
}

var twinsSessions = map[string]twin{
	"vwap": func(in columns, params []float64) columns { return twinsMasks["anchored_vwap"](in, params) },
	"pivots": func(in columns, _ []float64) columns {
		out := make(columns, 7)
		for k := range out {
			out[k] = unknown(len(in[0]))
		}
		// The bars of each session that have prices; those before the first are of none.
		var before, session []int
		begun := false
		for i, m := range in[0] {
			if truthOf(m) == 1 {
				if begun = true; len(session) > 0 {
					before, session = session, nil
				}
			}
			if math.IsNaN(in[1][i] + in[2][i] + in[3][i]) {
				continue
			}
			if begun {
				session = append(session, i)
			}
			if before == nil {
				continue
			}
			high, low := math.Inf(-1), math.Inf(1)
			for _, j := range before {
				high, low = math.Max(high, in[1][j]), math.Min(low, in[2][j])
			}
			p := (high + low + in[3][before[len(before)-1]]) / 3
			for k, level := range []float64{p, 2*p - low, p + high - low, high + 2*(p-low), 2*p - high, p - high + low, low - 2*(high-p)} {
				out[k][i] = level
			}
		}
		return out
	},
	"product": windowed(0, func(in columns) float64 {
		p := 1.0
		for _, x := range in[0] {
			p *= x
		}
		return p
	}),
	"quantile": func(in columns, params []float64) columns {
		return windowed(0, func(in columns) float64 {
			x := slices.Sorted(slices.Values(in[0]))
			at := params[1] * float64(len(x)-1)
			k := min(int(at), max(len(x)-2, 0))
			return x[k] + (at-float64(k))*(x[min(k+1, len(x)-1)]-x[k])
		})(in, params)
	},
	"ols_beta": windowed(0, func(in columns) float64 { slope, _ := leastSquares(in[1], in[0]); return slope }),
	"spread": windowed(0, func(in columns) float64 {
		slope, intercept := leastSquares(in[1], in[0])
		last := len(in[0]) - 1
		return in[0][last] - intercept - slope*in[1][last]
	}),
	"half_life": windowed(1, func(in columns) float64 {
		var moves []float64
		for i := 1; i < len(in[0]); i++ {
			moves = append(moves, in[0][i]-in[0][i-1])
		}
		if slope, _ := leastSquares(in[0][:len(moves)], moves); slope < 0 {
			return -math.Ln2 / slope
		}
		return math.Inf(1)
	}),
}

var unreferencedSessions = map[string]string{
	"vwap": "TA-Lib has no sessions", "pivots": "TA-Lib has no sessions",
	"product": "TA-Lib has none", "quantile": "TA-Lib has none",
	"ols_beta": "TA-Lib's BETA is of returns", "spread": "TA-Lib has none", "half_life": "TA-Lib has none",
}
