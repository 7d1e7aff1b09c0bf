package sweep

import (
	"context"
	"slices"

	"github.com/bowstring-engine/bowstring/pipeline"
)

// ChosenTrials returns the space of some trials of another, by their numbers there, which
// they keep: ascending, those that do not exist left out. It is for [Options].Space where a
// sample of a grid is enough.
func ChosenTrials(of pipeline.Space, trials []int64) pipeline.Space {
	return &chosenTrials{of, trials}
}

type chosenTrials struct {
	pipeline.Space
	trials []int64
}

// Count implements pipeline.Space: an estimate, since some may not exist.
func (c *chosenTrials) Count() (n int64, exact bool) { return int64(len(c.trials)), false }

// Block implements pipeline.Space.
func (c *chosenTrials) Block(ctx context.Context, from, to int64, dst []int64) (trials []int64, next int64, err error) {
	dst = dst[:0]
	at, _ := slices.BinarySearch(c.trials, from)
	one := make([]int64, 0, 1)
	for ; at < len(c.trials) && c.trials[at] < to && len(dst) < cap(dst); at++ {
		exists, _, err := c.Space.Block(ctx, c.trials[at], c.trials[at]+1, one)
		if err != nil {
			return nil, from, err
		}
		dst = append(dst, exists...)
		from = c.trials[at] + 1
	}
	if at == len(c.trials) || c.trials[at] >= to {
		from = to
	}
	return dst, from, nil
}
