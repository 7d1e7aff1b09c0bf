package results

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"time"

	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bowstring-engine/bowstring/internal/disk"
	"github.com/bowstring-engine/bowstring/internal/output"
	"github.com/bowstring-engine/bowstring/internal/records"
)

// WriteFile stores a table of results in a new file, in the format that the ending
// of its name says, and returns the number of its rows: it is [Create] and
// [Writer.Write] with no options but the table's own: one that goes on from a
// [Checkpoint] is gone on with. WriteFile does not release the reader.
func WriteFile(path string, r array.RecordReader) (rows int64, err error) {
	return writeFile(path, r, disk.Disk{}, commitEvery)
}

func writeFile(path string, r array.RecordReader, d disk.Disk, every time.Duration) (rows int64, err error) {
	w, err := create(path, WriterOptions{Resume: describe(r).Checkpoint != nil}, d, every)
	if err != nil {
		return 0, err
	}
	defer w.Close()
	return w.Write(r)
}

// Write stores a table of results, a row group or a batch a record, and returns
// the number of its rows. The table is any record reader that has the columns
// "trial", "asset" and "error" and, in a Parquet file, a spec under [MetaSpec]:
// what it has besides is stored with it, and what [Described] adds. It does not
// release the reader.
//
// A Parquet file stands under [PartialPath] until it is complete, beside a
// journal of the row groups that are complete: a process that is killed leaves
// both, and a sweep with sweep.Options.Resume goes on from there to the same bytes.
// It loses the row group under way and a second of work. If the table ends early,
// the partial file is readable, marked as partial, and all of it can be resumed
// where the table says how many rows its groups have; the error is a
// *[PartialError]. If it ends before its first rows, nothing is left and the error
// is what ended it. If writing fails, what can be resumed stays and nothing else.
//
// Other files have a name that says that they are unfinished until they are
// complete, and are removed where the sweep ends early or writing fails. Their
// error is what ended it. What a stream, a device or a pipe has got until then it
// keeps.
//
// Either way a file that is there is replaced when the new one is complete, and
// stays as it is until then.
func (w *Writer) Write(r array.RecordReader) (rows int64, err error) {
	if err := w.Check(r); err != nil {
		return 0, err
	}
	if !w.resumable() {
		return w.pass(r, func(p *passing) error {
			for p.Next() {
			}
			return p.Err()
		})
	}
	if c := describe(r).Checkpoint; c != nil && c.complete {
		return c.rows, w.leave(r)
	}
	f, err := createFile(w.held, r, w.disk, w.every)
	if err != nil {
		return 0, fmt.Errorf("results: %w", err)
	}
	err = f.write(r)
	var ended *PartialError
	switch {
	case errors.As(err, &ended) && ended.Rows == 0:
		// An empty file would tell nobody anything.
		return 0, errors.Join(ended.Err, w.disk.Remove(f.partial), w.disk.Remove(f.journal.path))
	case errors.As(err, &ended):
		return f.rows, ended
	case err != nil:
		return 0, f.abandon(err)
	}
	return f.rows, nil
}

// leave leaves a complete file as it is. Where the process before died between
// its last two steps, the journal goes.
func (w *Writer) leave(r array.RecordReader) error {
	for r.Next() {
	}
	path := w.held.Path()
	if _, err := os.Lstat(PartialPath(path)); err == nil {
		return r.Err()
	}
	if _, _, _, err := readJournal(journalPath(path)); err != nil {
		return r.Err() // there is none, or none of ours
	}
	return errors.Join(r.Err(), w.disk.Remove(journalPath(path)))
}

// pass writes a table while read reads it, to the end or to its error.
func (w *Writer) pass(r array.RecordReader, read func(*passing) error) (rows int64, err error) {
	if err := w.Check(r); err != nil {
		return 0, err
	}
	write := func(to io.Writer) error {
		of := describe(r)
		meta := maps.Clone(of.Metadata)
		delete(meta, MetaTrials) // not known yet
		table, err := records.NewWriter(to, r.Schema(), records.Options{
			Kind: w.kind, Stream: w.held == nil, Metadata: meta, CreatedBy: createdBy(meta), Workers: of.Workers,
		})
		if err != nil {
			return err
		}
		p := &passing{RecordReader: r, table: table}
		if err := read(p); err != nil {
			return err
		}
		rows = table.Rows()
		for key, value := range describe(r).Metadata {
			table.SetMetadata(key, value)
		}
		return table.Close()
	}
	if w.held == nil {
		return rows, write(w.to)
	}
	if _, err := w.held.Write(write); err != nil {
		return 0, fmt.Errorf("results: %w", err)
	}
	if err := output.Commit(w.held); err != nil {
		return 0, fmt.Errorf("results: %w", err)
	}
	return rows, nil
}

// passing is a reader of which every record is written when it is read.
type passing struct {
	array.RecordReader
	table *records.Writer
	err   error
}

// Next implements array.RecordReader.
func (p *passing) Next() bool {
	if p.err != nil || !p.RecordReader.Next() {
		return false
	}
	p.err = inGroups(p.Record(), p.table.Write)
	return p.err == nil
}

// Err implements array.RecordReader.
func (p *passing) Err() error { return cmp.Or(p.err, p.RecordReader.Err()) }
