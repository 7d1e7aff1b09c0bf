package columnar

import (
	"math"

	"github.com/bowstring-engine/bowstring/internal/decimal"
)

// maxScaled bounds value × Scale, so that sums of many such numbers and their
// checks stay far inside what float64 and int64 hold exactly.
const maxScaled = 1 << 50

// notDecimal is the number of decimals of values that need more than
// MaxDecimals.
const notDecimal = MaxDecimals + 1

// Decimals finds out how many decimals the values of a column need. The zero
// value has seen none.
type Decimals struct {
	places  int
	largest float64
}

// Add looks at more values. NaN needs none. A value has d decimals when it is
// the float64 nearest to m / 10^d for a whole m: that is a property of the
// value, however it was written ("1e-1", "0.10"), and as long as |m| ≤ 2^50
// at most one m comes into question.
func (d *Decimals) Add(values []float64) {
	if d.places == notDecimal {
		return
	}
	scale := decimal.Pow10[d.places]
	for _, v := range values {
		if v != v {
			continue
		}
		if a := math.Abs(v); a > d.largest {
			d.largest = a
		}
		for math.RoundToEven(v*scale)/scale != v {
			d.places++
			if d.places == notDecimal {
				return
			}
			scale = decimal.Pow10[d.places]
		}
	}
}

// Scale returns the [Column.Scale] of a column of these values.
func (d *Decimals) Scale() int64 {
	scale := ScaleOf(d.places)
	if d.largest*float64(scale) > maxScaled {
		return 0
	}
	return scale
}
