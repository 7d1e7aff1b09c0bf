package arrow18_test

import (
	"testing"

	v17 "github.com/apache/arrow/go/v17/arrow"

	"github.com/bowstring-engine/bowstring/columnar/arrow18"
)

// TestResizedBuffers lets wrapped buffers grow and shrink, which Arrow does not
// forbid: they move, and the memory that was wrapped is freed once.
func TestResizedBuffers(t *testing.T) {
	for _, size := range []int{0, 8, 1000} {
		mem, done := memory17(t)
		r := record17(t, mem, v17.Field{Name: "x", Type: v17.PrimitiveTypes.Int64}, `[1, 2, 3]`)
		wrapped, err := arrow18.ToRecord(r)
		if err != nil {
			t.Fatal(err)
		}
		buffer := wrapped.Column(0).Data().Buffers()[1]
		before := append([]byte{}, buffer.Bytes()...)
		buffer.Resize(size)
		if n := min(size, len(before)); string(buffer.Bytes()[:n]) != string(before[:n]) {
			t.Errorf("%d bytes: %v, were %v", size, buffer.Bytes(), before)
		}
		wrapped.Release()
		if x := r.Column(0).String(); x != "[1 2 3]" {
			t.Errorf("%d bytes: the source became %s", size, x)
		}
		r.Release()
		done()
	}
}

// TestWrappedMemoryIsBounded holds a wrapper to the bytes that are in use:
// what lies behind them is its owner's to grow into.
func TestWrappedMemoryIsBounded(t *testing.T) {
	mem, done := memory17(t)
	r := record17(t, mem, v17.Field{Name: "x", Type: v17.BinaryTypes.String}, `["abc"]`)
	wrapped, err := arrow18.ToRecord(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range wrapped.Column(0).Data().Buffers() {
		if b != nil && (cap(b.Bytes()) != b.Len() || b.Mutable()) {
			t.Errorf("%d bytes with room for %d, mutable %v", b.Len(), cap(b.Bytes()), b.Mutable())
		}
	}
	wrapped.Release()
	r.Release()
	done()
}
