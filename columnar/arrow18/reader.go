package arrow18

import (
	"sync/atomic"

	v18 "github.com/apache/arrow-go/v18/arrow"
	v18array "github.com/apache/arrow-go/v18/arrow/array"
	v17 "github.com/apache/arrow/go/v17/arrow"
	v17array "github.com/apache/arrow/go/v17/arrow/array"
)

// ToReader returns a v18 reader of the records of r, each wrapped when Next
// comes to it. It keeps a reference to r, which the caller still releases, and
// drops it with its own last one, so that a sweep stops when both are released.
// A record stays valid when it is retained, whatever happens to the readers.
// A schema with a type that v18 does not have is an [ErrType].
func ToReader(r v17array.RecordReader) (v18array.RecordReader, error) {
	schema, err := ToSchema(r.Schema())
	if err != nil {
		return nil, err
	}
	out := &reader18{schema: schema}
	out.start(r, func() (v18.RecordBatch, error) { return ToRecord(r.Record()) })
	return out, nil
}

// FromReader is [ToReader] the other way: it returns a v17 reader of the
// records of r.
func FromReader(r v18array.RecordReader) (v17array.RecordReader, error) {
	schema, err := FromSchema(r.Schema())
	if err != nil {
		return nil, err
	}
	out := &reader17{schema: schema}
	out.start(r, func() (v17.Record, error) { return FromRecord(r.RecordBatch()) })
	return out, nil
}

type reader18 struct {
	stream[v18.RecordBatch]
	schema *v18.Schema
}

var _ v18array.RecordReader = (*reader18)(nil)

func (r *reader18) Schema() *v18.Schema          { return r.schema }
func (r *reader18) RecordBatch() v18.RecordBatch { return r.current }
func (r *reader18) Record() v18.RecordBatch      { return r.current }

type reader17 struct {
	stream[v17.Record]
	schema *v17.Schema
}

var _ v17array.RecordReader = (*reader17)(nil)

func (r *reader17) Schema() *v17.Schema { return r.schema }
func (r *reader17) Record() v17.Record  { return r.current }

// source is what a stream asks of the reader whose records it wraps.
type source interface {
	Retain()
	Release()
	Next() bool
	Err() error
}

// stream is what readers of both versions do alike, with records of type R.
type stream[R interface{ Release() }] struct {
	refs    atomic.Int64
	source  source
	wrap    func() (R, error) // wraps the source's current record
	current R
	held    bool // current is a record
	err     error
}

func (s *stream[R]) start(from source, wrap func() (R, error)) {
	from.Retain()
	s.refs.Store(1)
	s.source, s.wrap = from, wrap
}

func (s *stream[R]) Retain() { s.refs.Add(1) }

func (s *stream[R]) Release() {
	if s.refs.Add(-1) == 0 {
		s.drop()
		s.source.Release()
	}
}

func (s *stream[R]) Next() bool {
	s.drop()
	if s.err != nil || !s.source.Next() {
		return false
	}
	s.current, s.err = s.wrap()
	s.held = s.err == nil
	return s.held
}

// Err returns what kept a record from being wrapped, or else the error of the
// source.
func (s *stream[R]) Err() error {
	if s.err != nil {
		return s.err
	}
	return s.source.Err()
}

// drop releases the current record.
func (s *stream[R]) drop() {
	if s.held {
		s.current.Release()
	}
	var none R
	s.current, s.held = none, false
}
