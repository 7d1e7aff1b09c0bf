//go:build unix

package disk

import (
	"os"

	"golang.org/x/sys/unix"
)

// Duplicate returns a File that writes where an open file of this process does,
// and goes on behind what that has written. Closing it leaves the other open.
func (d Disk) Duplicate(descriptor int, name string) (*File, error) {
	if err := d.check("open", name); err != nil {
		return nil, err
	}
	copied, err := unix.FcntlInt(uintptr(descriptor), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, &os.PathError{Op: "dup", Path: name, Err: err}
	}
	return &File{file: os.NewFile(uintptr(copied), name), disk: d}, nil
}
