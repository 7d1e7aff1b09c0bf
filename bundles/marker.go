package bundles

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
)

// Version is one version of a bundle as its marker lists it.
type Version struct {
	// ID is the digest in hex, the name of the version's folder.
	ID string `json:"version"`
	// Sequence is the number of the publication that last made this version
	// current: 1 for the first into a bundle.
	Sequence uint64 `json:"sequence"`
	// Ingest is the id of that ingest.
	Ingest string `json:"ingest"`
}

// marker says which version of a bundle is current.
type marker struct {
	// Sequence counts the publications into the bundle.
	Sequence uint64 `json:"sequence"`
	// Current is the id of the current version.
	Current string `json:"current"`
	// Versions holds every version, the newest sequence first.
	Versions []Version `json:"versions"`
}

const markerLine = `"marker":`

func (m *marker) encode() ([]byte, error) {
	line, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	return seal(formatVersion, slices.Concat([]byte(markerLine), line, []byte("\n}\n"))), nil
}

func decodeMarker(body []byte) (*marker, error) {
	line, ok := bytes.CutPrefix(body, []byte(markerLine))
	line, end := bytes.CutSuffix(line, []byte("\n}\n"))
	if !ok || !end {
		return nil, fmt.Errorf("is no marker")
	}
	m := new(marker)
	if err := json.Unmarshal(line, m); err != nil {
		return nil, err
	}
	if !isVersionID(m.Current) || m.find(m.Current) < 0 {
		return nil, fmt.Errorf("names version %q, which it does not list", m.Current)
	}
	for _, v := range m.Versions {
		if !isVersionID(v.ID) {
			return nil, fmt.Errorf("lists version %q", v.ID)
		}
	}
	return m, nil
}

func (m *marker) find(id string) int {
	return slices.IndexFunc(m.Versions, func(v Version) bool { return v.ID == id })
}

// readMarker returns the marker of a bundle. A bundle without one does not
// exist yet, or no longer: the error wraps [ErrNotFound].
func readMarker(b bundleDir) (*marker, error) {
	m, _, err := readMarkerHead(b)
	return m, err
}

// readMarkerHead returns the marker of a bundle and the first line of its
// file, which identifies it: the line holds the checksum of the others.
func readMarkerHead(b bundleDir) (*marker, []byte, error) {
	body, _, err := readSealed(b.marker(), formatVersion)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("bundle %q: %w", b.name, ErrNotFound)
	}
	if err != nil {
		return nil, nil, err
	}
	m, err := decodeMarker(body)
	return m, sealHead(formatVersion, sha256.Sum256(body)), damaged(b.marker(), err)
}

// replaceMarker puts a marker in the place of the one that is there.
func (s *Store) replaceMarker(b bundleDir, content []byte) error {
	next := b.marker() + newEnding
	if there, err := exists(next); err != nil || there && !(isFile(next) && beginsSealed(next)) {
		return errors.Join(err, fmt.Errorf("%s is in the way of the new marker; move it away", next))
	}
	return s.disk.Replace(b.marker(), content)
}

// publish returns the marker after a publication of version id.
func (m *marker) publish(id, ingest string) *marker {
	next := &marker{Sequence: m.Sequence + 1, Current: id}
	next.Versions = append(next.Versions, Version{ID: id, Sequence: next.Sequence, Ingest: ingest})
	for _, v := range m.Versions {
		if v.ID != id {
			next.Versions = append(next.Versions, v)
		}
	}
	return next
}

// without returns the marker without some versions.
func (m *marker) without(gone []string) *marker {
	next := *m
	next.Versions = slices.DeleteFunc(slices.Clone(m.Versions), func(v Version) bool {
		return slices.Contains(gone, v.ID)
	})
	return &next
}

// markerFor returns the marker that a publication starts from. Where there
// is none that is an empty one; where it is damaged, one that lists what is
// there, so that an ingest repairs a bundle.
func markerFor(b bundleDir) (*marker, error) {
	m, err := readMarker(b)
	switch {
	case err == nil:
		return m, nil
	case errors.Is(err, ErrNotFound):
		return new(marker), nil
	case !errors.Is(err, ErrCorrupt):
		return nil, err
	}
	entries, err := os.ReadDir(b.versions())
	if err != nil {
		return nil, err
	}
	m = new(marker)
	for _, e := range entries {
		if isVersionID(e.Name()) && beginsSealed(b.version(e.Name()).manifest()) {
			m.Versions = append(m.Versions, Version{ID: e.Name()})
		}
	}
	return m, nil
}
