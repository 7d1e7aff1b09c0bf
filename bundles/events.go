package bundles

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/disk"
	"github.com/bowstring-engine/bowstring/internal/parquet"
)

func (v versionDir) events() string { return string(v) + string(os.PathSeparator) + eventsFile }

// EventsInfo is what a manifest knows of events.parquet. The file is read whole
// when a version is opened, so its checksum is held against it then.
type EventsInfo struct {
	// Rows is the number of events of all assets.
	Rows   int64  `json:"rows"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// eventsColumns returns the columns of events.parquet.
func eventsColumns() []parquet.Column {
	return []parquet.Column{
		{Name: assetColumn, Type: parquet.String}, {Name: columnar.Time, Type: parquet.Timestamp},
		{Name: "type", Type: parquet.String}, {Name: "value", Type: parquet.Float64},
	}
}

// writeEvents writes events.parquet, sorted by asset and then as Frames have
// them, and enters it into the manifest. Without events there is no file.
func (c *content) writeEvents(d disk.Disk, dir versionDir, m *Manifest) error {
	rows := c.frame.NumEvents()
	if rows == 0 {
		return nil
	}
	types := columnar.EventTypes()
	assets, kinds := parquet.Data{Codes: make([]int32, 0, rows)}, parquet.Data{Codes: make([]int32, 0, rows)}
	for _, t := range types {
		kinds.Dictionary = append(kinds.Dictionary, string(t))
	}
	times, values := make([]int64, 0, rows), make([]float64, 0, rows)
	for i := range c.frame.NumAssets() {
		events := c.frame.Events(i)
		if len(events) == 0 {
			continue
		}
		for _, e := range events {
			assets.Codes = append(assets.Codes, int32(len(assets.Dictionary)))
			times, values = append(times, e.Time), append(values, e.Value)
			kinds.Codes = append(kinds.Codes, int32(slices.Index(types, e.Type)))
		}
		assets.Dictionary = append(assets.Dictionary, c.frame.Asset(i))
	}
	var file bytes.Buffer
	w, err := parquet.NewWriter(&file, eventsColumns(), parquet.Options{CreatedBy: c.options.Tool, SortedBy: []string{assetColumn, columnar.Time}})
	if err != nil {
		return err
	}
	if err := w.WriteRowGroup([]parquet.Data{assets, {Int64: times}, kinds, {Float64: values}}); err != nil {
		return err
	}
	w.SetMetadata("bowstring.digest", c.digest)
	if err := w.Close(); err != nil {
		return err
	}
	m.Events = &EventsInfo{Rows: int64(rows), Bytes: int64(file.Len()), SHA256: sha256Hex(file.Bytes())}
	return d.WriteFile(dir.events(), file.Bytes())
}

// readEvents returns the events of each asset of a version, or nil where it has
// none. Damage is a [CorruptError].
func readEvents(dir versionDir, m *Manifest, mem memory.Allocator) ([][]columnar.Event, error) {
	if m.Events == nil {
		return nil, nil
	}
	events, err := decodeEvents(dir.events(), m, mem)
	var system *fs.PathError
	if err == nil || errors.Is(err, fs.ErrNotExist) || errors.As(err, &system) {
		return events, err
	}
	return nil, corrupt(dir.events(), "%w", err)
}

func decodeEvents(path string, m *Manifest, mem memory.Allocator) ([][]columnar.Event, error) {
	f, err := parquet.Open(path, parquet.OpenOptions{Heap: true, Allocator: mem})
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if f.Size() != m.Events.Bytes || sha256Hex(f.Bytes()) != m.Events.SHA256 {
		return nil, errors.New("does not match its checksum")
	}
	if !slices.Equal(f.Columns(), eventsColumns()) || f.NumRows() != m.Events.Rows || f.NumRowGroups() != 1 {
		return nil, fmt.Errorf("%d rows in %d row groups and %d columns, the manifest says %d events", f.NumRows(), f.NumRowGroups(), len(f.Columns()), m.Events.Rows)
	}
	rec, err := f.Record(0)
	if err != nil {
		return nil, err
	}
	defer rec.Release()
	return assignEvents(rec, m)
}

// assignEvents finds the asset of every event. Both stand in order of the ids.
func assignEvents(rec arrow.Record, m *Manifest) ([][]columnar.Event, error) {
	assets, times := rec.Column(0).(*array.String), rec.Column(1).(*array.Timestamp)
	types, values := rec.Column(2).(*array.String), rec.Column(3).(*array.Float64)
	out := make([][]columnar.Event, len(m.Assets))
	all := make([]columnar.Event, rec.NumRows())
	at, from := 0, 0
	for row := range all {
		for at < len(m.Assets) && m.Assets[at].ID != assets.Value(row) {
			out[at], from = all[from:row:row], row
			at++
		}
		if at == len(m.Assets) {
			return nil, fmt.Errorf("row %d is of asset %q, which is not in the manifest or not in its place", row, assets.Value(row))
		}
		t, err := columnar.ParseEventType(types.Value(row))
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", row, err)
		}
		all[row] = columnar.Event{Time: int64(times.Value(row)), Type: t, Value: values.Value(row)}
	}
	if at < len(out) {
		out[at] = all[from:]
	}
	return out, nil
}

// eventsBytes is the memory that events take, and that reading them takes
// meanwhile.
func (m *Manifest) eventsBytes() int64 {
	if m.Events == nil {
		return 0
	}
	const event, decoded = 40, 48
	return m.Events.Bytes + m.Events.Rows*(event+decoded)
}

// readEvents returns the events, and adds what is wrong with their file.
func (v *Verification) readEvents(dir versionDir, m *Manifest) (events [][]columnar.Event, ok bool) {
	if m.Events == nil {
		return nil, true
	}
	events, err := readEvents(dir, m, memory.DefaultAllocator)
	if err != nil {
		var known *CorruptError
		if errors.As(err, &known) {
			err = known.Problem
		}
		v.add(dir.events(), "", "", "%w", err)
		return nil, false
	}
	v.Bytes += m.Events.Bytes
	return events, true
}

// Adjusted returns the bars of the bundle adjusted by its events, as
// [columnar.Adjusted] does: a Bundle of its own, which shares with this one
// what adjusting does not change. mode "" is the default. New columns are made
// by options.Allocator within options.Budget. Both are closed by their owners.
func (b *Bundle) Adjusted(ctx context.Context, mode columnar.Adjustment, options OpenOptions) (*Bundle, error) {
	mode = cmp.Or(mode, b.frame.DefaultAdjustment())
	if err := b.frame.CheckAdjustment(mode); err != nil {
		return nil, fmt.Errorf("bundle %q: %w", b.name, err)
	}
	need := columnar.AdjustedBytes(b.frame, mode)
	if err := options.Budget.Reserve(need); err != nil {
		return nil, fmt.Errorf("bundle %q: adjust: %w", b.name, err)
	}
	defer options.Budget.Release(need)
	base := options.Allocator
	if base == nil {
		base = memory.DefaultAllocator
	}
	frame, err := columnar.Adjusted(ctx, b.frame, mode, options.Budget.Allocator(base))
	if err != nil {
		return nil, fmt.Errorf("bundle %q: adjust: %w", b.name, err)
	}
	return &Bundle{name: b.name, manifest: b.manifest, frame: frame}, nil
}
