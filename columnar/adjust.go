package columnar

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
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
	if _, err := ParseAdjustment(string(mode)); err != nil {
		return fmt.Errorf("%w: %w", ErrAdjustment, err)
	}
	switch {
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
func Adjusted(ctx context.Context, f *Frame, mode Adjustment, mem memory.Allocator) (*Frame, error) {
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
	return int64(rows) * int64(len(a.changed())) * 8
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
	// segments are the factors of each asset; nil where nothing changes.
	segments [][]segment
}

// segment is a run of bars with the same factors.
type segment struct {
	from, to int
	// split is the product of the splits that come after these bars, cash of
	// what dividends and spin-offs leave.
	split, cash float64
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
	return a
}

// changed returns the positions of the columns that are made anew.
func (a *adjuster) changed() []int {
	if a.splits && a.volume >= 0 {
		return append(slices.Clone(a.prices), a.volume)
	}
	return a.prices
}

// maxEventErrors is how many assets with impossible events are named.
const maxEventErrors = 10

// measure finds the factors of all assets, and reports all that is wrong.
func (a *adjuster) measure() error {
	var errs []error
	more := 0
	for i := range a.frame.spans {
		var err error
		if a.segments[i], err = a.factors(i); err == nil {
			continue
		}
		if len(errs) < maxEventErrors {
			errs = append(errs, err)
		} else {
			more++
		}
	}
	if more > 0 {
		errs = append(errs, fmt.Errorf("%w: and %d more assets", ErrEvent, more))
	}
	return errors.Join(errs...)
}

// factors goes back from the last bar of an asset to its first and returns the
// factors of its bars, last segment first, or nil where all are 1.
func (a *adjuster) factors(i int) ([]segment, error) {
	events := a.frame.WholeEvents(i)
	times := a.frame.WholeTimes(i)
	for len(events) > 0 && effectiveBar(times, events[len(events)-1].Time) == len(times) {
		events = events[:len(events)-1]
	}
	var out []segment
	split, cash := 1.0, 1.0
	end := len(times)
	for len(events) > 0 {
		bar := effectiveBar(times, events[len(events)-1].Time)
		if bar == 0 {
			break
		}
		first := len(events) - 1
		for first > 0 && effectiveBar(times, events[first-1].Time) == bar {
			first--
		}
		out = append(out, segment{from: bar, to: end, split: split, cash: cash})
		end = bar
		left, err := a.left(i, bar, events, first, split)
		if err != nil {
			return nil, err
		}
		cash *= left
		for _, e := range events[first:] {
			if e.Type == EventSplit {
				split *= e.Value
			}
		}
		events = events[:first]
	}
	if (split == 1 || !a.splits) && (cash == 1 || !a.cash) && !slices.ContainsFunc(out, a.changes) {
		return nil, nil
	}
	return append(out, segment{from: 0, to: end, split: split, cash: cash}), nil
}

// changes reports whether any value of a segment is changed.
func (a *adjuster) changes(s segment) bool { return a.splits && s.split != 1 || a.cash && s.cash != 1 }

// left returns what the dividends and spin-offs among events[first:], which
// take effect on bar, leave of the price before it. later is the product of
// the splits after bar.
func (a *adjuster) left(i, bar int, events []Event, first int, later float64) (float64, error) {
	if !a.cash {
		return 1, nil
	}
	price, k := a.closeBefore(i, bar, events, first, later)
	left := 1.0
	for _, e := range events[first:] {
		switch e.Type {
		case EventSplit:
			price /= e.Value
		case EventDividend:
			if k < 0 {
				continue
			}
			if e.Value >= price {
				return 0, fmt.Errorf("%w: asset %q: the %s is not below %v, what it was paid from (the close of %s, after splits); correct the event or the bar", ErrEvent,
					a.frame.Asset(i), e, price, moment(a.frame.WholeTimes(i)[k]))
			}
			left *= 1 - e.Value/price
			price -= e.Value
		case EventSpinoff:
			left *= e.Value
			price *= e.Value
		}
	}
	return left, nil
}

// closeBefore returns the last known close before a bar, in the terms of the
// day before the bar, and whose it is; -1 for none.
func (a *adjuster) closeBefore(i, bar int, events []Event, first int, later float64) (price float64, k int) {
	if a.close < 0 {
		return 0, -1
	}
	closes, times := a.frame.WholeValues(i, a.close), a.frame.WholeTimes(i)
	k = bar - 1
	for k >= 0 && !(closes[k] > 0 && closes[k] <= math.MaxFloat64) {
		k--
	}
	if k < 0 {
		return 0, -1
	}
	price = closes[k]
	if !a.splits { // bring it back to the terms of its day
		price *= later
		for _, e := range events[first:] {
			if e.Type == EventSplit {
				price *= e.Value
			}
		}
		return price, k
	}
	// A split between the close that is known and the bar.
	for _, e := range slices.Backward(events[:first]) {
		if effectiveBar(times, e.Time) <= k {
			break
		}
		if e.Type == EventSplit {
			price /= e.Value
		}
	}
	return price, k
}

// build makes the adjusted Frame.
func (a *adjuster) build(ctx context.Context) (*Frame, error) {
	f := a.frame
	schema := NewSchema(a.columns())
	batches := make([]arrow.Record, len(f.batches))
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
	spans := slices.Clone(f.spans)
	var changed []int // assets, in the order of their batches
	for i, segments := range a.segments {
		if segments != nil {
			spans[i].Batch, spans[i].Offset = len(batches)+len(changed), 0
			changed = append(changed, i)
		}
	}
	batches = append(batches, make([]arrow.Record, len(changed))...)
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, i := range changed {
		g.Go(func() error {
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
	info := f.info
	info.Source, info.Adjusted = info.Digest, a.mode
	info.Digest = adjustedDigest(info.Source, a.mode)
	out, err := NewFrame(schema, batches, spans, info)
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
		for _, c := range a.changed() {
			columns[c].Scale = 0
		}
	}
	return columns
}

// record returns the adjusted bars of an asset. Columns that do not change are
// over the memory of the Frame.
func (a *adjuster) record(schema *arrow.Schema, i int) arrow.Record {
	s := a.frame.spans[i]
	old := a.frame.batches[s.Batch].rec
	arrays := make([]arrow.Array, old.NumCols())
	for c := range arrays {
		if c == 0 || !slices.Contains(a.changed(), c-1) {
			arrays[c] = array.NewSlice(old.Column(c), int64(s.Offset), int64(s.Offset+s.Rows))
			continue
		}
		arrays[c] = a.column(i, c-1)
	}
	rec := array.NewRecord(schema, arrays, int64(s.Rows))
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
