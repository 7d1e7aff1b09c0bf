package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/disk"
	"github.com/bowstring-engine/bowstring/internal/output"
)

// folderWriters is how many files of a folder are written at a time: a disk takes
// several syncs in the time of one, and each file has a batch in memory.
const folderWriters = 4

// barsName is the name of a file in the folder of an asset, without its ending.
const barsName = "bars"

// Folder writes a folder of folders, one an asset, with a file each. f is
// borrowed. Where it fails, or is cancelled, there is no folder of that name, or
// the one that was there. An empty folder of that name is taken.
func Folder(ctx context.Context, path string, f *columnar.Frame, options Options) (*Result, error) {
	if named := FormatOf(path); named != "" && options.Format == "" {
		return nil, fmt.Errorf("%w: %s is the name of a file, and a file an asset needs a folder", ErrOptions, path)
	}
	if err := checkFolder(filepath.Clean(path), options.Force); err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	path, release, err := output.LockFolder(path)
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	defer release()
	return export(ctx, f, options, "", func(j *job, r *Result) (written, error) {
		j.split = true
		p := &newFolder{disk: disk.Disk{Fault: j.o.fault}, path: path, partial: output.Beside(path, partialEnding), force: j.o.Force}
		return written{folder: p}, j.writeFolder(ctx, p, r)
	})
}

// newFolder is a folder that is complete, or will be, under another name.
type newFolder struct {
	disk          disk.Disk
	path, partial string
	force, placed bool
}

// The endings of what is under way, and of what makes room.
const (
	partialEnding  = "partial"
	replacedEnding = "replaced"
)

// newFile are the flags for a file that must not be there.
const newFile = os.O_CREATE | os.O_EXCL

// writeFolder writes the folder under the name of an unfinished one.
func (j *job) writeFolder(ctx context.Context, p *newFolder, r *Result) error {
	names, err := folderNames(j.assets)
	if err != nil {
		return err
	}
	if err := p.disk.Mkdir(p.partial); err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(folderWriters)
	sizes := make([]int64, len(j.assets))
	for i := range j.assets {
		g.Go(func() (err error) {
			sizes[i], err = j.writeAsset(ctx, p.disk, filepath.Join(p.partial, names[i]), i)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	r.Files = len(sizes)
	for _, n := range sizes {
		r.Bytes += n
	}
	return p.disk.SyncDir(p.partial)
}

// writeAsset writes the folder of an asset, and returns the size of its file.
func (j *job) writeAsset(ctx context.Context, d disk.Disk, dir string, i int) (size int64, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if err := d.Mkdir(dir); err != nil {
		return 0, err
	}
	size, err = d.Write(filepath.Join(dir, barsName+j.o.extension()), newFile, func(w io.Writer) error {
		return j.encode(ctx, w, j.assets[i:i+1], j.assets[i].id)
	})
	if err != nil {
		return 0, err
	}
	return size, d.SyncDir(dir)
}

// discard removes it after an error. What has its name is complete: it goes
// where it is new, because the other half of the export is missing, and stays
// where it has replaced what was there.
func (p *newFolder) discard() error {
	switch {
	case p.placed && p.force:
		return nil
	case p.placed:
		return p.disk.RemoveAll(p.path)
	}
	return p.disk.RemoveAll(p.partial)
}

// place gives the folder its name. One that is there makes room first, and comes
// back where that fails.
func (p *newFolder) place() error {
	if err := checkFolder(p.path, p.force); err != nil { // made since
		return err
	}
	old := output.Beside(p.path, replacedEnding)
	switch err := p.disk.Rename(p.path, old); {
	case errors.Is(err, fs.ErrNotExist):
		old = ""
	case err != nil:
		return err
	}
	if err := p.disk.Rename(p.partial, p.path); err != nil {
		if old != "" {
			err = errors.Join(err, p.disk.Rename(old, p.path))
		}
		return err
	}
	p.placed = true
	if err := p.disk.SyncDir(filepath.Dir(p.path)); err != nil || old == "" {
		return err
	}
	return p.disk.RemoveAll(old)
}

// checkFolder reports whether a folder of that name may be written.
func checkFolder(path string, force bool) error {
	entries, err := os.ReadDir(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return checkAbsent(path)
	case err != nil:
		if info, e := os.Lstat(path); e == nil && !info.IsDir() {
			return &output.ExistsError{Path: path, What: output.Describe(path) + "; it is no folder", Stays: true}
		}
		return err
	case len(entries) == 0:
		return nil
	case !force:
		return &output.ExistsError{Path: path, What: fmt.Sprintf("it is a folder with %+q in it", entries[0].Name())}
	}
	for _, e := range entries {
		if err := checkExported(path, e); err != nil {
			return err
		}
	}
	return nil
}

// checkAbsent reports whether a folder can be made where none is.
func checkAbsent(path string) error {
	if _, err := os.Lstat(path); err == nil {
		return &output.ExistsError{Path: path, What: "it is a link that leads nowhere", Stays: true}
	}
	if dir, err := os.Stat(filepath.Dir(path)); err != nil || !dir.IsDir() {
		return fmt.Errorf("%s: %w", path, &fs.PathError{Op: "open", Path: filepath.Dir(path), Err: fs.ErrNotExist})
	}
	return nil
}

// checkExported reports whether an entry of a folder is what Folder writes, so
// that Force removes nothing else.
func checkExported(path string, e fs.DirEntry) error {
	foreign := &output.ExistsError{Path: path, What: fmt.Sprintf("it holds %+q, which no export wrote", e.Name()), Stays: true}
	if !e.IsDir() || !strings.HasPrefix(e.Name(), partitionKey) {
		return foreign
	}
	files, err := os.ReadDir(filepath.Join(path, e.Name()))
	if err != nil {
		return err
	}
	for _, f := range files {
		stem, _, _ := strings.Cut(f.Name(), ".")
		if !f.Type().IsRegular() || stem != barsName || FormatOf(f.Name()) == "" {
			return foreign
		}
	}
	return nil
}
