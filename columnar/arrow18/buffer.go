package arrow18

import (
	"sync"

	v18memory "github.com/apache/arrow-go/v18/arrow/memory"
	v17memory "github.com/apache/arrow/go/v17/arrow/memory"
)

// reference is the allocator of a buffer that wraps a buffer of the other
// version. It holds one reference to the wrapped buffer, and to free memory is
// to release that. It implements the Allocator of both versions.
type reference struct {
	once    sync.Once
	release func()
}

var (
	_ v17memory.Allocator = (*reference)(nil)
	_ v18memory.Allocator = (*reference)(nil)
)

// Free releases the wrapped buffer, the first time that it is called.
func (r *reference) Free([]byte) { r.once.Do(r.release) }

// Allocate returns new memory, for an empty buffer that someone lets grow.
func (r *reference) Allocate(size int) []byte { return make([]byte, size) }

// Reallocate moves a buffer that someone lets grow to memory of its own. The
// reference is kept until the buffer is freed.
func (r *reference) Reallocate(size int, b []byte) []byte {
	moved := make([]byte, size)
	copy(moved, b)
	return moved
}

// toBuffer wraps a buffer; nil stays nil. The caller releases it.
func toBuffer(b *v17memory.Buffer) *v18memory.Buffer {
	if b == nil {
		return nil
	}
	b.Retain()
	return v18memory.NewBufferWithAllocator(own(b.Bytes()), &reference{release: b.Release})
}

// fromBuffer is toBuffer the other way.
func fromBuffer(b *v18memory.Buffer) *v17memory.Buffer {
	if b == nil {
		return nil
	}
	b.Retain()
	return v17memory.NewBufferWithAllocator(own(b.Bytes()), &reference{release: b.Release})
}

// own returns b without the room behind it, into which only its first buffer
// may grow.
func own(b []byte) []byte { return b[:len(b):len(b)] }
