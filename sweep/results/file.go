package results

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
	"github.com/bowstring-engine/bowstring/internal/output"
	"github.com/bowstring-engine/bowstring/internal/parquet"
)

// PartialError says that a sweep ended early and where its rows are.
type PartialError struct {
	// Path is the file with the rows that were finished; its metadata says
	// that it is partial.
	Path string
	// Rows is how many it has, and Trials of how many trials they are.
	Rows, Trials int64
	// Resumable says that a sweep with sweep.Options.Resume goes on from all of them.
	Resumable bool
	// Err is what ended the sweep.
	Err error
}

// Error implements error.
func (e *PartialError) Error() string {
	return fmt.Sprintf("%v; %d finished rows of %d trials are in %s", e.Err, e.Rows, e.Trials, e.Path)
}

// Unwrap returns what ended the sweep.
func (e *PartialError) Unwrap() error { return e.Err }

// PartialPath returns the name that the results of path have while they are
// being written: "out.parquet" becomes "out.partial.parquet". Where path is a
// link they stand beside what it leads to.
func PartialPath(path string) string {
	ext := filepath.Ext(path)
	return strings.TrimSuffix(path, ext) + ".partial" + ext
}

// resultFile is a result file that is being written.
type resultFile struct {
	held      *output.Output
	partial   string
	disk      disk.Disk
	file      *disk.File
	out       *groupSum
	writer    *parquet.Writer
	journal   *journal
	groupRows int64
	trialRows int64
	trial     int           // the column of trials
	groupEnd  int64         // of the last row group; the first includes the magic
	last      *journalGroup // a shorter one, which nothing follows
	rows      int64
	columns   []parquet.Column
	options   parquet.Options
}

// createFile begins a file, or opens it at the end of what r goes on from.
func createFile(out *output.Output, r array.RecordReader, d disk.Disk, every time.Duration) (*resultFile, error) {
	columns, err := parquet.ColumnsOf(r.Schema())
	if err != nil {
		return nil, err
	}
	path, of := out.Path(), describe(r)
	f := &resultFile{held: out, partial: PartialPath(path), disk: d, groupRows: of.GroupRows, trialRows: of.TrialRows}
	f.journal = &journal{disk: d, path: journalPath(path), every: every, head: of.header(), last: time.Now()}
	f.trial = r.Schema().FieldIndices(TrialColumn)[0]
	c := of.Checkpoint
	goOn := c != nil && len(c.groups) > 0
	flags := 0
	if !goOn {
		// A journal that outlived the data it speaks of would be wrong.
		if err := d.Remove(f.journal.path); err != nil {
			return nil, err
		}
		// A link is none of what a sweep leaves, and what it leads to is not to be
		// written before the end.
		if info, err := os.Lstat(f.partial); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
			if err := d.Remove(f.partial); err != nil {
				return nil, err
			}
		}
		flags = os.O_CREATE | os.O_TRUNC
	}
	if f.file, err = d.Open(f.partial, flags); err != nil {
		return nil, err
	}
	f.journal.data = f.file
	f.out = &groupSum{to: bufio.NewWriterSize(f.file, 1<<20)}
	options := parquet.Options{Codec: parquet.Snappy, CreatedBy: createdBy(of.Metadata), Workers: of.Workers}
	f.columns, f.options = columns, options
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
func (f *resultFile) goOn(c *Checkpoint, columns []parquet.Column, options parquet.Options) error {
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
func (f *resultFile) write(r array.RecordReader) error {
	for r.Next() {
		if err := inGroups(r.Record(), f.record); err != nil {
			return err
		}
	}
	for key, value := range describe(r).Metadata {
		f.writer.SetMetadata(key, value)
	}
	if err := r.Err(); err != nil {
		return f.end(err)
	}
	if finish := describe(r).Finish; finish != nil {
		return f.finish(describe(r).Metadata, finish)
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
	if err := f.held.Replace(f.partial); err != nil {
		return err
	}
	// The journal goes last: without it the partial file could not be resumed.
	return errors.Join(f.disk.Remove(f.journal.path), f.held.SyncFolder())
}

// finish writes the file again, with records as they are to stand.
func (f *resultFile) finish(meta map[string]string, final func(arrow.Record) arrow.Record) error {
	f.writer.SetMetadata(MetaPartial, "true")
	if err := errors.Join(f.writer.Close(), f.out.to.Flush(), f.journal.finish(f.last), f.file.Sync()); err != nil {
		return err
	}
	if err := f.file.Close(); err != nil {
		return err
	}
	if err := finishFile(f.held, f.partial, f.columns, f.options, meta, final); err != nil {
		return err
	}
	// The journal goes last: without it the partial file could not be resumed.
	return errors.Join(f.disk.Remove(f.partial), f.disk.Remove(f.journal.path), f.held.SyncFolder())
}

// record writes a record as a row group. A shorter one is the sweep's last, or
// what an interruption left of one: the journal has that one only where it ends
// the file of an interrupted sweep.
func (f *resultFile) record(rec arrow.Record) error {
	if err := f.writer.WriteRecord(rec); err != nil {
		return err
	}
	g := journalGroup{Offset: f.groupEnd, Bytes: f.writer.Offset() - f.groupEnd, CRC: f.out.sum, Rows: rec.NumRows()}
	f.rows += rec.NumRows()
	f.groupEnd, f.out.sum = f.writer.Offset(), 0
	trials := rec.Column(f.trial).(*array.Int64)
	g.Next = trials.Value(trials.Len()-1) + 1
	g.Footer = f.writer.RowGroup(f.writer.NumRowGroups() - 1)
	if rec.NumRows() != f.groupRows {
		f.last = &g
		return nil
	}
	if err := f.out.to.Flush(); err != nil {
		return err
	}
	return f.journal.add(g)
}

// end makes a readable file of what an interrupted sweep has finished. It
// syncs nothing, to end at once, unless a commit is under way.
func (f *resultFile) end(why error) error {
	f.writer.SetMetadata(MetaPartial, "true")
	if err := errors.Join(f.writer.Close(), f.out.to.Flush()); err != nil {
		return err
	}
	if f.groupRows == 0 {
		f.last = nil // nothing of it is final
	}
	if err := errors.Join(f.journal.finish(f.last), f.file.Close()); err != nil {
		return err
	}
	return &PartialError{Path: f.partial, Rows: f.rows, Trials: f.rows / max(f.trialRows, 1), Resumable: f.groupRows > 0, Err: why}
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

// inGroups hands a record to write, or parts of one that has more rows than a row
// group may have, and none of one that has no rows.
func inGroups(rec arrow.Record, write func(arrow.Record) error) error {
	for from := int64(0); from < rec.NumRows(); from += maxGroup {
		part := rec.NewSlice(from, min(from+maxGroup, rec.NumRows()))
		err := write(part)
		part.Release()
		if err != nil {
			return err
		}
	}
	return nil
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
