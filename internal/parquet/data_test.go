package parquet

import (
	"bytes"
	"fmt"
	"math"
	"testing"
)

// TestPieces: values in pieces give the file that the same values in one piece
// give, whatever the codec, with and without nulls and NaN.
func TestPieces(t *testing.T) {
	columns := []Column{{Name: "t", Type: Timestamp}, {Name: "x", Type: Float64}, {Name: "n", Type: Float64, Nullable: true}}
	const n = 1000
	times, values, valid := make([]int64, n), make([]float64, n), make([]bool, n)
	for i := range n {
		times[i], values[i], valid[i] = int64(i)*60e9-n, math.Sin(float64(i)), i%3 > 0
	}
	values[10] = math.NaN()
	written := func(codec Codec, workers int, data []Data) []byte {
		var file bytes.Buffer
		w, err := NewWriter(&file, columns, Options{Codec: codec, Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // the memory of the first is used again
			if err := w.WriteRowGroup(data); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return file.Bytes()
	}
	for codec := None; codec <= Snappy; codec++ {
		one := written(codec, 1, []Data{{Int64: times}, {Float64: values}, {Float64: values, Valid: valid}})
		for _, cuts := range [][]int{{0, n}, {0, 0, 1, 7, 500, n, n}} {
			t.Run(fmt.Sprintf("codec=%s/pieces=%d", codec, len(cuts)-1), func(t *testing.T) {
				var x Data
				for i, to := range cuts[1:] {
					x.Int64s = append(x.Int64s, times[cuts[i]:to])
					x.Float64s = append(x.Float64s, values[cuts[i]:to])
				}
				data := []Data{{Int64s: x.Int64s}, {Float64s: x.Float64s}, {Float64s: x.Float64s, Valid: valid}}
				for _, workers := range []int{1, 2} {
					if !bytes.Equal(written(codec, workers, data), one) {
						t.Errorf("%d workers: another file", workers)
					}
				}
			})
		}
	}
}
