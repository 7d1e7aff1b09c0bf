package columnar

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// Bars are the bars of one asset as Go slices of equal length.
type Bars struct {
	ID string
	// Times are nanoseconds UTC, strictly increasing.
	Times []int64
	// Values holds a slice for each column, in the order of the columns.
	Values [][]float64
	// Owner is the buffer whose memory Times and Values are; the Frame holds a
	// reference. nil: they belong to the garbage collector.
	Owner *memory.Buffer
	// Events are corporate actions of the asset, in any order; the Frame keeps
	// a sorted copy.
	Events []Event
}

// Build returns a Frame over the given slices, which are kept, not copied,
// and must not change afterwards. Assets may come in any order. Where
// info.Axis.Frequency is 0 the axis is derived from the timestamps, and where
// info.Digest is empty the digest is computed. Errors wrap ErrInvalid, or
// ErrEvent, and name the asset or the column.
func Build(columns []Column, assets []Bars, info Info) (*Frame, error) {
	return BuildContext(context.Background(), columns, assets, info)
}

// BuildContext is Build, and returns the error of ctx within milliseconds of
// its end while it computes the digest.
func BuildContext(ctx context.Context, columns []Column, assets []Bars, info Info) (*Frame, error) {
	f, err := BuildUndigested(columns, assets, info)
	if err != nil || f.info.Digest != "" {
		return f, err
	}
	digests, err := ColumnDigestsContext(ctx, f)
	if err != nil {
		f.Release()
		return nil, err
	}
	f.digests, f.info.Digest = digests, DigestOf(f, digests)
	return f, nil
}

// BuildUndigested is Build, and leaves the digest to the caller: that of the
// Frame is info.Digest, also where it is empty. It is for Frames that are
// published at once, which finds the digest beside the writing.
func BuildUndigested(columns []Column, assets []Bars, info Info) (*Frame, error) {
	for _, c := range columns {
		if c.Scale != ScaleOf(c.Decimals()) {
			return nil, fmt.Errorf("%w: column %q has scale %d, want 0 or a power of ten up to 10^%d", ErrInvalid, c.Name, c.Scale, MaxDecimals)
		}
	}
	schema := NewSchema(columns)
	assets = slices.Clone(assets)
	slices.SortFunc(assets, func(a, b Bars) int { return strings.Compare(a.ID, b.ID) })
	if info.Axis.Frequency == 0 {
		times := make([][]int64, len(assets))
		for i, a := range assets {
			times[i] = a.Times
		}
		info.Axis = NewAxis(info.Axis.Calendar, info.Axis.Label, times...)
	}
	if info.Adjusted == "" {
		info.Adjusted = AdjustedNone
	}
	batches := make([]arrow.Record, 0, len(assets))
	defer func() {
		for _, b := range batches {
			b.Release()
		}
	}()
	spans := make([]Span, len(assets))
	for i, a := range assets {
		if err := a.check(columns); err != nil {
			return nil, err
		}
		batches = append(batches, wrapRecord(schema, a.Times, a.Values, a.Owner))
		spans[i] = Span{ID: a.ID, Batch: i, Rows: len(a.Times), Events: slices.Clone(a.Events)}
		slices.SortFunc(spans[i].Events, CompareEvents)
	}
	return NewFrame(schema, batches, spans, info)
}

func (b Bars) check(columns []Column) error {
	if b.ID == "" {
		return fmt.Errorf("%w: an asset has no id", ErrInvalid)
	}
	if len(b.Values) != len(columns) {
		return fmt.Errorf("%w: asset %q has %d columns, want %d", ErrInvalid, b.ID, len(b.Values), len(columns))
	}
	for c, v := range b.Values {
		if len(v) != len(b.Times) {
			return fmt.Errorf("%w: asset %q: column %q has %d values for %d timestamps", ErrInvalid, b.ID, columns[c].Name, len(v), len(b.Times))
		}
	}
	return CheckTimes(b.ID, b.Times)
}

// CheckTimes reports the first timestamp of an asset that does not come
// after the one before it. The error wraps ErrInvalid.
func CheckTimes(id string, times []int64) error {
	for i := 1; i < len(times); i++ {
		if times[i] <= times[i-1] {
			return fmt.Errorf("%w: asset %q: timestamp of bar %d does not come after the one before it", ErrInvalid, id, i)
		}
	}
	return nil
}

// WrapRecord returns an Arrow record over the given slices without copying:
// the timestamps and one slice for each float64 field of a schema made by
// [NewSchema]. The slices belong to the garbage collector and must not change
// while the record lives. The caller releases the record.
func WrapRecord(schema *arrow.Schema, times []int64, values [][]float64) arrow.Record {
	return wrapRecord(schema, times, values, nil)
}

// wrapRecord is WrapRecord of slices of a buffer, where owner is not nil.
func wrapRecord(schema *arrow.Schema, times []int64, values [][]float64, owner *memory.Buffer) arrow.Record {
	arrays := make([]arrow.Array, 0, len(values)+1)
	arrays = append(arrays, wrapArray(schema.Field(0).Type, bytesOf(times), len(times), owner))
	for i, v := range values {
		arrays = append(arrays, wrapArray(schema.Field(i+1).Type, bytesOf(v), len(v), owner))
	}
	rec := array.NewRecord(schema, arrays, int64(len(times)))
	for _, a := range arrays {
		a.Release()
	}
	return rec
}

func wrapArray(t arrow.DataType, b []byte, n int, owner *memory.Buffer) arrow.Array {
	buf := memory.NewBufferBytes(b)
	if owner != nil && n > 0 {
		buf = memory.SliceBuffer(owner, offsetIn(owner.Bytes(), b), len(b))
	}
	defer buf.Release()
	data := array.NewData(t, n, []*memory.Buffer{nil, buf}, nil, 0, 0)
	defer data.Release()
	return array.MakeFromData(data)
}
