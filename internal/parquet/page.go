package parquet

import (
	"fmt"
	"os"

	"github.com/parquet-go/parquet-go/format"

	"github.com/bowstring-engine/bowstring/internal/parquet/footer"
)

// decodeHeader decodes the page header at the beginning of b and returns its
// length.
func decodeHeader(b []byte, h *format.PageHeader) (int, error) {
	n, err := footer.DecodeHeader(b, h)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return n, nil
}

// locate finds the chunks that are nothing but an aligned little-endian array
// behind a page header that says so, and notes where their values start. The
// headers are read from the file, not through the mapping: a page fault costs
// ten times as much as the call, and a file has thousands of chunks.
func (f *File) locate(file *os.File, heap bool) error {
	var buf [256]byte
	for g := range f.meta.RowGroups {
		for c := range f.columns {
			m := &f.meta.RowGroups[g].Columns[c].MetaData
			n := f.headerLength(g, c)
			if n <= 0 || n > int64(len(buf)) {
				continue
			}
			head := buf[:n]
			if heap {
				copy(head, f.buf.Bytes()[m.DataPageOffset:])
			} else if _, err := file.ReadAt(head, m.DataPageOffset); err != nil {
				return pathless(err)
			}
			if isPlain(head, f.meta.RowGroups[g].NumRows) {
				f.values[g*len(f.columns)+c] = m.DataPageOffset + n
			}
		}
	}
	return nil
}

// headerLength returns what a chunk has beside eight bytes a row, where it
// may be a plain array, else 0.
func (f *File) headerLength(group, column int) int64 {
	c := f.columns[column]
	g := &f.meta.RowGroups[group]
	m := &g.Columns[column].MetaData
	if !littleEndian || c.Nullable || c.Type == String || m.Codec != format.Uncompressed || m.DictionaryPageOffset != 0 {
		return 0
	}
	n := m.TotalCompressedSize - g.NumRows*8
	if (m.DataPageOffset+n)%8 != 0 { // the file's memory is aligned to more
		return 0
	}
	return n
}

// isPlain reports whether head is the header of a page that is an array of
// that many eight-byte values.
func isPlain(head []byte, rows int64) bool {
	var h format.PageHeader
	n, err := decodeHeader(head, &h)
	page := &h.DataPageHeader
	return err == nil && n == len(head) &&
		h.Type == format.DataPage && page.Valid && page.V.Encoding == format.Plain &&
		int64(page.V.NumValues) == rows && int64(h.CompressedPageSize) == rows*8 && int64(h.UncompressedPageSize) == rows*8
}
