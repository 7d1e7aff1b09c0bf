package parquet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

const magic = "PAR1"

// maxRowGroups is the largest number of row groups of a file: their ordinal
// is an int16.
const maxRowGroups = math.MaxInt16

// Writer writes one file, row group by row group. It is not safe for
// concurrent use. After an error every further call returns that error and
// the file is worthless.
type Writer struct {
	w        io.Writer
	columns  []Column
	options  Options
	offset   int64
	rows     int64
	groups   [][]byte // as the footer has them: a tenth of their decoded size
	metadata map[string]string
	zstd     *zstd.Encoder
	encoders []chunkEncoder // one a column, or one for all
	header   bytes.Buffer
	err      error
}

// NewWriter writes the beginning of a file with these columns to w. It does
// not close w, and writes few and large pieces except for page headers and
// the pieces of values that are given in pieces, so callers need a buffer only
// where those or the row groups are small.
func NewWriter(w io.Writer, columns []Column, options Options) (*Writer, error) {
	f, err := newWriter(w, columns, options)
	if err != nil {
		return nil, err
	}
	if err := f.write([]byte(magic)); err != nil {
		return nil, err
	}
	return f, nil
}

func newWriter(w io.Writer, columns []Column, options Options) (*Writer, error) {
	if err := options.Validate(columns); err != nil {
		return nil, err
	}
	f := &Writer{w: w, columns: slices.Clone(columns), options: options, metadata: make(map[string]string)}
	if options.Codec == Zstd {
		enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(max(options.Workers, 1)))
		if err != nil {
			return nil, fmt.Errorf("zstd: %w", err)
		}
		f.zstd = enc
	}
	f.encoders = make([]chunkEncoder, 1)
	if options.Workers > 1 {
		f.encoders = make([]chunkEncoder, len(columns))
	}
	for i := range f.encoders {
		f.encoders[i].codec, f.encoders[i].zstd = options.Codec, f.zstd
		if options.Codec == Snappy {
			f.encoders[i].table = new(wordTable)
		}
	}
	return f, nil
}

// Columns returns the columns of the file. Do not modify.
func (f *Writer) Columns() []Column { return f.columns }

// Offset returns the number of bytes written.
func (f *Writer) Offset() int64 { return f.offset }

// NumRowGroups returns the number of row groups written.
func (f *Writer) NumRowGroups() int { return len(f.groups) }

// Footer returns the encoded footer and the eight bytes behind it, which are
// the end of the file. It is valid after Close.
func (f *Writer) Footer() []byte { return f.header.Bytes() }

// SetMetadata sets a key of the file's metadata, which is written by Close in
// the order of its keys.
func (f *Writer) SetMetadata(key, value string) { f.metadata[key] = value }

// WriteRowGroup writes the values of all columns, one Data each, as one row
// group of at most [MaxRows] rows. Without rows it writes nothing. Errors
// about the data wrap [ErrInvalid] and leave the file as it was; the others
// come from the io.Writer.
func (f *Writer) WriteRowGroup(data []Data) error {
	if f.err != nil {
		return f.err
	}
	rows, err := f.check(data)
	if err != nil || rows == 0 {
		return err
	}
	g := format.RowGroup{NumRows: int64(rows), Ordinal: int16(len(f.groups)), SortingColumns: f.sorting()}
	if g.Columns, err = f.writeColumns(data); err != nil {
		f.fail(err)
		return f.err
	}
	for i := range g.Columns {
		g.TotalByteSize += g.Columns[i].MetaData.TotalUncompressedSize
		g.TotalCompressedSize += g.Columns[i].MetaData.TotalCompressedSize
	}
	g.FileOffset = firstPage(&g.Columns[0].MetaData)
	f.header.Reset()
	if err := encode(&f.header, &g); err != nil {
		f.fail(err)
		return f.err
	}
	f.groups = append(f.groups, bytes.Clone(f.header.Bytes()))
	f.rows += g.NumRows
	return nil
}

func (f *Writer) check(data []Data) (rows int, err error) {
	if len(data) != len(f.columns) {
		return 0, fmt.Errorf("%w: %d columns, want %d", ErrInvalid, len(data), len(f.columns))
	}
	rows = data[0].rows(f.columns[0].Type)
	if rows > MaxRows {
		return 0, fmt.Errorf("%w: a row group of %d rows, at most %d", ErrInvalid, rows, MaxRows)
	}
	if len(f.groups) == maxRowGroups && rows > 0 {
		return 0, fmt.Errorf("%w: more than %d row groups", ErrInvalid, maxRowGroups)
	}
	for i, c := range f.columns {
		if err := data[i].check(c, rows); err != nil {
			return 0, err
		}
	}
	return rows, nil
}

func (f *Writer) sorting() []format.SortingColumn {
	var s []format.SortingColumn
	for _, name := range f.options.SortedBy {
		at := slices.IndexFunc(f.columns, func(c Column) bool { return c.Name == name })
		s = append(s, format.SortingColumn{ColumnIdx: int32(at)})
	}
	return s
}

// Close writes the footer. The file is complete when it returns nil; the
// io.Writer stays open. Closing twice is an error.
func (f *Writer) Close() error {
	if f.err != nil {
		return f.err
	}
	meta, err := f.fileMetadata()
	if err != nil {
		f.fail(err)
		return f.err
	}
	f.header.Reset()
	if err := encode(&f.header, &meta); err != nil {
		f.fail(err)
		return f.err
	}
	size := f.header.Len()
	f.header.Write(binary.LittleEndian.AppendUint32(nil, uint32(size)))
	f.header.WriteString(magic)
	if err := f.write(f.header.Bytes()); err != nil {
		return err
	}
	f.fail(errors.New("parquet: the writer is closed"))
	return nil
}

func (f *Writer) fileMetadata() (format.FileMetaData, error) {
	m := format.FileMetaData{
		Version:   1,
		NumRows:   f.rows,
		RowGroups: make([]format.RowGroup, len(f.groups)),
		CreatedBy: f.options.CreatedBy,
		Schema:    []format.SchemaElement{{Name: "schema", NumChildren: thrift.New(int32(len(f.columns)))}},
	}
	for i, g := range f.groups {
		if _, err := decodeThrift(g, &m.RowGroups[i]); err != nil {
			return m, err
		}
	}
	for _, c := range f.columns {
		m.Schema = append(m.Schema, c.element())
		m.ColumnOrders = append(m.ColumnOrders, format.ColumnOrder{Value: new(format.TypeDefinedOrder)})
	}
	for _, k := range slices.Sorted(maps.Keys(f.metadata)) {
		m.KeyValueMetadata = append(m.KeyValueMetadata, format.KeyValue{Key: k, Value: f.metadata[k]})
	}
	return m, nil
}

// fail makes err the answer of every further call.
func (f *Writer) fail(err error) {
	f.err = err
	if f.zstd != nil {
		_ = f.zstd.Close() // EncodeAll leaves nothing to flush
	}
}

func (f *Writer) write(b []byte) error {
	n, err := f.w.Write(b)
	f.offset += int64(n)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	if err != nil {
		f.fail(err)
	}
	return err
}

func encode(buf *bytes.Buffer, v any) error {
	return thrift.NewEncoder(new(thrift.CompactProtocol).NewWriter(buf)).Encode(v)
}
