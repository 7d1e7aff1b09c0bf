package columnar

import (
	"errors"
	"fmt"
	"os"
	"sync/atomic"

	"github.com/apache/arrow/go/v17/arrow/memory"
)

// openMappings is a gauge for tests and monitoring; nothing depends on it.
var openMappings atomic.Int64

// OpenMappings returns the number of files that are mapped into memory: those
// whose buffers have not been freed.
func OpenMappings() int64 { return openMappings.Load() }

// ErrNoMapping is the error of [MapFile] on systems without memory mapping.
var ErrNoMapping = errors.New("no memory mapping on this system")

// MapFile returns the first size bytes of a file, mapped into memory, which the
// caller releases; the file may be closed and removed before. The memory is
// read-only, or with private it can be written to, which the file does not see.
// Where the file is cut short meanwhile the memory can no longer be read: see
// [CatchFault].
func MapFile(f *os.File, size int, private bool) (*memory.Buffer, error) {
	b, err := mapFile(f, size, private)
	if err != nil {
		return nil, err
	}
	if err := mapped.add(b, f.Name(), private); err != nil {
		mapped.remove(b)
		return nil, errors.Join(err, unmap(b))
	}
	openMappings.Add(1)
	return memory.NewBufferWithAllocator(b, unmapper{}), nil
}

// unmapper is the allocator of mapped buffers: when Arrow frees one, it
// undoes the mapping.
type unmapper struct{}

// Allocate implements memory.Allocator.
func (unmapper) Allocate(int) []byte { panic("columnar: a mapped buffer cannot grow") }

// Reallocate implements memory.Allocator.
func (unmapper) Reallocate(int, []byte) []byte { panic("columnar: a mapped buffer cannot grow") }

// Free implements memory.Allocator.
func (unmapper) Free(b []byte) {
	mapped.remove(b)
	// munmap fails only for a range that is no mapping.
	if err := unmap(b); err != nil {
		panic(fmt.Sprintf("columnar: unmap: %v", err))
	}
	openMappings.Add(-1)
}
