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
	path = filepath.Clean(path)
	if named := FormatOf(path); named != "" && options.Format == "" {
		return nil, fmt.Errorf("%w: %s is the name of a file, and a file an asset needs a folder", ErrOptions, path)
	}
	if err := checkFolder(path, options.Force); err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	return export(ctx, f, options, "", func(j *job, r *Result) (pending, error) {
		j.split = true
		p := pending{disk: disk.Disk{Fault: j.o.fault}, path: path, partial: beside(path, partialEnding), folder: true}
		return p, j.writeFolder(ctx, p, r)
	})
}

// writeFolder writes the folder under the name of an unfinished one.
func (j *job) writeFolder(ctx context.Context, p pending, r *Result) error {
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

// placeFolder gives a folder its name. One that is there makes room first, and
// comes back where that fails.
func (p *pending) placeFolder(force bool) error {
	if err := checkFolder(p.path, force); err != nil { // made since
		return err
	}
	old := beside(p.path, replacedEnding)
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
		return checkFree(path, false)
	case err != nil:
		if info, e := os.Lstat(path); e == nil && !info.IsDir() {
			return fmt.Errorf("%s %w, and is no folder", path, ErrExists)
		}
		return err
	case len(entries) == 0:
		return nil
	case !force:
		return fmt.Errorf("%s %w", path, ErrExists)
	}
	for _, e := range entries {
		if err := checkExported(path, e); err != nil {
			return err
		}
	}
	return nil
}

// checkExported reports whether an entry of a folder is what Folder writes, so
// that Force removes nothing else.
func checkExported(path string, e fs.DirEntry) error {
	foreign := fmt.Errorf("%s %w and holds %s, which no export wrote; it is not replaced", path, ErrExists, e.Name())
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
