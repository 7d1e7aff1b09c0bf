package strategy

import (
	"math"
	"slices"

	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// fn is a function of the language.
type fn uint8

const (
	fnSMA fn = iota
	fnEMA
	fnRSI
	fnStdDev
	fnHighest
	fnLowest
	fnLag
	fnAbs
	fnCrossesAbove
	fnCrossesBelow
)

// function describes how a function is called.
type function struct {
	name      string
	signature string
	arity     int
	// least is the smallest window, for functions of a series and a window.
	least float64
}

var functions = [...]function{
	fnSMA:          {"sma", "sma(series, window)", 2, 1},
	fnEMA:          {"ema", "ema(series, window)", 2, 1},
	fnRSI:          {"rsi", "rsi(series, window)", 2, 1},
	fnStdDev:       {"stddev", "stddev(series, window)", 2, 1},
	fnHighest:      {"highest", "highest(series, window)", 2, 1},
	fnLowest:       {"lowest", "lowest(series, window)", 2, 1},
	fnLag:          {"lag", "lag(series, bars)", 2, 0},
	fnAbs:          {"abs", "abs(x)", 1, 0},
	fnCrossesAbove: {"crosses_above", "crosses_above(a, b)", 2, 0},
	fnCrossesBelow: {"crosses_below", "crosses_below(a, b)", 2, 0},
}

// Functions returns the names of the language's functions.
func Functions() []string {
	names := make([]string, len(functions))
	for i := range functions {
		names[i] = functions[i].name
	}
	return names
}

func functionNamed(name string) (fn, bool) {
	i := slices.IndexFunc(functions[:], func(f function) bool { return f.name == name })
	return fn(max(i, 0)), i >= 0
}

func (f fn) String() string { return functions[f].name }

// windowed reports whether f makes a series of a series and a window.
func (f fn) windowed() bool { return f <= fnLag }

// accepts reports whether w is a window of f.
func (f fn) accepts(w float64) bool {
	return w == math.Trunc(w) && w >= functions[f].least && !math.IsInf(w, 1)
}

// apply computes a function of one series and, but for abs, a window. A window that is longer than the column
// has no value on any bar, so the caller may clamp it to one bar more.
func (f fn) apply(dst, src []float64, window int, scale int64) {
	switch f {
	case fnSMA:
		kernel.SMA(dst, src, window, scale)
	case fnEMA:
		kernel.EMA(dst, src, window)
	case fnRSI:
		kernel.RSI(dst, src, window)
	case fnStdDev:
		kernel.StdDev(dst, src, window)
	case fnHighest:
		kernel.Highest(dst, src, window)
	case fnLowest:
		kernel.Lowest(dst, src, window)
	case fnLag:
		kernel.Lag(dst, src, window)
	case fnAbs:
		kernel.Abs(dst, src)
	default:
		panic("strategy: " + f.String() + " does not make a series of one")
	}
}
