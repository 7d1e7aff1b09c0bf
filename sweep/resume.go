package sweep

import (
	"context"

	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/sweep/results"
)

// resume makes the sweep start behind what is left of an earlier run.
func (r *Reader) resume(ctx context.Context, j *job, name string) error {
	c, err := results.FindCheckpoint(ctx, name, r.description)
	if err != nil {
		return err
	}
	r.description.Checkpoint = c
	found := c.Found()
	from := found.Next
	if found.Complete {
		from = j.space.Size()
	}
	j.space = tail{j.space, from}
	r.passed.Store(from)
	return nil
}

// Resumed returns what the sweep goes on from; nothing without
// [Options].Resume.
func (r *Reader) Resumed() results.Resumed {
	if c := r.description.Checkpoint; c != nil {
		return c.Found()
	}
	return results.Resumed{}
}

// tail is the part of a space that starts at a trial.
type tail struct {
	pipeline.Space
	from int64
}

// Block implements pipeline.Space.
func (t tail) Block(ctx context.Context, from, to int64, dst []int64) (trials []int64, next int64, err error) {
	return t.Space.Block(ctx, max(from, t.from), to, dst)
}
