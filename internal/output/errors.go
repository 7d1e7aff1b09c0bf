package output

import (
	"errors"
	"fmt"

	"github.com/bowstring-engine/bowstring/internal/disk"
)

var (
	// ErrExists is wrapped where something is there that nobody has allowed to
	// replace, or that cannot be replaced.
	ErrExists = errors.New("exists already")

	// ErrLocked is wrapped where an output has a writer.
	ErrLocked = disk.ErrLocked
)

// ExistsError says that a name is taken, and by what.
type ExistsError struct {
	// Path is the name as it was asked for.
	Path string
	// What describes what is there.
	What string
	// Stays says that it cannot be replaced, whatever is allowed: a folder.
	Stays bool
}

// Error implements error.
func (e *ExistsError) Error() string { return fmt.Sprintf("%s %v: %s", e.Path, ErrExists, e.What) }

// Unwrap returns [ErrExists].
func (e *ExistsError) Unwrap() error { return ErrExists }

// LockedError says that an output is being written by someone else.
type LockedError struct {
	// Path is the name as it was asked for.
	Path string
	// Process is the id of the process that writes it, 0 where it is not known.
	Process int
}

// Error implements error.
func (e *LockedError) Error() string {
	if e.Process == 0 {
		return fmt.Sprintf("%s: another process is writing it", e.Path)
	}
	return fmt.Sprintf("%s: process %d is writing it", e.Path, e.Process)
}

// Unwrap returns [ErrLocked].
func (e *LockedError) Unwrap() error { return ErrLocked }
