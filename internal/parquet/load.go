package parquet

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/columnar"
)

// load returns the content of a file as a buffer that the caller releases:
// mapped where the system can and heap is false, else read into memory of
// the allocator, which aligns it.
func load(f *os.File, size int, heap bool, mem memory.Allocator) (*memory.Buffer, error) {
	if !heap {
		buf, err := columnar.MapFile(f, size, false)
		if err == nil {
			return buf, nil
		}
		if !errors.Is(err, columnar.ErrNoMapping) {
			return nil, fmt.Errorf("map: %w", err)
		}
	}
	buf := memory.NewResizableBuffer(mem)
	buf.Resize(size)
	if _, err := io.ReadFull(f, buf.Bytes()); err != nil {
		buf.Release()
		return nil, err
	}
	return buf, nil
}
