package output

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/bowstring-engine/bowstring/internal/disk"
)

// lockMark begins what is in a lock file; the id of the process follows.
const lockMark = "bowstring "

// maxLock bounds what is read of a lock file.
const maxLock = 64

// lockPath is the lock file of an output: hidden, in its folder, so that all
// names of the output and all processes agree on it.
func lockPath(path string) string {
	dir, base := filepath.Split(path)
	return dir + "." + base + ".bowstring-lock"
}

// lock takes the lock of an output that was asked for as name.
func lock(path, name string) (*os.File, error) {
	at := lockPath(path)
	f, err := disk.TryLock(at, os.O_CREATE)
	switch {
	case errors.Is(err, disk.ErrLocked):
		return nil, &LockedError{Path: name, Process: holder(at)}
	case err != nil:
		var system *fs.PathError
		if errors.As(err, &system) {
			err = system.Err
		}
		return nil, fmt.Errorf("%s: nothing can be written beside it: %w", name, err)
	}
	// A killed process leaves its file. One that is not ours is left alone.
	text, err := io.ReadAll(io.LimitReader(f, maxLock))
	if err == nil && len(text) > 0 && !strings.HasPrefix(string(text), lockMark) {
		err = fmt.Errorf("%s: %s is in the way, which is not a lock of this program", name, at)
	}
	if err == nil {
		err = f.Truncate(0)
	}
	if err == nil {
		_, err = f.WriteAt([]byte(lockMark+strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// holder returns the process that a lock file names, 0 where it names none.
func holder(at string) int {
	f, err := os.Open(filepath.Clean(at))
	if err != nil {
		return 0
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxLock))
	if err != nil {
		return 0
	}
	number, ok := strings.CutPrefix(strings.TrimSpace(string(text)), lockMark)
	if id, err := strconv.Atoi(number); ok && err == nil {
		return id
	}
	return 0
}

// unlock removes the lock file while it is held, so that whoever waits for it
// finds that it is no longer the one at its path. Where a system does not allow
// that, it stays, and holds nobody up.
func unlock(f *os.File) {
	_ = os.Remove(f.Name())
	_ = f.Close() // closing cannot lose data
}
