package columnar

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"runtime"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"golang.org/x/sync/errgroup"
)

// The columns that are adjusted: prices are divided by splits and multiplied by
// what dividends and spin-offs leave, the volume is multiplied by splits.
// Columns of other names stay as they are, since nobody knows their unit.
var priceColumns = []string{Open, High, Low, Close, VWAP}

// VWAP is the one price beside the four of a bar that adjusting knows.
const VWAP = "vwap"

// DefaultAdjustment is what bars are adjusted for where nobody says: for
// everything where they have events, else for what they are already. Bars that
// were adjusted by [Adjusted] stay as they are.
func (f *Frame) DefaultAdjustment() Adjustment {
	if f.info.Source == "" && f.HasEvents() {
		return AdjustedAll
	}
	return f.info.Adjusted
}

// CheckAdjustment reports whether [Adjusted] can give a Frame that adjustment.
// The error wraps [ErrAdjustment].
func (f *Frame) CheckAdjustment(mode Adjustment) error {
	have := f.info.Adjusted
	switch {
	case mode != AdjustedNone && mode != AdjustedSplits && mode != AdjustedAll:
		return fmt.Errorf("%w: adjustment %q: want none, splits or all", ErrAdjustment, mode)
	case mode == have:
		return nil
	case have == AdjustedAll || mode == AdjustedNone:
		return fmt.Errorf("%w: %s is asked for, but the prices came adjusted for %s already, which cannot be undone; ask for %s, or ingest unadjusted prices", ErrAdjustment, mode, have, have)
	case !f.HasEvents():
		return fmt.Errorf("%w: %s is asked for, but the data has no splits or dividends to adjust by; ask for %s, or ingest it with an events file or with dividend and split columns", ErrAdjustment, mode, have)
	}
	return nil
}

// Adjusted returns f with its prices and volumes adjusted by its events, as
// [AdjustedSplits] or [AdjustedAll] say; "" is f's [Frame.DefaultAdjustment].
// f is borrowed, and where it has that adjustment it is what is returned. The
// caller releases the result.
//
// Bars before an event are brought to the terms of the bars after it, and the
// last bar stays as it is. A split by s divides earlier prices by s and
// multiplies earlier volumes by s. A dividend D multiplies earlier prices by
// 1 − D / C, and a spin-off that leaves v by v. C is the last close before the
// ex-date as it was traded, divided by the splits since, and less what earlier
// events of the same bar take: several dividends add up. Closes that are
// unknown (NaN, infinite, 0 or below) are passed over, and a dividend with no
// close before it has no effect. Where prices are adjusted for splits already,
// only dividends and spin-offs are applied, and C is first brought back to the
// terms of its day. A dividend at or above C is an error that wraps [ErrEvent]
// and names the asset.
//
// All of an asset's bars are adjusted, those outside the window of a Slice
// too, so the Slice of an adjusted Frame is the adjusted Slice. Assets without
// effective events share the memory of f; for others new columns are made in
// mem (nil: Go's own), of [AdjustedBytes] in all. Columns that change are no
// longer decimal. The digest is derived from that of f and the adjustment, and
// f's is kept as [Info].Source.
func Adjusted(ctx context.Context, f *Frame, mode Adjustment, mem memory.Allocator) (adjusted *Frame, err error) {
	defer CatchFault(&err)()
	if mode == "" {
		mode = f.DefaultAdjustment()
	}
	if err := f.CheckAdjustment(mode); err != nil {
		return nil, err
	}
	if mode == f.info.Adjusted {
		f.Retain()
		return f, nil
	}
	a := newAdjuster(f, mode, mem)
	if err := a.measure(); err != nil {
		return nil, err
	}
	return a.build(ctx)
}

// CheckEvents reports the events of f that [Adjusted] would refuse for
// [AdjustedAll]: dividends that are not below what they are paid from.
func CheckEvents(f *Frame) (err error) {
	defer CatchFault(&err)()
	if f.info.Adjusted == AdjustedAll || !f.HasEvents() {
		return nil
	}
	return newAdjuster(f, AdjustedAll, nil).measure()
}

// AdjustedBytes returns at most how many bytes of new columns [Adjusted] makes.
func AdjustedBytes(f *Frame, mode Adjustment) int64 {
	if mode == f.info.Adjusted {
		return 0
	}
	a := newAdjuster(f, mode, nil)
	rows := 0
	for _, s := range f.spans {
		if len(s.Events) > 0 {
			rows += s.Rows
		}
	}
	return int64(rows) * int64(len(a.changed)) * 8
}

// adjuster adjusts one Frame.
type adjuster struct {
	frame *Frame
	mode  Adjustment
	mem   memory.Allocator
	// splits says that splits are applied, cash that dividends and spin-offs
	// are.
	splits, cash bool
	// prices are the positions of the columns that are prices; volume and
	// close those of their columns, -1 for none.
	prices        []int
	volume, close int
	// changed are the positions of the columns that are made anew.
	changed []int
	// segments are the factors of each asset; nil where nothing changes.
	segments [][]segment
}

