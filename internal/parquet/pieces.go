package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/parquet-go/parquet-go/format"
)

// pieceBuffer is how much of a chunk parquet-go reads at a time.
const pieceBuffer = 64 << 10

// source is what pieces are read from.
type source interface {
	io.ReaderAt
	io.Closer
}

// pieces is a file of which a File reads what it is asked for.
type pieces struct {
	file  source
	spare sync.Pool // of *[]byte, for one chunk each
}

// footer reads the end of a file of so many bytes: the footer with its tail,
// and without it.
func (p *pieces) footer(size int64) (end, footer []byte, err error) {
	head := make([]byte, len(magic))
	end = make([]byte, tailSize)
	if err := errors.Join(p.read(head, 0), p.read(end, size-tailSize)); err != nil {
		return nil, nil, err
	}
	// Where the length that the tail has is impossible, footerOf says so.
	n := min(int64(binary.LittleEndian.Uint32(end)), maxFooter, size-int64(len(magic))-tailSize) + tailSize
	end = make([]byte, n)
	if err := p.read(end, size-n); err != nil {
		return nil, nil, err
	}
	footer, err = footerOf(slices.Concat(head, end))
	return end, footer, err
}

// read fills b from a position of the file.
func (p *pieces) read(b []byte, at int64) error {
	_, err := p.file.ReadAt(b, at)
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: the file was cut off while it was open", ErrCorrupt)
	}
	return pathless(err)
}

// chunk returns the bytes of a column chunk, which are borrowed until done is
// called.
func (f *File) chunk(m *format.ColumnMetaData) (b []byte, done func(), err error) {
	at, n := firstPage(m), m.TotalCompressedSize
	if f.pieces == nil {
		return f.buf.Bytes()[at:][:n], func() {}, nil
	}
	spare, ok := f.pieces.spare.Get().(*[]byte)
	if !ok {
		spare = new([]byte)
	}
	if int64(cap(*spare)) < n {
		*spare = make([]byte, n)
	}
	b = (*spare)[:n]
	done = func() { f.pieces.spare.Put(spare) }
	if err := f.pieces.read(b, at); err != nil {
		done()
		return nil, nil, err
	}
	return b, done, nil
}
