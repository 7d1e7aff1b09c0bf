package sweep

import (
	"bufio"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bowstring-engine/bowstring/internal/disk"
	"github.com/bowstring-engine/bowstring/internal/parquet"
)

// PartialError says that a sweep ended early and where its rows are.
type PartialError struct {
	// Path is the file with the rows that were finished; its metadata says
	// that it is partial.
	Path string
	// Rows is how many it has.
	Rows int64
	// Err is what ended the sweep.
	Err error
}

// Error implements error.
func (e *PartialError) Error() string {
	return fmt.Sprintf("%v; %d finished rows are in %s", e.Err, e.Rows, e.Path)
}

// Unwrap returns what ended the sweep.
func (e *PartialError) Unwrap() error { return e.Err }

// PartialPath returns the name that the results of path have while they are
// being written: "out.parquet" becomes "out.partial.parquet".
func PartialPath(path string) string {
	ext := filepath.Ext(path)
	return strings.TrimSuffix(path, ext) + ".partial" + ext
}

// WriteFile stores the results of a sweep as one Parquet file, a row group a
// record, and returns the number of its rows. Until they are complete they
// stand under [PartialPath], beside a journal of the row groups that are
// complete: a process that is killed leaves both, and a sweep with
// [Options].Resume goes on from there to the same bytes. It loses the row
// group under way and a second of work.
//
// If the sweep ends early, the partial file is readable, marked as partial
// and can be resumed; path is not touched, and the error is a
// *[PartialError]; if it ends before its first rows, nothing is left and the
// error is what ended it. If writing fails, what can be resumed stays and nothing
// else. Where path is there already, it must be a regular file, which is
// replaced. WriteFile does not release the reader.
func WriteFile(path string, r *Reader) (rows int64, err error) {
	return writeFile(path, r, disk.Disk{}, commitEvery)
}

func writeFile(path string, r *Reader, d disk.Disk, every time.Duration) (rows int64, err error) {
	if c := r.checkpoint; c != nil && c.path != path {
		return 0, fmt.Errorf("results: the sweep goes on from %s and cannot be written to %s", c.path, path)
	} else if c != nil && c.complete {
		// Nothing is computed or written; only the journal may be left.
		for r.Next() {
		}
		return c.rows, errors.Join(r.Err(), d.Remove(journalPath(path)))
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		// Renaming would replace a device; a folder would only fail at the end.
		return 0, fmt.Errorf("results: %s is not a regular file", path)
	}
	f, err := createFile(path, r, d, every)
	if err != nil {
		return 0, fmt.Errorf("results: %w", err)
	}
	err = f.write(r)
	var ended *PartialError
	switch {
	case errors.As(err, &ended) && ended.Rows == 0:
		// An empty file would tell nobody anything.
		return 0, errors.Join(ended.Err, d.Remove(f.partial), d.Remove(f.journal.path))
	case errors.As(err, &ended):
		return f.rows, ended
	case err != nil:
		return 0, f.abandon(err)
	}
	return f.rows, nil
}

// resultFile is a result file that is being written.
type resultFile struct {
	path, partial string
	disk          disk.Disk
	file          *disk.File
	out           *groupSum
	writer        *parquet.Writer
	journal       *journal
	groupRows     int64
	groupEnd      int64 // of the last row group; the first includes the magic
	rows          int64
}

// createFile begins a file, or opens it at the end of what r goes on from.
func createFile(path string, r *Reader, d disk.Disk, every time.Duration) (*resultFile, error) {
	columns, err := parquet.ColumnsOf(r.Schema())
	if err != nil {
		return nil, err
	}
	f := &resultFile{path: path, partial: PartialPath(path), disk: d, groupRows: r.header.GroupRows}
	f.journal = &journal{disk: d, path: journalPath(path), every: every, head: r.header, last: time.Now()}
	c := r.checkpoint
	goOn := c != nil && len(c.groups) > 0
	flags := 0
	if !goOn {
		// A journal that outlived the data it speaks of would be wrong.
		if err := d.Remove(f.journal.path); err != nil {
			return nil, err
		}
		flags = os.O_CREATE | os.O_TRUNC
	}
	if f.file, err = d.Open(f.partial, flags); err != nil {
		return nil, err
	}
	f.journal.data = f.file
	f.out = &groupSum{to: bufio.NewWriterSize(f.file, 1<<20)}
	options := parquet.Options{Codec: parquet.Snappy, CreatedBy: "bowstring " + r.header.Metadata[MetaTool], Workers: r.workers}
	if goOn {
		f.rows, f.groupEnd = c.rows, c.dataEnd
		err = f.goOn(c, columns, options)
	} else {
		f.writer, err = parquet.NewWriter(f.out, columns, options)
	}
	if err != nil {
		return nil, errors.Join(err, f.journal.close(), f.file.Close())
	}
	return f, nil
}

