package ingest

import (
	"context"
	"math"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// mostPlaces is how many rows placesIn can number.
const mostPlaces = math.MaxUint32

// gatherColumns is gather one column after the other, each into the memory that
// the one before it had in the chunks.
func (g *grouped) gatherColumns(ctx context.Context, in *inputs, o *Options, s *slabs) error {
	var chunks []*chunk
	for _, source := range in.sources {
		for _, c := range source.chunks {
			if c.rows() > 0 {
				chunks = append(chunks, c)
			}
		}
	}
	places := make([][]uint32, len(chunks))
	err := spread(ctx, o.workers(), len(chunks), func(i int) {
		if chunks[i].slots != nil {
			places[i] = g.placesIn(chunks[i], g.keepsPlaces)
		}
	})
	if err != nil {
		return err
	}
	for column := -1; column < len(g.values); column++ {
		var memory []float64
		if column >= 0 {
			memory = s.free(column, g.rows) // of the column before
		}
		if memory == nil {
			memory = make([]float64, g.rows)
		}
		if column < 0 {
			g.times = timesIn(memory)
			err = spread(ctx, o.workers(), len(chunks), func(i int) {
				put(g, chunks[i], g.times, chunks[i].times, places[i])
			})
		} else {
			g.values[column] = memory
			err = spread(ctx, o.workers(), len(chunks), func(i int) {
				put(g, chunks[i], memory, chunks[i].values[column], places[i])
			})
		}
		if err != nil {
			return err
		}
	}
	for _, c := range chunks {
		c.release(g.keepsPlaces)
	}
	return nil
}

// put copies a column of a chunk to its places.
func put[T int64 | float64](g *grouped, c *chunk, dst, src []T, places []uint32) {
	if places == nil {
		for _, r := range c.runs {
			if r.rows > 0 {
				copy(dst[g.byID[r.asset].base+r.base:], src)
			}
		}
		return
	}
	for row, at := range places {
		dst[at] = src[row]
	}
}

// placesIn returns for each row of a chunk where it goes: in the memory of its
// slots, unless those are kept.
func (g *grouped) placesIn(c *chunk, keep bool) []uint32 {
	places := c.slots
	if keep {
		places = make([]uint32, len(c.slots))
	}
	next := make([]uint32, len(c.runs))
	for i, r := range c.runs {
		if r.rows > 0 {
			next[i] = uint32(g.byID[r.asset].base + r.base)
		}
	}
	for row, slot := range c.slots {
		places[row] = next[slot]
		next[slot]++
	}
	return places
}

// spread calls f with the numbers below n on several goroutines, and returns the
// error of a context that ends before.
func spread(ctx context.Context, workers, n int, f func(i int)) error {
	var next atomic.Int64
	var tasks errgroup.Group
	for range min(workers, n) {
		tasks.Go(func() error {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if err := ctx.Err(); err != nil {
					return err
				}
				f(i)
			}
			return nil
		})
	}
	return tasks.Wait()
}
