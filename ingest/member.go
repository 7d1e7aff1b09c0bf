package ingest

import (
	"archive/zip"
	"errors"
	"hash"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/flate"
)

// memberReader unpacks a member of a zip file and holds it against what the
// directory of the archive says of it: its length and its sum.
type memberReader struct {
	io.ReadCloser
	sum  hash.Hash32
	want uint32
	left uint64
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
func (r *memberReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	if uint64(n) > r.left {
		return 0, shape("the member has more bytes than the archive says")
	}
	r.left -= uint64(n)
	_, _ = r.sum.Write(p[:n]) // never fails
	if !errors.Is(err, io.EOF) {
		return n, err
	}
	switch {
	case r.left > 0:
		return n, io.ErrUnexpectedEOF
	case r.sum.Sum32() != r.want:
		return n, zip.ErrChecksum
	}
	return n, io.EOF
}
