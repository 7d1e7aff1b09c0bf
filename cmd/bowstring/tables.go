package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bowstring-engine/bowstring/internal/output"
	"github.com/bowstring-engine/bowstring/internal/records"
)

// tables are the files of records that a command writes together: all of them or
// none.
type tables struct {
	held []*output.Output
	// stdout says that one of them is standard output.
	stdout bool
}

// tableFile is a table that may be asked for.
type tableFile struct {
	flag, path string
	records    func() (arrow.Record, error) // which the caller releases
}

// hold takes hold of the files, before anything is computed for them.
func (t *tables) hold(files []tableFile, force bool) (err error) {
	defer func() {
		if err != nil {
			t.release()
		}
	}()
	for _, f := range files {
		switch {
		case f.path == stdoutPath && t.stdout:
			return usagef("%s %s: standard output is taken by another table", f.flag, f.path)
		case f.path == stdoutPath:
			t.stdout = true
		}
		if f.path == "" || f.path == stdoutPath {
			t.held = append(t.held, nil)
			continue
		}
		held, err := output.Hold(f.path, output.Options{Force: force, Table: true})
		if err != nil {
			return orElse(fmt.Errorf("%s: %w", f.flag, err), wayForce)
		}
		t.held = append(t.held, held)
	}
	return nil
}

// release gives the files back.
func (t *tables) release() {
	for _, held := range t.held {
		if held != nil {
			held.Release()
		}
	}
}

// write writes the tables, to stdout in one format, and then gives all of them
// their names. It returns what people are to know of it.
func (t *tables) write(files []tableFile, stdout io.Writer, format output.Format) (notes []string, err error) {
	var written []*output.Output
	defer func() {
		if err != nil {
			for _, held := range written {
				err = errors.Join(err, held.Discard())
			}
		}
	}()
	for i, f := range files {
		if f.path == "" {
			continue
		}
		var rec arrow.Record
		if rec, err = f.records(); err != nil {
			return nil, err
		}
		held := t.held[i]
		if held == nil {
			err = writeRecord(stdout, rec, output.Kind{Format: format}, true)
		} else {
			_, err = held.Write(func(w io.Writer) error { return writeRecord(w, rec, held.Kind(), false) })
			written = append(written, held)
			notes = append(notes, fmt.Sprintf("%d rows in %s", rec.NumRows(), f.path))
		}
		rec.Release()
		if err != nil {
			return nil, err
		}
	}
	return notes, output.Commit(written...)
}

// createdBy is the program as Parquet files name it.
const createdBy = "bowstring"

// writeRecord writes a record as a table of its own; of Arrow as a stream, which is
// read as it comes, or as a file.
func writeRecord(w io.Writer, rec arrow.Record, kind output.Kind, stream bool) error {
	t, err := records.NewWriter(w, rec.Schema(), records.Options{Kind: kind, CreatedBy: createdBy, Stream: stream})
	if err != nil {
		return err
	}
	if err := t.Write(rec); err != nil {
		return err
	}
	return t.Close()
}

// writeTables writes tables that are held, and says what was written.
func (a *app) writeTables(held *tables, files []tableFile) error {
	notes, err := held.write(files, a.data(), a.streamFormat())
	if err != nil {
		return orElse(err, wayForce)
	}
	for _, note := range notes {
		a.notef("%s", note)
	}
	return nil
}
