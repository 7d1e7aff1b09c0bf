package ingest

import (
	"context"
	"math"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/bowstring-engine/bowstring/columnar"
)

// maxScaled bounds value × Scale, so that sums of many such numbers and their
// checks stay far inside what float64 and int64 hold exactly.
const maxScaled = 1 << 50

// notDecimal is the number of decimals of values that need more than
// columnar.MaxDecimals.
const notDecimal = columnar.MaxDecimals + 1

// decimals is what the values of a column need.
type decimals struct {
	places  int
	largest float64
}

// add looks at more values. NaN needs none. A value has d decimals when it is
// the float64 nearest to m / 10^d for a whole m: that is a property of the
// value, however it was written ("1e-1", "0.10"), and as long as |m| ≤ 2^50
// at most one m comes into question.
func (d *decimals) add(values []float64) {
	if d.places == notDecimal {
		return
	}
	scale := pow10[d.places]
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
			scale = pow10[d.places]
		}
	}
}

// scale returns the Scale of the column.
func (d *decimals) scale() int64 {
	scale := columnar.ScaleOf(d.places)
	if d.largest*float64(scale) > maxScaled {
		return 0
	}
	return scale
}

// rangeRows is how many rows pass between two looks at the context.
const rangeRows = 1 << 16

// describe returns the columns of the Frame with their decimals.
func describe(ctx context.Context, names []string, values [][]float64, workers int) ([]columnar.Column, error) {
	columns := make([]columnar.Column, len(names))
	var g errgroup.Group
	g.SetLimit(workers)
	for i, name := range names {
		g.Go(func() error {
			var d decimals
			for part := range slices.Chunk(values[i], rangeRows) {
				if err := ctx.Err(); err != nil {
					return err
				}
				d.add(part)
			}
			columns[i] = columnar.Column{Name: name, Scale: d.scale()}
			return nil
		})
	}
	return columns, g.Wait()
}
