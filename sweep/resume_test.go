package sweep

import (
	"context"
	"slices"
	"testing"

	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// TestTail: a space from a trial on has the trials that the whole has there.
func TestTail(t *testing.T) {
	where := below{}
	grid, err := spec.NewGrid([]int{7, 9}, where, 2)
	if err != nil {
		t.Fatal(err)
	}
	all, _, err := grid.Block(context.Background(), 0, grid.Size(), make([]int64, 0, 100))
	if err != nil {
		t.Fatal(err)
	}
	for from := range grid.Size() + 1 {
		var got []int64
		var space pipeline.Space = tail{grid, from}
		for at := int64(0); ; {
			trials, next, err := space.Block(context.Background(), at, space.Size(), make([]int64, 0, 4))
			if err != nil {
				t.Fatal(err)
			}
			if len(trials) == 0 {
				break
			}
			got, at = append(got, trials...), next
		}
		i, _ := slices.BinarySearch(all, from)
		if !slices.Equal(got, all[i:]) {
			t.Errorf("from %d: %v, want %v", from, got, all[i:])
		}
	}
}

// below lets trials exist whose first position is below the second.
type below struct{}

func (below) Holds(index []int) bool { return index[0] < index[1] }
