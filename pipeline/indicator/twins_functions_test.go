package indicator_test

import (
	"math"

	"github.com/markcheno/go-talib"
)

// twinsFunctions are the twins of functions of the values of one bar.
var twinsFunctions = map[string]twin{
	"max": eachBar(func(x ...float64) float64 {
		if x[0] > x[1] {
			return x[0]
		}
		return x[1]
	}),
	"min": eachBar(func(x ...float64) float64 {
		if x[0] < x[1] {
			return x[0]
		}
		return x[1]
	}),
	"clamp": eachBar(func(x ...float64) float64 {
		switch {
		case x[0] > x[2]:
			return x[2]
		case x[0] < x[1] && x[1] < x[2]:
			return x[1]
		case x[0] < x[1]:
			return x[2]
		}
		return x[0]
	}),
	"sign":  eachBar(func(x ...float64) float64 { return x[0] / math.Abs(x[0]) }),
	"sqrt":  eachBar(func(x ...float64) float64 { return math.Pow(x[0], 0.5) }),
	"log":   eachBar(func(x ...float64) float64 { return math.Log2(x[0]) * math.Ln2 }),
	"exp":   eachBar(func(x ...float64) float64 { return math.Pow(math.E, x[0]) }),
	"pow":   eachBar(func(x ...float64) float64 { return math.Exp(x[1] * math.Log(x[0])) }),
	"floor": eachBar(func(x ...float64) float64 { return x[0] - math.Mod(math.Mod(x[0], 1)+1, 1) }),
	"ceil":  eachBar(func(x ...float64) float64 { return -math.Floor(-x[0]) }),
	"round": eachBar(func(x ...float64) float64 { return math.Floor(x[0] + 0.5) }),
}

// eachBar is a function of the values of each bar.
func eachBar(f func(x ...float64) float64) twin {
	return func(in columns, _ []float64) columns {
		out := make([]float64, len(in[0]))
		for i := range out {
			var x []float64
			for _, c := range in {
				x = append(x, c[i])
			}
			out[i] = f(x...)
		}
		return columns{out}
	}
}

// whole is a function of one series without parameters.
func whole(f func([]float64) []float64) twin {
	return func(in columns, _ []float64) columns { return columns{f(in[0])} }
}

var referencesFunctions = map[string]twin{
	"sqrt": whole(talib.Sqrt), "log": whole(talib.Ln), "exp": whole(talib.Exp),
	"floor": whole(talib.Floor), "ceil": whole(talib.Ceil),
}

var unreferencedFunctions = map[string]string{
	"max": "TA-Lib has none of two values", "min": "TA-Lib has none of two values", "clamp": "TA-Lib has none",
	"sign": "TA-Lib has none", "pow": "TA-Lib has none", "round": "TA-Lib has none",
}
