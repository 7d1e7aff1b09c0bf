package bundles

import (
	"errors"
	"fmt"
	"strings"

	"github.com/bowstring-engine/bowstring/columnar/cache"
)

var (
	// ErrNotFound is returned when a store has no such bundle or version.
	ErrNotFound = errors.New("not found")

	// ErrCorrupt is matched by every [CorruptError].
	ErrCorrupt = errors.New("damaged bundle")

	// ErrVersion is returned for files of a format version that this release
	// does not know.
	ErrVersion = errors.New("unknown format version")

	// ErrName is returned for a bundle name or reference that is not one.
	ErrName = errors.New("invalid bundle name")

	// ErrAmbiguous is returned when a digest prefix fits several versions.
	ErrAmbiguous = errors.New("ambiguous version")

	// ErrCurrent is returned by Remove for the version that a bundle's marker
	// names.
	ErrCurrent = errors.New("is the current version")

	// ErrLocked is returned when a bundle cannot be removed because an ingest
	// into it is running.
	ErrLocked = errors.New("an ingest is running")

	// ErrMismatch is returned by Append for bars that are of another kind than
	// those of the bundle.
	ErrMismatch = errors.New("the bundle differs")

	// ErrSplits is returned by Append, together with [ErrMismatch], where the
	// prices on both sides of a split are not those of the bundle's adjustment.
	ErrSplits = errors.New("the prices contradict a split")

	// ErrForeign is returned for a folder that is not changed because something
	// is in it that no store has written; [Store.Forced] gives leave.
	ErrForeign = errors.New("holds other things")

	// ErrFinished is returned by the methods of a Draft that has been
	// published or aborted.
	ErrFinished = errors.New("the ingest is finished")

	// ErrClosed is returned by Acquire of a Pool that has been closed.
	ErrClosed = cache.ErrClosed
)

// CorruptError says which file of a store is damaged and how.
type CorruptError struct {
	// File is the path of the damaged file.
	File string
	// Problem is what is wrong with it.
	Problem error
}

// Error implements error.
func (e *CorruptError) Error() string {
	return fmt.Sprintf("%s: %s (damaged; ingest the data again to replace it)", e.File, problemOf(e.File, e.Problem))
}

// problemOf is the text of an error in a file without the file's name, which
// errors of a layer below may begin with.
func problemOf(file string, err error) string { return strings.TrimPrefix(err.Error(), file+": ") }

// Unwrap returns the problem.
func (e *CorruptError) Unwrap() error { return e.Problem }

// Is reports that a CorruptError is an [ErrCorrupt].
func (e *CorruptError) Is(target error) bool { return target == ErrCorrupt }

func corrupt(file, format string, args ...any) error {
	return &CorruptError{File: file, Problem: fmt.Errorf(format, args...)}
}

// damaged makes err a [CorruptError] of that file, unless it is nil or says
// that the format is unknown.
func damaged(file string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrVersion):
		return fmt.Errorf("%s: %w", file, err)
	}
	return &CorruptError{File: file, Problem: err}
}
