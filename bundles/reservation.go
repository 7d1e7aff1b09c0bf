package bundles

import (
	"fmt"

	"github.com/bowstring-engine/bowstring/columnar"
)

// reservation is what an append has of a budget.
type reservation struct {
	budget *columnar.Budget
	held   int64
}

// rows reserves the memory of so many rows of so many bytes.
func (r *reservation) rows(rows int, rowBytes int64, asset string) error {
	n := int64(rows) * rowBytes
	if err := r.budget.Reserve(n); err != nil {
		return fmt.Errorf("asset %q: %d rows to put together: %w", asset, rows, err)
	}
	r.held += n
	return nil
}

// release gives everything back.
func (r *reservation) release() {
	r.budget.Release(r.held)
	r.held = 0
}
