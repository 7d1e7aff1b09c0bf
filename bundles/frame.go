package bundles

import (
	"context"
	"fmt"
	"runtime"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"golang.org/x/sync/errgroup"

	"github.com/bowstring-engine/bowstring/bundles/colfile"
	"github.com/bowstring-engine/bowstring/columnar"
)

// assetColumn is the first column of bars.parquet. Readers of this package
// skip it: the manifest says whose bars are where.
const assetColumn = "asset"

// barsColumns returns the columns of bars.parquet.
func barsColumns(columns []columnar.Column) []colfile.Column {
	c := []colfile.Column{{Name: assetColumn, Type: colfile.String}, {Name: columnar.Time, Type: colfile.Timestamp}}
	for _, col := range columns {
		c = append(c, colfile.Column{Name: col.Name, Type: colfile.Float64})
	}
	return c
}

// openBars opens the bars of a version and checks what is checked at
// opening: size, footer and columns.
func openBars(v versionDir, m *Manifest, options colfile.OpenOptions) (*colfile.File, error) {
	f, err := colfile.Open(v.bars(), options)
	if err != nil {
		return nil, err
	}
	if err := checkBars(f, m); err != nil {
		_ = f.Close() // nothing to lose in a reader
		return nil, corrupt(v.bars(), "%w", err)
	}
	return f, nil
}

func checkBars(f *colfile.File, m *Manifest) error {
	if f.Size() != m.Bars.Bytes {
		return fmt.Errorf("%d bytes, the manifest says %d", f.Size(), m.Bars.Bytes)
	}
	if sha256Hex(f.Footer()) != m.Bars.FooterSHA256 {
		return fmt.Errorf("the footer does not match its checksum")
	}
	if f.NumRows() != m.Rows || f.NumRowGroups() != m.Bars.RowGroups {
		return fmt.Errorf("%d rows in %d row groups, the manifest says %d in %d", f.NumRows(), f.NumRowGroups(), m.Rows, m.Bars.RowGroups)
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

// batchSpan is the run of row groups that make one batch of a Frame: one
// group, or all groups of an asset that fills several.
type batchSpan struct{ first, end int }

// batchSpans returns the batches of a version and the batch of each row
// group.
func batchSpans(f *colfile.File, m *Manifest) (spans []batchSpan, of []int) {
	joined := make([]bool, f.NumRowGroups()) // belongs to the group before it
	for _, a := range m.Assets {
		if a.Group >= len(joined) || a.Rows <= f.GroupRows(a.Group)-a.Offset {
			continue
		}
		rows := f.GroupRows(a.Group) - a.Offset
		for g := a.Group + 1; g < len(joined) && rows < a.Rows; g++ {
			joined[g] = true
			rows += f.GroupRows(g)
		}
	}
	of = make([]int, len(joined))
	for g, more := range joined {
		if more {
			spans[len(spans)-1].end = g + 1
		} else {
			spans = append(spans, batchSpan{first: g, end: g + 1})
		}
		of[g] = len(spans) - 1
	}
	return spans, of
}

// loadFrame returns the bars of an open file as a Frame, with the events of
// its assets; nil is none. What is not mapped
// is decoded into mem, in parallel.
func loadFrame(ctx context.Context, f *colfile.File, m *Manifest, events [][]columnar.Event, mem memory.Allocator) (*columnar.Frame, error) {
	schema := columnar.NewSchema(m.columns())
	spans, of := batchSpans(f, m)
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
	if err := loadBatches(ctx, f, schema, spans, batches, mem); err != nil {
		return nil, err
	}
	assets := make([]columnar.Span, len(m.Assets))
	for i, a := range m.Assets {
		assets[i] = columnar.Span{ID: a.ID, Offset: a.Offset, Rows: a.Rows}
		if events != nil {
			assets[i].Events = events[i]
		}
		switch {
		case a.Group < len(of):
			assets[i].Batch = of[a.Group]
		case a.Rows > 0:
			return nil, fmt.Errorf("asset %q is in row group %d of %d", a.ID, a.Group, len(of))
		}
	}
	return columnar.NewFrame(schema, batches, assets, columnar.Info{Digest: m.Digest, Axis: m.Axis(), Adjusted: m.Adjusted})
}

func loadBatches(ctx context.Context, f *colfile.File, schema *arrow.Schema, spans []batchSpan, batches []arrow.Record, mem memory.Allocator) error {
	if mapped(f) {
		for i, s := range spans {
			var err error
			if batches[i], err = loadBatch(ctx, f, schema, s, mem); err != nil {
				return err
			}
		}
		return nil
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, s := range spans {
		g.Go(func() (err error) {
			batches[i], err = loadBatch(ctx, f, schema, s, mem)
			return err
		})
	}
	return g.Wait()
}

// mapped reports whether every column that a Frame has is over the file's
// memory.
func mapped(f *colfile.File) bool {
	for g := range f.NumRowGroups() {
		for c := 1; c < len(f.Columns()); c++ {
			if !f.ZeroCopy(g, c) {
				return false
			}
		}
	}
	return true
}

func loadBatch(ctx context.Context, f *colfile.File, schema *arrow.Schema, s batchSpan, mem memory.Allocator) (arrow.Record, error) {
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
		c, err := joinColumn(f, s, i+1, mem)
		if err != nil {
			return nil, err
		}
		columns = append(columns, c)
	}
	return array.NewRecord(schema, columns, int64(columns[0].Len())), nil
}

// joinColumn returns a column of a run of row groups as one array.
func joinColumn(f *colfile.File, s batchSpan, column int, mem memory.Allocator) (arrow.Array, error) {
	if s.end-s.first == 1 {
		return f.Column(s.first, column)
	}
	parts := make([]arrow.Array, 0, s.end-s.first)
	defer func() {
		for _, p := range parts {
			p.Release()
		}
	}()
	for g := s.first; g < s.end; g++ {
		p, err := f.Column(g, column)
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	return array.Concatenate(parts, mem)
}
