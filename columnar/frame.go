package columnar

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
	"sync/atomic"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// Adjustment says for which corporate actions prices have been adjusted.
type Adjustment string

// The adjustment states of a bundle.
const (
	AdjustedNone   Adjustment = "none"
	AdjustedSplits Adjustment = "splits"
	AdjustedAll    Adjustment = "all"
)

// ParseAdjustment returns the adjustment of that name; "" is AdjustedNone.
func ParseAdjustment(name string) (Adjustment, error) {
	switch a := Adjustment(strings.ToLower(name)); a {
	case "":
		return AdjustedNone, nil
	case AdjustedNone, AdjustedSplits, AdjustedAll:
		return a, nil
	}
	return "", fmt.Errorf("adjustment %q: want none, splits or all", name)
}

// Info is what a Frame knows about its data as a whole.
type Info struct {
	// Digest identifies the content, "sha256:…"; see [Digest]. A Slice keeps
	// the digest of the whole. That of an [Adjusted] Frame is derived from its
	// Source and its adjustment, so it is no [Digest] of its values.
	Digest   string
	Axis     Axis
	Adjusted Adjustment
	// Source is the digest of the Frame that [Adjusted] has made this one of;
	// "" where the data is as it was stored.
	Source string
}

// Stored returns the digest of the data as it was stored, adjusted since or
// not.
func (i Info) Stored() string { return cmp.Or(i.Source, i.Digest) }

// Span places an asset's bars inside the batches of a Frame.
type Span struct {
	ID    string
	Batch int
	// Offset and Rows count rows of that batch.
	Offset, Rows int
	// More are the rows that follow, for bars that are stored in several
	// pieces. Rows counts theirs too. Such bars are joined when they are first
	// looked at; see [NewJoinedFrame].
	More []Piece
	// Events are the asset's corporate actions, in the order of
	// [CompareEvents].
	Events []Event

	// joined is the one slice a column that the pieces make.
	joined *join
}

// Frame is an immutable set of bars, grouped by asset. See the package
// comment for its invariants. It is reference-counted like an Arrow record
// and safe for concurrent use.
type Frame struct {
	refs    atomic.Int64
	schema  *arrow.Schema
	columns []Column
	info    Info
	batches []batch
	spans   []Span
	// window holds an asset's first and last+1 bar of a Slice, counted from
	// the asset's first bar; nil where the Frame is whole.
	window [][2]int
	// digests are those of every column, where Build has computed them.
	digests [][]ColumnDigest
	// joins are the bars in pieces, shared with the Frames made of this one;
	// nil where there are none.
	joins *joins
}

// batch is a record and its columns as Go slices over the same memory.
type batch struct {
	rec   arrow.Record
	times []int64
	cols  [][]float64
}

// NewFrame returns a Frame over batches, which it retains. All batches have
// the schema of [NewSchema]; spans stand in byte order of their ids. Errors
// wrap ErrInvalid or ErrEvent. Timestamps are trusted to increase within a span; [Build]
// and package bundles check them when data enters.
func NewFrame(schema *arrow.Schema, batches []arrow.Record, spans []Span, info Info) (*Frame, error) {
	return NewJoinedFrame(schema, batches, spans, info, JoinOptions{})
}

// newFrame checks and returns a Frame without bars in pieces.
func newFrame(schema *arrow.Schema, batches []arrow.Record, spans []Span, info Info) (*Frame, error) {
	columns, err := columnsOf(schema)
	if err != nil {
		return nil, err
	}
	f := &Frame{schema: schema, columns: columns, info: info, spans: spans, batches: make([]batch, len(batches))}
	for i, rec := range batches {
		if !rec.Schema().Equal(schema) {
			return nil, fmt.Errorf("%w: batch %d has another schema", ErrInvalid, i)
		}
		if f.batches[i], err = newBatch(rec); err != nil {
			return nil, fmt.Errorf("batch %d: %w", i, err)
		}
	}
	for i, s := range spans {
		if i > 0 && spans[i-1].ID >= s.ID {
			return nil, fmt.Errorf("%w: asset %q does not stand after %q", ErrInvalid, s.ID, spans[i-1].ID)
		}
		if !f.holds(s) {
			return nil, fmt.Errorf("%w: asset %q lies outside its batch", ErrInvalid, s.ID)
		}
		if err := checkEvents(s.ID, s.Events); err != nil {
			return nil, err
		}
	}
	for _, b := range f.batches {
		b.rec.Retain()
	}
	f.refs.Store(1)
	return f, nil
}

