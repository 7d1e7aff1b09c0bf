package table

import (
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go/format"

	"github.com/bowstring-engine/bowstring/internal/parquet/footer"
)

// Parquet is an open Parquet file. Its methods are safe for concurrent use.
type Parquet struct {
	r       io.ReaderAt
	size    int64
	meta    *format.FileMetaData
	columns []Column
	// leaves are what the row groups have chunks of; leaf is the leaf of a
	// column, -1 for one of kind Other.
	leaves []leaf
	leaf   []int
}

// OpenParquet reads the footer of a file of size bytes. r must stay open while
// the file is used. Errors wrap [ErrDamaged] or [ErrUnsupported], or are those
// of r.
func OpenParquet(r io.ReaderAt, size int64) (*Parquet, error) {
	var tail [footer.TailSize]byte
	if size < int64(len(footer.Magic)+len(tail)) {
		return nil, damaged("a Parquet file of %d bytes", size)
	}
	if err := readAt(r, tail[:], size-int64(len(tail))); err != nil {
		return nil, err
	}
	if string(tail[4:]) == "PARE" {
		return nil, unsupported("the Parquet file is encrypted")
	}
	n, err := footer.Length(tail[:], size)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	b := make([]byte, n)
	if err := readAt(r, b, size-int64(len(tail))-n); err != nil {
		return nil, err
	}
	f := &Parquet{r: r, size: size, meta: new(format.FileMetaData)}
	if err := f.decode(b); err != nil {
		return nil, err
	}
	return f, f.check(size - int64(len(tail)) - n)
}

// readAt fills b. Where the file ends before, it is damaged.
func readAt(r io.ReaderAt, b []byte, at int64) error {
	n, err := r.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		return damaged("it ends before byte %d", at+int64(len(b)))
	}
	return err
}

// decode decodes the footer.
func (f *Parquet) decode(b []byte) (err error) {
	defer rescue(&err)
	n, err := footer.Decode(b, f.meta)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if f.meta.EncryptionAlgorithm.Value != nil {
		return unsupported("the Parquet file is encrypted")
	}
	if n != len(b) {
		return damaged("%d bytes too many in the footer", len(b)-n)
	}
	return f.schema(f.meta.Schema)
}

// check holds the row groups against the schema and the size of the file, of
// which data is what lies in front of the footer.
func (f *Parquet) check(data int64) error {
	rows := int64(0)
	for i := range f.meta.RowGroups {
		g := &f.meta.RowGroups[i]
		if len(g.Columns) != len(f.leaves) {
			return damaged("row group %d has %d column chunks for %d columns", i, len(g.Columns), len(f.leaves))
		}
		if g.NumRows < 0 || g.NumRows > maxRows-rows {
			return damaged("row group %d has %d rows", i, g.NumRows)
		}
		rows += g.NumRows
		for k := range g.Columns {
			if err := f.checkChunk(g, k, data); err != nil {
				return fmt.Errorf("row group %d: column %q: %w", i, f.leaves[k].name, err)
			}
		}
	}
	if rows != f.meta.NumRows {
		return damaged("%d rows in the row groups, %d in the footer", rows, f.meta.NumRows)
	}
	// Numbers that are not all equal take more, so that memory is not taken on
	// the word of the footer.
	if bomb(rows*8*int64(len(f.leaves)), f.size) {
		return damaged("%d rows in %d bytes", rows, f.size)
	}
	return nil
}

// maxRows keeps counts of bytes far from overflow.
const maxRows = 1 << 40 // 8 * maxLeaves * maxRows < 2^63

// checkChunk checks what a row group says of a column.
func (f *Parquet) checkChunk(g *format.RowGroup, k int, data int64) error {
	c := &g.Columns[k]
	m := &c.MetaData
	l := &f.leaves[k]
	at := firstPage(m)
	switch {
	case l.column < 0:
		return nil // it is not read
	case c.FilePath != "":
		return unsupported("its values are in another file, %q", c.FilePath)
	case c.CryptoMetadata.Value != nil || len(c.EncryptedColumnMetadata) > 0:
		return unsupported("it is encrypted")
	case m.Type != l.physical:
		return damaged("it is stored as %s, the schema has %s", m.Type, l.physical)
	case m.NumValues != g.NumRows:
		return damaged("%d values for %d rows", m.NumValues, g.NumRows)
	case at < int64(len(footer.Magic)) && g.NumRows > 0, m.TotalCompressedSize < 0, at > data, m.TotalCompressedSize > data-at:
		return damaged("its pages lie outside the file")
	}
	return nil
}

// firstPage returns where a chunk begins.
func firstPage(m *format.ColumnMetaData) int64 {
	if d := m.DictionaryPageOffset; d > 0 && d < m.DataPageOffset {
		return d
	}
	return max(m.DataPageOffset, 0)
}

// Columns returns the columns. Do not modify.
func (f *Parquet) Columns() []Column { return f.columns }

// Rows returns the number of rows.
func (f *Parquet) Rows() int64 { return f.meta.NumRows }

// CreatedBy returns the name of the program that wrote the file.
func (f *Parquet) CreatedBy() string { return f.meta.CreatedBy }

// Groups returns the number of row groups.
func (f *Parquet) Groups() int { return len(f.meta.RowGroups) }

// GroupRows returns the number of rows of a row group.
func (f *Parquet) GroupRows(group int) int { return int(f.meta.RowGroups[group].NumRows) }

// GroupBytes returns the size of a row group in the file.
func (f *Parquet) GroupBytes(group int) (n int64) {
	g := &f.meta.RowGroups[group]
	for k := range g.Columns {
		n += max(g.Columns[k].MetaData.TotalCompressedSize, 0)
	}
	return min(n, f.size)
}
