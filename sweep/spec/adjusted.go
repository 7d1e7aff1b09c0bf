package spec

import (
	"context"
	"fmt"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/columnar"
)

// Adjusted returns the frame adjusted as the spec asks for, within a budget. The
// caller releases it.
func (s *Spec) Adjusted(ctx context.Context, frame *columnar.Frame, budget *columnar.Budget) (*columnar.Frame, error) {
	mode := s.Adjust
	if mode == "" {
		mode = frame.DefaultAdjustment()
	}
	need := int64(0)
	if frame.CheckAdjustment(mode) == nil {
		need = columnar.AdjustedBytes(frame, mode)
	}
	if err := budget.Reserve(need); err != nil {
		return nil, fmt.Errorf("adjust: %w", err)
	}
	defer budget.Release(need)
	out, err := columnar.Adjusted(ctx, frame, mode, budget.Allocator(memory.DefaultAllocator))
	if err != nil {
		return nil, fmt.Errorf("adjust: %w", err)
	}
	return out, nil
}