// holds reports whether the pieces of a span lie in their batches.
func (f *Frame) holds(s Span) bool {
	for _, p := range s.pieces() {
		if p.Batch < 0 || p.Batch >= len(f.batches) || p.Offset < 0 || p.Rows < 0 ||
			p.Rows > len(f.batches[p.Batch].times)-p.Offset {
			return false
		}
	}
	return true
}

func newBatch(rec arrow.Record) (batch, error) {
	b := batch{rec: rec, cols: make([][]float64, rec.NumCols()-1)}
	for i, col := range rec.Columns() {
		if col.NullN() > 0 {
			return b, fmt.Errorf("%w: column %q has %d nulls; write NaN for no value", ErrInvalid, rec.ColumnName(i), col.NullN())
		}
	}
	b.times = timestamps(rec.Column(0).(*array.Timestamp))
	for i := range b.cols {
		b.cols[i] = rec.Column(i + 1).(*array.Float64).Float64Values()
	}
	return b, nil
}

// Retain adds a reference.
func (f *Frame) Retain() { f.refs.Add(1) }

// Release drops a reference. With the last one the batches are released and
// every slice handed out becomes invalid.
func (f *Frame) Release() {
	switch n := f.refs.Add(-1); {
	case n == 0:
		for _, b := range f.batches {
			b.rec.Release()
		}
		f.joins.release()
	case n < 0:
		panic("columnar: Frame released more often than retained")
	}
}

// Schema returns the Arrow schema of the records.
func (f *Frame) Schema() *arrow.Schema { return f.schema }

// Columns returns the float64 columns in schema order. Do not modify.
func (f *Frame) Columns() []Column { return f.columns }

// Info returns what is known about the data as a whole.
func (f *Frame) Info() Info { return f.info }

// NumAssets returns the number of assets, with or without bars in the window.
func (f *Frame) NumAssets() int { return len(f.spans) }

// Asset returns the id of asset i.
func (f *Frame) Asset(i int) string { return f.spans[i].ID }

// Assets returns the ids of all assets in order.
func (f *Frame) Assets() []string {
	ids := make([]string, len(f.spans))
	for i, s := range f.spans {
		ids[i] = s.ID
	}
	return ids
}

// Lookup returns the position of an asset.
func (f *Frame) Lookup(id string) (int, bool) {
	return sort.Find(len(f.spans), func(i int) int { return strings.Compare(id, f.spans[i].ID) })
}

// Window returns the first bar of asset i inside the Frame and the bar after
// its last, counted from the asset's first bar in the whole. lo == hi where
// the asset has no bars there.
func (f *Frame) Window(i int) (lo, hi int) {
	if f.window == nil {
		return 0, f.spans[i].Rows
	}
	return f.window[i][0], f.window[i][1]
}

// NumBars returns the number of bars of asset i.
func (f *Frame) NumBars(i int) int {
	lo, hi := f.Window(i)
	return hi - lo
}

// NumRows returns the number of bars of all assets.
func (f *Frame) NumRows() int {
	n := 0
	for i := range f.spans {
		n += f.NumBars(i)
	}
	return n
}

// Times returns the timestamps of asset i, in nanoseconds UTC.
func (f *Frame) Times(i int) []int64 {
	lo, hi := f.Window(i)
	return f.WholeTimes(i)[lo:hi]
}

// WholeTimes is Times without regard to the window of a Slice.
func (f *Frame) WholeTimes(i int) []int64 {
	s := &f.spans[i]
	if s.joined != nil {
		return s.joined.get().times
	}
	return f.batches[s.Batch].times[s.Offset : s.Offset+s.Rows : s.Offset+s.Rows]
}

// ColumnIndex returns the position of a float64 column in Columns.
func (f *Frame) ColumnIndex(name string) (int, bool) {
	i := slices.IndexFunc(f.columns, func(c Column) bool { return c.Name == name })
	return i, i >= 0
}

// Values returns column c of asset i, one value a bar.
func (f *Frame) Values(i, c int) []float64 {
	lo, hi := f.Window(i)
	return f.WholeValues(i, c)[lo:hi]
}

