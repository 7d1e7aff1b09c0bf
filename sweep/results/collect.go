package results

import (
	"context"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// Leaders is [Leaders] of the whole file, in the memory of one row group: it reads the
// columns that rows are ranked by, and then the row groups of the best rows.
func (r *File) Leaders(ctx context.Context, opts LeadersOptions) (arrow.Record, error) {
	k, err := newRanker(r.Schema(), opts)
	if err != nil {
		return nil, err
	}
	for group := range r.file.NumRowGroups() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := r.rank(k, group); err != nil {
			return nil, err
		}
	}
	best, err := k.ranked()
	if err != nil {
		return nil, err
	}
	return r.fetch(ctx, best)
}

// rank shows the rows of a row group to a ranking.
func (r *File) rank(k *ranker, group int) error {
	columns := make([]arrow.Array, r.Schema().NumFields())
	defer func() {
		for _, c := range columns {
			if c != nil {
				c.Release()
			}
		}
	}()
	for _, c := range k.columns() {
		var err error
		if columns[c], err = r.file.Column(group, c); err != nil {
			return err
		}
	}
	return k.add(group, r.file.GroupRows(group), columns)
}

// fetch reads rows of the file.
func (r *File) fetch(ctx context.Context, rows []candidate) (arrow.Record, error) {
	of := make(map[int][]tableRow) // those of a row group
	for i := range rows {
		c := &rows[i]
		of[c.record] = append(of[c.record], tableRow{row: c.row})
		c.row = len(of[c.record]) - 1
	}
	parts := make(map[int]arrow.Record, len(of))
	defer func() {
		for _, part := range parts {
			part.Release()
		}
	}()
	for group, wanted := range of {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		rec, err := r.file.Record(group)
		if err != nil {
			return nil, err
		}
		for i := range wanted {
			wanted[i].rec = rec
		}
		parts[group] = take(r.Schema(), wanted)
		rec.Release()
	}
	sources := make([]tableRow, len(rows))
	for i, c := range rows {
		sources[i] = tableRow{parts[c.record], c.row}
	}
	return take(r.Schema(), sources), nil
}

// collector holds copies of the best rows of records that pass by.
type collector struct {
	schema *arrow.Schema
	rows   arrow.Record
}

// collected is the number of the record that a collector holds.
const collected = -1

// collect copies the rows of a record that are among the best, which are told
// where they are then.
func (c *collector) collect(best []candidate, record int, rec arrow.Record) {
	some := false
	sources := make([]tableRow, len(best))
	for i, b := range best {
		sources[i] = tableRow{c.rows, b.row}
		if b.record == record {
			sources[i].rec, some = rec, true
		}
	}
	if !some {
		return
	}
	rows := take(c.schema, sources)
	c.release()
	c.rows = rows
	for i := range best {
		best[i].record, best[i].row = collected, i
	}
}

// record returns the best rows in their order.
func (c *collector) record(best []candidate) arrow.Record {
	sources := make([]tableRow, len(best))
	for i, b := range best {
		sources[i] = tableRow{c.rows, b.row}
	}
	return take(c.schema, sources)
}

func (c *collector) release() {
	if c.rows != nil {
		c.rows.Release()
		c.rows = nil
	}
}

// tableRow is where a row is.
type tableRow struct {
	rec arrow.Record
	row int
}

// take copies rows of records with one schema into a new record.
func take(schema *arrow.Schema, rows []tableRow) arrow.Record {
	rb := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer rb.Release()
	for c := range schema.NumFields() {
		for _, r := range rows {
			appendValue(rb.Field(c), r.rec.Column(c), r.row)
		}
	}
	return rb.NewRecord()
}

func appendValue(b array.Builder, a arrow.Array, row int) {
	if a.IsNull(row) {
		b.AppendNull()
		return
	}
	switch b := b.(type) {
	case *array.Int64Builder:
		b.Append(a.(*array.Int64).Value(row))
	case *array.Float64Builder:
		b.Append(a.(*array.Float64).Value(row))
	case *array.StringBuilder:
		b.Append(a.(*array.String).Value(row))
	}
}
