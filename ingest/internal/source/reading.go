package source

import (
	"context"
	"io"
)

// Refused is a file that cannot be read.
type Refused struct {
	Path string
	Err  error
}

// macFolder is where macOS puts what its file system knows of a zip's members.
const macFolder = "__MACOSX"

// Extensions of compressed files, of text and of tables, as file names end in
// them.
var (
	packedExtensions = []string{".gz", ".zst", ".xz", ".zip", ".tar", ".tgz", ".txz"}
	textExtensions   = []string{".csv", ".txt"}
	tableExtensions  = []string{".parquet", ".parq", ".pq", ".arrow", ".arrows", ".feather", ".ipc"}
)

// contextReader ends a long read when the context is done.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

// Read implements io.Reader.
func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// countingReader tells how many bytes went through it.
type countingReader struct {
	r     io.Reader
	count func(int)
}

// Read implements io.Reader.
func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.count(n)
	return n, err
}

// HeadBytes is how much of a text is buffered, and looked at to decide on its shape.
const HeadBytes = 64 << 10

// maxWindow bounds the memory of a zstd stream; `zstd --long` needs it.
const maxWindow = 128 << 20
