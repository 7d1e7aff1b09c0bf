package colfile

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/bits"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// Alignment is the multiple at which the values of a plain page start in the
// file: a cache line, and what Arrow recommends.
const Alignment = 64

// zeros is what padding is taken from.
var zeros [Alignment]byte

// littleEndian says that memory holds numbers as files do.
var littleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// element returns the column as the schema of a file has it.
func (c Column) element() format.SchemaElement {
	e := format.SchemaElement{Name: c.Name, RepetitionType: thrift.New(format.Required)}
	if c.Nullable {
		e.RepetitionType = thrift.New(format.Optional)
	}
	e.Type = thrift.New(c.Type.physical())
	switch c.Type {
	case Timestamp:
		e.LogicalType.Value = &format.TimestampType{IsAdjustedToUTC: true, Unit: format.TimeUnit{Value: new(format.NanoSeconds)}}
	case String:
		e.LogicalType.Value = new(format.StringType)
		e.ConvertedType = thrift.New(deprecated.UTF8)
	}
	return e
}

func (t Type) physical() format.Type {
	switch t {
	case Float64:
		return format.Double
	case String:
		return format.ByteArray
	}
	return format.Int64
}

func (c Codec) format() format.CompressionCodec {
	if c == Zstd {
		return format.Zstd
	}
	return format.Uncompressed
}

// firstPage returns where a chunk begins.
func firstPage(m *format.ColumnMetaData) int64 {
	if m.DictionaryPageOffset > 0 {
		return m.DictionaryPageOffset
	}
	return m.DataPageOffset
}

// writeChunk writes one column of a row group.
func (f *Writer) writeChunk(c Column, d *Data) (chunk format.ColumnChunk, err error) {
	rows := d.rows(c.Type)
	exist := Data{
		Int64:      compact(d.Int64, d.Valid),
		Float64:    compact(d.Float64, d.Valid),
		Codes:      compact(d.Codes, d.Valid),
		Dictionary: d.Dictionary,
	}
	m := &chunk.MetaData
	m.Type = c.Type.physical()
	m.PathInSchema = []string{c.Name}
	m.Codec = f.options.Codec.format()
	m.NumValues = int64(rows)
	m.Statistics = statistics(c.Type, &exist, rows-exist.rows(c.Type))
	encoding := format.Plain
	if c.Type == String {
		encoding = format.RLEDictionary
		m.Encoding = append(m.Encoding, format.Plain)
		m.DictionaryPageOffset = f.offset
		if err := f.writeDictionary(m, d.Dictionary); err != nil {
			return chunk, err
		}
	}
	m.Encoding = append(m.Encoding, encoding)
	body := exist.plain(c.Type)
	if c.Nullable {
		m.Encoding = append(m.Encoding, format.RLE)
		body = append(levels(d.Valid, rows), body...)
	}
	header := format.PageHeader{Type: format.DataPage}
	header.DataPageHeader = thrift.New(format.DataPageHeader{
		NumValues:               int32(rows),
		Encoding:                encoding,
		DefinitionLevelEncoding: format.RLE,
		RepetitionLevelEncoding: format.RLE,
		Statistics:              format.Statistics{NullCount: m.Statistics.NullCount},
	})
	align := c.Type != String && !c.Nullable && f.options.Codec == None
	m.DataPageOffset, err = f.writePage(m, &header, body, align)
	return chunk, err
}

func (f *Writer) writeDictionary(m *format.ColumnMetaData, dictionary []string) error {
	var body []byte
	for _, s := range dictionary {
		body = binary.LittleEndian.AppendUint32(body, uint32(len(s)))
		body = append(body, s...)
	}
	header := format.PageHeader{Type: format.DictionaryPage}
	header.DictionaryPageHeader = thrift.New(format.DictionaryPageHeader{NumValues: int32(len(dictionary)), Encoding: format.Plain})
	_, err := f.writePage(m, &header, body, false)
	return err
}

// writePage writes a page, adds it to the sizes of its chunk and returns
// where it begins. With align, zeros in front of its header put the first
// byte of its body on a multiple of [Alignment].
func (f *Writer) writePage(m *format.ColumnMetaData, header *format.PageHeader, body []byte, align bool) (int64, error) {
	plain := len(body)
	if f.zstd != nil {
		f.packed = f.zstd.EncodeAll(body, f.packed[:0])
		body = f.packed
	}
	if max(plain, len(body)) > maxPage {
		return 0, fmt.Errorf("%w: a page of %d bytes, at most %d", ErrInvalid, plain, maxPage)
	}
	header.UncompressedPageSize, header.CompressedPageSize = int32(plain), int32(len(body))
	header.CRC = int32(crc32.ChecksumIEEE(body))
	f.header.Reset()
	if err := encode(&f.header, header); err != nil {
		return 0, err
	}
	head := f.header.Bytes()
	if align {
		if err := f.write(zeros[:-(f.offset+int64(len(head)))&(Alignment-1)]); err != nil {
			return 0, err
		}
	}
	at := f.offset
	m.TotalUncompressedSize += int64(len(head) + plain)
	m.TotalCompressedSize += int64(len(head) + len(body))
	if err := f.write(head); err != nil {
		return 0, err
	}
	return at, f.write(body)
}

// plain returns the values as the bytes of a page: numbers as a little-endian
// array, over the same memory where the machine is one; codes as the width
// of a code and the hybrid of runs and packed codes.
func (d *Data) plain(t Type) []byte {
	switch {
	case t == String:
		// A width of 0 is legal for a single value, and some readers refuse it.
		width := bits.Len(uint(max(len(d.Dictionary), 2) - 1))
		e := rle.Encoding{BitWidth: width}
		b, err := e.EncodeInt32(nil, d.Codes)
		if err != nil {
			panic(err) // the width fits every code: Data.check
		}
		return append([]byte{byte(width)}, b...)
	case t == Float64 && littleEndian:
		return arrow.Float64Traits.CastToBytes(d.Float64)
	case littleEndian:
		return arrow.Int64Traits.CastToBytes(d.Int64)
	}
	b, err := binary.Append(nil, binary.LittleEndian, d.Int64)
	if t == Float64 {
		b, err = binary.Append(nil, binary.LittleEndian, d.Float64)
	}
	if err != nil {
		panic(err) // slices of fixed-size numbers always fit
	}
	return b
}

// levels returns the definition levels of n values, as a version 1 page has
// them: their length in four bytes, then runs.
func levels(valid []bool, n int) []byte {
	b := make([]byte, 4, 16)
	for at := 0; at < n; {
		end := at + 1
		on := valid == nil || valid[at]
		for end < n && (valid == nil || valid[end] == on) {
			end++
		}
		b = binary.AppendUvarint(b, uint64(end-at)<<1)
		if on {
			b = append(b, 1)
		} else {
			b = append(b, 0)
		}
		at = end
	}
	binary.LittleEndian.PutUint32(b, uint32(len(b)-4))
	return b
}
