package bundles

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"golang.org/x/sync/errgroup"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/parquet"
)

// assetColumn is the first column of bars.parquet. Readers of this package
// skip it: the manifest says whose bars are where.
const assetColumn = "asset"

// barsColumns returns the columns of bars.parquet.
func barsColumns(columns []columnar.Column) []parquet.Column {
	c := []parquet.Column{{Name: assetColumn, Type: parquet.String}, {Name: columnar.Time, Type: parquet.Timestamp}}
	for _, col := range columns {
		c = append(c, parquet.Column{Name: col.Name, Type: parquet.Float64})
	}
	return c
}

// parts are the open files with the bars of a version.
type parts []*parquet.File

// openBars opens the bars of a version and checks what is checked at
// opening: size, footer and columns of every file.
func openBars(v versionDir, m *Manifest, options parquet.OpenOptions) (parts, error) {
	var all parts
	for i, info := range m.files() {
		f, err := parquet.Open(v.part(i), options)
		if err != nil {
			all.close()
			return nil, barsError(v.part(i), err)
		}
		all = append(all, f)
		if err := checkBars(f, m, info); err != nil {
			all.close()
			return nil, corrupt(v.part(i), "%w", err)
		}
	}
	return all, nil
}

func (all parts) close() {
	for _, f := range all {
		_ = f.Close() // nothing to lose in a reader
	}
}

func checkBars(f *parquet.File, m *Manifest, info BarsInfo) error {
	if f.Size() != info.Bytes {
		return fmt.Errorf("%d bytes, the manifest says %d", f.Size(), info.Bytes)
	}
	if sha256Hex(f.Footer()) != info.FooterSHA256 {
		return fmt.Errorf("the footer does not match its checksum")
	}
	if f.NumRows() != info.Rows || f.NumRowGroups() != info.RowGroups {
		return fmt.Errorf("%d rows in %d row groups, the manifest says %d in %d", f.NumRows(), f.NumRowGroups(), info.Rows, info.RowGroups)
	}
	want := barsColumns(m.columns())
	if len(f.Columns()) != len(want) {
		return fmt.Errorf("%d columns, the manifest says %d", len(f.Columns()), len(want))
	}
	for i, c := range f.Columns() {
		if c != want[i] {
			return fmt.Errorf("column %d is %q of type %s, the manifest says %q of type %s", i, c.Name, c.Type, want[i].Name, want[i].Type)
		}
	}
	return nil
}

// locate returns the file that a row group is in, and its number there.
func (all parts) locate(group int) (file, local int) {
	for file, f := range all {
		if group < f.NumRowGroups() {
			return file, group
		}
		group -= f.NumRowGroups()
	}
	return -1, 0
}

// batchSpan is the run of row groups of one file that make one batch of a
// Frame: one group, or all groups of an asset that fills several.
type batchSpan struct {
	file       *parquet.File
	first, end int
}

// batchSpans returns the batches of a version and the batch of each row
// group.
func (all parts) batchSpans(m *Manifest) (spans []batchSpan, of []int) {
	first := 0 // row group of the file
	for _, f := range all {
		joined := make([]bool, f.NumRowGroups()) // belongs to the group before it
		for i := range m.Assets {
			a := &m.Assets[i]
			if len(a.More) == 0 {
				markJoined(f, first, Piece{a.Group, a.Offset, a.Rows}, joined)
				continue
			}
			for _, p := range a.pieces() {
				markJoined(f, first, p, joined)
			}
		}
		for g, more := range joined {
			if more {
				spans[len(spans)-1].end = g + 1
			} else {
				spans = append(spans, batchSpan{file: f, first: g, end: g + 1})
			}
			of = append(of, len(spans)-1)
		}
		first += len(joined)
	}
	return spans, of
}

// markJoined marks the row groups that a piece goes on into. first is the
// number of the file's first row group.
func markJoined(f *parquet.File, first int, p Piece, joined []bool) {
	at := p.Group - first
	if at < 0 || at >= len(joined) || p.Rows <= f.GroupRows(at)-p.Offset {
		return
	}
	rows := f.GroupRows(at) - p.Offset
	for g := at + 1; g < len(joined) && rows < p.Rows; g++ {
		joined[g] = true
		rows += f.GroupRows(g)
	}
}

