package bundles

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/bowstring-engine/bowstring/internal/disk"
)

// Store is a folder of bundles. It is safe for concurrent use, also by
// several processes on one file system that has working file locks.
type Store struct {
	dir  string
	disk disk.Disk
	// forced is leave to change a folder that holds other things.
	forced bool
}

// OpenStore returns the store in dir, which need not exist: the first ingest
// makes it, and marks it as a store. A folder that is not marked and holds other
// things is read like any other, but not changed; see [Store.Forced].
func OpenStore(dir string) (*Store, error) {
	if dir == "" {
		return nil, errors.New("store: no folder given")
	}
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, fmt.Errorf("store: %w", err)
	case !info.IsDir():
		return nil, fmt.Errorf("store: %s is not a folder", dir)
	}
	return &Store{dir: dir}, nil
}

// Dir returns the folder of the store.
func (s *Store) Dir() string { return s.dir }

func (s *Store) bundle(name string) bundleDir {
	return bundleDir{name: name, path: filepath.Join(s.dir, name)}
}

// bundleDir knows where the parts of a bundle are.
type bundleDir struct{ name, path string }

func (b bundleDir) marker() string   { return filepath.Join(b.path, markerFile) }
func (b bundleDir) lock() string     { return filepath.Join(b.path, lockName) }
func (b bundleDir) versions() string { return filepath.Join(b.path, "versions") }
func (b bundleDir) ingests() string  { return filepath.Join(b.path, "ingests") }
func (b bundleDir) tmp() string      { return filepath.Join(b.path, "tmp") }

func (b bundleDir) version(id string) versionDir {
	return versionDir(filepath.Join(b.versions(), id))
}

// versionDir is the folder of a version.
type versionDir string

func (v versionDir) manifest() string { return filepath.Join(string(v), manifestFile) }
func (v versionDir) bars() string     { return filepath.Join(string(v), barsFile) }

// part returns the i-th file with bars: bars.parquet, bars-1.parquet, …
func (v versionDir) part(i int) string {
	if i == 0 {
		return v.bars()
	}
	return filepath.Join(string(v), fmt.Sprintf("bars-%d.parquet", i))
}

func (v versionDir) hashes() string { return filepath.Join(string(v), hashesFile) }
