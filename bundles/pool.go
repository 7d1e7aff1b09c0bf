package bundles

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/cache"
)

// The bounds of a Pool that does not say.
const (
	// DefaultPoolBytes is enough for 80 million bars of five columns. Mapped
	// bars take address space and what the system's file
	// cache can spare; a process that opens compact bundles and has little
	// memory gives a bound of its own, or a Budget.
	DefaultPoolBytes = 4 << 30
	// DefaultPoolBundles bounds file mappings, of which systems allow a process
	// tens of thousands.
	DefaultPoolBundles = 100
)

// PoolOptions are the choices of [NewPool]. The zero value is valid.
type PoolOptions struct {
	// Bytes and Bundles bound what is open; 0 means [DefaultPoolBytes] and
	// [DefaultPoolBundles]. Bundles in use count and are never closed, so they
	// alone may exceed a bound; bundles that nobody uses then leave, those
	// first that have not been used for the longest time. With less than 0 a
	// bundle is closed when its last user closes it.
	//
	// A bundle counts the bytes of its columns, eight a value, timestamps
	// included: what a pass over all of it brings into memory, be it mapped,
	// read or decoded. Neither padding nor what is not yet touched changes that,
	// so the bound does not depend on how a bundle is stored or used.
	Bytes   int64
	Bundles int
	// Open says how versions are opened. Bundles that nobody uses are closed
	// where its Budget is short.
	Open OpenOptions
}

// Pool keeps versions of a store open, so that opening one again costs a look
// at its marker. A version is opened when it is first asked for, once, however
// many ask at a time. It is safe for concurrent use.
type Pool struct {
	store  *Store
	open   OpenOptions
	shared *cache.Shared[poolKey, *Bundle]
	// unregister ends the budget's claim on unused bundles.
	unregister func()

	mu sync.Mutex
	// current holds the bundles of the store that were asked for, whose number
	// is that of the folders in it: a few hundred bytes each.
	current map[string]currentVersion
}

// poolKey is a version of a bundle. It is told by its publication too: a
// damaged version is repaired by publishing the same data again.
type poolKey struct {
	bundle  string
	version Version
	// adjust is what the bars were adjusted for when they were opened; "" is
	// not at all.
	adjust columnar.Adjustment
}

// stored is the key of the version as it is stored.
func (k poolKey) stored() poolKey { return poolKey{bundle: k.bundle, version: k.version} }

type poolHandle = cache.Handle[poolKey, *Bundle]

// NewPool returns a pool over a store. It opens nothing. Close it.
func NewPool(store *Store, options PoolOptions) *Pool {
	p := &Pool{store: store, open: options.Open, current: make(map[string]currentVersion)}
	p.shared = cache.NewShared(cache.SharedOptions[poolKey, *Bundle]{
		Bytes:   cmp.Or(options.Bytes, DefaultPoolBytes),
		Entries: cmp.Or(options.Bundles, DefaultPoolBundles),
		Destroy: func(_ poolKey, b *Bundle) { b.frame.Release() },
	})
	p.unregister = options.Open.Budget.OnShortage(p.shared.Shrink)
	return p
}

// Acquire is [Store.Open] that opens no file where the pool has the version
// open. The Bundle shares its Frame with every other of that version. The
// caller closes it, and can use it until then, whatever becomes of the pool,
// the version or the bundle's marker.
//
// Where an ingest has made another version current, or has published this one
// again, which is how damage is repaired, the next Acquire opens it; bundles acquired before stay as they are. What is
// no longer current is closed when its last user has closed it. A reference
// with a digest stays with that version.
//
// A call that waits for another's opening ends with its own ctx; the opening
// goes on for the others. A call that opens returns when that is done. Errors
// are those of Open, are not kept, and wrap [ErrClosed] after Close.
func (p *Pool) Acquire(ctx context.Context, ref string) (*Bundle, error) {
	r, err := parseReference(ref)
	if err != nil {
		return nil, err
	}
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		key, err := p.resolve(r)
		if err != nil {
			return nil, err
		}
		// The opening serves all who wait, so it does not end with this ctx.
		h, err := p.shared.Acquire(ctx, key, func() (*Bundle, int64, error) {
			return p.openVersion(context.WithoutCancel(ctx), key)
		})
		switch {
		case err == nil:
			if r.prefix == "" {
				p.dropIfOutdated(key)
			}
			b := h.Value()
			return &Bundle{name: b.name, manifest: b.manifest, frame: b.frame, pooled: h}, nil
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case errors.Is(err, ErrClosed):
			return nil, fmt.Errorf("bundle %q: the pool is %w", ref, err)
		}
		if err := p.store.openError(ref, r, key.version.ID, err); err != nil {
			return nil, err
		}
	}
}

func (p *Pool) openVersion(ctx context.Context, key poolKey) (*Bundle, int64, error) {
	b, err := openVersion(ctx, p.store.bundle(key.bundle).version(key.version.ID), p.open)
	if err != nil {
		return nil, 0, err
	}
	b.name = key.bundle
	return b, b.manifest.columnBytes(), nil
}

// columnBytes is the size of all values of a version with their timestamps.
func (m *Manifest) columnBytes() int64 { return m.Rows * int64(len(m.Columns)+1) * 8 }

// PoolStats counts what a [Pool] did since it was made, and what it has open.
type PoolStats = cache.SharedStats

// Stats returns the counters as they are now. A bundle that was opened is a
// miss, one that was open or being opened a hit.
func (p *Pool) Stats() PoolStats { return p.shared.Stats() }

// Close closes what nobody uses and waits for nothing: a bundle that is in use
// is closed when its last user closes it.
func (p *Pool) Close() {
	p.unregister()
	p.shared.Close()
}
