package ingest

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/apache/arrow/go/v17/arrow"
	"golang.org/x/sync/errgroup"
)

// gatherSpilled is gather into a file, which the columns are mapped from. As
// many chunks as the budget has room for are put together in memory, and what
// they have of each asset is written to its place.
func (g *grouped) gatherSpilled(ctx context.Context, in *inputs, o *Options, m *memory) error {
	s := m.spill
	if err := s.flushAll(m); err != nil {
		return err
	}
	var chunks []*chunk
	largest := 1
	for _, source := range in.sources {
		for _, c := range source.chunks {
			if c.accepted > 0 {
				chunks = append(chunks, c)
				largest = max(largest, c.spilled.rows)
			}
		}
	}
	room, workers, held, err := g.room(largest, o, m)
	defer func() { m.release(held) }()
	if err != nil {
		return err
	}
	file, err := s.create()
	if err != nil {
		return fmt.Errorf("spill: %w", err)
	}
	for at := 0; at < len(chunks) && err == nil; {
		end, rows := at, 0
		for end < len(chunks) && rows+chunks[end].accepted <= room {
			rows += chunks[end].accepted
			end++
		}
		err = g.gatherBatch(ctx, s, file, chunks[at:end], rows, workers, g.keepsPlaces)
		at = end
	}
	if err != nil {
		_ = file.Close() // it is removed
		_ = os.Remove(file.Name())
		return err
	}
	return g.mapFrom(file)
}

// room finds out how many rows are put together at a time, and by how many
// workers: those that the budget has memory for, with a chunk a worker. held is
// what it has reserved.
func (g *grouped) room(largest int, o *Options, m *memory) (rows, workers int, held int64, err error) {
	chunk := chunkBytes(largest, len(g.values), true)
	for workers = o.workers(); workers > 1 && m.reserve(int64(workers)*chunk) != nil; workers-- {
	}
	if workers == 1 {
		if err := m.reserve(chunk); err != nil {
			return 0, 0, 0, m.spill.short(m, chunk, err)
		}
	}
	held = int64(workers) * chunk
	for rows = max(g.rows, largest); ; rows = max(rows/2, largest) {
		bytes := chunkBytes(rows, len(g.values), false)
		if err = m.reserve(bytes); err == nil {
			return rows, workers, held + bytes, nil
		}
		if rows == largest {
			return 0, 0, held, m.spill.short(m, bytes, err)
		}
	}
}

// segment is what a batch has of an asset: rows from row start of the asset on,
// at a place in the batch.
type segment struct{ start, rows, at int }

// gatherBatch puts chunks together that follow each other and writes them.
// places is that of release.
func (g *grouped) gatherBatch(ctx context.Context, s *spill, file *os.File, chunks []*chunk, rows, workers int, places bool) error {
	segments := make(map[*asset]*segment)
	var order []*asset
	for _, c := range chunks {
		for _, r := range c.runs {
			if r.rows == 0 {
				continue
			}
			a := g.byID[r.asset]
			if segments[a] == nil {
				segments[a] = &segment{start: r.base}
				order = append(order, a)
			}
			segments[a].rows += r.rows
		}
	}
	at := 0
	for _, a := range order {
		segments[a].at = at
		at += segments[a].rows
	}
	g.resize(rows)
	tasks, taskContext := errgroup.WithContext(ctx)
	tasks.SetLimit(workers)
	for _, c := range chunks {
		tasks.Go(func() error {
			if err := taskContext.Err(); err != nil {
				return err
			}
			if err := s.load(c); err != nil {
				return err
			}
			g.copy(c, func(a *asset) int { return segments[a].at - segments[a].start })
			c.release(places)
			return nil
		})
	}
	if err := tasks.Wait(); err != nil {
		return err
	}
	for column := -1; column < len(g.values); column++ {
		for _, a := range order {
			if err := ctx.Err(); err != nil {
				return err
			}
			p := segments[a]
			b := arrow.Int64Traits.CastToBytes(g.times[p.at : p.at+p.rows])
			if column >= 0 {
				b = arrow.Float64Traits.CastToBytes(g.values[column][p.at : p.at+p.rows])
			}
			if err := s.writeAt(file, b, 8*(int64(column+1)*int64(g.rows)+int64(a.base+p.start))); err != nil {
				return fmt.Errorf("spill: %w", err)
			}
		}
	}
	return nil
}

// resize makes room for the rows of a batch.
func (g *grouped) resize(rows int) {
	if cap(g.times) < rows {
		g.times = make([]int64, rows)
		for i := range g.values {
			g.values[i] = make([]float64, rows)
		}
	}
	g.times = g.times[:rows]
	for i := range g.values {
		g.values[i] = g.values[i][:rows]
	}
}

// mapFrom makes the columns those of the file.
func (g *grouped) mapFrom(file *os.File) (err error) {
	size := 8 * g.rows * (len(g.values) + 1)
	if g.rows == 0 { // nothing can be mapped
		g.resize(0)
		return errors.Join(file.Close(), os.Remove(file.Name()))
	}
	if g.owner, err = mapColumns(file, size); err != nil {
		return err
	}
	b := g.owner.Bytes()
	column := func(i int) []byte { return b[8*g.rows*i : 8*g.rows*(i+1)] }
	g.times = arrow.Int64Traits.CastFromBytes(column(0))
	for i := range g.values {
		g.values[i] = arrow.Float64Traits.CastFromBytes(column(i + 1))
	}
	return nil
}
