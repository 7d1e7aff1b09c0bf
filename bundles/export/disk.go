package export

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
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

func (d disk) mkdir(path string) error {
	if err := d.check("mkdir", path); err != nil {
		return err
	}
	return os.Mkdir(path, 0o777)
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

// syncDir makes the entries of a folder durable.
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
	return errors.Join(f.Sync(), f.Close())
}

// create makes a new file.
func (d disk) create(path string) (*newFile, error) {
	if err := d.check("create", path); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, err
	}
	return &newFile{file: f, disk: d}, nil
}

// newFile is a file that is being written.
type newFile struct {
	file    *os.File
	disk    disk
	written int64
}

// Write implements io.Writer.
func (f *newFile) Write(b []byte) (int, error) {
	if err := f.disk.check("write", f.file.Name()); err != nil {
		n, _ := f.file.Write(b[:len(b)/2]) // as a full disk does
		return n, err
	}
	n, err := f.file.Write(b)
	f.written += int64(n)
	return n, err
}

// finish makes the file durable and closes it; err is what went wrong before,
// after which it is only closed.
func (f *newFile) finish(err error) error {
	if err == nil {
		err = f.disk.check("sync", f.file.Name())
	}
	if err == nil {
		err = f.file.Sync()
	}
	return errors.Join(err, f.file.Close())
}

// beside returns a name in the folder of path that nothing has, of which anyone
// sees that it is not finished.
func beside(path, ending string) string {
	var random [4]byte
	_, _ = rand.Read(random[:]) // never fails
	return fmt.Sprintf("%s.%s.%s", path, hex.EncodeToString(random[:]), ending)
}

// The endings of what is under way, and of what makes room.
const (
	partialEnding  = "partial"
	replacedEnding = "replaced"
)

// checkFree reports whether a file of that name may be written.
func checkFree(path string, force bool) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if dir, err := os.Stat(filepath.Dir(path)); err != nil || !dir.IsDir() {
			return fmt.Errorf("%s: %w", path, &fs.PathError{Op: "open", Path: filepath.Dir(path), Err: fs.ErrNotExist})
		}
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s %w, and is not a regular file", path, ErrExists)
	case !force:
		return fmt.Errorf("%s %w", path, ErrExists)
	}
	return nil
}
