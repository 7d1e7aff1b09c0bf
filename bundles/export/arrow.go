package export

import (
	"bufio"
	"io"
	"maps"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/output"
)

// arrowEncoder writes bars as an Arrow IPC file or stream.
type arrowEncoder struct {
	buf     *bufio.Writer
	w       ipcWriter
	long    bool
	batch   *batch
	builder *array.RecordBuilder
}

// ipcWriter is a file or a stream.
type ipcWriter interface {
	Write(rec arrow.Record) error
	Close() error
}

func newArrow(w io.Writer, s *selection, long bool, asset string) (*arrowEncoder, error) {
	var fields []arrow.Field
	if long {
		fields = append(fields, arrow.Field{Name: assetColumn, Type: arrow.BinaryTypes.String})
	}
	fields = append(fields, arrow.Field{Name: columnar.Time, Type: arrow.FixedWidthTypes.Timestamp_ns})
	for _, c := range s.columns {
		fields = append(fields, arrow.Field{Name: s.frame.Columns()[c].Name, Type: arrow.PrimitiveTypes.Float64, Nullable: true})
	}
	about := s.metadata(asset)
	keys := slices.Sorted(maps.Keys(about))
	values := make([]string, len(keys))
	for i, k := range keys {
		values[i] = about[k]
	}
	meta := arrow.NewMetadata(keys, values)
	schema := arrow.NewSchema(fields, &meta)
	options := []ipc.Option{ipc.WithSchema(schema), ipc.WithAllocator(s.o.Allocator)}
	if s.o.Compress == Zstd {
		options = append(options, ipc.WithZstd(), ipc.WithCompressConcurrency(1))
	}
	e := &arrowEncoder{buf: bufio.NewWriter(w), long: long, batch: newBatch(len(s.columns), s.o.batchRows)}
	if s.o.Stream {
		e.w = ipc.NewWriter(e.buf, options...)
	} else {
		w, err := ipc.NewFileWriter(output.NewPosition(e.buf), options...)
		if err != nil {
			return nil, err
		}
		e.w = w
	}
	e.builder = array.NewRecordBuilder(s.o.Allocator, schema)
	return e, nil
}

// write implements encoder.
func (e *arrowEncoder) write(b *bars) error { return e.batch.fill(b, e.flush) }

func (e *arrowEncoder) flush() error {
	if e.batch.rows() == 0 {
		return nil
	}
	fields := e.builder.Fields()
	if e.long {
		names := fields[0].(*array.StringBuilder)
		names.Reserve(e.batch.rows())
		for _, code := range e.batch.codes {
			names.Append(e.batch.assets[code])
		}
		fields = fields[1:]
	}
	// A Timestamp is an int64, so the times need no copy of their own.
	fields[0].(*array.TimestampBuilder).AppendValues(arrow.TimestampTraits.CastFromBytes(arrow.Int64Traits.CastToBytes(e.batch.times)), nil)
	for i, v := range e.batch.values {
		fields[i+1].(*array.Float64Builder).AppendValues(v, e.batch.validity(i))
	}
	rec := e.builder.NewRecord()
	defer rec.Release()
	e.batch.reset()
	return e.w.Write(rec)
}

// close implements encoder.
func (e *arrowEncoder) close() error {
	if err := e.flush(); err != nil {
		return err
	}
	if err := e.w.Close(); err != nil {
		return err
	}
	return e.buf.Flush()
}

// release implements encoder.
func (e *arrowEncoder) release() { e.builder.Release() }
