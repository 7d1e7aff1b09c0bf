package ingest

import (
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/bowstring-engine/bowstring/columnar"
)

// rangeRows is how many rows pass between two looks at the context.
const rangeRows = 1 << 16

// describe returns the columns of the Frame with their decimals.
func describe(ctx context.Context, names []string, values [][]float64, workers int) ([]columnar.Column, error) {
	columns := make([]columnar.Column, len(names))
	var g errgroup.Group
	g.SetLimit(workers)
	for i, name := range names {
		g.Go(func() error {
			var d columnar.Decimals
			for part := range slices.Chunk(values[i], rangeRows) {
				if err := ctx.Err(); err != nil {
					return err
				}
				d.Add(part)
			}
			columns[i] = columnar.Column{Name: name, Scale: d.Scale()}
			return nil
		})
	}
	return columns, g.Wait()
}
