package bundles

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// disk is everything that changes the file system. Before each step it asks
// fault, where tests let disks fill up and processes die.
type disk struct {
	fault func(step, path string) error
}

func (d disk) check(step, path string) error {
	if d.fault == nil {
		return nil
	}
	return d.fault(step, path)
}

func (d disk) mkdirAll(path string) error {
	if err := d.check("mkdir", path); err != nil {
		return err
	}
	return os.MkdirAll(path, 0o755)
}

func (d disk) create(path string) (*diskFile, error) {
	if err := d.check("create", path); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
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

func (d disk) removeAll(path string) error {
	if err := d.check("remove", path); err != nil {
		return err
	}
	return os.RemoveAll(path)
}

// syncDir makes the entries of a folder durable, so that what was renamed
// into it survives a loss of power.
func (d disk) syncDir(path string) error {
	if err := d.check("sync", path); err != nil {
		return err
	}
	if runtime.GOOS == "windows" {
		return nil // folders cannot be synced there; NTFS logs renames
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// writeFile writes a file and makes it durable.
func (d disk) writeFile(path string, content []byte) error {
	f, err := d.create(path)
	if err != nil {
		return err
	}
	if _, err := f.Write(content); err != nil {
		_ = f.file.Close() // the write's error says more
		return err
	}
	return f.finish()
}

// replaceFile puts a durable file in the place of another in one step.
// Callers hold the lock that guards the file.
func (d disk) replaceFile(path string, content []byte) error {
	tmp := path + ".new"
	if err := d.writeFile(tmp, content); err != nil {
		return err
	}
	if err := d.rename(tmp, path); err != nil {
		return err
	}
	return d.syncDir(filepath.Dir(path))
}

// diskFile is a file that is being written.
type diskFile struct {
	file *os.File
	disk disk
	// written are the bytes so far, of which the disk has been told to begin
	// with the first begun.
	written, begun int64
}

// writebackBytes is how much of a file the disk begins with at a time. Where it
// begins only when the whole file is made durable, everything waits for it.
const writebackBytes = 8 << 20

// Write implements io.Writer.
func (f *diskFile) Write(b []byte) (int, error) {
	if err := f.disk.check("write", f.file.Name()); err != nil {
		n, _ := f.file.Write(b[:len(b)/2]) // as a full disk does
		return n, err
	}
	n, err := f.file.Write(b)
	f.written += int64(n)
	if f.written-f.begun >= writebackBytes {
		startWriteback(f.file, f.begun, f.written-f.begun)
		f.begun = f.written
	}
	return n, err
}

// finish makes the file durable and closes it.
func (f *diskFile) finish() error {
	err := f.disk.check("sync", f.file.Name())
	if err == nil {
		err = f.file.Sync()
	}
	return errors.Join(err, f.file.Close())
}

// exists reports whether there is something at path.
func exists(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
