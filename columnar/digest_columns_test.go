package columnar

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math"
	"testing"
)

// TestColumnDigests compares with the definition: the words of a column one
// after the other, each NaN as one and −0 as 0.
func TestColumnDigests(t *testing.T) {
	odd := []float64{math.NaN(), math.Float64frombits(0xfff8000000000077), math.Copysign(0, -1), 0, math.Inf(-1)}
	for _, n := range []int{0, 1, 5, 1023, 1024, 1025, 70_000} {
		for _, dirty := range []int{-1, 0, n - 1} {
			times, values := make([]int64, n), make([]float64, n)
			for i := range n {
				times[i], values[i] = int64(i)*7-3, float64(i)*0.5
			}
			want := make([][]byte, 2)
			if dirty >= 0 && dirty < n {
				values[dirty] = odd[n%len(odd)]
			}
			for i := range n {
				want[0] = binary.LittleEndian.AppendUint64(want[0], uint64(times[i]))
				bits := math.Float64bits(values[i])
				if values[i] != values[i] {
					bits = 0x7ff8000000000001
				} else if values[i] == 0 {
					bits = 0
				}
				want[1] = binary.LittleEndian.AppendUint64(want[1], bits)
			}
			f, err := Build([]Column{{Name: "x"}}, []Bars{{ID: "A", Times: times, Values: [][]float64{values}}}, Info{})
			if err != nil {
				t.Fatal(err)
			}
			for c, got := range ColumnDigests(f)[0] {
				if got != sha256.Sum256(want[c]) {
					t.Errorf("n=%d dirty=%d: column %d differs", n, dirty, c)
				}
			}
			f.Release()
		}
	}
}

func TestColumnDigestsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	f, err := Build([]Column{{Name: "x"}}, []Bars{{ID: "A", Times: []int64{1}, Values: [][]float64{{1}}}}, Info{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	if _, err := ColumnDigestsContext(ctx, f); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}
