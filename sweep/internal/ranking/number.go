package ranking

import (
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// Numeric reports whether a column of a table has numbers.
func Numeric(f arrow.Field) bool { return f.Type.ID() == arrow.INT64 || f.Type.ID() == arrow.FLOAT64 }

// Number returns a value of an int64 or float64 column; NaN for null.
func Number(a arrow.Array, row int) float64 {
	if a.IsNull(row) {
		return math.NaN()
	}
	switch a := a.(type) {
	case *array.Int64:
		return float64(a.Value(row))
	case *array.Float64:
		return a.Value(row)
	}
	return math.NaN()
}
