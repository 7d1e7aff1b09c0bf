package sweep

import (
	"context"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// Audit looks for expressions of a spec that look ahead: for some trials, and on data that
// ends at some bars, everything that is known of earlier bars has to be what it is on all
// of the data. See [pipeline.Audit]. The frame is borrowed.
func Audit(ctx context.Context, frame *columnar.Frame, spec *spec.Spec, opts pipeline.AuditOptions) (*pipeline.AuditReport, error) {
	j, err := prepare(ctx, frame, spec, nil)
	if err != nil {
		return nil, err
	}
	defer j.release()
	return pipeline.Audit(ctx, j.plan, j.space, opts)
}
