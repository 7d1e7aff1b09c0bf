package search

import (
	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/sweep/internal/ranking"
	"github.com/bowstring-engine/bowstring/sweep/results"
)

// wide returns rows of the open generation with the columns of the whole table. The
// caller releases it.
func (r *Reader) wide(rec arrow.Record) arrow.Record {
	rows := int(rec.NumRows())
	columns := make([]arrow.Array, r.schema.NumFields())
	for i, f := range r.schema.Fields() {
		at := rec.Schema().FieldIndices(f.Name)
		switch {
		case f.Name == results.GenerationColumn:
			columns[i] = filled(rows, int64(r.open.Number))
		case f.Name == results.ParetoColumn:
			columns[i] = array.MakeArrayOfNull(memory.DefaultAllocator, f.Type, rows)
		case rec.Column(at[0]).DataType().ID() == f.Type.ID():
			columns[i] = rec.Column(at[0])
			columns[i].Retain()
		default: // whole numbers of a parameter that has others as well
			columns[i] = floats(rec.Column(at[0]))
		}
	}
	return newRecord(r.schema, columns, rows)
}

// newRecord returns a record that takes over references of its columns.
func newRecord(schema *arrow.Schema, columns []arrow.Array, rows int) arrow.Record {
	rec := array.NewRecord(schema, columns, int64(rows))
	for _, c := range columns {
		c.Release()
	}
	return rec
}

func filled(rows int, v int64) arrow.Array {
	b := array.NewInt64Builder(memory.DefaultAllocator)
	defer b.Release()
	b.Reserve(rows)
	for range rows {
		b.UnsafeAppend(v)
	}
	return b.NewArray()
}

func floats(a arrow.Array) arrow.Array {
	b := array.NewFloat64Builder(memory.DefaultAllocator)
	defer b.Release()
	b.Reserve(a.Len())
	for row := range a.Len() {
		b.UnsafeAppend(ranking.Number(a, row))
	}
	return b.NewArray()
}

// finish returns rows with the column of what no other trial dominates, once the
// search has ended. The caller releases it.
func (r *Reader) finish(rec arrow.Record) arrow.Record { return r.fronts(rec) }

// fronts returns rows with the column of what no other trial dominates.
func (r *Reader) fronts(rec arrow.Record) arrow.Record {
	front, counts := r.search.front()
	b := array.NewInt64Builder(memory.DefaultAllocator)
	defer b.Release()
	for _, trial := range rec.Column(0).(*array.Int64).Int64Values() {
		switch {
		case !counts[trial]:
			b.AppendNull()
		case front[trial]:
			b.Append(1)
		default:
			b.Append(0)
		}
	}
	columns := make([]arrow.Array, rec.NumCols())
	for i := range columns {
		if rec.ColumnName(i) == results.ParetoColumn {
			columns[i] = b.NewArray()
		} else {
			columns[i] = rec.Column(i)
			columns[i].Retain()
		}
	}
	return newRecord(rec.Schema(), columns, int(rec.NumRows()))
}

// regroup makes records of a fixed number of rows of others.
type regroup struct {
	schema *arrow.Schema
	rows   int64 // of a record; 0 leaves records as they are
	queue  []arrow.Record
	queued int64
}

func (g *regroup) add(rec arrow.Record) {
	if rec.NumRows() > 0 {
		rec.Retain()
		g.queue = append(g.queue, rec)
		g.queued += rec.NumRows()
	}
}

// take returns the next whole record, or the last one, which may be shorter; nil
// where there is none. The caller releases it.
func (g *regroup) take(last bool) arrow.Record {
	if g.queued == 0 || g.queued < g.rows && !last {
		return nil
	}
	n := g.rows
	if n == 0 {
		n = g.queue[0].NumRows()
	}
	n = min(n, g.queued)
	g.queued -= n
	var parts []arrow.Record
	for n > 0 {
		head := g.queue[0]
		if head.NumRows() > n {
			parts = append(parts, head.NewSlice(0, n))
			g.queue[0] = head.NewSlice(n, head.NumRows())
			head.Release()
			n = 0
			continue
		}
		n -= head.NumRows()
		parts = append(parts, head)
		g.queue = g.queue[1:]
	}
	defer func() {
		for _, p := range parts {
			p.Release()
		}
	}()
	if len(parts) == 1 {
		parts[0].Retain()
		return parts[0]
	}
	return joined(g.schema, parts)
}

// joined returns the rows of records as one.
func joined(schema *arrow.Schema, parts []arrow.Record) arrow.Record {
	columns := make([]arrow.Array, schema.NumFields())
	rows := 0
	for _, p := range parts {
		rows += int(p.NumRows())
	}
	for i := range columns {
		of := make([]arrow.Array, len(parts))
		for k, p := range parts {
			of[k] = p.Column(i)
		}
		joined, err := array.Concatenate(of, memory.DefaultAllocator)
		if err != nil {
			panic(err) // columns of one type always concatenate
		}
		columns[i] = joined
	}
	return newRecord(schema, columns, rows)
}

// each replaces the records that are held.
func (g *regroup) each(f func(arrow.Record) arrow.Record) {
	for i, rec := range g.queue {
		g.queue[i] = f(rec)
		rec.Release()
	}
}

func (g *regroup) release() {
	for _, rec := range g.queue {
		rec.Release()
	}
	g.queue, g.queued = nil, 0
}
