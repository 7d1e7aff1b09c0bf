package results

import (
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bowstring-engine/bowstring/internal/parquet"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// File is a result file.
type File struct {
	file *parquet.File
	path string
}

// Open opens a Parquet file of results, finished or partial. It is read piece by
// piece, and takes the memory of what is asked for. Every column that its spec has
// is there with its type, else the error wraps [ErrNoResults]. The caller closes it.
func Open(path string) (*File, error) {
	file, err := parquet.Open(path, parquet.OpenOptions{Piecewise: true})
	if errors.Is(err, parquet.ErrUnsupported) {
		return nil, fmt.Errorf("%w: %w", ErrNoResults, err)
	}
	if err != nil {
		return nil, err
	}
	r := &File{file: file, path: path}
	if err := r.check(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), file.Close())
	}
	return r, nil
}

func (r *File) check() error {
	if r.file.Metadata()[MetaSpec] == "" {
		return fmt.Errorf("%w: its metadata has no %s", ErrNoResults, MetaSpec)
	}
	resolved, err := r.Spec()
	if err != nil {
		resolved = nil // of another version of the language
	}
	return checkResults(r.file, resolved)
}

// Close releases the file. Records that were retained stay valid.
func (r *File) Close() error { return r.file.Close() }

// Schema returns the schema of the table.
func (r *File) Schema() *arrow.Schema { return r.file.Schema() }

// NumRows returns the number of rows.
func (r *File) NumRows() int64 { return r.file.NumRows() }

// Metadata returns what is recorded with the results.
func (r *File) Metadata() map[string]string { return r.file.Metadata() }

// Partial reports that the sweep ended before its last trial.
func (r *File) Partial() bool { return r.file.Metadata()[MetaPartial] == "true" }

// Spec returns the resolved spec that the results belong to. Where it cannot be
// read the error wraps [ErrNoResults], since the file is to blame.
func (r *File) Spec() (*spec.Spec, error) {
	parsed, err := spec.Parse(r.path, []byte(r.file.Metadata()[MetaSpec]))
	if err != nil {
		return nil, fmt.Errorf("%w: its spec cannot be read: %v", ErrNoResults, err) //nolint:errorlint // not a mistake in a spec of the caller
	}
	return parsed, nil
}

// Records returns a reader over the table, a record a row group. It is [Described],
// so that a [Writer] stores what the file has in its metadata too. The caller
// releases it before closing the File.
func (r *File) Records() array.RecordReader {
	f := &fileReader{file: r.file}
	f.refs.Store(1)
	return f
}

// fileReader implements array.RecordReader over the row groups of a file.
type fileReader struct {
	file    *parquet.File
	refs    atomic.Int64
	next    int
	current arrow.Record
	err     error
}

// Retain implements array.RecordReader.
func (f *fileReader) Retain() { f.refs.Add(1) }

// Release implements array.RecordReader.
func (f *fileReader) Release() {
	if f.refs.Add(-1) == 0 {
		f.drop()
	}
}

func (f *fileReader) drop() {
	if f.current != nil {
		f.current.Release()
		f.current = nil
	}
}

// Schema implements array.RecordReader.
func (f *fileReader) Schema() *arrow.Schema { return f.file.Schema() }

// Describe implements [Described]: what was recorded with the file goes with its
// table.
func (f *fileReader) Describe() Description { return Description{Metadata: f.file.Metadata()} }

// Next implements array.RecordReader.
func (f *fileReader) Next() bool {
	f.drop()
	if f.err != nil || f.next == f.file.NumRowGroups() {
		return false
	}
	f.current, f.err = f.file.Record(f.next)
	f.next++
	return f.err == nil
}

// Record implements array.RecordReader.
func (f *fileReader) Record() arrow.Record { return f.current }

// Err implements array.RecordReader.
func (f *fileReader) Err() error { return f.err }
