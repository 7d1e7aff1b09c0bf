package bundles

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Summary is a bundle as List shows it.
type Summary struct {
	Name string
	// Digest is that of the current version, and Sequence the number of
	// publications.
	Digest   string
	Sequence uint64
	// Assets and Rows count those of the current version; First and Last are
	// its range in nanoseconds UTC, 0 where it has no bars.
	Assets      int
	Rows        int64
	First, Last int64
	// Versions is the number of versions and Bytes what the bundle takes on
	// disk, with its reports.
	Versions int
	Bytes    int64
	// Err says why the bundle cannot be read; what could not be read is zero
	// then. It wraps ErrCorrupt or ErrVersion, or is what the system says.
	Err error
}

// List returns the bundles of the store in the order of their names. A
// damaged bundle is listed with its error.
func (s *Store) List(ctx context.Context) ([]Summary, error) {
	names, err := s.names()
	if err != nil {
		return nil, err
	}
	out := make([]Summary, 0, len(names))
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		sum := s.summarize(s.bundle(name))
		if errors.Is(sum.Err, ErrNotFound) {
			continue // being made or removed
		}
		out = append(out, sum)
	}
	return out, nil
}

func (s *Store) summarize(b bundleDir) Summary {
	sum := Summary{Name: b.name}
	m, err := readMarker(b)
	if err != nil {
		sum.Err = err
		return sum
	}
	sum.Digest, sum.Sequence, sum.Versions = digestOf(m.Current), m.Sequence, len(m.Versions)
	sum.Bytes = diskUsage(b.path, "")
	manifest, err := readManifest(b.version(m.Current))
	if err != nil {
		sum.Err = missing(err)
		return sum
	}
	for i, file := range manifest.files() {
		path := b.version(m.Current).part(i)
		info, err := os.Stat(path)
		switch {
		case err != nil:
			sum.Err = missing(err)
		case info.Size() != file.Bytes:
			sum.Err = corrupt(path, "%d bytes, the manifest says %d", info.Size(), file.Bytes)
		}
	}
	sum.Assets, sum.Rows = len(manifest.Assets), manifest.Rows
	sum.First, sum.Last = manifest.Range()
	return sum
}

// Versions returns the versions of a bundle, the newest first; the first is
// the current one.
func (s *Store) Versions(ctx context.Context, bundle string) ([]Version, error) {
	if err := errors.Join(ctx.Err(), CheckName(bundle)); err != nil {
		return nil, err
	}
	m, err := readMarker(s.bundle(bundle))
	if err != nil {
		return nil, err
	}
	return m.Versions, nil
}

// names returns the folders of the store that can be bundles.
func (s *Store) names() ([]string, error) {
	entries, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() && CheckName(e.Name()) == nil {
			names = append(names, e.Name())
		}
	}
	return names, nil
}
