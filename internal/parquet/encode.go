package parquet

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/bits"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// chunkEncoder turns the values of one column of a row group into pages, in
// memory that it keeps for the next. It knows no offsets: where the pages go
// is the Writer's part, so that columns can be encoded side by side.
type chunkEncoder struct {
	codec Codec
	zstd  *zstd.Encoder // shared
	table *wordTable    // for Snappy

	meta       format.ColumnMetaData
	dictionary page // of a String column
	data       page

	kept Data   // the values that exist, where some do not
	one  Data   // the values in one piece, where they cannot be written from several
	text []byte // the strings of a dictionary
	flat []byte // levels and values of a page
}

// page is a page that is ready to be written.
type page struct {
	header bytes.Buffer
	body   [][]byte // packed, or the pieces of the plain bytes themselves
	stored int      // bytes of the body
	packed []byte
	plain  int // bytes before compression
}

func (p *page) size() int { return p.header.Len() + p.stored }

// encode makes the pages of a column and all of its metadata but the offsets.
// Pages may be over the memory of d, which must stay until they are written.
func (e *chunkEncoder) encode(c Column, d *Data) error {
	rows := d.rows(c.Type)
	inPieces := d.Float64s != nil || d.Int64s != nil
	if inPieces && (e.codec != None || c.Nullable || !littleEndian) {
		d, inPieces = e.joined(d), false
	}
	exist := e.existing(c.Type, d)
	m := &e.meta
	*m = format.ColumnMetaData{
		Type: c.Type.physical(), PathInSchema: []string{c.Name}, Codec: e.codec.format(), NumValues: int64(rows),
		Statistics: statistics(c.Type, exist, rows-exist.rows(c.Type)),
	}
	encoding := format.Plain
	if c.Type == String {
		encoding = format.RLEDictionary
		m.Encoding = append(m.Encoding, format.Plain)
		if err := e.encodeDictionary(d.Dictionary); err != nil {
			return err
		}
	}
	m.Encoding = append(m.Encoding, encoding)
	body := e.data.body[:0]
	values := 0 // where they start in body
	switch {
	case c.Nullable:
		m.Encoding = append(m.Encoding, format.RLE)
		e.flat = appendLevels(e.flat[:0], d.Valid, rows)
		values = len(e.flat)
		e.flat = exist.appendPlain(e.flat, c.Type)
		body = append(body, e.flat)
	case inPieces:
		for _, p := range d.Float64s {
			body = append(body, arrow.Float64Traits.CastToBytes(p))
		}
		for _, p := range d.Int64s {
			body = append(body, arrow.Int64Traits.CastToBytes(p))
		}
	default:
		body = append(body, exist.plain(c.Type, &e.flat))
	}
	header := format.PageHeader{Type: format.DataPage}
	header.DataPageHeader = thrift.New(format.DataPageHeader{
		NumValues:               int32(rows),
		Encoding:                encoding,
		DefinitionLevelEncoding: format.RLE,
		RepetitionLevelEncoding: format.RLE,
		Statistics:              format.Statistics{NullCount: m.Statistics.NullCount},
	})
	return e.encodePage(&e.data, &header, body, values)
}

func (e *chunkEncoder) encodeDictionary(dictionary []string) error {
	e.text = e.text[:0]
	for _, s := range dictionary {
		e.text = binary.LittleEndian.AppendUint32(e.text, uint32(len(s)))
		e.text = append(e.text, s...)
	}
	header := format.PageHeader{Type: format.DictionaryPage}
	header.DictionaryPageHeader = thrift.New(format.DictionaryPageHeader{NumValues: int32(len(dictionary)), Encoding: format.Plain})
	return e.encodePage(&e.dictionary, &header, append(e.dictionary.body[:0], e.text), 0)
}

// encodePage compresses a page whose values start at some byte of its body,
// completes its header and adds it to the sizes of the chunk. A body in several
// pieces is not compressed.
func (e *chunkEncoder) encodePage(p *page, header *format.PageHeader, body [][]byte, values int) error {
	p.plain, p.body = total(body), body
	switch e.codec {
	case Zstd:
		p.packed = e.zstd.EncodeAll(body[0], p.packed[:0])
		p.body[0] = p.packed
	case Snappy:
		p.packed = appendSnappy(p.packed[:0], body[0], values, e.table)
		p.body[0] = p.packed
	}
	p.stored = total(p.body)
	if max(p.plain, p.stored) > maxPage {
		return fmt.Errorf("%w: a page of %d bytes, at most %d", ErrInvalid, p.plain, maxPage)
	}
	header.UncompressedPageSize, header.CompressedPageSize = int32(p.plain), int32(p.stored)
	sum := uint32(0)
	for _, piece := range p.body {
		sum = crc32.Update(sum, crc32.IEEETable, piece)
	}
	header.CRC = int32(sum)
	p.header.Reset()
	if err := encode(&p.header, header); err != nil {
		return err
	}
	e.meta.TotalUncompressedSize += int64(p.header.Len() + p.plain)
	e.meta.TotalCompressedSize += int64(p.size())
	return nil
}

