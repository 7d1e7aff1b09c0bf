package backtest

import (
	"math"
)

// Bars are the columns of one asset over its whole history, of equal length.
// NaN is a price that was not observed.
type Bars struct {
	Open, High, Low, Close, Volume []float64
}

// Tradable reports whether an order can fill at this price.
func Tradable(price float64) bool { return price > 0 && !math.IsInf(price, 1) }

// Known reports whether a close values a position: any number, also one at or
// below 0, at which nothing is traded.
func Known(price float64) bool { return price-price == 0 }
