package ingest

import (
	"sync/atomic"

	"github.com/bowstring-engine/bowstring/columnar"
)

// memory is what one ingest has reserved of a budget.
type memory struct {
	budget *columnar.Budget
	held   atomic.Int64
}

func (m *memory) reserve(n int64) error {
	if err := m.budget.Reserve(n); err != nil {
		return err
	}
	m.held.Add(n)
	return nil
}

// releaseAll gives back whatever is still held.
func (m *memory) releaseAll() { m.budget.Release(m.held.Swap(0)) }
