package parquet

import (
	"fmt"

	"github.com/parquet-go/parquet-go/format"
)

// expansion bounds what a compressed byte can become: a zstd block of four
// bytes stands for at most 128 KiB.
const expansion = 1 << 16

// Texts that are more than maxRatio times as long as the bytes that they come
// from were made to fill a memory. The first freeBytes are not held against them.
const (
	maxRatio  = 200
	freeBytes = 64 << 20
)

// tooMuch reports whether so many bytes of text come of so few.
func tooMuch(plain, packed int64) bool { return plain > freeBytes && plain/maxRatio > packed }

// fits reports whether a page may have so many bytes: numbers have eight each,
// and levels.
func fits(c Column, m *format.ColumnMetaData, plain int64) bool {
	const levels = 1 << 10
	if c.Type == String {
		return !tooMuch(plain, m.TotalCompressedSize)
	}
	return plain <= 9*m.NumValues+levels
}

// checkPages walks the page headers of a chunk and reports sizes and counts
// that its bytes cannot have. parquet-go allocates what headers ask for
// before it reads on, so nothing reaches it unchecked. What is inside a page
// is guarded by its checksum, which all pages written here have.
func (f *File) checkPages(group, column int) error {
	m := &f.meta.RowGroups[group].Columns[column].MetaData
	switch m.Codec {
	case format.Uncompressed, format.Snappy, format.Zstd:
	default:
		return fmt.Errorf("%w: codec %s", ErrUnsupported, m.Codec)
	}
	chunk, done, err := f.chunk(m)
	if err != nil {
		return err
	}
	defer done()
	values := int64(0)
	for len(chunk) > 0 {
		var h format.PageHeader
		n, err := decodeHeader(chunk, &h)
		if err != nil {
			return err
		}
		chunk = chunk[n:]
		size, plain := int64(h.CompressedPageSize), int64(h.UncompressedPageSize)
		if size < 0 || size > int64(len(chunk)) || plain < 0 || plain > size*expansion || plain > m.TotalUncompressedSize ||
			!fits(f.columns[column], m, plain) {
			return fmt.Errorf("%w: a page of %d bytes, %d uncompressed, does not fit its chunk", ErrCorrupt, size, plain)
		}
		chunk = chunk[size:]
		switch h.Type {
		case format.DictionaryPage:
			if n := int64(h.DictionaryPageHeader.V.NumValues); n < 0 || n > plain/4 {
				return fmt.Errorf("%w: a dictionary of %d values in %d bytes", ErrCorrupt, n, plain)
			}
		case format.DataPage:
			values += max(0, int64(h.DataPageHeader.V.NumValues))
		case format.DataPageV2:
			p := &h.DataPageHeaderV2.V
			if p.DefinitionLevelsByteLength < 0 || p.RepetitionLevelsByteLength != 0 || int64(p.DefinitionLevelsByteLength) > size {
				return fmt.Errorf("%w: levels of %d bytes in a page of %d", ErrCorrupt, p.DefinitionLevelsByteLength, size)
			}
			values += max(0, int64(p.NumValues))
		}
	}
	if values != m.NumValues {
		return fmt.Errorf("%w: %d values in the pages, %d in the footer", ErrCorrupt, values, m.NumValues)
	}
	return nil
}
