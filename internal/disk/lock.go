package disk

import (
	"errors"
	"io/fs"
	"os"
)

// ErrLocked is returned where someone else has a lock: another process, or
// another part of this one.
var ErrLocked = errors.New("locked by another process or task")

// TryLock opens a file, with a flag such as [os.O_CREATE], and takes its lock.
// Closing the file gives the lock back, and so does the end of the process.
// Where someone else has it, the error is [ErrLocked].
func TryLock(path string, flag int) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|flag, 0o644)
	if err != nil {
		return nil, err
	}
	if err := LockFile(f); err != nil {
		_ = f.Close() // nothing was written
		return nil, err
	}
	// Whoever removes a lock file does so while holding it, so a file that
	// was waited for may be no longer the one at path.
	held, err := f.Stat()
	if err == nil {
		var now os.FileInfo
		if now, err = os.Stat(path); err == nil && os.SameFile(held, now) {
			return f, nil
		}
	}
	_ = f.Close() // closing gives the lock back
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		err = ErrLocked
	}
	return nil, err
}
