package bundles

import (
	"encoding/binary"
	"math"
	"time"
	"unsafe"

	"github.com/bowstring-engine/bowstring/columnar"
)

// address returns where a slice is in memory.
func address(v []float64) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(v))) }

// timeOf returns the time of a bar of the first asset.
func timeOf(f *columnar.Frame, bar int) time.Time { return time.Unix(0, f.Times(0)[bar]) }

// float64Bytes returns the bytes of a value as files have them.
func float64Bytes(x float64) []byte {
	return binary.LittleEndian.AppendUint64(nil, math.Float64bits(x))
}
