//go:build unix

package bundles

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// lockFile takes the lock that belongs to an open file. It is flock, not
// fcntl: fcntl locks do not exclude the same process.
func lockFile(f *os.File) error {
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		switch {
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EWOULDBLOCK):
			return errHeld
		default:
			return err
		}
	}
}
