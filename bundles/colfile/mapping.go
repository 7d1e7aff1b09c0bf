package colfile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"github.com/apache/arrow/go/v17/arrow/memory"
)

// openMappings is a gauge for tests and monitoring; nothing depends on it.
var openMappings atomic.Int64

// OpenMappings returns the number of files that are mapped into memory: those
// of open Files and those that a released File's arrays still hold.
func OpenMappings() int64 { return openMappings.Load() }

// errNoMapping is returned by mapFile on systems without memory mapping.
var errNoMapping = errors.New("no memory mapping on this system")

// unmapper is the allocator of mapped buffers: when Arrow frees one, it
// undoes the mapping.
type unmapper struct{}

// Allocate implements memory.Allocator.
func (unmapper) Allocate(int) []byte { panic("colfile: a mapped buffer cannot grow") }

// Reallocate implements memory.Allocator.
func (unmapper) Reallocate(int, []byte) []byte { panic("colfile: a mapped buffer cannot grow") }

// Free implements memory.Allocator.
func (unmapper) Free(b []byte) {
	// munmap fails only for a range that is no mapping.
	if err := unmap(b); err != nil {
		panic(fmt.Sprintf("colfile: unmap: %v", err))
	}
	openMappings.Add(-1)
}

// load returns the content of a file as a buffer that the caller releases:
// mapped where the system can and heap is false, else read into memory of
// the allocator, which aligns it.
func load(f *os.File, size int, heap bool, mem memory.Allocator) (*memory.Buffer, error) {
	if !heap {
		b, err := mapFile(f, size)
		if err == nil {
			openMappings.Add(1)
			return memory.NewBufferWithAllocator(b, unmapper{}), nil
		}
		if !errors.Is(err, errNoMapping) {
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
