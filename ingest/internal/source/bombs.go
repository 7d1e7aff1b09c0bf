package source

import (
	"archive/zip"
	"errors"
	"hash"
	"hash/crc32"
	"io"
	"sync/atomic"

	"github.com/klauspost/compress/flate"

	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
)

// Text of market data is compressed to a tenth or a thirtieth. What grows more
// than maxRatio times was made to fill a memory or a disk. The first
// freeBytes are not held against it, since short texts may repeat themselves.
const (
	maxRatio  = 200
	freeBytes = 64 << 20
)

// errMember is the error of a member that is not as the archive says.
var errMember = problem.Shape("the member has more bytes than the archive says")

// errBomb is what a text ends with that grows without end.
var errBomb = problem.Shape("the file unpacks to more than %d times its size; if that is right, unpack it first", maxRatio)

// boundedReader ends a text that has grown out of proportion.
type boundedReader struct {
	r io.Reader
	// packed is how many compressed bytes have been read, or will be.
	packed *atomic.Int64
	bytes  int64
}

// Read implements io.Reader.
func (b *boundedReader) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.bytes += int64(n)
	if b.bytes > freeBytes && b.bytes/maxRatio > b.packed.Load() {
		return 0, errBomb
	}
	return n, err
}

// memberReader unpacks a member of a zip file and holds it against what the
// directory of the archive says of it: its length and its sum.
type memberReader struct {
	io.ReadCloser
	sum  hash.Hash32
	want uint32
	left uint64
	// err is what has been found, which is said again.
	err error
}

// unpacked returns the text of a member whose packed bytes are given.
func unpacked(m *zip.File, packed io.Reader) (io.ReadCloser, error) {
	r := io.NopCloser(packed)
	switch m.Method {
	case zip.Store:
	case zip.Deflate:
		r = flate.NewReader(packed)
	default:
		return nil, zip.ErrAlgorithm
	}
	return &memberReader{ReadCloser: r, sum: crc32.NewIEEE(), want: m.CRC32, left: m.UncompressedSize64}, nil
}

// Read implements io.Reader.
func (r *memberReader) Read(p []byte) (n int, err error) {
	if r.err != nil {
		return 0, r.err
	}
	n, r.err = r.ReadCloser.Read(p)
	if uint64(n) > r.left {
		n, r.err = 0, errMember
		return n, r.err
	}
	r.left -= uint64(n)
	_, _ = r.sum.Write(p[:n]) // never fails
	switch {
	case !errors.Is(r.err, io.EOF):
	case r.left > 0:
		r.err = io.ErrUnexpectedEOF
	case r.sum.Sum32() != r.want:
		r.err = zip.ErrChecksum
	}
	return n, r.err
}
