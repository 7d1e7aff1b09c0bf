package sweep

import (
	"context"
	"fmt"

	"github.com/bowstring-engine/bowstring/columnar"
)

// adjustValue is what prices are adjusted for. Without one, the data decides.
func adjustValue() value {
	field := func(s *Spec) *columnar.Adjustment { return &s.Adjust }
	v := enumValue(field, columnar.AdjustedNone, columnar.AdjustedSplits, columnar.AdjustedAll)
	known := v.check
	v.check = func(s *Spec) error {
		if s.Adjust == "" {
			return nil
		}
		return known(s)
	}
	v.write = func(s *Spec) *node { return textNode(string(s.Adjust)) }
	return v
}

// adjusted returns the frame adjusted as the spec asks for. The caller releases
// it.
func (s *Spec) adjusted(ctx context.Context, frame *columnar.Frame) (*columnar.Frame, error) {
	out, err := columnar.Adjusted(ctx, frame, s.Adjust, nil)
	if err != nil {
		return nil, fmt.Errorf("adjust: %w", err)
	}
	return out, nil
}
