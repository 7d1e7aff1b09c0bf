//go:build unix

package ingest

import (
	"os"
	"syscall"
)

// mapFile maps the first size bytes of a file. What is written to the memory
// stays out of the file.
func mapFile(f *os.File, size int) ([]byte, error) {
	return syscall.Mmap(int(f.Fd()), 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE)
}

func unmap(b []byte) error { return syscall.Munmap(b) }
