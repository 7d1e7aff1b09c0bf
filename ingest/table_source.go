package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/bowstring-engine/bowstring/ingest/internal/source"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/internal/table"
)

// typedTable is a source whose columns have types: a Parquet file, an Arrow
// file, or records that a caller has.
type typedTable interface {
	columns() []table.Column
	// rows is how many there are, or -1 where only reading tells.
	rows() int64
	// about says what the table is, for people.
	about() string
	// parts calls f with each part, from the first on, until f says that it has
	// enough. f has part released.
	parts(ctx context.Context, f func(part tablePart) (enough bool, err error)) error
	// serial says that parts take memory when they are made.
	serial() bool
	close()
}

// tablePart is a run of rows that is read by itself.
type tablePart interface {
	rows() int
	// bytes is what it takes in the file.
	bytes() int64
	open(columns []int) (tableCursor, error)
	release()
}

// tableCursor reads columns of a part; see [table.Group].
type tableCursor interface {
	Next(dst []table.Vector, n int) error
	Memory() int64
	Close()
}

// openTable opens a source that is not text.
func (s *input) openTable(m *memory) (typedTable, error) {
	if s.table != nil {
		return s.table, nil
	}
	f, err := os.Open(s.Path)
	if err != nil {
		return nil, err
	}
	var t typedTable
	if s.Format == source.FormatParquet {
		t, err = openParquet(f, s.Bytes)
	} else {
		t, err = openStream(f, s.Bytes, m)
	}
	if err != nil {
		_ = f.Close() // read only: nothing is lost
		return nil, s.tableError(err)
	}
	return t, nil
}

// tableError names the source in an error of reading it.
func (s *input) tableError(err error) error {
	switch {
	case errors.Is(err, table.ErrDamaged), errors.Is(err, table.ErrUnsupported):
		return &InputError{File: s.Name(), Err: fmt.Errorf("%w: %w", ErrShape, err)}
	case errors.Is(err, columnar.ErrMemory):
		return err
	}
	var named *InputError
	if errors.As(err, &named) {
		return err
	}
	return s.Wrap(err)
}

// parquetTable is a Parquet file, whose parts are row groups.
type parquetTable struct {
	*table.Parquet
	file *os.File
}

func openParquet(f *os.File, size int64) (*parquetTable, error) {
	p, err := table.OpenParquet(f, size)
	if err != nil {
		return nil, err
	}
	return &parquetTable{p, f}, nil
}

func (t *parquetTable) columns() []table.Column { return t.Columns() }
func (t *parquetTable) rows() int64             { return t.Rows() }
func (t *parquetTable) serial() bool            { return false }
func (t *parquetTable) close()                  { _ = t.file.Close() } // read only: nothing is lost

func (t *parquetTable) about() string {
	text := fmt.Sprintf("Parquet, %d rows in %d row groups", t.Rows(), t.Groups())
	if by := t.CreatedBy(); by != "" {
		text += ", by " + by
	}
	return text
}

func (t *parquetTable) parts(ctx context.Context, f func(tablePart) (bool, error)) error {
	for g := range t.Groups() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if t.GroupRows(g) == 0 {
			continue
		}
		if enough, err := f(rowGroup{t.Parquet, g}); err != nil || enough {
			return err
		}
	}
	return nil
}

// rowGroup is a part of a Parquet file.
type rowGroup struct {
	file  *table.Parquet
	group int
}

func (g rowGroup) rows() int    { return g.file.GroupRows(g.group) }
func (g rowGroup) bytes() int64 { return g.file.GroupBytes(g.group) }
func (g rowGroup) release()     {}

func (g rowGroup) open(columns []int) (tableCursor, error) {
	return g.file.OpenGroup(g.group, columns)
}

// streamTable is a file of Arrow's IPC formats, whose parts are record batches.
type streamTable struct {
	file   *os.File
	size   int64
	memory *memory
	schema []table.Column
}

func openStream(f *os.File, size int64, m *memory) (*streamTable, error) {
	t := &streamTable{file: f, size: size, memory: m}
	taken := int64(0)
	s, err := t.stream(&taken)
	defer func() { m.giveBack(taken) }()
	if err != nil {
		return nil, err
	}
	defer s.Close()
	t.schema = s.Columns()
	return t, nil
}

// stream starts to read the file. taken grows by the memory that is used.
func (t *streamTable) stream(taken *int64) (*table.Stream, error) {
	return table.NewStream(t.file, t.size, table.StreamOptions{Take: func(n int64) error {
		if err := t.memory.borrow(n); err != nil {
			return err
		}
		*taken += n
		return nil
	}})
}

func (t *streamTable) columns() []table.Column { return t.schema }
func (t *streamTable) rows() int64             { return -1 }
func (t *streamTable) serial() bool            { return t.memory.spill != nil }
func (t *streamTable) about() string           { return "Arrow record batches" }
func (t *streamTable) close()                  { _ = t.file.Close() } // read only: nothing is lost

func (t *streamTable) parts(ctx context.Context, f func(tablePart) (bool, error)) error {
	taken, at := int64(0), int64(0)
	defer func() { t.memory.giveBack(taken) }()
	s, err := t.stream(&taken)
	if err != nil {
		return err
	}
	defer s.Close()
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		rec, err := s.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		part := &recordPart{record: rec, size: s.Position() - at, memory: t.memory, taken: taken}
		taken, at = 0, s.Position()
		if enough, err := f(part); err != nil || enough {
			return err
		}
	}
}

// recordPart is a record batch. It has its own reference.
type recordPart struct {
	record arrow.Record
	size   int64
	// taken is what is given back to memory when the part is released.
	memory *memory
	taken  int64
}

func (p *recordPart) rows() int    { return int(p.record.NumRows()) }
func (p *recordPart) bytes() int64 { return p.size }

func (p *recordPart) release() {
	p.record.Release()
	if p.memory != nil {
		p.memory.giveBack(p.taken)
	}
}

func (p *recordPart) open(columns []int) (tableCursor, error) {
	return table.NewRecord(p.record, columns), nil
}
