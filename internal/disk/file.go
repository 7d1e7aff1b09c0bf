package disk

import (
	"errors"
	"io"
	"os"
)

// File is a file that is being written, by one goroutine at a time.
type File struct {
	file *os.File
	disk Disk
	// written are the bytes so far, of which the disk has been told to begin
	// with the first begun.
	written, begun int64
}

// writebackBytes is how much of a file the disk begins with at a time. Where it
// begins only when the whole file is made durable, everything waits for it.
const writebackBytes = 8 << 20

// Write implements [io.Writer].
func (f *File) Write(b []byte) (int, error) {
	allowed, fault := len(b), error(nil)
	if f.disk.Fault != nil {
		allowed, fault = f.disk.Fault("write", f.file.Name(), len(b))
	}
	n, err := f.file.Write(b[:allowed])
	if fault != nil {
		err = fault
	}
	f.written += int64(n)
	if f.written-f.begun >= writebackBytes {
		startWriteback(f.file, f.begun, f.written-f.begun)
		f.begun = f.written
	}
	return n, err
}

// Cut ends the file at size, where the next write goes.
func (f *File) Cut(size int64) error {
	if err := f.disk.check("cut", f.file.Name()); err != nil {
		return err
	}
	if err := f.file.Truncate(size); err != nil {
		return err
	}
	f.written, f.begun = size, size
	_, err := f.file.Seek(size, io.SeekStart)
	return err
}

// Sync makes what was written durable.
func (f *File) Sync() error {
	if err := f.disk.check("sync", f.file.Name()); err != nil {
		return err
	}
	return f.file.Sync()
}

// Close closes the file; nothing is durable by it.
func (f *File) Close() error { return f.file.Close() }

// Finish makes the file durable and closes it. err is what went wrong before:
// then it is only closed, and err returned.
func (f *File) Finish(err error) error {
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.file.Close())
}
