package columnar

import (
	"fmt"
	"iter"
	"sync"
	"sync/atomic"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// Piece is a run of an asset's bars inside a batch.
type Piece struct {
	Batch        int
	Offset, Rows int
}

// pieces returns where the bars of a span are, in order. The first piece has
// the rows that those after it leave, below 0 where they have too many.
func (s *Span) pieces() []Piece {
	first := Piece{Batch: s.Batch, Offset: s.Offset, Rows: s.Rows}
	for _, p := range s.More {
		first.Rows -= p.Rows
	}
	return append([]Piece{first}, s.More...)
}

// JoinOptions are the choices of [NewJoinedFrame]. The zero value is valid.
type JoinOptions struct {
	// Allocator is where bars are joined; nil is Go's heap.
	Allocator memory.Allocator
	// Released is called when the Frame and all that were made of it are
	// released: what was reserved for joined bars can be given back.
	Released func()
}

// NewJoinedFrame is [NewFrame] for spans with More pieces. The bars of such an
// asset are copied into one slice a column when they are first looked at, and
// stay until the Frame is released: [JoinedBytes] in all, if every asset is
// looked at. Where NewJoinedFrame fails, Released is not called.
func NewJoinedFrame(schema *arrow.Schema, batches []arrow.Record, spans []Span, info Info, options JoinOptions) (*Frame, error) {
	f, err := newFrame(schema, batches, spans, info)
	if err != nil {
		return nil, err
	}
	mem := options.Allocator
	if mem == nil {
		mem = memory.DefaultAllocator
	}
	j := &joins{released: options.Released}
	for i := range f.spans {
		s := &f.spans[i]
		s.joined = nil // of a Frame whose spans these were
		if len(s.More) == 0 {
			continue
		}
		one := &join{schema: schema, mem: mem, rows: s.Rows}
		for _, p := range s.pieces() {
			b := f.batches[p.Batch]
			part := batch{times: b.times[p.Offset : p.Offset+p.Rows], cols: make([][]float64, len(b.cols))}
			for c, v := range b.cols {
				part.cols[c] = v[p.Offset : p.Offset+p.Rows]
			}
			one.parts = append(one.parts, part)
		}
		s.joined = one
		j.all = append(j.all, one)
	}
	if j.all != nil || j.released != nil {
		j.refs.Store(1)
		f.joins = j
	}
	return f, nil
}

// JoinedBytes returns the memory that the bars of spans in several pieces
// take when they are joined.
func JoinedBytes(spans []Span, columns int) int64 {
	rows := int64(0)
	for _, s := range spans {
		if len(s.More) > 0 {
			rows += int64(s.Rows)
		}
	}
	return rows * int64(columns+1) * 8
}

// joins are the joined bars of a Frame and of those made of it.
type joins struct {
	refs     atomic.Int64
	all      []*join
	released func()
}

func (j *joins) retain() {
	if j != nil {
		j.refs.Add(1)
	}
}

func (j *joins) release() {
	if j == nil || j.refs.Add(-1) > 0 {
		return
	}
	for _, one := range j.all {
		if one.joined.rec != nil {
			one.joined.rec.Release()
		}
	}
	if j.released != nil {
		j.released()
	}
}

// join is one asset's bars, in pieces and, once they were looked at, joined.
type join struct {
	schema *arrow.Schema
	mem    memory.Allocator
	rows   int
	parts  []batch // without records: the Frame holds those

	mu     sync.Mutex // held while the bars are joined
	done   atomic.Bool
	joined batch
}

func (j *join) get() *batch {
	if j.done.Load() {
		return &j.joined
	}
	// No sync.Once: where the bars cannot be read, so that joining panics, they
	// are not joined.
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.done.Load() {
		j.join()
		j.done.Store(true)
	}
	return &j.joined
}

func (j *join) join() {
	arrays := make([]arrow.Array, j.schema.NumFields())
	for i := range arrays {
		buf := memory.NewResizableBuffer(j.mem)
		buf.Resize(8 * j.rows)
		at := 0
		for _, p := range j.parts {
			b := bytesOf(p.times)
			if i > 0 {
				b = bytesOf(p.cols[i-1])
			}
			at += copy(buf.Bytes()[at:], b)
		}
		data := array.NewData(j.schema.Field(i).Type, j.rows, []*memory.Buffer{nil, buf}, nil, 0, 0)
		buf.Release()
		arrays[i] = array.MakeFromData(data)
		data.Release()
	}
	rec := array.NewRecord(j.schema, arrays, int64(j.rows))
	for _, a := range arrays {
		a.Release()
	}
	var err error
	if j.joined, err = newBatch(rec); err != nil {
		panic(fmt.Sprintf("columnar: joined bars: %v", err)) // they have no nulls
	}
}

// Runs yields the bars of asset i in stretches that follow each other: the
// timestamps and the columns, in the order of Columns, of as many bars as lie
// in one piece. Unlike [Frame.Times] it joins nothing, so that going once
// through bars in pieces takes no memory that stays. The slices alias the
// Frame; cols itself is used again for the next stretch.
func (f *Frame) Runs(i int) iter.Seq2[[]int64, [][]float64] {
	s := &f.spans[i]
	lo, hi := f.Window(i)
	parts := f.parts(s)
	return func(yield func(times []int64, cols [][]float64) bool) {
		cols := make([][]float64, len(f.columns))
		at := 0 // bars before the part
		for _, p := range parts {
			from, to := max(lo-at, 0), min(hi-at, len(p.times))
			at += len(p.times)
			if from >= to {
				continue
			}
			for c, v := range p.cols {
				cols[c] = v[from:to:to]
			}
			if !yield(p.times[from:to:to], cols) {
				return
			}
		}
	}
}

// parts returns the bars of a span where they lie.
func (f *Frame) parts(s *Span) []batch {
	if s.joined != nil {
		return s.joined.parts
	}
	b := f.batches[s.Batch]
	whole := batch{times: b.times[s.Offset : s.Offset+s.Rows], cols: make([][]float64, len(b.cols))}
	for c, v := range b.cols {
		whole.cols[c] = v[s.Offset : s.Offset+s.Rows]
	}
	return []batch{whole}
}
