package bundles

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A store may be put into a folder that people use, and people put things into
// stores. So nothing is removed because of its name or its place: a version has
// a manifest that names it, or is listed by the bundle's marker; an ingest a
// report that names it; an unfinished one its lock; and of their folders only
// the files that are written here are removed.

// folderKind says what a folder is to a store.
type folderKind int

const (
	noFolder folderKind = iota
	emptyFolder
	bundleFolder  // a bundle, or what is left or begun of one
	foreignFolder // anything else
)

// identify says what the folder of a bundle is, which need not be locked: what goes
// meanwhile does not count. For a foreign one, entry is the
// name of something in it that no bundle has, "" where it is no folder.
func (b bundleDir) identify() (kind folderKind, entry string, err error) {
	info, err := os.Lstat(b.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return noFolder, "", nil
	case err != nil:
		return noFolder, "", err
	case !info.IsDir():
		return foreignFolder, "", nil
	}
	entries, err := os.ReadDir(b.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return noFolder, "", nil
	case err != nil || len(entries) == 0:
		return emptyFolder, "", err
	}
	if isFile(b.marker()) {
		if _, err := readMarker(b); err == nil || errors.Is(err, ErrVersion) {
			return bundleFolder, "", nil
		}
	}
	proof := false
	for _, e := range entries {
		own, proves := b.begun(e)
		if !own && entry == "" && !gone(filepath.Join(b.path, e.Name())) {
			entry = e.Name()
		}
		proof = proof || proves
	}
	if proof || entry == "" {
		return bundleFolder, "", nil
	}
	return foreignFolder, entry, nil
}

// begun reports whether an entry of a folder without a marker is of a bundle
// that was not finished, or not removed to its end, or whose marker is damaged;
// and whether it proves that the folder is one.
func (b bundleDir) begun(e fs.DirEntry) (own, proves bool) {
	path := filepath.Join(b.path, e.Name())
	var is func(string) bool
	switch e.Name() {
	case lockName:
		return isLock(path), false
	case markerFile, markerFile + newEnding:
		return isFile(path) && beginsSealed(path), false
	case ledgerFile:
		return isLedger(path), false
	case "versions":
		is = func(name string) bool { return isVersion(b.version(name)) }
	case "ingests":
		is = func(name string) bool { return isIngest(filepath.Join(path, name)) }
	case "tmp":
		is = func(name string) bool { return isTemporary(filepath.Join(path, name)) }
	default:
		return false, false
	}
	inside, err := os.ReadDir(path)
	if err != nil || !e.IsDir() {
		return false, false
	}
	own = true
	for _, e := range inside {
		if is(e.Name()) {
			proves = proves || !isEmpty(filepath.Join(path, e.Name()))
		} else if !gone(filepath.Join(path, e.Name())) {
			own = false
		}
	}
	return own, proves
}

// isVersion reports whether a folder has the manifest of the version that it is
// called after.
func isVersion(dir versionDir) bool {
	name := filepath.Base(string(dir))
	if !isVersionID(name) || !isFolder(string(dir)) || !isFile(dir.manifest()) {
		return false
	}
	m, err := readManifest(dir)
	return err == nil && versionID(m.Digest) == name || errors.Is(err, ErrVersion)
}

// isIngest reports whether a folder has the report of the ingest that it is
// called after, or is empty: that of one that is being removed.
func isIngest(dir string) bool {
	report := filepath.Join(dir, reportFile)
	if !isID(filepath.Base(dir)) || !isFolder(dir) || !isFile(report) {
		return isID(filepath.Base(dir)) && isEmpty(dir)
	}
	text, err := os.ReadFile(report)
	if err != nil {
		return isEmpty(dir)
	}
	var r struct {
		Ingest string `json:"ingest"`
	}
	return json.Unmarshal(text, &r) == nil && r.Ingest == filepath.Base(dir)
}

// isTemporary reports whether a folder is the temporary one of an ingest or a
// removal: it has the lock of one. A process may have been killed before it had
// locked its folder, which has nothing in it then; and the lock of an earlier
// release says nothing, so that what is beside it must.
func isTemporary(dir string) bool {
	if !isID(filepath.Base(dir)) || !isFolder(dir) {
		return false
	}
	lock := filepath.Join(dir, lockName)
	info, missing := os.Lstat(lock)
	entries, err := os.ReadDir(dir)
	switch {
	case err != nil:
		return false
	case missing != nil:
		if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == lockName }) {
			return isLock(lock) // it has just been made
		}
		return len(entries) == 0 || len(entries) == 1 && entries[0].Name() == ingestName && isEmpty(filepath.Join(dir, ingestName))
	case !isLock(lock):
		return gone(lock)
	case info.Size() > 0:
		return true
	}
	return !slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		switch name := e.Name(); {
		case name == lockName:
			return false
		case name == ingestName, name == versionName, name == damagedName, isVersionID(name):
			return !e.IsDir()
		default:
			return !e.Type().IsRegular() || !strings.HasPrefix(name, "spill-")
		}
	})
}

// isVersionFile reports whether a file of that name belongs to a version.
func isVersionFile(name string) bool {
	switch name {
	case manifestFile, barsFile, hashesFile, eventsFile:
		return true
	}
	for i := 1; i <= maxParts; i++ {
		if name == filepath.Base(versionDir("").part(i)) {
			return true
		}
	}
	return false
}
