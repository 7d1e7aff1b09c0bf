//go:build unix

package disk

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// LockFile takes the exclusive lock that belongs to an open file, which ends with
// the file or its process. Where someone else has it, the error is [ErrLocked].
// It is flock, not fcntl, whose locks do not exclude the same process.
func LockFile(f *os.File) error {
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		switch {
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EWOULDBLOCK):
			return ErrLocked
		default:
			return err
		}
	}
}