// joined returns d with its pieces as one, in memory that is kept.
func (e *chunkEncoder) joined(d *Data) *Data {
	e.one.Valid = d.Valid
	e.one.Float64 = slices.Grow(e.one.Float64[:0], total(d.Float64s))
	for _, p := range d.Float64s {
		e.one.Float64 = append(e.one.Float64, p...)
	}
	e.one.Int64 = slices.Grow(e.one.Int64[:0], total(d.Int64s))
	for _, p := range d.Int64s {
		e.one.Int64 = append(e.one.Int64, p...)
	}
	return &e.one
}

// existing returns the values of d that exist: d itself where all do.
func (e *chunkEncoder) existing(t Type, d *Data) *Data {
	if d.Valid == nil {
		return d
	}
	e.kept.Dictionary = d.Dictionary
	switch t {
	case Float64:
		e.kept.Float64 = appendValid(e.kept.Float64[:0], d.Float64, d.Valid)
	case String:
		e.kept.Codes = appendValid(e.kept.Codes[:0], d.Codes, d.Valid)
	default:
		e.kept.Int64 = appendValid(e.kept.Int64[:0], d.Int64, d.Valid)
	}
	return &e.kept
}

// appendValid appends the values that exist to dst.
func appendValid[T any](dst, values []T, valid []bool) []T {
	dst = slices.Grow(dst, len(values))[:len(values)]
	n := 0
	for i, v := range values {
		dst[n] = v // kept only if the next value does not take its place
		if valid[i] {
			n++
		}
	}
	return dst[:n]
}

// plain returns the values as the bytes of a page: over the same memory where
// that is possible, else in scratch.
func (d *Data) plain(t Type, scratch *[]byte) []byte {
	if b := d.bytes(t); b != nil {
		return b
	}
	*scratch = d.appendPlain((*scratch)[:0], t)
	return *scratch
}

// bytes returns numbers as memory holds them, where files hold them so too;
// nil elsewhere.
func (d *Data) bytes(t Type) []byte {
	switch {
	case !littleEndian || t == String:
		return nil
	case t == Float64:
		return arrow.Float64Traits.CastToBytes(d.Float64)
	}
	return arrow.Int64Traits.CastToBytes(d.Int64)
}

// appendPlain appends the values as a page has them: numbers as a
// little-endian array; codes as the width of a code and the hybrid of runs
// and packed codes.
func (d *Data) appendPlain(dst []byte, t Type) []byte {
	if b := d.bytes(t); b != nil {
		return append(dst, b...)
	}
	var err error
	switch t {
	case String:
		// A width of 0 is legal for a single value, and some readers refuse it.
		width := bits.Len(uint(max(len(d.Dictionary), 2) - 1))
		e := rle.Encoding{BitWidth: width}
		var codes []byte
		codes, err = e.EncodeInt32(nil, d.Codes)
		dst = append(append(dst, byte(width)), codes...)
	case Float64:
		dst, err = binary.Append(dst, binary.LittleEndian, d.Float64)
	default:
		dst, err = binary.Append(dst, binary.LittleEndian, d.Int64)
	}
	if err != nil {
		panic(err) // codes fit their width: Data.check; slices of numbers always do
	}
	return dst
}

// appendLevels appends the definition levels of n values, as a version 1 page
// has them: their length in four bytes, then runs, or one packed run of bits
// where that is shorter.
func appendLevels(dst []byte, valid []bool, n int) []byte {
	start := len(dst)
	dst = append(dst, 0, 0, 0, 0)
	packed := binary.MaxVarintLen32 + (n+7)/8
	for at := 0; at < n; {
		end := at + 1
		on := valid == nil || valid[at]
		if valid == nil {
			end = n
		}
		for end < n && valid[end] == on {
			end++
		}
		if len(dst)-start-4 > packed {
			dst = appendPacked(dst[:start+4], valid)
			break
		}
		dst = binary.AppendUvarint(dst, uint64(end-at)<<1)
		if on {
			dst = append(dst, 1)
		} else {
			dst = append(dst, 0)
		}
		at = end
	}
	binary.LittleEndian.PutUint32(dst[start:], uint32(len(dst)-start-4))
	return dst
}

// appendPacked appends a run of bits, eight to a byte, the first the lowest.
func appendPacked(dst []byte, valid []bool) []byte {
	dst = binary.AppendUvarint(dst, uint64((len(valid)+7)/8)<<1|1)
	for at := 0; at < len(valid); at += 8 {
		var b byte
		for i, v := range valid[at:min(at+8, len(valid))] {
			if v {
				b |= 1 << i
			}
		}
		dst = append(dst, b)
	}
	return dst
}
