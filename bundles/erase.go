package bundles

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// discard takes versions, which are of this store, out of sight and then
// removes them, so that none is ever seen in part. It returns the bytes that
// became free. The bundle is locked.
func (s *Store) discard(b bundleDir, ids []string) (bytes int64, err error) {
	if len(ids) == 0 {
		return 0, nil
	}
	trash := filepath.Join(b.tmp(), newID(time.Now().UTC()))
	if err := s.disk.MkdirAll(trash); err != nil {
		return 0, err
	}
	held, err := tryLock(filepath.Join(trash, lockName))
	if err != nil {
		return 0, err
	}
	defer held.unlock()
	for _, id := range ids {
		if err := s.moveVersion(b.version(id), filepath.Join(trash, id)); err != nil {
			return 0, err
		}
	}
	if err := s.disk.SyncDir(b.versions()); err != nil {
		return 0, err
	}
	bytes = diskUsage(trash, b.versions())
	return bytes, s.eraseTemporary(trash)
}

// moveVersion gives the folder of a version another name, in one step. Where
// there is something else in it, that stays, and the files of the version are
// moved, the manifest last: it is what tells them.
func (s *Store) moveVersion(from versionDir, to string) error {
	entries, err := os.ReadDir(string(from))
	if err != nil {
		return err
	}
	var files []string
	for _, e := range entries {
		if e.Type().IsRegular() && isVersionFile(e.Name()) && e.Name() != manifestFile {
			files = append(files, e.Name())
		}
	}
	if isFile(from.manifest()) {
		files = append(files, manifestFile)
	}
	if len(files) == len(entries) {
		return s.disk.Rename(string(from), to)
	}
	if err := s.disk.MkdirAll(to); err != nil {
		return err
	}
	return s.moveFiles(string(from), to, files)
}

// moveFiles moves files from one folder into another, in this order, and replaces
// none.
func (s *Store) moveFiles(from, to string, names []string) error {
	for _, name := range names {
		target := filepath.Join(to, name)
		if there, err := exists(target); err != nil || there {
			return errors.Join(err, fmt.Errorf("%s is in the way of a file of a version; move it away", target))
		}
		if err := s.disk.Rename(filepath.Join(from, name), target); err != nil {
			return err
		}
	}
	return nil
}

// eraseTemporary removes a temporary folder. Its lock goes last, as it says
// that the rest may be removed.
func (s *Store) eraseTemporary(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	for _, e := range entries {
		if e.Name() != lockName {
			if err := s.disk.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	if err := s.disk.Remove(filepath.Join(dir, lockName)); err != nil {
		return err
	}
	return s.disk.Remove(dir)
}

// eraseRest removes what a bundle has beside its marker and its versions.
func (s *Store) eraseRest(b bundleDir) error {
	if next := b.marker() + newEnding; isFile(next) && beginsSealed(next) {
		if err := s.disk.Remove(next); err != nil {
			return err
		}
	}
	if isLedger(b.ledger()) {
		if err := s.disk.Remove(b.ledger()); err != nil {
			return err
		}
	}
	if !isFolder(b.ingests()) {
		return nil
	}
	entries, err := os.ReadDir(b.ingests())
	if err != nil {
		return err
	}
	for _, e := range entries {
		dir := filepath.Join(b.ingests(), e.Name())
		if !isIngest(dir) {
			continue
		}
		if err := s.eraseIngest(dir); err != nil {
			return err
		}
	}
	return nil
}

// eraseIngest removes the account of an ingest, the report last.
func (s *Store) eraseIngest(dir string) error {
	for _, name := range []string{rejectsFile, reportFile} {
		if path := filepath.Join(dir, name); isFile(path) {
			if err := s.disk.Remove(path); err != nil {
				return err
			}
		}
	}
	return s.eraseEmpty(dir)
}

// eraseEmpty removes a folder if it is there and has nothing in it.
func (s *Store) eraseEmpty(dir string) error {
	if !isEmpty(dir) {
		return nil
	}
	return s.disk.Remove(dir)
}

// notBundle says that a folder is no bundle, and why.
func notBundle(b bundleDir, entry string) error {
	if entry == "" {
		return fmt.Errorf("%w: %s is no bundle", ErrNotFound, b.path)
	}
	return fmt.Errorf("%w: %s is a folder but no bundle: it holds %q", ErrNotFound, b.path, entry)
}
