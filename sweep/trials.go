package sweep

import (
	"context"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// Bound runs specs on one frame for analyses that look at trials themselves, as the
// walk-forward of package robust does: it is its Runner. It borrows the frame.
type Bound struct {
	Frame *columnar.Frame
	// Options are those of every run; of them Workers, BlockTrials, CacheBytes, Budget
	// and Space count.
	Options Options
}

// Spans returns what the rows of a trial of a spec are about, in their order.
func (b *Bound) Spans(ctx context.Context, s *spec.Spec) ([]pipeline.Span, error) {
	j, err := prepare(ctx, b.Frame, s, b.Options.Budget)
	if err != nil {
		return nil, err
	}
	defer j.release()
	return pipeline.Spans(j.plan), nil
}

// Trials runs all trials of a spec, cut where cut says, which may be nil, and hands
// their blocks to each, in order; a block is borrowed until it returns.
func (b *Bound) Trials(ctx context.Context, s *spec.Spec, cut *pipeline.Segmentation, each func(*pipeline.Block) error) error {
	if err := b.Options.validate(); err != nil {
		return err
	}
	j, err := prepare(ctx, b.Frame, s, b.Options.Budget)
	if err != nil {
		return err
	}
	defer j.release()
	if err := j.use(b.Options.Space); err != nil {
		return err
	}
	j.plan.Segments, j.plan.Budget = cut, b.Options.Budget
	j.plan.Workers, j.plan.BlockTrials, j.plan.CacheBytes = b.Options.Workers, b.Options.BlockTrials, b.Options.CacheBytes
	_, err = pipeline.Run(ctx, j.plan, j.space, each)
	return err
}

// Stretches runs trials of a spec one after another, each in its stretch of time.
func (b *Bound) Stretches(ctx context.Context, s *spec.Spec, stretches []pipeline.Stretch) (*pipeline.Stretched, error) {
	j, err := prepare(ctx, b.Frame, s, b.Options.Budget)
	if err != nil {
		return nil, err
	}
	defer j.release()
	return pipeline.RunStretches(ctx, j.plan, stretches)
}
