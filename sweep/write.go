package sweep

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/bowstring-engine/bowstring/internal/disk"
	"github.com/bowstring-engine/bowstring/internal/output"
	"github.com/bowstring-engine/bowstring/internal/records"
)

// WriteFile stores the results of a sweep in a new file, in the format that the
// ending of its name says, and returns the number of its rows: it is
// [OpenTarget] and [Target.Write] with no options but that of the sweep.
// WriteFile does not release the reader.
func WriteFile(path string, r *Reader) (rows int64, err error) {
	return writeFile(path, r, disk.Disk{}, commitEvery)
}

func writeFile(path string, r *Reader, d disk.Disk, every time.Duration) (rows int64, err error) {
	out, err := openTarget(path, TargetOptions{Resume: r.checkpoint != nil}, d, every)
	if err != nil {
		return 0, err
	}
	defer out.Close()
	return out.Write(r)
}

// Write stores the results of a sweep, a row group or a batch a record, and
// returns the number of their rows. It does not release the reader.
//
// A Parquet file stands under [PartialPath] until it is complete, beside a
// journal of the row groups that are complete: a process that is killed leaves
// both, and a sweep with [Options].Resume goes on from there to the same bytes. It
// loses the row group under way and a second of work. If the sweep ends early, the
// partial file is readable, marked as partial, and all of it can be resumed
// (unless Options.Top is set); the error is a *[PartialError]. If it ends before
// its first rows, nothing is left and the error is what ended it. If writing
// fails, what can be resumed stays and nothing else.
//
// Other files have a name that says that they are unfinished until they are
// complete, and are removed where the sweep ends early or writing fails. Their
// error is what ended it. What a stream, a device or a pipe has got until then it
// keeps.
//
// Either way a file that is there is replaced when the new one is complete, and
// stays as it is until then.
func (o *Target) Write(r *Reader) (rows int64, err error) {
	if err := o.Check(r); err != nil {
		return 0, err
	}
	if !o.resumable() {
		return o.pass(r, func(p *passing) error {
			for p.Next() {
			}
			return p.Err()
		})
	}
	if c := r.checkpoint; c != nil && c.complete {
		return c.rows, o.leave(r)
	}
	f, err := createFile(o.held, r, o.disk, o.every)
	if err != nil {
		return 0, fmt.Errorf("results: %w", err)
	}
	err = f.write(r)
	var ended *PartialError
	switch {
	case errors.As(err, &ended) && ended.Rows == 0:
		// An empty file would tell nobody anything.
		return 0, errors.Join(ended.Err, o.disk.Remove(f.partial), o.disk.Remove(f.journal.path))
	case errors.As(err, &ended):
		return f.rows, ended
	case err != nil:
		return 0, f.abandon(err)
	}
	return f.rows, nil
}

// leave leaves a complete file as it is. Where the process before died between
// its last two steps, the journal goes.
func (o *Target) leave(r *Reader) error {
	for r.Next() {
	}
	path := o.held.Path()
	if _, err := os.Lstat(PartialPath(path)); err == nil {
		return r.Err()
	}
	if _, _, _, err := readJournal(journalPath(path)); err != nil {
		return r.Err() // there is none, or none of ours
	}
	return errors.Join(r.Err(), o.disk.Remove(journalPath(path)))
}

// pass writes a table while read reads it, to the end or to its error.
func (o *Target) pass(r *Reader, read func(*passing) error) (rows int64, err error) {
	if err := o.Check(r); err != nil {
		return 0, err
	}
	write := func(w io.Writer) error {
		meta := r.Metadata()
		delete(meta, MetaTrials) // not known yet
		table, err := records.NewWriter(w, r.Schema(), records.Options{
			Kind: o.kind, Stream: o.held == nil, Metadata: meta, CreatedBy: "bowstring " + meta[MetaTool], Workers: r.workers,
		})
		if err != nil {
			return err
		}
		p := &passing{Reader: r, table: table}
		if err := read(p); err != nil {
			return err
		}
		rows = table.Rows()
		for key, value := range r.Metadata() {
			table.SetMetadata(key, value)
		}
		return table.Close()
	}
	if o.held == nil {
		return rows, write(o.to)
	}
	if _, err := o.held.Write(write); err != nil {
		return 0, fmt.Errorf("results: %w", err)
	}
	if err := output.Commit(o.held); err != nil {
		return 0, fmt.Errorf("results: %w", err)
	}
	return rows, nil
}

// passing is a reader of which every record is written when it is read.
type passing struct {
	*Reader
	table *records.Writer
	err   error
}

// Next implements array.RecordReader.
func (p *passing) Next() bool {
	if p.err != nil || !p.Reader.Next() {
		return false
	}
	p.err = p.table.Write(p.Record())
	return p.err == nil
}

// Err implements array.RecordReader.
func (p *passing) Err() error { return cmp.Or(p.err, p.Reader.Err()) }