func newAdjuster(f *Frame, mode Adjustment, mem memory.Allocator) *adjuster {
	a := &adjuster{
		frame: f, mode: mode, mem: mem, volume: -1, close: -1,
		splits: f.info.Adjusted == AdjustedNone, cash: mode == AdjustedAll,
		segments: make([][]segment, len(f.spans)),
	}
	if a.mem == nil {
		a.mem = memory.DefaultAllocator
	}
	for c, col := range f.columns {
		if slices.Contains(priceColumns, col.Name) {
			a.prices = append(a.prices, c)
		}
		switch col.Name {
		case Volume:
			a.volume = c
		case Close:
			a.close = c
		}
	}
	a.changed = slices.Clip(a.prices)
	if a.splits && a.volume >= 0 {
		a.changed = append(a.changed, a.volume)
	}
	return a
}

// build makes the adjusted Frame.
func (a *adjuster) build(ctx context.Context) (*Frame, error) {
	f := a.frame
	schema := NewSchema(a.columns())
	spans := slices.Clone(f.spans)
	var changed []int // assets, in the order of their batches
	for i, segments := range a.segments {
		if segments != nil {
			spans[i].Batch, spans[i].Offset, spans[i].More = len(f.batches)+len(changed), 0, nil
			changed = append(changed, i)
		}
	}
	batches := make([]arrow.Record, len(f.batches)+len(changed))
	defer func() {
		for _, b := range batches {
			if b != nil {
				b.Release()
			}
		}
	}()
	for i, b := range f.batches {
		batches[i] = array.NewRecord(schema, b.rec.Columns(), b.rec.NumRows())
	}
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, i := range changed {
		g.Go(func() (err error) {
			defer CatchFault(&err)()
			if err := ctx.Err(); err != nil {
				return err
			}
			batches[spans[i].Batch] = a.record(schema, i)
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	if err := f.Intact(); err != nil {
		return nil, err
	}
	info := f.info
	info.Source, info.Adjusted = info.Digest, a.mode
	info.Digest = adjustedDigest(info.Source, a.mode)
	out, err := NewJoinedFrame(schema, batches, spans, info, JoinOptions{Allocator: a.mem})
	if err != nil {
		return nil, err
	}
	out.window = f.window
	return out, nil
}

// adjustedDigest identifies what Adjusted makes of the data of a digest. Hashing
// the values would take longer than making them.
func adjustedDigest(source string, mode Adjustment) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "bowstring adjusted 1\nsource %s\nadjusted %s\n", source, mode))
	return DigestPrefix + hex.EncodeToString(sum[:])
}

// columns returns the columns; those that change are no longer decimal.
func (a *adjuster) columns() []Column {
	columns := slices.Clone(a.frame.columns)
	if slices.ContainsFunc(a.segments, func(s []segment) bool { return s != nil }) {
		for _, c := range a.changed {
			columns[c].Scale = 0
		}
	}
	return columns
}

// record returns the adjusted bars of an asset. Columns that do not change are
// over the memory of the Frame.
func (a *adjuster) record(schema *arrow.Schema, i int) arrow.Record {
	old, at := a.frame.whole(i)
	rows := a.frame.spans[i].Rows
	arrays := make([]arrow.Array, old.NumCols())
	for c := range arrays {
		if c == 0 || !slices.Contains(a.changed, c-1) {
			arrays[c] = array.NewSlice(old.Column(c), int64(at), int64(at+rows))
			continue
		}
		arrays[c] = a.column(i, c-1)
	}
	rec := array.NewRecord(schema, arrays, int64(rows))
	for _, c := range arrays {
		c.Release()
	}
	return rec
}

// column returns an adjusted column of an asset.
func (a *adjuster) column(i, c int) arrow.Array {
	values := a.frame.WholeValues(i, c)
	buf := memory.NewResizableBuffer(a.mem)
	defer buf.Release()
	buf.Resize(len(values) * arrow.Float64SizeBytes)
	dst := arrow.Float64Traits.CastFromBytes(buf.Bytes())
	for _, s := range a.segments[i] {
		src, dst := values[s.from:s.to], dst[s.from:s.to]
		switch {
		case c == a.volume:
			for k, v := range src {
				dst[k] = v * s.split
			}
		case !a.splits:
			for k, v := range src {
				dst[k] = v * s.cash
			}
		default:
			// Divided, because a whole number is exact and its inverse is not.
			for k, v := range src {
				dst[k] = v / s.split * s.cash
			}
		}
	}
	data := array.NewData(arrow.PrimitiveTypes.Float64, len(values), []*memory.Buffer{nil, buf}, nil, 0, 0)
	defer data.Release()
	return array.NewFloat64Data(data)
}
