package ingest

import (
	"context"
	"errors"
	"fmt"

	"github.com/bowstring-engine/bowstring/ingest/internal/source"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bowstring-engine/bowstring/ingest/internal/table"
	"github.com/bowstring-engine/bowstring/ingest/report"
)

// RecordSource is a table of bars that a caller has as Arrow record batches.
type RecordSource struct {
	// Name stands for the path of a file in messages, the report and the
	// rejects, and is the asset where no column holds symbols.
	Name string
	// Reader hands out the batches, all of one schema. It is borrowed: Records
	// reads it to its end, keeps references of its own on batches as long as it
	// works on them, and releases neither the Reader nor what it did not retain.
	Reader array.RecordReader
}

// Records reads Arrow record batches into a Frame, as [Files] reads files: by
// the same options, rules and report, in which a line is the number of a row,
// from 1. What the first rows leave open is looked for in further batches,
// which are retained meanwhile. The caller releases the Frame of the result.
// Errors are those of Files and, in an *[InputError], those of the Reader.
func Records(ctx context.Context, from RecordSource, opts Options) (*Result, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	if from.Reader == nil {
		return nil, fmt.Errorf("%w: records: no reader given", ErrOptions)
	}
	t := &recordTable{reader: from.Reader, keep: true}
	columns, err := table.ColumnsOf(from.Reader.Schema())
	s := &input{File: &source.File{Source: report.Source{Path: from.Name}, Asset: from.Name, Format: source.FormatRecords}, table: t}
	if err != nil {
		return nil, s.tableError(err)
	}
	t.schema = columns
	if opts.Asset != "" {
		s.Asset = opts.Asset
	}
	return ingest(ctx, &inputs{Files: &source.Files{}, sources: []*input{s}}, opts)
}

// recordTable is what a caller has. The parts that have been looked at are kept
// for those who come later.
type recordTable struct {
	reader array.RecordReader
	schema []table.Column
	kept   []arrow.Record
	// keep says that parts will be asked for once more.
	keep bool
}

func (t *recordTable) columns() []table.Column { return t.schema }
func (t *recordTable) rows() int64             { return -1 }
func (t *recordTable) serial() bool            { return false }
func (t *recordTable) about() string           { return "Arrow record batches" }

// close gives the references back that are left.
func (t *recordTable) close() {
	for _, rec := range t.kept {
		if rec != nil {
			rec.Release()
		}
	}
	t.kept = nil
}

func (t *recordTable) parts(ctx context.Context, f func(tablePart) (bool, error)) error {
	for i := 0; ; i++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		rec, err := t.record(i)
		if rec == nil || err != nil {
			return err
		}
		if enough, err := f(&recordPart{record: rec}); err != nil || enough {
			return err
		}
	}
}

// record returns record number i with a reference for the caller, nil behind
// the last.
func (t *recordTable) record(i int) (arrow.Record, error) {
	if i < len(t.kept) {
		rec := t.kept[i]
		if t.keep {
			rec.Retain()
		} else {
			t.kept[i] = nil
		}
		return rec, nil
	}
	if !t.reader.Next() {
		return nil, t.reader.Err()
	}
	rec := t.reader.Record()
	if err := t.check(rec); err != nil {
		return nil, err
	}
	rec.Retain()
	if t.keep {
		rec.Retain()
		t.kept = append(t.kept, rec)
	}
	return rec, nil
}

// check reports a record that is not of the reader's schema.
func (t *recordTable) check(rec arrow.Record) error {
	schema := t.reader.Schema()
	if int(rec.NumCols()) != schema.NumFields() {
		return errors.New("a record has other columns than the schema of its reader")
	}
	for i, column := range rec.Columns() {
		if want := schema.Field(i); !arrow.TypeEqual(column.DataType(), want.Type) {
			return fmt.Errorf("column %q of a record is %s, of the schema of its reader %s", want.Name, column.DataType(), want.Type)
		}
	}
	return nil
}
