package bundles

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Collected says what GC removed.
type Collected struct {
	// Versions are the references, name@digest, of the removed versions.
	Versions []string
	// Temporaries is the number of folders of unfinished ingests.
	Temporaries int
	// Bytes is the space that became free.
	Bytes int64
}

// GC removes old versions of a bundle, or of all bundles where bundle is "":
// all but the keep ≥ 1 that were current last, among them always the current
// one. It also removes versions that a killed ingest left without an entry in
// the marker, and temporary folders that nobody holds locked. Reports of
// ingests stay, and so does whatever no store has written. It waits for writers,
// or for ctx. The error wraps [ErrForeign] where the folder is not marked as a
// store and holds other things.
func (s *Store) GC(ctx context.Context, bundle string, keep int) (Collected, error) {
	var all Collected
	if keep < 1 {
		return all, fmt.Errorf("gc: keep %d versions: at least the current one stays", keep)
	}
	names := []string{bundle}
	if bundle != "" {
		if err := CheckName(bundle); err != nil {
			return all, err
		}
	}
	if err := s.check(); err != nil {
		return all, err
	}
	if bundle == "" {
		var err error
		if names, err = s.bundleNames(); err != nil {
			return all, err
		}
	}
	var errs []error
	for _, name := range names {
		if err := s.collect(ctx, s.bundle(name), keep, &all); err != nil {
			errs = append(errs, fmt.Errorf("bundle %q: %w", name, err))
		}
	}
	return all, errors.Join(errs...)
}

// bundleNames returns the folders of the store that are bundles, or what is left
// of one.
func (s *Store) bundleNames() ([]string, error) {
	names, err := s.names()
	return slices.DeleteFunc(names, func(name string) bool {
		kind, _, err := s.bundle(name).identify()
		return err == nil && kind != bundleFolder
	}), err
}

func (s *Store) collect(ctx context.Context, b bundleDir, keep int, all *Collected) error {
	held, err := lockExisting(ctx, b)
	if err != nil {
		return err
	}
	defer held.unlock()
	c, _, err := s.collectTemporaries(b)
	all.Temporaries += c.Temporaries
	all.Bytes += c.Bytes
	if err != nil {
		return err
	}
	m, err := readMarker(b)
	if errors.Is(err, ErrNotFound) {
		m, err = new(marker), nil // only unfinished versions, if any
	}
	if err != nil {
		return err
	}
	gone, err := outdated(b, m, keep)
	if err != nil {
		return err
	}
	bytes, err := s.dropVersions(b, m, gone)
	all.Bytes += bytes
	if err != nil {
		return err
	}
	for _, id := range gone {
		all.Versions = append(all.Versions, b.name+"@"+id)
	}
	return nil
}

// outdated returns the versions on disk that are not among the keep newest
// of the marker.
func outdated(b bundleDir, m *marker, keep int) ([]string, error) {
	kept := slices.Clone(m.Versions)
	slices.SortStableFunc(kept, func(x, y Version) int { return cmp.Compare(y.Sequence, x.Sequence) })
	kept = kept[:min(keep, len(kept))]
	ids, err := ownVersions(b, m)
	return slices.DeleteFunc(ids, func(id string) bool {
		return id == m.Current || slices.ContainsFunc(kept, func(v Version) bool { return v.ID == id })
	}), err
}

// ownVersions returns the versions on disk. A folder that is called like one is
// one if the marker lists it, or if it has its manifest.
func ownVersions(b bundleDir, m *marker) (ids []string, err error) {
	if !isFolder(b.versions()) {
		return nil, nil
	}
	entries, err := os.ReadDir(b.versions())
	for _, e := range entries {
		if id := e.Name(); e.IsDir() && (m.find(id) >= 0 || isVersion(b.version(id))) {
			ids = append(ids, id)
		}
	}
	return ids, err
}

// dropVersions takes versions out of the marker, and then removes them. The
// bundle is locked.
func (s *Store) dropVersions(b bundleDir, m *marker, gone []string) (int64, error) {
	if len(gone) == 0 {
		return 0, nil
	}
	if next := m.without(gone); len(next.Versions) < len(m.Versions) {
		encoded, err := next.encode()
		if err != nil {
			return 0, err
		}
		if err := s.replaceMarker(b, encoded); err != nil {
			return 0, err
		}
	}
	return s.discard(b, gone)
}

// collectTemporaries removes the temporary folders that nobody holds locked, and
// returns how many are held. The bundle is locked, so none is being made.
func (s *Store) collectTemporaries(b bundleDir) (c Collected, running int, err error) {
	if !isFolder(b.tmp()) {
		return c, 0, nil
	}
	entries, err := os.ReadDir(b.tmp())
	if err != nil {
		return c, 0, err
	}
	for _, e := range entries {
		dir := filepath.Join(b.tmp(), e.Name())
		if !isTemporary(dir) {
			continue
		}
		// The lock is not made anew: in a folder that its owner is removing, a
		// new file would be in the way.
		held, err := tryLockFile(filepath.Join(dir, lockName), 0)
		switch {
		case errors.Is(err, errHeld):
			running++
			continue
		case errors.Is(err, fs.ErrNotExist):
			// Its owner was killed before it had locked, or is removing it.
		case err != nil:
			return c, running, err
		}
		bytes := diskUsage(dir, b.versions())
		err = s.eraseTemporary(dir)
		if held != nil {
			held.unlock()
		}
		if err != nil {
			return c, running, err
		}
		c.Temporaries++
		c.Bytes += bytes
	}
	return c, running, nil
}

// lockExisting locks a bundle that is there, or what is left of one.
func lockExisting(ctx context.Context, b bundleDir) (*fileLock, error) {
	kind, entry, err := b.identify()
	switch {
	case err != nil:
		return nil, err
	case kind == noFolder:
		return nil, ErrNotFound
	case kind != bundleFolder:
		return nil, notBundle(b, entry)
	}
	held, err := lock(ctx, b.lock())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound
	}
	return held, err
}
