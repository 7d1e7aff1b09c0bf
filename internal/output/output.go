package output

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/bowstring-engine/bowstring/internal/disk"
)

// Options are the choices of [Hold]. The zero value refuses whatever is there.
type Options struct {
	// Force allows to replace a file that is there.
	Force bool
	// Table says that the ending of the name has to say the format of a table. A
	// device or a pipe without one gets CSV.
	Table bool
	// Later leaves the question whether something is there to the caller, who
	// asks [Output.Free] when it is known what is to be written.
	Later bool
	// Disk is what files are written by.
	Disk disk.Disk
}

// Output is a place for one file, which nobody else writes while it is held. It
// is not safe for concurrent use.
type Output struct {
	name    string
	kind    Kind
	at      place
	options Options
	lock    *os.File // nil where at is direct
	pending string   // the name of what is written and not committed
	backup  string   // the second name of what was replaced, until that is settled
	placed  bool
	existed bool // when it was placed
}

// Hold looks where a name leads and takes the lock of what is there. It changes
// nothing but for the lock file. Errors are an *[ExistsError] or a
// *[LockedError], wrap [ErrEnding], or come from the system. The caller releases the Output.
func Hold(name string, o Options) (*Output, error) {
	if name == Stdout {
		return nil, fmt.Errorf("%s: this cannot go to standard output; give the name of a file", name)
	}
	at, err := follow(name)
	if err != nil {
		return nil, err
	}
	h := &Output{name: name, at: at, options: o}
	if o.Table {
		h.kind, err = KindOf(name)
		if err != nil && !at.direct {
			return nil, err
		} else if err != nil {
			h.kind = Kind{Format: CSV}
		}
	}
	if at.direct {
		return h, nil
	}
	// Before anything is made, and again when nobody else can make it.
	if err := h.free(); err != nil {
		return nil, err
	}
	if h.lock, err = lock(at.path, name); err != nil {
		return nil, err
	}
	if err := h.free(); err != nil {
		h.Release()
		return nil, err
	}
	return h, nil
}

func (o *Output) free() error {
	if o.options.Later {
		return nil
	}
	return o.Free()
}

// Free reports whether the name is free, or may be replaced: else the error is
// an *[ExistsError].
func (o *Output) Free() error {
	if o.at.direct {
		return nil
	}
	info, err := os.Lstat(o.at.path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return err
	case ofStore(o.at.path):
		return &ExistsError{Path: o.name, What: "it is a file of a store of bundles, which only an ingest writes", Stays: true}
	case info.Mode().IsRegular() && o.options.Force:
		return nil
	}
	return &ExistsError{Path: o.name, What: Describe(o.at.path)}
}

// Path is where links lead: where the file is, or will be.
func (o *Output) Path() string { return o.at.path }

// Kind is what is to be written, where [Options].Table asks for a table.
func (o *Output) Kind() Kind { return o.kind }

// Name is the name as it was asked for.
func (o *Output) Name() string { return o.name }

// Direct reports whether what is written goes to a device or a pipe: there is
// nothing to replace, nothing to lock, and nothing to take back.
func (o *Output) Direct() bool { return o.at.direct }

// Release gives the lock back. What is not committed is not removed by it.
func (o *Output) Release() {
	if o.lock != nil {
		unlock(o.lock)
		o.lock = nil
	}
}

// Create begins the file under a name that says that it is unfinished, or opens
// the device or pipe. What is written is placed by [Commit], once the caller has
// closed the file, by [disk.File.Finish] for one that is not Direct.
func (o *Output) Create() (*disk.File, error) {
	switch {
	case o.at.own:
		return o.options.Disk.Duplicate(o.at.descriptor, o.at.path)
	case o.at.direct:
		return o.options.Disk.Open(o.at.path, os.O_APPEND)
	}
	// The name is made for this file, so that none is lost that had it.
	pending := Beside(o.at.path, "partial")
	f, err := o.options.Disk.Open(pending, os.O_CREATE|os.O_EXCL)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.name, err)
	}
	o.pending = pending
	return f, nil
}

// Write writes the file under a name that says that it is unfinished, durably,
// and returns its size. Where it fails nothing is left, but for what a device
// or a pipe has got.
func (o *Output) Write(write func(io.Writer) error) (bytes int64, err error) {
	f, err := o.Create()
	if err != nil {
		return 0, err
	}
	counted := &counter{w: f}
	if err = write(counted); o.at.direct {
		err = errors.Join(err, f.Close()) // most devices cannot be synced
	} else {
		err = f.Finish(err)
	}
	if err != nil {
		err = errors.Join(fmt.Errorf("%s: %w", o.name, err), o.Discard())
	}
	return counted.n, err
}

// counter counts what passes.
type counter struct {
	w io.Writer
	n int64
}

// Write implements io.Writer.
func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

// Beside returns a name in the folder of path that nothing has, of which anyone
// sees by its ending that it is no finished file.
func Beside(path, ending string) string {
	var random [4]byte
	_, _ = rand.Read(random[:]) // never fails
	return fmt.Sprintf("%s.%s.%s", path, hex.EncodeToString(random[:]), ending)
}

// Discard removes what was written and is not committed.
func (o *Output) Discard() error {
	if o.pending == "" || o.placed {
		return nil
	}
	err := o.options.Disk.Remove(o.pending)
	o.pending = ""
	return err
}

// Replace puts a finished file, which stands beside it under a name of its own,
// in the place of the output, in one step.
func (o *Output) Replace(finished string) error {
	if err := o.Free(); err != nil { // made since
		return err
	}
	if info, err := os.Stat(o.at.path); err == nil {
		// Who was kept from reading the old file is kept from the new one.
		if err := os.Chmod(finished, info.Mode().Perm()); err != nil {
			return err
		}
	}
	return o.options.Disk.Rename(finished, o.at.path)
}

// SyncFolder makes the name of the output durable.
func (o *Output) SyncFolder() error { return o.options.Disk.SyncDir(filepath.Dir(o.at.path)) }
