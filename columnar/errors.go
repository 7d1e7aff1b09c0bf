package columnar

import (
	"errors"
	"fmt"
)

var (
	// ErrNoColumn is returned when a Frame has no column of the given name.
	ErrNoColumn = errors.New("no such column")

	// ErrNoAsset is returned when a Frame has no asset of the given id.
	ErrNoAsset = errors.New("no such asset")

	// ErrInvalid is returned when data handed to a constructor breaks one of
	// the package's invariants (order, lengths, types).
	ErrInvalid = errors.New("invalid frame data")

	// ErrEvent is returned for a corporate action that cannot have happened: a
	// value outside the bounds of its type, or a dividend that is not below the
	// price it was paid from.
	ErrEvent = errors.New("invalid event")

	// ErrAdjustment is returned when bars cannot be given an adjustment: they
	// came adjusted for more, or have no events to adjust by.
	ErrAdjustment = errors.New("adjustment not possible")

	// ErrMemory is matched by every [BudgetError].
	ErrMemory = errors.New("memory budget exceeded")
)

// BudgetError says which reservation did not fit a [Budget].
type BudgetError struct {
	// Asked, Used and Limit are in bytes.
	Asked, Used, Limit int64
}

// Error implements error.
func (e *BudgetError) Error() string {
	return fmt.Sprintf("memory budget exceeded: %d bytes asked, %d of %d in use; raise the limit or use fewer columns or assets",
		e.Asked, e.Used, e.Limit)
}

// Is reports that a BudgetError is an [ErrMemory].
func (e *BudgetError) Is(target error) bool { return target == ErrMemory }
