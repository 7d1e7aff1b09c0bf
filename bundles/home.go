package bundles

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// storeFile is the file in a store's folder that says that it is one. It is
// sealed like a marker, and written before the first bundle is.
const storeFile = "bowstring-store.json"

const storeBody = "\"store\":{\"layout\":1}\n}\n"

// Forced returns the store with leave to change a folder that holds other
// things: an ingest into it marks it as a store, or makes a bundle in a folder
// that is not empty; GC and Remove work in one that is not marked. What they
// remove is in any case only what a store has written.
func (s *Store) Forced() *Store {
	forced := *s
	forced.forced = true
	return &forced
}

// check reports whether the folder may be changed: it is marked as a store, or
// holds nothing but bundles, as the stores of releases without a mark do, or
// nothing at all. Else the error wraps [ErrForeign].
func (s *Store) check() error {
	marked, err := s.marked()
	if err != nil || marked {
		return err
	}
	if s.forced {
		return nil
	}
	entry, err := s.foreign()
	if err != nil || entry == "" {
		return err
	}
	// Whoever made the folder may have marked it since: the mark comes first.
	if marked, err := s.marked(); err != nil || marked {
		return err
	}
	return fmt.Errorf("store: %s is no store and %w: %q, which no store has; take a folder that is new or empty", s.dir, ErrForeign, entry)
}

// claim is check for who makes a bundle: it makes the folder, and marks it
// where it is not marked.
func (s *Store) claim() error {
	marked, err := s.marked()
	if err != nil || marked {
		return err
	}
	if err := s.check(); err != nil {
		return err
	}
	if err := s.disk.MkdirAll(s.dir); err != nil {
		return err
	}
	// Of two that mark it at once each renames a file of its own, of the same
	// content.
	next := filepath.Join(s.dir, storeFile+"."+newID(time.Now().UTC()))
	if err := s.disk.WriteFile(next, seal(formatVersion, []byte(storeBody))); err != nil {
		return errors.Join(err, s.disk.Remove(next))
	}
	if err := s.disk.Rename(next, filepath.Join(s.dir, storeFile)); err != nil {
		return errors.Join(err, s.disk.Remove(next))
	}
	return s.disk.SyncDir(s.dir)
}

// marked reports whether the folder has the mark of a store. One of a format
// that this release does not know is an error that wraps [ErrVersion]; one that
// is damaged does not count.
func (s *Store) marked() (bool, error) {
	path := filepath.Join(s.dir, storeFile)
	if !isFile(path) {
		return false, nil
	}
	body, _, err := readSealed(path, formatVersion)
	switch {
	case errors.Is(err, ErrVersion):
		return false, fmt.Errorf("store: %w", err)
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, ErrCorrupt):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("store: %w", err)
	}
	return bytes.HasPrefix(body, []byte(`"store":`)), nil
}

// foreign returns the name of something in the folder that no store has put
// there, "" where there is none.
func (s *Store) foreign() (entry string, err error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("store: %w", err)
	}
	for _, e := range entries {
		if e.Type().IsRegular() && isMark(filepath.Join(s.dir, e.Name())) {
			continue
		}
		if CheckName(e.Name()) != nil {
			return e.Name(), nil //nolint:nilerr // a name that no bundle has is the answer
		}
		kind, inside, err := s.bundle(e.Name()).identify()
		if err != nil {
			return "", fmt.Errorf("store: %w", err)
		}
		if kind == foreignFolder {
			return filepath.Join(e.Name(), inside), nil
		}
	}
	return "", nil
}

// isMark reports whether a file is the mark of a store, if a damaged one, or
// what a killed process has left of one.
func isMark(path string) bool {
	name := filepath.Base(path)
	if name == storeFile {
		return beginsSealed(path)
	}
	id, ok := strings.CutPrefix(name, storeFile+".")
	return ok && isID(id) && beginsSealed(path)
}
