package table

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/parquet-go/parquet-go/format"

	"github.com/bowstring-engine/bowstring/internal/parquet/footer"
	"github.com/bowstring-engine/bowstring/internal/reuse"
)

// pager steps over the pages of a column chunk.
type pager struct {
	r       io.ReaderAt
	at, end int64
	buf     []byte
}

// page is a page of a chunk: its header, and where its body lies.
type page struct {
	format.PageHeader
	at int64
}

// usualHeader is how much is read for a page header at first.
const usualHeader = 512

// next returns the next page, or io.EOF behind the last. Its sizes lie within
// the chunk.
func (p *pager) next() (h page, err error) {
	defer rescue(&err)
	if p.at >= p.end {
		return h, io.EOF
	}
	var n int
	for size := int64(usualHeader); ; size = footer.MaxHeader {
		size = min(size, p.end-p.at)
		if int64(cap(p.buf)) < size {
			p.buf = make([]byte, size)
		}
		b := p.buf[:size]
		if err := readAt(p.r, b, p.at); err != nil {
			return h, err
		}
		h = page{}
		if n, err = footer.DecodeHeader(b, &h.PageHeader); err == nil {
			break
		}
		if size < footer.MaxHeader && size < p.end-p.at {
			continue // it may be a longer one
		}
		return h, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	h.at = p.at + int64(n)
	p.at = h.at + int64(h.CompressedPageSize)
	if h.CompressedPageSize < 0 || h.UncompressedPageSize < 0 || p.at > p.end {
		return h, damaged("a page of %d bytes, %d unpacked, does not fit its chunk", h.CompressedPageSize, h.UncompressedPageSize)
	}
	return h, h.check()
}

// check checks the header of a page against itself.
func (h *page) check() error {
	switch h.Type {
	case format.DataPage:
		if !h.DataPageHeader.Valid || h.DataPageHeader.V.NumValues < 0 {
			return damaged("a data page without a number of values")
		}
	case format.DictionaryPage:
		if d := h.DictionaryPageHeader; !d.Valid || d.V.NumValues < 0 {
			return damaged("a dictionary without a number of values")
		}
	case format.DataPageV2:
		d := &h.DataPageHeaderV2.V
		if !h.DataPageHeaderV2.Valid || d.NumValues < 0 || d.NumNulls < 0 || d.NumNulls > d.NumValues {
			return damaged("a data page without a number of values")
		}
		if d.DefinitionLevelsByteLength < 0 || d.RepetitionLevelsByteLength != 0 ||
			d.DefinitionLevelsByteLength > h.CompressedPageSize || d.DefinitionLevelsByteLength > h.UncompressedPageSize {
			return damaged("levels of %d and %d bytes in a page of %d", d.DefinitionLevelsByteLength, d.RepetitionLevelsByteLength, h.CompressedPageSize)
		}
	}
	return nil
}

// values returns the number of rows of a page.
func (h *page) values() int {
	switch h.Type {
	case format.DataPage:
		return int(h.DataPageHeader.V.NumValues)
	case format.DataPageV2:
		return int(h.DataPageHeaderV2.V.NumValues)
	}
	return 0
}

// survey is what the headers of a chunk come to.
type survey struct {
	rows int64
	// packed and plain are the sizes of the largest page, and values how many
	// values the largest has; dictionary is the size of the dictionary and
	// entries how many it has.
	packed, plain, values, dictionary, entries int64
}

// survey reads all headers of a chunk.
func (p pager) survey() (s survey, err error) {
	for {
		h, err := p.next()
		if errors.Is(err, io.EOF) {
			return s, nil
		}
		if err != nil {
			return s, err
		}
		if h.Type == format.DictionaryPage {
			s.dictionary = max(s.dictionary, int64(h.UncompressedPageSize))
			s.entries = max(s.entries, int64(h.DictionaryPageHeader.V.NumValues))
		}
		s.packed, s.plain = max(s.packed, int64(h.CompressedPageSize)), max(s.plain, int64(h.UncompressedPageSize))
		s.values = max(s.values, int64(h.values()))
		s.rows += int64(h.values())
	}
}

// body reads the body of a page into buf, or into new memory, and checks its
// checksum where it has one.
func (p *pager) body(h *page, buf []byte) ([]byte, error) {
	n := int(h.CompressedPageSize)
	buf = reuse.Slice(buf, n)
	if err := readAt(p.r, buf, h.at); err != nil {
		return nil, err
	}
	if h.CRC != 0 && crc32.ChecksumIEEE(buf) != uint32(h.CRC) {
		return nil, damaged("the checksum of a page is wrong")
	}
	return buf, nil
}
