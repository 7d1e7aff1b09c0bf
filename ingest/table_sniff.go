package ingest

import (
	"context"
	"strings"

	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
	"github.com/bowstring-engine/bowstring/ingest/internal/value"

	"github.com/bowstring-engine/bowstring/ingest/internal/table"
)

// sniffTable decides on the shape of a table: its first rows go through the
// sniffer of text as the fields of lines. What has a type is only looked at for
// what it is in a bar; texts are read as in text.
func (s *input) sniffTable(ctx context.Context, t typedTable, m *memory, o *Options) (*sniffer, error) {
	sn, err := newSniffer(s.Name(), o)
	if err != nil {
		return nil, err
	}
	f := sn.forced
	columns := t.columns()
	sn.typed, sn.whole = columns, true
	sn.layout = &layout{table: columns, zone: f.zone, first: 1}
	sn.found("format", t.about(), value.Sample{}, "")
	names := f.names
	if names == nil {
		for _, c := range columns {
			names = append(names, c.Name)
		}
	}
	if len(names) != len(columns) {
		return nil, inFile(s.Name(), &InputError{Err: problem.Shape("the table has %d columns, Options.Names names %d; name all of them", len(columns), len(names))})
	}
	if len(columns) == 0 {
		return nil, inFile(s.Name(), &InputError{Err: problem.Shape("the table has no columns")})
	}
	r := resolver{sniffer: sn}
	every := func(i int) bool { return !sn.isOther(i) && !r.dropped(names[i]) }
	err = s.eachRow(ctx, t, m, every, func(line int, fields [][]byte) bool {
		if len(sn.rows) == headLines {
			sn.whole = false
			return true
		}
		row := headRow{line: line, fields: make([][]byte, len(fields))}
		for i, text := range fields {
			row.fields[i] = append([]byte{}, text...)
		}
		sn.rows = append(sn.rows, row)
		return false
	})
	if err != nil {
		return nil, err
	}
	sn.profileTable()
	if bad := sn.resolve(names, s.Asset); bad != nil {
		return nil, inFile(s.Name(), bad)
	}
	for _, row := range sn.rows {
		sn.observe(row.line, row.fields)
	}
	sn.structural = len(sn.findings)
	open := func(i int) bool { return sn.layout.fields[i].kind != fieldSkip && (sn.isText(i) || sn.isKey(i)) }
	err = s.decide(sn, func(f func(int, [][]byte) bool) error { return s.eachRow(ctx, t, m, open, f) })
	for i, field := range sn.layout.fields {
		if field.kind != fieldSkip {
			sn.layout.read = append(sn.layout.read, i)
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
			n := min(left, headLines)
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

// profileTable looks at the first rows of each column.
func (s *sniffer) profileTable() {
	s.columns = make([]value.Profile, len(s.typed))
	for i := range s.columns {
		p := &s.columns[i]
		for _, row := range s.rows {
			p.Add(row.fields[i])
		}
		if s.typed[i].Kind == table.Time && p.Rows > 0 {
			// Dates that some writers have no type of their own for.
			p.Days = 0
			for _, row := range s.rows {
				day := len("2006-01-02")
				if text := row.fields[i]; len(text) >= day && value.Midnight(text[day:len(text)-len(zoneMark(text))]) {
					p.Days++
				}
			}
		}
	}
}

// zoneMark returns the Z at the end of a time.
func zoneMark(text []byte) string {
	if text[len(text)-1] == 'Z' {
		return "Z"
	}
	return ""
}

// isText reports whether column i of a source is read as text.
func (s *sniffer) isText(i int) bool {
	return s.typed == nil || s.typed[i].Kind == table.Text
}

// isTime reports whether the type of a column says that it holds times.
func (s *sniffer) isTime(i int) bool {
	if s.typed == nil || i < 0 {
		return false
	}
	switch s.typed[i].Kind {
	case table.Time, table.Date, table.Clock:
		return true
	}
	return false
}

// isOther reports whether a column holds nothing that can be read.
func (s *sniffer) isOther(i int) bool {
	return s.typed != nil && s.typed[i].Kind == table.Other
}

// isKey reports whether a column says of which time or asset a row is.
func (s *sniffer) isKey(i int) bool { return i == s.time || i == s.clock || i == s.symbol }

// isIndex reports whether a column is the index of a data frame that pandas
// stored, where that only numbers the rows.
func (s *sniffer) isIndex(i int) bool {
	return s.typed[i].Kind == table.Int && strings.HasPrefix(s.typed[i].Name, "__index_level_")
}

// finishTyped decides how times are read whose type says what they are.
func (s *sniffer) finishTyped() {
	l, c := s.layout, &s.typed[s.time]
	l.form = value.FormISO
	s.found("time", c.Type, value.Sample{}, "")
	switch {
	case c.Kind == table.Time && c.Local && l.zone != nil:
		s.found("zone", l.zone.String()+", since the times have none", value.Sample{}, "Zone")
	case c.Kind == table.Time && c.Local:
		s.found("zone", "UTC, since the times have none", value.Sample{}, "Zone")
	}
}
