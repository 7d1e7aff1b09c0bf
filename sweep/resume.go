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
	from := after(c, j)
	if s := r.segments; s != nil {
		if s.description.Checkpoint, err = results.FindCheckpoint(ctx, results.SegmentsPath(name), s.description); err != nil {
			return err
		}
		from = min(from, after(s.description.Checkpoint, j))
	}
	j.space = tail{j.space, from}
	r.passed.Store(from)
	return nil
}

// after returns the trial behind those that are there.
func after(c *results.Checkpoint, j *job) int64 {
	if found := c.Found(); !found.Complete {
		return found.Next
	}
	return j.space.Size()
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
