package table

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/columnar/footer"
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
// order. It serves one goroutine.
type Stream struct {
	messages *messages
	reader   *ipc.Reader
	columns  []Column
	// footed says that a footer has to follow.
	footed bool
	size   int64
	file   io.ReaderAt
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
	s = &Stream{size: size, file: r}
	from, to := int64(0), size
	if string(head[:len(ArrowMagic)]) == ArrowMagic {
		s.footed = true
		if from, to, err = framed(r, size); err != nil {
			return nil, err
		}
	}
	if o.Take == nil {
		o.Take = func(int64) error { return nil }
	}
	if o.Allocator == nil {
		o.Allocator = memory.DefaultAllocator
	}
	s.messages = &messages{r: bufio.NewReaderSize(io.NewSectionReader(r, from, to-from), 64<<10), left: to - from, take: o.Take}
	s.messages.refs.Store(1)
	s.reader, err = ipc.NewReaderFromMessageReader(s.messages, ipc.WithAllocator(o.Allocator))
	if err = s.cause(err); err != nil {
		return nil, err
	}
	if s.columns, err = ColumnsOf(s.reader.Schema()); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// framed returns where the messages of a file begin and its footer does.
func framed(r io.ReaderAt, size int64) (from, to int64, err error) {
	const tail = int64(4 + len(ArrowMagic))
	from = 8
	var b [tail]byte
	if size < from+tail {
		return 0, 0, damaged("an Arrow file of %d bytes", size)
	}
	if err := readAt(r, b[:], size-tail); err != nil {
		return 0, 0, err
	}
	f := flat{b: b[:]}
	n := int64(f.u32(0))
	if string(b[4:]) != ArrowMagic || n <= 0 || n > size-tail-from {
		return 0, 0, damaged("it does not end as an Arrow file does; it may be cut off")
	}
	return from, size - tail - n, nil
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
	// A stream may end without a mark, a file may not.
	if s.footed && !s.messages.ended {
		return nil, damaged("the batches end without a mark")
	}
	return nil, io.EOF
}

// Position returns how much of the file has been read.
func (s *Stream) Position() int64 { return max(s.size-s.messages.left, 0) }

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
