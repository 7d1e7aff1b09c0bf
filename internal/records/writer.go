package records

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/bowstring-engine/bowstring/internal/output"
	"github.com/bowstring-engine/bowstring/internal/parquet"
)

// Options say what a file is and says. The zero value is plain CSV.
type Options struct {
	// Kind is the format and its compression; the zero value is CSV.
	Kind output.Kind
	// Stream writes Arrow as a stream, which is read as it comes, in place of a
	// file, which is read from its end.
	Stream bool
	// Metadata is what Parquet and Arrow files say of themselves.
	Metadata map[string]string
	// CreatedBy names the calling program in Parquet files.
	CreatedBy string
	// Workers is the number of goroutines that encode Parquet.
	Workers int
}

// Writer writes one table. After an error what it has written is worthless.
type Writer struct {
	table   encoder
	packed  io.Closer // nil where nothing is compressed
	buffer  *bufio.Writer
	written int64
}

// encoder writes records in one format.
type encoder interface {
	write(arrow.Record) error
	close() error
}

// bufferBytes is how much is handed to the system at once.
const bufferBytes = 1 << 20

// NewWriter begins a table of a schema on w, which stays open.
func NewWriter(w io.Writer, schema *arrow.Schema, o Options) (*Writer, error) {
	t := &Writer{buffer: bufio.NewWriterSize(w, bufferBytes)}
	to, err := t.pack(o.Kind)
	if err != nil {
		return nil, err
	}
	switch o.Kind.Format {
	case output.CSV, "":
		t.table, err = newCSV(to, schema)
	case output.JSON:
		t.table, err = newJSON(t.buffer, schema)
	case output.Arrow:
		t.table, err = newArrow(to, schema, o)
	case output.Parquet:
		t.table, err = newParquet(to, schema, o)
	default:
		err = fmt.Errorf("format %q: want csv, json, arrow or parquet", o.Kind.Format)
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

// pack returns the buffer, with what compresses in front of it.
func (t *Writer) pack(k output.Kind) (io.Writer, error) {
	switch k.Compress {
	case output.Gzip:
		z := gzip.NewWriter(t.buffer)
		t.packed = z
		return z, nil
	case output.Zstd:
		z, err := zstd.NewWriter(t.buffer, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
		t.packed = z
		return z, err
	}
	return t.buffer, nil
}

// Write writes a record, which stays the caller's.
func (t *Writer) Write(rec arrow.Record) error {
	t.written += rec.NumRows()
	return t.table.write(rec)
}

// Rows is how many rows were written.
func (t *Writer) Rows() int64 { return t.written }

// Close completes the table. The writer below stays open.
func (t *Writer) Close() error {
	if err := t.table.close(); err != nil {
		return err
	}
	if t.packed != nil {
		if err := t.packed.Close(); err != nil {
			return err
		}
	}
	return t.buffer.Flush()
}

// SetMetadata sets a key that only becomes known with the last row. Formats
// that say what they hold at their beginning do not have it.
func (t *Writer) SetMetadata(key, value string) {
	if p, ok := t.table.(parquetTable); ok {
		p.SetMetadata(key, value)
	}
}

// ipcWriter is an Arrow file or stream that is being written.
type ipcWriter interface {
	Write(arrow.Record) error
	Close() error
}

// arrowTable writes Arrow IPC.
type arrowTable struct {
	w      ipcWriter
	schema *arrow.Schema
}

func newArrow(w io.Writer, schema *arrow.Schema, o Options) (encoder, error) {
	keys := slices.Sorted(maps.Keys(o.Metadata))
	values := make([]string, len(keys))
	for i, k := range keys {
		values[i] = o.Metadata[k]
	}
	about := arrow.NewMetadata(keys, values)
	t := arrowTable{schema: arrow.NewSchema(schema.Fields(), &about)}
	if o.Stream {
		t.w = ipc.NewWriter(w, ipc.WithSchema(t.schema))
		return t, nil
	}
	var err error
	t.w, err = ipc.NewFileWriter(output.NewPosition(w), ipc.WithSchema(t.schema))
	return t, err
}

func (t arrowTable) write(rec arrow.Record) error { return t.w.Write(rec) }

func (t arrowTable) close() error { return t.w.Close() }

// parquetTable writes Parquet, a row group a record.
type parquetTable struct{ *parquet.Writer }

func newParquet(w io.Writer, schema *arrow.Schema, o Options) (encoder, error) {
	columns, err := parquet.ColumnsOf(schema)
	if err != nil {
		return nil, err
	}
	p, err := parquet.NewWriter(w, columns, parquet.Options{Codec: parquet.Snappy, CreatedBy: o.CreatedBy, Workers: o.Workers})
	if err != nil {
		return nil, err
	}
	for key, value := range o.Metadata {
		p.SetMetadata(key, value)
	}
	return parquetTable{p}, nil
}

func (t parquetTable) write(rec arrow.Record) error { return t.WriteRecord(rec) }

func (t parquetTable) close() error { return t.Close() }
