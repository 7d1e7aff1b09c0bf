package colfile

import (
	"github.com/parquet-go/parquet-go/format"
)

// maxHeader is the longest page header looked at: ours take 60 bytes.
const maxHeader = 1 << 10

// plainPage returns where in the file the values of a chunk start, if the
// chunk is nothing but an aligned little-endian array behind one page header
// that says so.
func (f *File) plainPage(group, column int) (at int64, ok bool) {
	c := f.columns[column]
	g := &f.meta.RowGroups[group]
	m := &g.Columns[column].MetaData
	if !littleEndian || c.Nullable || c.Type == String || m.Codec != format.Uncompressed || m.DictionaryPageOffset != 0 {
		return 0, false
	}
	chunk := f.buf.Bytes()[m.DataPageOffset:][:m.TotalCompressedSize]
	var h format.PageHeader
	n, err := decodeThrift(chunk[:min(len(chunk), maxHeader)], &h)
	if err != nil {
		return 0, false // decode says what is wrong with it
	}
	size := g.NumRows * 8
	at = m.DataPageOffset + int64(n)
	page := &h.DataPageHeader
	ok = h.Type == format.DataPage && page.Valid && page.V.Encoding == format.Plain &&
		int64(page.V.NumValues) == g.NumRows &&
		int64(h.CompressedPageSize) == size && int64(h.UncompressedPageSize) == size &&
		int64(len(chunk)-n) == size &&
		at%8 == 0 // the file's memory is aligned to a page or a cache line
	return at, ok
}
