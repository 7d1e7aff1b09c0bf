package bundles

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/bowstring-engine/bowstring/internal/disk"
)

// errHeld is returned by tryLock when someone else has the lock.
var errHeld = disk.ErrLocked

// lockText is what a lock file holds: that it is one of this program.
const lockText = "bowstring lock\n"

// fileLock is an exclusive lock on a file, between processes and within one.
// It ends with the process that holds it.
type fileLock struct{ f *os.File }

// tryLock creates the file if need be and locks it, or returns errHeld.
func tryLock(path string) (*fileLock, error) { return tryLockFile(path, os.O_CREATE) }

// tryLockFile is tryLock that opens the file with a flag: 0 where it must be
// there already.
func tryLockFile(path string, flag int) (*fileLock, error) {
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no lock file", path)
	}
	f, err := disk.TryLock(path, flag)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); flag&os.O_CREATE != 0 && err == nil && info.Size() == 0 {
		_, _ = f.WriteString(lockText) // an empty one is a lock, too
	}
	return &fileLock{f}, nil
}

// lock waits for the lock, or for ctx.
func lock(ctx context.Context, path string) (*fileLock, error) {
	const longest = 50 * time.Millisecond
	timer := time.NewTimer(0)
	defer timer.Stop()
	for wait := time.Millisecond; ; wait = min(2*wait, longest) {
		l, err := tryLock(path)
		if !errors.Is(err, errHeld) {
			return l, err
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-timer.C:
		}
	}
}

// unlock gives the lock back.
func (l *fileLock) unlock() { _ = l.f.Close() } // closing cannot lose data
