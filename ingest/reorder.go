package ingest

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
)

// reorder writes the bars of every asset in their order, one asset behind the
// other: in memory in place, and where the columns are mapped from a file to another.
func (g *grouped) reorder(ctx context.Context, x *arranged, m *memory) error {
	bases, rows := make([]int, len(g.assets)), make([]int, len(g.assets))
	total := 0
	for i, a := range g.assets {
		bases[i], rows[i] = total, a.rows
		if x.order[a] != nil {
			rows[i] = x.bars[a]
		}
		total += rows[i]
	}
	var err error
	if g.owner != nil {
		err = g.reorderFile(ctx, x, total, m)
	} else {
		err = g.reorderMemory(ctx, x, bases, total)
	}
	if err != nil {
		return err
	}
	for i, a := range g.assets {
		a.base, a.rows = bases[i], rows[i]
	}
	g.rows = total
	return nil
}

// reorderMemory reorders columns in place: assets move to the front only.
func (g *grouped) reorderMemory(ctx context.Context, x *arranged, bases []int, total int) error {
	for column := -1; column < len(g.values); column++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if column < 0 {
			move(g, x, bases, g.times)
			g.times = g.times[:total]
			continue
		}
		move(g, x, bases, g.values[column])
		g.values[column] = g.values[column][:total]
	}
	return nil
}

// move reorders one column.
func move[T int64 | float64](g *grouped, x *arranged, bases []int, column []T) {
	for i, a := range g.assets {
		rows := column[a.base : a.base+a.rows]
		if order := x.order[a]; order != nil {
			permute(rows, order)
			rows = rows[:x.bars[a]]
		}
		copy(column[bases[i]:], rows)
	}
}

// permute makes row k what row order[k] was, cycle by cycle. What has been moved is
// marked in the top bit of order, which is as it was in the end.
func permute[T any](rows []T, order []uint32) {
	const moved = 1 << 31
	for start := range order {
		if order[start]&moved != 0 {
			continue
		}
		first, at := rows[start], start
		for {
			from := int(order[at])
			order[at] |= moved
			if from == start {
				rows[at] = first
				break
			}
			rows[at] = rows[from]
			at = from
		}
	}
	for k := range order {
		order[k] &^= moved
	}
}

// reorderFile writes the columns to another file, which takes the place of the one
// that they are mapped from.
func (g *grouped) reorderFile(ctx context.Context, x *arranged, total int, m *memory) error {
	file, err := m.spill.create()
	if err != nil {
		return fmt.Errorf("spill: %w", err)
	}
	if err := g.writeOrdered(ctx, x, m.spill, file); err != nil {
		_ = file.Close() // it is removed
		_ = os.Remove(file.Name())
		return err
	}
	g.owner.Release()
	g.owner, g.rows = nil, total
	if total == 0 {
		g.times, g.values = nil, make([][]float64, len(g.values))
		return errors.Join(file.Close(), os.Remove(file.Name()))
	}
	return g.mapFrom(file)
}

// writeOrdered writes the columns, one behind the other.
func (g *grouped) writeOrdered(ctx context.Context, x *arranged, s *spill, file *os.File) error {
	w := bufio.NewWriterSize(&spillWriter{s: s, file: file}, 64<<10)
	var word [8]byte
	for column := -1; column < len(g.values); column++ {
		for _, a := range g.assets {
			if err := ctx.Err(); err != nil {
				return err
			}
			order, n := x.order[a], a.rows
			if order != nil {
				n = x.bars[a]
			}
			for k := range n {
				at := a.base + k
				if order != nil {
					at = a.base + int(order[k])
				}
				bits := uint64(g.times[at])
				if column >= 0 {
					bits = math.Float64bits(g.values[column][at])
				}
				binary.NativeEndian.PutUint64(word[:], bits)
				if _, err := w.Write(word[:]); err != nil {
					return fmt.Errorf("spill: %w", err)
				}
			}
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("spill: %w", err)
	}
	return nil
}

// spillWriter writes a temporary file from its begin.
type spillWriter struct {
	s    *spill
	file *os.File
	at   int64
}

var _ io.Writer = (*spillWriter)(nil)

// Write implements [io.Writer].
func (w *spillWriter) Write(b []byte) (int, error) {
	if err := w.s.writeAt(w.file, b, w.at); err != nil {
		return 0, err
	}
	w.at += int64(len(b))
	return len(b), nil
}
