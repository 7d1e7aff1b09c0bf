package parquet

import (
	"encoding/binary"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"github.com/bowstring-engine/bowstring/columnar"
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
	switch c {
	case Zstd:
		return format.Zstd
	case Snappy:
		return format.Snappy
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

// writeColumns writes the columns of a row group in their order and returns
// their chunks. With several workers they are encoded side by side; what is
// written is the same.
func (f *Writer) writeColumns(data []Data) ([]format.ColumnChunk, error) {
	chunks := make([]format.ColumnChunk, len(f.columns))
	workers := min(max(f.options.Workers, 1), len(f.columns))
	if workers == 1 {
		e := &f.encoders[0]
		for i, c := range f.columns {
			err := e.encode(c, &data[i])
			if err == nil {
				chunks[i].MetaData, err = f.writeChunk(c, e)
			}
			if err != nil {
				return nil, fmt.Errorf("column %q: %w", c.Name, err)
			}
		}
		return chunks, nil
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	defer wg.Wait() // also after an error: encoders read the caller's data
	encoded := make([]chan error, len(f.columns))
	for i := range encoded {
		encoded[i] = make(chan error, 1)
	}
	for range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := int(next.Add(1)) - 1; i < len(f.columns); i = int(next.Add(1)) - 1 {
				encoded[i] <- f.encode(i, data)
			}
		}()
	}
	for i, c := range f.columns {
		err := <-encoded[i]
		if err == nil {
			chunks[i].MetaData, err = f.writeChunk(c, &f.encoders[i])
		}
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", c.Name, err)
		}
	}
	return chunks, nil
}

// encode encodes a column, in a goroutine of its own.
func (f *Writer) encode(i int, data []Data) (err error) {
	defer columnar.CatchFault(&err)() // the caller's data may be mapped
	return f.encoders[i].encode(f.columns[i], &data[i])
}

// writeChunk writes the pages of a column and returns its metadata.
func (f *Writer) writeChunk(c Column, e *chunkEncoder) (m format.ColumnMetaData, err error) {
	m = e.meta
	if c.Type == String {
		if m.DictionaryPageOffset, err = f.writePage(&e.dictionary, false); err != nil {
			return m, err
		}
	}
	align := c.Type != String && !c.Nullable && f.options.Codec == None
	m.DataPageOffset, err = f.writePage(&e.data, align)
	return m, err
}

// writePage writes a page and returns where it begins. With align, zeros in
// front of its header put the first byte of its body on a multiple of
// [Alignment].
func (f *Writer) writePage(p *page, align bool) (int64, error) {
	if align {
		if err := f.write(zeros[:-(f.offset+int64(p.header.Len()))&(Alignment-1)]); err != nil {
			return 0, err
		}
	}
	at := f.offset
	if err := f.write(p.header.Bytes()); err != nil {
		return 0, err
	}
	for _, piece := range p.body {
		if err := f.write(piece); err != nil {
			return 0, err
		}
	}
	return at, nil
}
