package columnar

import (
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow/array"
)

// timestamps returns the values of an Arrow timestamp array as int64, over
// the same memory: arrow.Timestamp is defined as an int64.
func timestamps(a *array.Timestamp) []int64 {
	v := a.TimestampValues()
	return unsafe.Slice((*int64)(unsafe.Pointer(unsafe.SliceData(v))), len(v))
}

// bytesOf returns the memory of a slice of eight-byte values as bytes.
func bytesOf[T int64 | float64](v []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), len(v)*8)
}

// addressOf returns the address of the first value of a slice.
func addressOf[T byte | int64 | float64](v []T) uintptr {
	return uintptr(unsafe.Pointer(unsafe.SliceData(v)))
}

// offsetIn returns where part, a slice of whole, begins in it.
func offsetIn(whole, part []byte) int {
	return int(uintptr(unsafe.Pointer(unsafe.SliceData(part))) - uintptr(unsafe.Pointer(unsafe.SliceData(whole))))
}
