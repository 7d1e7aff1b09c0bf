// Package disk is what a writer of files does to the file system, a step at a
// time, so that tests can let any step fail: disks fill up and processes die.
// What a step is, is what a crash can fall between.
//
// Start with [Disk], whose zero value is the file system, and with [File], a
// file that is being written. Nothing is durable before [File.Sync] or
// [File.Finish] for what is in a file, and [Disk.SyncDir] for its name.
package disk

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// Disk changes the file system. It is safe for concurrent use where Fault is.
type Disk struct {
	// Fault is asked before every step, unless it is nil: link, mkdir, open,
	// rename, remove, sync, cut, and write, with the number of bytes of that. It
	// returns how many of those go through, and what goes wrong then.
	Fault func(step, path string, bytes int) (allowed int, err error)
}

// check asks before a step that either happens or does not.
func (d Disk) check(step, path string) error {
	if d.Fault == nil {
		return nil
	}
	_, err := d.Fault(step, path, 0)
	return err
}

// Mkdir makes a folder.
func (d Disk) Mkdir(path string) error {
	if err := d.check("mkdir", path); err != nil {
		return err
	}
	return os.Mkdir(path, 0o777)
}

// MkdirAll makes a folder and those above it, where they are missing.
func (d Disk) MkdirAll(path string) error {
	if err := d.check("mkdir", path); err != nil {
		return err
	}
	return os.MkdirAll(path, 0o777)
}

// Open opens a file for writing; flags are those of [os.OpenFile].
func (d Disk) Open(path string, flags int) (*File, error) {
	if err := d.check("open", path); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|flags, 0o666)
	if err != nil {
		return nil, err
	}
	return &File{file: f, disk: d}, nil
}

// Create makes an empty file, whatever was there.
func (d Disk) Create(path string) (*File, error) { return d.Open(path, os.O_CREATE|os.O_TRUNC) }

// Link gives a file a second name.
func (d Disk) Link(from, to string) error {
	if err := d.check("link", to); err != nil {
		return err
	}
	return os.Link(from, to)
}

// Rename gives a file or folder another name, in one step.
func (d Disk) Rename(from, to string) error {
	if err := d.check("rename", to); err != nil {
		return err
	}
	return os.Rename(from, to)
}

// Remove removes a file, if it is there.
func (d Disk) Remove(path string) error {
	if err := d.check("remove", path); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// RemoveAll removes a file or a folder with all that is in it, if it is there.
func (d Disk) RemoveAll(path string) error {
	if err := d.check("remove", path); err != nil {
		return err
	}
	return os.RemoveAll(path)
}

// SyncDir makes the entries of a folder durable, so that what was renamed into
// it survives a loss of power. Where a file system cannot do so, a rename stands
// as that system has it.
func (d Disk) SyncDir(path string) error {
	if err := d.check("sync", path); err != nil {
		return err
	}
	if runtime.GOOS == "windows" {
		return nil // folders cannot be synced there; NTFS logs renames
	}
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}

// Write makes a durable file of what write writes, as a step for each write, and
// returns its size. Its name is durable once the folder is.
func (d Disk) Write(path string, flags int, write func(io.Writer) error) (bytes int64, err error) {
	f, err := d.Open(path, flags)
	if err != nil {
		return 0, err
	}
	err = f.Finish(write(f))
	return f.written, err
}

// WriteFile makes a durable file of content, whatever was there.
func (d Disk) WriteFile(path string, content []byte) error {
	_, err := d.Write(path, os.O_CREATE|os.O_TRUNC, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
	return err
}

// Replace puts a durable file in the place of another in one step, by way of a
// file that is called path.new. Callers hold a lock that guards the file.
func (d Disk) Replace(path string, content []byte) error {
	next := path + ".new"
	if err := d.WriteFile(next, content); err != nil {
		return err
	}
	if err := d.Rename(next, path); err != nil {
		return err
	}
	return d.SyncDir(filepath.Dir(path))
}
