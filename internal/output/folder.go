package output

import (
	"os"
	"path/filepath"
)

// LockFolder takes the lock of a folder that is to be written, as [Hold] does
// that of a file, and returns where links lead and what gives the lock back. A
// writer that has it is a *[LockedError].
func LockFolder(name string) (path string, release func(), err error) {
	path = filepath.Clean(name)
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return "", nil, err
		}
	}
	f, err := lock(path, name)
	if err != nil {
		return "", nil, err
	}
	return path, func() { unlock(f) }, nil
}
