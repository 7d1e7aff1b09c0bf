package output

import (
	"errors"
	"fmt"
	"os"

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
	// Stays says that it cannot be replaced, whatever is allowed: a folder, or a
	// file of a store.
	Stays bool
}

// Error implements error.
func (e *ExistsError) Error() string { return fmt.Sprintf("%s %v: %s", e.Path, ErrExists, e.What) }

// Unwrap returns [ErrExists].
func (e *ExistsError) Unwrap() error { return ErrExists }

// LockedError says that an output has a writer already: another process, or another
// part of this one.
type LockedError struct {
	// Path is the name as it was asked for.
	Path string
	// Process is the id of the process that writes it, 0 where it is not known.
	Process int
}

// Error implements error.
func (e *LockedError) Error() string {
	switch e.Process {
	case 0:
		return fmt.Sprintf("%s: another process is writing it", e.Path)
	case os.Getpid():
		return fmt.Sprintf("%s: this process is writing something else to it", e.Path)
	}
	return fmt.Sprintf("%s: process %d is writing it", e.Path, e.Process)
}

// Unwrap returns [ErrLocked].
func (e *LockedError) Unwrap() error { return ErrLocked }
