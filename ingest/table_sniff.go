package ingest

import (
	"context"

	"github.com/bowstring-engine/bowstring/ingest/internal/shape"

	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
	"github.com/bowstring-engine/bowstring/ingest/internal/value"

	"github.com/bowstring-engine/bowstring/ingest/internal/table"
)

// sniffTable decides on the shape of a table: its first rows go through the
// sniffer of text as the fields of lines. What has a type is only looked at for
// what it is in a bar; texts are read as in text.
func (s *input) sniffTable(ctx context.Context, t typedTable, m *memory, o *Options) (*shape.Sniffer, error) {
	sn, err := shape.NewSniffer(s.Name(), s.choices(o))
	if err != nil {
		return nil, err
	}
	f := sn.Forced
	columns := t.columns()
	sn.Typed, sn.Whole = columns, true
	sn.Layout = &shape.Layout{Table: columns, Zone: f.Zone, First: 1}
	sn.Found("format", t.about(), value.Sample{}, "")
	names := f.Names
	if names == nil {
		for _, c := range columns {
			names = append(names, c.Name)
		}
	}
	if len(names) != len(columns) {
		return nil, shape.InFile(s.Name(), &InputError{Err: problem.Shape("the table has %d columns, Options.Names names %d; name all of them", len(columns), len(names))})
	}
	if len(columns) == 0 {
		return nil, shape.InFile(s.Name(), &InputError{Err: problem.Shape("the table has no columns")})
	}
	r := shape.Resolver{Sniffer: sn}
	every := func(i int) bool { return !sn.IsOther(i) && !r.Dropped(names[i]) }
	err = s.eachRow(ctx, t, m, every, func(line int, fields [][]byte) bool {
		if len(sn.Rows) == shape.HeadLines {
			sn.Whole = false
			return true
		}
		row := shape.HeadRow{Line: line, Fields: make([][]byte, len(fields))}
		for i, text := range fields {
			row.Fields[i] = append([]byte{}, text...)
		}
		sn.Rows = append(sn.Rows, row)
		return false
	})
	if err != nil {
		return nil, err
	}
	sn.ProfileTable()
	if bad := sn.Resolve(names, s.Asset); bad != nil {
		return nil, shape.InFile(s.Name(), bad)
	}
	for _, row := range sn.Rows {
		sn.Observe(row.Line, row.Fields)
	}
	sn.Structural = len(sn.Findings)
	open := func(i int) bool { return sn.Layout.Fields[i].Kind != shape.FieldSkip && (sn.IsText(i) || sn.IsKey(i)) }
	err = s.decide(sn, func(f func(int, [][]byte) bool) error { return s.eachRow(ctx, t, m, open, f) })
	for i, field := range sn.Layout.Fields {
		if field.Kind != shape.FieldSkip {
			sn.Layout.Read = append(sn.Layout.Read, i)
		}
	}
	return sn, err
}

// eachRow calls f with the rows of a table as fields of text, from the first,
// until it says that it has seen enough. Fields of columns that are not wanted
// are blank; all are valid during the call.
func (s *input) eachRow(ctx context.Context, t typedTable, m *memory, wanted func(i int) bool, f func(line int, fields [][]byte) (enough bool)) error {
	columns := t.columns()
	var read []int
	for i := range columns {
		if wanted(i) {
			read = append(read, i)
		}
	}
	vectors, fields, line := make([]table.Vector, len(read)), make([][]byte, len(columns)), 1
	err := t.parts(ctx, func(part tablePart) (enough bool, err error) {
		defer part.release()
		cursor, done, err := openPart(part, read, 0, m)
		if err != nil {
			return false, err
		}
		defer done()
		for left := part.rows(); left > 0; {
			n := min(left, shape.HeadLines)
			if err := cursor.Next(vectors, n); err != nil {
				return false, err
			}
			left -= n
			for row := range n {
				for k, i := range read {
					fields[i] = columns[i].Append(fields[i][:0], &vectors[k], row)
				}
				if f(line, fields) {
					return true, nil
				}
				line++
			}
		}
		return false, nil
	})
	if err != nil {
		return s.tableError(err)
	}
	return nil
}

// openPart opens a part within the budget, with as much more as is asked for.
// done closes it.
func openPart(part tablePart, read []int, more int64, m *memory) (cursor tableCursor, done func(), err error) {
	if cursor, err = part.open(read); err != nil {
		return nil, nil, err
	}
	bytes := cursor.Memory()
	if err := m.start(bytes + more); err != nil {
		cursor.Close()
		return nil, nil, err
	}
	return cursor, func() { cursor.Close(); m.stop(bytes) }, nil
}
