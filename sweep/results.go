package sweep

import (
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/bowstring-engine/bowstring/sweep/spec"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bowstring-engine/bowstring/internal/parquet"
)

// Results is a result file.
type Results struct {
	file *parquet.File
	path string
}

// OpenResults opens a file that [WriteFile] made. It is read piece by piece, and
// takes the memory of what is asked for. The caller closes it.
func OpenResults(path string) (*Results, error) {
	file, err := parquet.Open(path, parquet.OpenOptions{Piecewise: true})
	if err != nil {
		return nil, err
	}
	if file.Metadata()[MetaSpec] == "" {
		return nil, errors.Join(fmt.Errorf("%s: not a result file of bowstring: its metadata has no %s", path, MetaSpec), file.Close())
	}
	return &Results{file: file, path: path}, nil
}

// Close releases the file. Records that were retained stay valid.
func (r *Results) Close() error { return r.file.Close() }

// Schema returns the schema of the table.
func (r *Results) Schema() *arrow.Schema { return r.file.Schema() }

// NumRows returns the number of rows.
func (r *Results) NumRows() int64 { return r.file.NumRows() }

// Metadata returns what is recorded with the results.
func (r *Results) Metadata() map[string]string { return r.file.Metadata() }

// Partial reports that the sweep ended before its last trial.
func (r *Results) Partial() bool { return r.file.Metadata()[MetaPartial] == "true" }

// Spec returns the resolved spec that the results belong to.
func (r *Results) Spec() (*spec.Spec, error) {
	return spec.Parse(r.path, []byte(r.file.Metadata()[MetaSpec]))
}

// Records returns a reader over the table, a record a row group. The caller
// releases it before closing the Results.
func (r *Results) Records() array.RecordReader {
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
