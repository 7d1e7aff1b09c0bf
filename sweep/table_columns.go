package sweep

import (
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// words are the values of a column of numbers, int64 or float64, that is
// being built: eight bytes each in memory of the allocator.
type words struct {
	mem  memory.Allocator
	buf  *memory.Buffer
	room []uint64 // the whole of buf
	n    int      // values in it
}

// firstRoom is the room that a column starts with, in rows.
const firstRoom = 1024

// grow makes room for n values in all.
func (w *words) grow(n int) {
	if n <= len(w.room) {
		return
	}
	if w.buf == nil {
		w.buf = memory.NewResizableBuffer(w.mem)
	}
	w.buf.Resize(8 * max(n, 2*len(w.room), firstRoom))
	w.room = arrow.Uint64Traits.CastFromBytes(w.buf.Bytes())
}

// next returns the room of the next n values, which it counts as there.
func (w *words) next(n int) []uint64 {
	w.n += n
	return w.room[w.n-n : w.n]
}

// repeat appends a value n times.
func (w *words) repeat(v uint64, n int) {
	dst := w.next(n)
	for i := range dst {
		dst[i] = v
	}
}

// take returns the values as an array and starts over. A validity of nil
// means all of them.
func (w *words) take(t arrow.DataType, valid *memory.Buffer, nulls int) arrow.Array {
	w.buf.ResizeNoShrink(8 * w.n)
	data := array.NewData(t, w.n, []*memory.Buffer{valid, w.buf}, nil, nulls, 0)
	defer data.Release()
	w.release()
	return array.MakeFromData(data)
}

func (w *words) release() {
	if w.buf != nil {
		w.buf.Release()
	}
	w.buf, w.room, w.n = nil, nil, 0
}

// bitmap is the validity of a column that is being built.
type bitmap struct {
	mem  memory.Allocator
	buf  *memory.Buffer
	n    int
	ones int
}

// grow makes room for n bits in all.
func (m *bitmap) grow(n int) {
	if m.buf == nil {
		m.buf = memory.NewResizableBuffer(m.mem)
	}
	// A word more than needed: append writes whole ones.
	if need := (n+63)/64*8 + 8; need > m.buf.Len() {
		from := m.buf.Len()
		m.buf.Resize(max(need, 2*from, firstRoom/8))
		clear(m.buf.Bytes()[from:])
	}
}

// append appends the n lowest bits of word, the others being zero.
func (m *bitmap) append(word uint64, n int) {
	at, shift := m.n/64*8, m.n%64
	b := m.buf.Bytes()
	binary.LittleEndian.PutUint64(b[at:], binary.LittleEndian.Uint64(b[at:])|word<<shift)
	if shift > 0 {
		binary.LittleEndian.PutUint64(b[at+8:], word>>(64-shift))
	}
	m.n += n
	m.ones += bits.OnesCount64(word)
}

func (m *bitmap) release() {
	if m.buf != nil {
		m.buf.Release()
	}
	m.buf, m.n, m.ones = nil, 0, 0
}

// statColumn is the column of a statistic; undefined is null.
type statColumn struct {
	stat   metrics.Stat
	own    func(*metrics.Values) float64 // of a user's own, in place of stat
	count  bool                          // int64
	values words
	valid  bitmap
}

// append appends the statistic of at most [runRows] rows.
func (s *statColumn) append(rows []pipeline.Row) {
	dst := s.values.next(len(rows))
	exist := uint64(0)
	for i := range rows {
		v := rows[i].Values[s.stat]
		if s.own != nil {
			v = ownValue(s.own, &rows[i])
		}
		bit := uint64(0)
		if v == v { // no branch: the compiler sets it from the comparison
			bit = 1
		}
		exist |= bit << (i & 63)
		dst[i] = math.Float64bits(v)
	}
	s.valid.append(exist, len(rows))
	if s.count {
		for i, v := range dst {
			dst[i] = uint64(int64(math.Float64frombits(v)))
		}
	}
}

// ownValue returns a user's statistic of a row, NaN where its trial has failed.
func ownValue(own func(*metrics.Values) float64, row *pipeline.Row) float64 {
	if row.Err != nil {
		return math.NaN()
	}
	return own(&row.Values)
}

func (s *statColumn) take() arrow.Array {
	t := arrow.PrimitiveTypes.Float64
	if s.count {
		t = arrow.PrimitiveTypes.Int64
	}
	defer s.valid.release()
	if nulls := s.valid.n - s.valid.ones; nulls > 0 {
		return s.values.take(t, s.valid.buf, nulls)
	}
	return s.values.take(t, nil, 0)
}

// maxAxisTable is the largest number of values of a parameter that are
// computed in advance.
const maxAxisTable = 1 << 12

// axisColumn is the column of a parameter.
type axisColumn struct {
	param   int
	axis    spec.Axis
	whole   bool     // int64
	table   []uint64 // the values of a short axis
	numbers words
	names   *textColumn // of a choice, in place of numbers
}

func newAxisColumn(mem memory.Allocator, param int, p spec.Param, t arrow.DataType) *axisColumn {
	a := &axisColumn{param: param, axis: p.Axis, whole: t.ID() == arrow.INT64, numbers: words{mem: mem}}
	if p.Axis.IsChoice() {
		a.names = &textColumn{mem: mem}
		return a
	}
	if n := p.Axis.Len(); n <= maxAxisTable {
		a.table = make([]uint64, n)
		for i := range a.table {
			a.table[i] = a.word(i)
		}
	}
	return a
}

// word returns value i as the column holds it.
func (a *axisColumn) word(i int) uint64 {
	if a.whole {
		return uint64(int64(a.axis.Value(i)))
	}
	return math.Float64bits(a.axis.Value(i))
}

// append appends value i for the n rows of a trial.
func (a *axisColumn) append(i, n int) {
	switch {
	case a.names != nil:
		a.names.append(a.axis.Text(i), n)
	case a.table != nil:
		a.numbers.repeat(a.table[i], n)
	default:
		a.numbers.repeat(a.word(i), n)
	}
}

func (a *axisColumn) take() arrow.Array {
	switch {
	case a.names != nil:
		return a.names.take()
	case a.whole:
		return a.numbers.take(arrow.PrimitiveTypes.Int64, nil, 0)
	}
	return a.numbers.take(arrow.PrimitiveTypes.Float64, nil, 0)
}

func (a *axisColumn) release() {
	a.numbers.release()
	if a.names != nil {
		a.names.release()
	}
}

// textColumn is a column of strings that are mostly null, or few.
type textColumn struct {
	mem  memory.Allocator
	rows int
	b    *array.StringBuilder // holds the rows up to the last that is not null
}

// skip appends n nulls.
func (c *textColumn) skip(n int) { c.rows += n }

// append appends a string n times.
func (c *textColumn) append(text string, n int) {
	if c.b == nil {
		c.b = array.NewStringBuilder(c.mem)
	}
	c.b.AppendNulls(c.rows - c.b.Len())
	for range n {
		c.b.Append(text)
	}
	c.rows += n
}

func (c *textColumn) take() arrow.Array {
	rows := c.rows
	c.rows = 0
	if c.b == nil || c.b.Len() == 0 {
		return array.MakeArrayOfNull(c.mem, arrow.BinaryTypes.String, rows)
	}
	c.b.AppendNulls(rows - c.b.Len())
	return c.b.NewArray()
}

func (c *textColumn) release() {
	if c.b != nil {
		c.b.Release()
	}
}
