package indicator_test

import (
	"math"
	"slices"

	"github.com/markcheno/go-talib"
)

// twin computes the outputs of a row.
type twin = func(in columns, params []float64) columns

// find returns what the first of some maps that has a name says of it.
func find[T any](name string, maps ...map[string]T) (found T) {
	for _, m := range maps {
		if v, ok := m[name]; ok {
			return v
		}
	}
	return found
}

func twinOf(name string) twin {
	return find(name, []map[string]twin{twins, twinsAverages, twinsMomentum, twinsTrend, twinsFunctions, twinsStatistics, twinsBars, twinsMasks, twinsSessions}...)
}

func referenceOf(name string) twin {
	return find(name, []map[string]twin{references, referencesAverages, referencesMomentum, referencesTrend, referencesFunctions, referencesStatistics, referencesBars}...)
}

func reasonOf(name string) string {
	return find(name, []map[string]string{unreferenced, unreferencedAverages, unreferencedMomentum, unreferencedTrend, unreferencedFunctions, unreferencedStatistics, unreferencedBars, unreferencedMasks, unreferencedSessions}...)
}

// twins are naive: written from the definitions to be obviously right, and slow.
// Their inputs have no NaN, but for those of rows with a rule of their own for it.
var twins = map[string]twin{
	"sma":     windows(mean),
	"stddev":  windows(deviation),
	"highest": windows(slices.Max[[]float64]),
	"lowest":  windows(slices.Min[[]float64]),
	"ema": func(in columns, params []float64) columns {
		return columns{exponential(in[0], 0, int(params[0]))}
	},
	"rsi":  func(in columns, params []float64) columns { return columns{strength(in[0], int(params[0]))} },
	"macd": convergence,
	"atr": func(in columns, params []float64) columns {
		return columns{trueRange(in[0], in[1], in[2], int(params[0]))}
	},
	"bbands": func(in columns, params []float64) columns {
		middle, spread := windows(mean)(in, params)[0], windows(deviation)(in, params)[0]
		out := columns{nil, middle, nil}
		for i := range middle {
			out[0] = append(out[0], middle[i]+params[1]*spread[i])
			out[2] = append(out[2], middle[i]-params[1]*spread[i])
		}
		return out
	},
	"lag": func(in columns, params []float64) columns {
		out := unknown(len(in[0]))
		for i := range out {
			if at := i - int(params[0]); at >= 0 {
				out[i] = in[0][at]
			}
		}
		return columns{out}
	},
	"abs": func(in columns, _ []float64) columns {
		return in.with(func(x float64) float64 { return max(x, -x) })
	},
}

func unknown(bars int) []float64 {
	out := make([]float64, bars)
	for i := range out {
		out[i] = math.NaN()
	}
	return out
}

// windows is a function of every full window of one series.
func windows(f func(window []float64) float64) func(in columns, params []float64) columns {
	return func(in columns, params []float64) columns {
		out, n := unknown(len(in[0])), int(params[0])
		for i := n - 1; i < len(out); i++ {
			out[i] = f(in[0][i-n+1 : i+1])
		}
		return columns{out}
	}
}

func mean(window []float64) float64 {
	sum := 0.0
	for _, x := range window {
		sum += x
	}
	return sum / float64(len(window))
}

func deviation(window []float64) float64 {
	m, squares := mean(window), 0.0
	for _, x := range window {
		squares += (x - m) * (x - m)
	}
	return math.Sqrt(squares / float64(len(window)))
}

// exponential is the exponential average of n values from a bar on, the first of
// which is the mean of n.
func exponential(src []float64, from, n int) []float64 {
	out := unknown(len(src))
	for i := from + n - 1; i < len(src); i++ {
		if i == from+n-1 {
			out[i] = mean(src[from : i+1])
			continue
		}
		weight := 2 / (1 + float64(n))
		out[i] = weight*src[i] + (1-weight)*out[i-1]
	}
	return out
}

// convergence: both averages begin at the bar slow − 1, the signal signal − 1 bars
// later, and with it all three.
func convergence(in columns, params []float64) columns {
	fast, slow, n := int(min(params[0], params[1])), int(max(params[0], params[1])), int(params[2])
	quick, calm := exponential(in[0], slow-fast, fast), exponential(in[0], 0, slow)
	line, bars := unknown(len(in[0])), len(in[0])
	for i := range line {
		line[i] = quick[i] - calm[i]
	}
	signal, histogram := exponential(line, slow-1, n), unknown(bars)
	for i := range line {
		if histogram[i] = line[i] - signal[i]; signal[i] != signal[i] {
			line[i] = math.NaN()
		}
	}
	return columns{line, signal, histogram}
}

// strength is Wilder's index with means that are weighted sums of n-1 to 1.
func strength(src []float64, n int) []float64 {
	out, up, down, bars := unknown(len(src)), 0.0, 0.0, float64(n)
	for i := 1; i < len(src); i++ {
		rise, fall := max(src[i]-src[i-1], 0), max(src[i-1]-src[i], 0)
		if i <= n {
			up, down = up+rise/bars, down+fall/bars
		} else {
			up, down = (up*(bars-1)+rise)/bars, (down*(bars-1)+fall)/bars
		}
		if i >= n {
			out[i] = 100 - 100/(1+up/down)
		}
	}
	return out
}

func trueRange(high, low, closes []float64, n int) []float64 {
	out, average, bars := unknown(len(high)), 0.0, float64(n)
	for i := 1; i < len(high); i++ {
		span := max(high[i], closes[i-1]) - min(low[i], closes[i-1])
		if i <= n {
			average += span / bars
		} else {
			average = (average*(bars-1) + span) / bars
		}
		if i >= n {
			out[i] = average
		}
	}
	return out
}

// references are the indicators of markcheno/go-talib, a port of TA-Lib, whose
// warm-up bars are 0.
var references = map[string]twin{
	"sma":     one(talib.Sma),
	"ema":     one(talib.Ema),
	"rsi":     one(talib.Rsi),
	"highest": one(talib.Max),
	"lowest":  one(talib.Min),
	"stddev":  one(func(src []float64, n int) []float64 { return talib.StdDev(src, n, 1) }),
	"atr": func(in columns, params []float64) columns {
		return columns{talib.Atr(in[0], in[1], in[2], int(params[0]))}
	},
	"bbands": func(in columns, params []float64) columns {
		upper, middle, lower := talib.BBands(in[0], int(params[0]), params[1], params[1], talib.SMA)
		return columns{upper, middle, lower}
	},
}

func one(f func([]float64, int) []float64) func(in columns, params []float64) columns {
	return func(in columns, params []float64) columns { return columns{f(in[0], int(params[0]))} }
}

// unreferenced says why the port has no values for a row.
var unreferenced = map[string]string{
	"macd": "the port begins its averages as EMA does and its signal with zeros, TA-Lib does not: see TestValuesOfTALib",
	"lag":  "TA-Lib has none",
	"abs":  "TA-Lib has none",
}
