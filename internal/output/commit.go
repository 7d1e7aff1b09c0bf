package output

import (
	"errors"
	"os"
)

// Commit gives what was written its names, in this order. Where one fails, the
// others get back what was there before, as far as the file system lets them,
// and nothing of what was written is left.
func Commit(outputs ...*Output) error { return CommitWith(nil, outputs...) }

// CommitWith is [Commit] with a last step, unless it is nil, which belongs to the
// others: where it fails they are taken back.
func CommitWith(last func() error, outputs ...*Output) (err error) {
	defer func() {
		failed := err != nil
		for _, o := range outputs {
			if failed {
				err = errors.Join(err, o.undo())
			}
			err = errors.Join(err, o.settle())
		}
	}()
	for _, o := range outputs {
		if err := o.commit(len(outputs) > 1 || last != nil); err != nil {
			return err
		}
	}
	if last == nil {
		return nil
	}
	return last()
}

// commit gives the file its name. With keep, what is replaced has a second name
// until it is settled; where the file system has no such names it is replaced for
// good.
func (o *Output) commit(keep bool) error {
	if o.pending == "" {
		return nil
	}
	if _, err := os.Lstat(o.at.path); err == nil {
		o.existed = true
		if err := o.keep(keep); err != nil {
			return err
		}
	}
	if err := o.Replace(o.pending); err != nil {
		return err
	}
	o.placed = true
	return o.SyncFolder()
}

// keep gives what is there a second name.
func (o *Output) keep(wanted bool) error {
	if !wanted {
		return nil
	}
	backup := Beside(o.at.path, "replaced")
	err := o.options.Disk.Link(o.at.path, backup)
	switch {
	case err == nil:
		o.backup = backup
	case errors.Is(err, errors.ErrUnsupported) || errors.Is(err, os.ErrPermission):
		return nil // FAT has no second names
	}
	return err
}

// undo takes a commit back.
func (o *Output) undo() error {
	switch {
	case !o.placed:
		return o.Discard()
	case o.backup != "":
		backup := o.backup
		o.backup = ""
		return o.options.Disk.Rename(backup, o.at.path)
	case !o.existed:
		return o.options.Disk.Remove(o.at.path)
	}
	return nil
}

// settle drops the second name of what was replaced.
func (o *Output) settle() error {
	if o.backup == "" {
		return nil
	}
	backup := o.backup
	o.backup = ""
	return o.options.Disk.Remove(backup)
}
