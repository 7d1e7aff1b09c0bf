package table

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/internal/parquet/footer"
)

// The first bytes of files, as far as they tell formats apart.
const (
	// ParquetMagic begins and ends a Parquet file.
	ParquetMagic = footer.Magic
	// ArrowMagic begins and ends a file of Arrow's IPC format, which Feather is
	// from its second version on.
	ArrowMagic = "ARROW1"
	// FeatherMagic begins a file of Feather's first version.
	FeatherMagic = "FEA1"
	// StreamMagic begins a stream of Arrow's IPC format.
	StreamMagic = "\xff\xff\xff\xff"
)

// StreamOptions are the choices of [NewStream].
type StreamOptions struct {
	// Take is told how many bytes are about to be allocated. An error ends the
	// stream with it. nil: there is no limit but that of the file.
	Take func(bytes int64) error
	// Allocator is where unpacked buffers are kept; nil is Go's heap.
	Allocator memory.Allocator
}

// Stream reads Arrow record batches from a file of either IPC format, in their
// order. It serves one goroutine. A file has its batches where its footer says.
type Stream struct {
	messages *messages
	reader   *ipc.Reader
	columns  []Column
}

// NewStream opens a file of size bytes, which begins with [ArrowMagic] or
// [StreamMagic]. The caller closes the Stream. Errors wrap [ErrDamaged] or
// [ErrUnsupported], or are those of r and of Take.
func NewStream(r io.ReaderAt, size int64, o StreamOptions) (s *Stream, err error) {
	defer rescue(&err)
	var head [8]byte
	if err := readAt(r, head[:], 0); err != nil {
		return nil, err
	}
	if o.Take == nil {
		o.Take = func(int64) error { return nil }
	}
	if o.Allocator == nil {
		o.Allocator = memory.DefaultAllocator
	}
	s = &Stream{messages: &messages{take: o.Take}}
	s.messages.refs.Store(1)
	if string(head[:len(ArrowMagic)]) == ArrowMagic {
		if err := s.messages.openFooter(r, size); err != nil {
			return nil, err
		}
	} else {
		s.messages.r, s.messages.left = bufio.NewReaderSize(io.NewSectionReader(r, 0, size), 64<<10), size
	}
	s.reader, err = ipc.NewReaderFromMessageReader(s.messages, ipc.WithAllocator(limited{o.Allocator, s.messages}))
	if err := s.cause(err); err != nil {
		return nil, err
	}
	if s.columns, err = ColumnsOf(s.reader.Schema()); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Columns returns the columns. Do not modify.
func (s *Stream) Columns() []Column { return s.columns }

// Next returns the next record batch, which the caller releases, or io.EOF.
func (s *Stream) Next() (rec arrow.Record, err error) {
	defer rescue(&err)
	if s.reader.Next() {
		rec = s.reader.Record()
		rec.Retain()
		return rec, nil
	}
	if err := s.cause(s.reader.Err()); err != nil {
		return nil, err
	}
	// What is written to disk ends with a mark; without, batches may be missing.
	if m := s.messages; m.file == nil && (!m.ended || m.left > 0) {
		return nil, damaged("the stream does not end with its mark, %d bytes before the end of the file; it may be cut off", m.left)
	}
	return nil, io.EOF
}

// Position returns how much of the file has been read.
func (s *Stream) Position() int64 { return s.messages.used }

// cause returns what is wrong: what the messages say, or what Arrow's reader
// makes of them.
func (s *Stream) cause(err error) error {
	switch {
	case s.messages.err != nil:
		return s.messages.err
	case err == nil || errors.Is(err, ErrDamaged) || errors.Is(err, ErrUnsupported):
		return err
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}

// Close gives the memory of the Stream back.
func (s *Stream) Close() { s.reader.Release() }