// goOn cuts off what is behind the last row group of a checkpoint, in the
// file and in its journal.
func (f *resultFile) goOn(c *checkpoint, columns []parquet.Column, options parquet.Options) error {
	var err error
	if f.writer, err = parquet.ContinueWriter(f.out, columns, options, c.groups); err != nil {
		return err
	}
	if f.writer.Offset() != c.dataEnd {
		return fmt.Errorf("%s: %w: row groups up to byte %d end at %d", f.journal.path, ErrJournal, f.writer.Offset(), c.dataEnd)
	}
	if f.journal.file, err = f.disk.Open(f.journal.path, 0); err != nil {
		return err
	}
	return errors.Join(f.journal.file.Cut(c.journal), f.file.Cut(c.dataEnd))
}

// write writes what the reader has and gives the file its name.
func (f *resultFile) write(r *Reader) error {
	for r.Next() {
		if err := f.record(r.Record()); err != nil {
			return err
		}
	}
	for key, value := range r.Metadata() {
		f.writer.SetMetadata(key, value)
	}
	if r.Err() != nil {
		return f.end(r.Err())
	}
	if err := errors.Join(f.writer.Close(), f.out.to.Flush(), f.journal.close()); err != nil {
		return err
	}
	if err := f.file.Sync(); err != nil {
		return err
	}
	if err := f.file.Close(); err != nil {
		return err
	}
	if err := f.disk.Rename(f.partial, f.path); err != nil {
		return err
	}
	// The journal goes last: without it the partial file could not be resumed.
	return errors.Join(f.disk.Remove(f.journal.path), f.disk.SyncDir(filepath.Dir(f.path)))
}

// record writes a record as a row group. A shorter one is the sweep's last or
// what an interruption left of one: the journal does not have it.
func (f *resultFile) record(rec arrow.Record) error {
	if err := f.writer.WriteRecord(rec); err != nil {
		return err
	}
	g := journalGroup{Offset: f.groupEnd, Bytes: f.writer.Offset() - f.groupEnd, CRC: f.out.sum, Rows: rec.NumRows()}
	f.rows += rec.NumRows()
	f.groupEnd, f.out.sum = f.writer.Offset(), 0
	if rec.NumRows() != f.groupRows {
		return nil
	}
	if err := f.out.to.Flush(); err != nil {
		return err
	}
	trials := rec.Column(0).(*array.Int64)
	g.Next = trials.Value(trials.Len()-1) + 1
	g.Footer = f.writer.RowGroup(f.writer.NumRowGroups() - 1)
	return f.journal.add(g)
}

// end makes a readable file of what an interrupted sweep has finished. It
// syncs nothing, to end at once, unless a commit is under way.
func (f *resultFile) end(why error) error {
	f.writer.SetMetadata(MetaPartial, "true")
	if err := errors.Join(f.writer.Close(), f.out.to.Flush()); err != nil {
		return err
	}
	if err := errors.Join(f.journal.finish(), f.file.Close()); err != nil {
		return err
	}
	return &PartialError{Path: f.partial, Rows: f.rows, Err: why}
}

// abandon ends a file that could not be written. Where its journal has row
// groups, both stay for a sweep that resumes; the partial file has no footer,
// and so cannot be mistaken for results.
func (f *resultFile) abandon(err error) error {
	err = errors.Join(fmt.Errorf("results %s: %w", f.partial, err), f.journal.close())
	_ = f.file.Close() // it may be closed already, and nothing of it counts
	if _, groups, _, unread := readJournal(f.journal.path); unread == nil && len(groups) > 0 {
		return err
	}
	return errors.Join(err, f.disk.Remove(f.journal.path), f.disk.Remove(f.partial))
}

// groupSum takes the checksum of what passes through to a buffered file.
type groupSum struct {
	to  *bufio.Writer
	sum uint32
}

// Write implements io.Writer.
func (s *groupSum) Write(b []byte) (int, error) {
	n, err := s.to.Write(b)
	s.sum = crc32.Update(s.sum, castagnoli, b[:n])
	return n, err
}

var _ io.Writer = (*groupSum)(nil)
