package backtest

import (
	"reflect"
)

// Path is what an account went through: a point for each fill, in the order of
// bars. Before the first point there is the start cash. It holds as much as an
// equity curve in the memory of the trades.
type Path []Point

// Point is an account from the close of a bar on, until that of the next
// point.
type Point struct {
	// Bar counts from the asset's first bar.
	Bar int
	// Cash and Units make the equity Cash + Units × close; units are below 0
	// for a short position.
	Cash, Units float64
	// Mark is the price that stands in for the close until one is known.
	Mark float64
}

// Value returns the equity at a close and the mark for the next bar. A close
// that is not known leaves the mark as it is.
func (p *Point) Value(mark, price float64) (equity, next float64) {
	if Known(price) {
		mark = price
	}
	return p.Cash + float64(p.Units*mark), mark
}

// BarsPerFill is how many bars there are between two fills where memory for
// them is set aside before anything is known of them.
const BarsPerFill = 16

// PathBytes returns about how much memory a [Path] over so many bars takes,
// with a fill every 16.
func PathBytes(bars int) int64 {
	return int64(bars/BarsPerFill+2) * int64(reflect.TypeFor[Point]().Size())
}
