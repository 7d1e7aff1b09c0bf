package ingest

import (
	"io"
	"sync/atomic"
)

// Text of market data is compressed to a tenth or a thirtieth. What grows more
// than maxRatio times was made to fill a memory or a disk. The first
// freeBytes are not held against it, since short texts may repeat themselves.
const (
	maxRatio  = 200
	freeBytes = 64 << 20
)

// errBomb is what a text ends with that grows without end.
var errBomb = shape("the file unpacks to more than %d times its size; if that is right, unpack it first", maxRatio)

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
