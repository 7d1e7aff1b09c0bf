package bundles

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// Remove removes a bundle with everything in it, or one version of it where
// ref is name@digest. The current version can only be removed with its
// bundle, else the error wraps [ErrCurrent]; a bundle not while an ingest into
// it is running, else it wraps [ErrLocked]. What no store has written stays, and
// so do the folders that it is in; of a folder that is no bundle everything does,
// and the error wraps [ErrNotFound]. Where the store's folder is not marked and
// holds other things the error wraps [ErrForeign]. Remove waits for other
// writers, or for ctx.
func (s *Store) Remove(ctx context.Context, ref string) error {
	r, err := parseReference(ref)
	if err != nil {
		return err
	}
	if err := s.check(); err != nil {
		return err
	}
	b := s.bundle(r.name)
	held, err := lockExisting(ctx, b)
	if err != nil {
		return fmt.Errorf("bundle %q: %w", r.name, err)
	}
	defer held.unlock()
	if r.prefix == "" {
		err = s.removeBundle(b)
	} else {
		err = s.removeVersion(b, r)
	}
	if err != nil {
		return fmt.Errorf("bundle %q: %w", ref, err)
	}
	return nil
}

func (s *Store) removeVersion(b bundleDir, r reference) error {
	id, err := s.resolve(r)
	if err != nil {
		return err
	}
	m, err := readMarker(b)
	if err != nil {
		return err
	}
	switch {
	case id == m.Current:
		return ErrCurrent
	case m.find(id) < 0 && !isVersion(b.version(id)):
		return fmt.Errorf("%w: %s is no version", ErrNotFound, string(b.version(id)))
	}
	_, err = s.dropVersions(b, m, []string{id})
	return err
}

// removeBundle removes the marker first: without it there is no bundle, and
// the rest is what an ingest that never finished leaves.
func (s *Store) removeBundle(b bundleDir) error {
	there, err := exists(b.marker())
	if err != nil {
		return err
	}
	switch _, running, err := s.collectTemporaries(b); {
	case err != nil:
		return err
	case running > 0:
		return ErrLocked
	}
	m, err := readMarker(b)
	if err != nil {
		m = new(marker) // it is damaged, or not there
	}
	ids, err := ownVersions(b, m)
	if err != nil {
		return err
	}
	if there {
		if err := s.disk.Remove(b.marker()); err != nil {
			return err
		}
		if err := s.disk.SyncDir(b.path); err != nil {
			return err
		}
	}
	if _, err := s.discard(b, ids); err != nil {
		return err
	}
	if err := s.eraseRest(b); err != nil {
		return err
	}
	for _, dir := range []string{b.versions(), b.ingests(), b.tmp()} {
		if err := s.eraseEmpty(dir); err != nil {
			return err
		}
	}
	// The lock file goes while it is held: who waits for it finds that it is
	// no longer the one at its path. Where a system does not allow that, it
	// stays, and an empty folder is no bundle.
	if isLock(b.lock()) {
		_ = os.Remove(b.lock())
	}
	_ = os.Remove(b.path) // only if it is empty
	if !there {
		return ErrNotFound
	}
	return s.disk.SyncDir(filepath.Dir(b.path))
}

// forget removes what an aborted ingest leaves of a bundle that was never
// published: the folder of a mistyped name would stay for ever. Where another
// ingest is at work, or anything fails, the folder stays; it is no bundle.
func (s *Store) forget(b bundleDir) {
	held, err := tryLock(b.lock())
	if err != nil {
		return
	}
	defer held.unlock()
	if there, err := exists(b.marker()); err == nil && !there {
		_ = s.removeBundle(b) // says ErrNotFound where it has removed the folder
	}
}