// loadFrame returns the bars of open files as a Frame, with the events of
// its assets; nil is none. What is not mapped is decoded into mem, in
// parallel. Bars in pieces are joined as options say.
func loadFrame(ctx context.Context, all parts, m *Manifest, events [][]columnar.Event, mem memory.Allocator, options columnar.JoinOptions) (*columnar.Frame, error) {
	schema := columnar.NewSchema(m.columns())
	spans, of := all.batchSpans(m)
	batches := make([]arrow.Record, max(len(spans), 1))
	defer func() {
		for _, b := range batches {
			if b != nil {
				b.Release()
			}
		}
	}()
	if len(spans) == 0 { // assets without bars need a batch to be in
		batches[0] = columnar.WrapRecord(schema, nil, make([][]float64, len(m.Columns)))
	}
	if err := loadBatches(ctx, schema, spans, batches, mem); err != nil {
		return nil, err
	}
	assets := make([]columnar.Span, len(m.Assets))
	for i := range m.Assets {
		a := &m.Assets[i]
		assets[i] = columnar.Span{ID: a.ID, Offset: a.Offset, Rows: a.Rows}
		if events != nil {
			assets[i].Events = events[i]
		}
		switch {
		case a.Group < len(of):
			assets[i].Batch = of[a.Group]
		case a.Rows > 0:
			return nil, fmt.Errorf("%w: asset %q is in row group %d of %d", columnar.ErrInvalid, a.ID, a.Group, len(of))
		}
		for _, p := range a.More {
			if p.Group >= len(of) {
				return nil, fmt.Errorf("%w: asset %q is in row group %d of %d", columnar.ErrInvalid, a.ID, p.Group, len(of))
			}
			assets[i].More = append(assets[i].More, columnar.Piece{Batch: of[p.Group], Offset: p.Offset, Rows: p.Rows})
		}
	}
	return columnar.NewJoinedFrame(schema, batches, assets, columnar.Info{Digest: m.Digest, Axis: m.Axis(), Adjusted: m.Adjusted}, options)
}

func loadBatches(ctx context.Context, schema *arrow.Schema, spans []batchSpan, batches []arrow.Record, mem memory.Allocator) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, s := range spans {
		if s.mapped() {
			var err error
			if batches[i], err = loadBatch(ctx, schema, s, mem); err != nil {
				return errors.Join(err, g.Wait())
			}
			continue
		}
		g.Go(func() (err error) {
			batches[i], err = loadBatch(ctx, schema, s, mem)
			return err
		})
	}
	return g.Wait()
}

// mapped reports whether every column that a Frame has is over the file's
// memory, so that there is nothing to do.
func (s batchSpan) mapped() bool {
	for g := s.first; g < s.end; g++ {
		for c := 1; c < len(s.file.Columns()); c++ {
			if !s.file.ZeroCopy(g, c) {
				return false
			}
		}
	}
	return true
}

func loadBatch(ctx context.Context, schema *arrow.Schema, s batchSpan, mem memory.Allocator) (arrow.Record, error) {
	columns := make([]arrow.Array, 0, schema.NumFields())
	defer func() {
		for _, c := range columns {
			c.Release()
		}
	}()
	for i := range schema.NumFields() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		c, err := joinColumn(s, i+1, mem)
		if err != nil {
			return nil, err
		}
		columns = append(columns, c)
	}
	return array.NewRecord(schema, columns, int64(columns[0].Len())), nil
}

// joinColumn returns a column of a run of row groups as one array.
func joinColumn(s batchSpan, column int, mem memory.Allocator) (arrow.Array, error) {
	if s.end-s.first == 1 {
		return s.file.Column(s.first, column)
	}
	parts := make([]arrow.Array, 0, s.end-s.first)
	defer func() {
		for _, p := range parts {
			p.Release()
		}
	}()
	for g := s.first; g < s.end; g++ {
		p, err := s.file.Column(g, column)
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	return array.Concatenate(parts, mem)
}
