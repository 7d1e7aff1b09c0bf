package pipeline

import (
	"context"
	"slices"
	"testing"
)

// scanned is a space of every hundredth number that counts what it looks at.
type scanned struct {
	line
	looked *int64
}

func (s scanned) Block(ctx context.Context, from, to int64, dst []int64) ([]int64, int64, error) {
	dst = dst[:0]
	for ; from < min(to, s.Size()) && len(dst) < cap(dst); from++ {
		if *s.looked++; from%100 == 99 {
			dst = append(dst, from)
		}
	}
	return dst, from, ctx.Err()
}

// TestPeekedSpaceIsScannedOnce: whatever blocks are asked for, trials come once
// and in order, and no number of the space is looked at twice.
func TestPeekedSpaceIsScannedOnce(t *testing.T) {
	for _, ahead := range []int{0, 1, 5, 7, 100, 1000} {
		for _, size := range []int{1, 2, 5, 7, 99, 1000} {
			var looked int64
			s := scanned{10_050, &looked}
			first, next, err := s.Block(t.Context(), 0, s.Size(), make([]int64, 0, ahead))
			if err != nil {
				t.Fatal(err)
			}
			p := &peeked{s, first, next}
			var got []int64
			for from := int64(0); ; {
				var trials []int64
				trials, from, err = p.Block(t.Context(), from, p.Size(), make([]int64, 0, size))
				if err != nil {
					t.Fatal(err)
				}
				if len(trials) == 0 {
					break
				}
				got = append(got, trials...)
			}
			var want []int64
			for n := int64(99); n < 10_050; n += 100 {
				want = append(want, n)
			}
			if !slices.Equal(got, want) || looked != 10_050 {
				t.Errorf("%d ahead, blocks of %d: %v, %d numbers looked at", ahead, size, got, looked)
			}
		}
	}
}
