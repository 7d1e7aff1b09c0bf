package bundles

import (
	"bytes"
	"errors"
	"os"
)

// currentVersion is what the pool knows of a bundle's marker: the version that
// it names and the first line of its file. That line holds the checksum of the
// rest, so a marker that begins with it is the one that was read and checked.
// Neither time nor inode would tell: both can be equal for two markers that
// follow each other closely.
type currentVersion struct {
	head []byte
	key  poolKey
}

// resolve returns the version that a reference names. For the current one
// that costs reading a line, as long as the marker has not changed.
func (p *Pool) resolve(r reference) (poolKey, error) {
	b := p.store.bundle(r.name)
	if r.prefix != "" {
		return p.resolveDigest(r, b)
	}
	p.mu.Lock()
	known := p.current[r.name]
	p.mu.Unlock()
	if known.head != nil && beginsWith(b.marker(), known.head) {
		return known.key, nil
	}
	m, head, err := readMarkerHead(b)
	if errors.Is(err, ErrNotFound) {
		p.forget(r.name)
	}
	if err != nil {
		return poolKey{}, err
	}
	now := currentVersion{head: head, key: poolKey{bundle: r.name, version: m.Versions[m.find(m.Current)]}}
	p.mu.Lock()
	p.current[r.name] = now
	p.mu.Unlock()
	// Of two calls that read different markers the later one may get here
	// first. Then this drops the newer version, and the next call, which finds
	// a marker that the pool does not know, opens it again.
	p.shared.Drop(func(k poolKey) bool { return k.bundle == r.name && k.stored() != now.key })
	return now.key, nil
}

// resolveDigest returns the version whose digest begins so. As for
// [Store.Open] the bundle needs no marker, or only one that can be read to
// tell a version from its repaired successor.
func (p *Pool) resolveDigest(r reference, b bundleDir) (poolKey, error) {
	id, err := p.store.resolve(r)
	if err != nil {
		return poolKey{}, err
	}
	key := poolKey{bundle: r.name, version: Version{ID: id}}
	if m, err := readMarker(b); err == nil {
		if i := m.find(id); i >= 0 {
			key.version = m.Versions[i]
		}
	}
	return key, nil
}

// beginsWith reports whether a file can be read and begins with head.
func beginsWith(path string, head []byte) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	var buf [128]byte // longer than a head
	n, err := f.ReadAt(buf[:len(head)], 0)
	return err == nil && bytes.Equal(buf[:n], head)
}

// forget drops a bundle that has been removed.
func (p *Pool) forget(bundle string) {
	p.mu.Lock()
	delete(p.current, bundle)
	p.mu.Unlock()
	p.shared.Drop(func(k poolKey) bool { return k.bundle == bundle })
}

// dropIfOutdated drops a version that was opened after another call had found
// that it is no longer current. Its holders keep it.
func (p *Pool) dropIfOutdated(key poolKey) {
	p.mu.Lock()
	known := p.current[key.bundle].key
	p.mu.Unlock()
	if known != key.stored() {
		p.shared.Drop(func(k poolKey) bool { return k == key })
	}
}