// WholeValues is Values without regard to the window of a Slice: the column
// from the asset's first bar on. Indicators are computed over it, so that a
// value does not depend on the window.
func (f *Frame) WholeValues(i, c int) []float64 {
	s := &f.spans[i]
	if s.joined != nil {
		return s.joined.get().cols[c]
	}
	return f.batches[s.Batch].cols[c][s.Offset : s.Offset+s.Rows : s.Offset+s.Rows]
}

// History returns the last n values of a column up to and including bar end,
// which counts from the first bar of the window. It reaches back to bars
// before a Slice and is shorter than n only where the asset itself begins
// later. It allocates nothing. Errors wrap ErrNoColumn; a bar outside the
// window panics, as an index does.
func (f *Frame) History(asset int, column string, end, n int) ([]float64, error) {
	c, ok := f.ColumnIndex(column)
	if !ok {
		return nil, fmt.Errorf("column %q: %w", column, ErrNoColumn)
	}
	lo, hi := f.Window(asset)
	if end < 0 || end >= hi-lo || n < 0 {
		panic(fmt.Sprintf("columnar: History of bar %d, %d values, in a window of %d bars", end, n, hi-lo))
	}
	stop := lo + end + 1
	return f.WholeValues(asset, c)[max(stop-n, 0):stop], nil
}

// Record returns the bars of asset i as an Arrow record over the same
// buffers. The caller releases it.
func (f *Frame) Record(i int) arrow.Record {
	lo, hi := f.Window(i)
	rec, at := f.whole(i)
	return rec.NewSlice(int64(at+lo), int64(at+hi))
}

// whole returns the record that asset i's bars are in, and the row of the
// first. It is borrowed.
func (f *Frame) whole(i int) (rec arrow.Record, at int) {
	s := &f.spans[i]
	if s.joined != nil {
		return s.joined.get().rec, 0
	}
	return f.batches[s.Batch].rec, s.Offset
}

// Slice returns the bars with from ≤ timestamp < to, without copying. A zero
// time leaves that end open. Assets without bars in the window stay, empty,
// so asset positions do not move. The caller releases the Slice.
func (f *Frame) Slice(from, to time.Time) *Frame {
	first, end := Nanoseconds(from, math.MinInt64), Nanoseconds(to, math.MaxInt64)
	window := make([][2]int, len(f.spans))
	for i := range f.spans {
		times := f.WholeTimes(i)
		lo, hi := f.Window(i)
		at, _ := slices.BinarySearch(times[lo:hi], first)
		stop, _ := slices.BinarySearch(times[lo:hi], end)
		window[i] = [2]int{lo + at, lo + max(at, stop)}
	}
	return f.derive(f.spans, window)
}

// Select returns the Frame of the named assets only, without copying, in the
// order of this Frame. Every id that is missing is named in the error, which
// wraps ErrNoAsset. The caller releases the result.
func (f *Frame) Select(ids ...string) (*Frame, error) {
	var missing []string
	keep := make([]bool, len(f.spans))
	for _, id := range ids {
		i, ok := f.Lookup(id)
		if !ok {
			missing = append(missing, fmt.Sprintf("%q", id))
			continue
		}
		keep[i] = true
	}
	if missing != nil {
		return nil, fmt.Errorf("asset %s: %w", strings.Join(missing, ", "), ErrNoAsset)
	}
	var spans []Span
	var window [][2]int
	for i, s := range f.spans {
		if keep[i] {
			lo, hi := f.Window(i)
			spans, window = append(spans, s), append(window, [2]int{lo, hi})
		}
	}
	return f.derive(spans, window), nil
}

func (f *Frame) derive(spans []Span, window [][2]int) *Frame {
	for _, b := range f.batches {
		b.rec.Retain()
	}
	d := &Frame{schema: f.schema, columns: f.columns, info: f.info, batches: f.batches, spans: spans, window: window, joins: f.joins}
	f.joins.retain()
	d.refs.Store(1)
	return d
}

// Nanoseconds returns t in nanoseconds since 1970, clamped to what int64 holds;
// zero where it is the zero time, which leaves an end of a span open.
func Nanoseconds(t time.Time, zero int64) int64 {
	switch {
	case t.IsZero():
		return zero
	case t.Before(time.Unix(0, math.MinInt64)):
		return math.MinInt64
	case t.After(time.Unix(0, math.MaxInt64)):
		return math.MaxInt64
	}
	return t.UnixNano()
}
