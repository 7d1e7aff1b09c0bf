package sweep

import (
	"sync/atomic"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bowstring-engine/bowstring/bundles/colfile"
)

// fileReader implements array.RecordReader over the row groups of a file.
type fileReader struct {
	file    *colfile.File
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
