package bundles

import (
	"context"

	"github.com/bowstring-engine/bowstring/columnar"
)

// AcquireFrame is [Pool.AcquireAdjusted] for those who need the bars alone: the
// Frame of the Bundle, which is valid until release is called, once. It makes a Pool
// the source of bundles of a sweep.Runner.
func (p *Pool) AcquireFrame(ctx context.Context, ref string, mode columnar.Adjustment) (frame *columnar.Frame, release func(), err error) {
	b, err := p.AcquireAdjusted(ctx, ref, mode)
	if err != nil {
		return nil, nil, err
	}
	return b.Frame(), func() { b.Close() }, nil
}
