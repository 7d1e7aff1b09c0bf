package sweep

import (
	"os"
	"path/filepath"
)

// disk is everything that writing results does to the file system. Before
// each step it asks fault, where tests let disks fill up and processes die.
type disk struct {
	// fault returns how many of the bytes of a write go through, and what
	// goes wrong then.
	fault func(step, path string, bytes int) (int, error)
}

func (d disk) check(step, path string) error {
	if d.fault == nil {
		return nil
	}
	_, err := d.fault(step, path, 0)
	return err
}

// open opens a file for writing; flags are those of os.OpenFile.
func (d disk) open(path string, flags int) (*diskFile, error) {
	if err := d.check("open", path); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|flags, 0o666)
	if err != nil {
		return nil, err
	}
	return &diskFile{file: f, disk: d}, nil
}

func (d disk) rename(from, to string) error {
	if err := d.check("rename", to); err != nil {
		return err
	}
	return os.Rename(from, to)
}

// remove removes a file, if it is there.
func (d disk) remove(path string) error {
	if err := d.check("remove", path); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}

// syncDir makes the entries of a folder durable where the file system can.
func (d disk) syncDir(path string) error {
	if err := d.check("sync", path); err != nil {
		return err
	}
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return err
	}
	defer f.Close()
	_ = f.Sync() // not every file system can; a rename stands then too
	return nil
}

// diskFile is a file that is being written.
type diskFile struct {
	file *os.File
	disk disk
}

// Write implements io.Writer.
func (f *diskFile) Write(b []byte) (int, error) {
	if f.disk.fault == nil {
		return f.file.Write(b)
	}
	allowed, fault := f.disk.fault("write", f.file.Name(), len(b))
	n, err := f.file.Write(b[:allowed])
	if fault != nil {
		err = fault
	}
	return n, err
}

// cut ends the file at size, where the next write goes.
func (f *diskFile) cut(size int64) error {
	if err := f.disk.check("cut", f.file.Name()); err != nil {
		return err
	}
	if err := f.file.Truncate(size); err != nil {
		return err
	}
	_, err := f.file.Seek(size, 0)
	return err
}

func (f *diskFile) sync() error {
	if err := f.disk.check("sync", f.file.Name()); err != nil {
		return err
	}
	return f.file.Sync()
}

func (f *diskFile) close() error { return f.file.Close() }
