package indicator

// window returns a windowed row's warm-up: its first parameter is the number of
// bars that it looks at.
func window(params []float64) int { return int(params[0]) - 1 }

// moves returns the warm-up of a row whose first parameter is a number of moves, which
// need the bar before as well.
func moves(params []float64) int { return int(params[0]) }

// longest returns the warm-up of a row of two windows that both have to be full.
func longest(params []float64) int { return int(max(params[0], params[1])) - 1 }

// single is a stream of one input and one output.
type single func(dst, src []float64)

// Next is that of [Stream].
func (f single) Next(dst, src [][]float64) { f(dst[0], src[0]) }

// several is a stream of several.
type several func(dst, src [][]float64)

// Next is that of [Stream].
func (f several) Next(dst, src [][]float64) { f(dst, src) }

// series are the inputs of a row of one series.
var series = []string{"series"}

// highLowClose are the columns of a row of whole bars.
var highLowClose = []string{"high", "low", "close"}

// bars are the parameters of a row of one window without a usual length.
var bars = []Param{{Name: "window", Min: 1}}

// value returns the outputs of a row that makes one series.
func value(d Dimension, scaled, shifted Law) []Output {
	return []Output{{"value", d, scaled, shifted}}
}
