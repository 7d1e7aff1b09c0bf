//go:build unix

package columnar

import (
	"os"

	"golang.org/x/sys/unix"
)

func mapFile(f *os.File, size int, private bool) ([]byte, error) {
	if private {
		return unix.Mmap(int(f.Fd()), 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE)
	}
	return unix.Mmap(int(f.Fd()), 0, size, unix.PROT_READ, unix.MAP_SHARED)
}

func unmap(b []byte) error { return unix.Munmap(b) }
