package parquet

import (
	"fmt"

	"github.com/bowstring-engine/bowstring/internal/parquet/footer"
)

// decodeThrift decodes the struct at the beginning of b into v, which aliases
// b, and returns its length.
func decodeThrift(b []byte, v any) (int, error) {
	n, err := footer.Decode(b, v)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return n, nil
}
