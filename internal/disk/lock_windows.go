package disk

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// LockFile takes the exclusive lock that belongs to an open file, which ends with
// the file or its process. Where someone else has it, the error is [ErrLocked].
func LockFile(f *os.File) error {
	// The byte lies behind what any lock file holds: nobody reads one that is locked.
	behind := &windows.Overlapped{OffsetHigh: 1}
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, behind)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return ErrLocked
	}
	return err
}
