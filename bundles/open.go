package bundles

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/parquet"
)

// OpenOptions are the choices of [Store.Open]. The zero value is valid.
type OpenOptions struct {
	// Budget bounds the memory that decoded bars take; nil has no limit.
	// Mapped bars belong to the system's file cache and count nothing.
	Budget *columnar.Budget
	// Allocator is where decoded bars are kept; nil is Go's heap.
	Allocator memory.Allocator
	// Heap reads the file into memory instead of mapping it: for stores on
	// network drives, where files shrink. A mapped one that does ends what is
	// computed of it with a *[columnar.FaultError].
	Heap bool
}

// Bundle is an open version. It is safe for concurrent use.
type Bundle struct {
	name     string
	manifest *Manifest
	frame    *columnar.Frame
	// pooled is the reference on the version where a Pool has it open, else
	// nil.
	pooled *poolHandle
}

// Name returns the name of the bundle, without the version.
func (b *Bundle) Name() string { return b.name }

// Digest returns the digest of the version, "sha256:…".
func (b *Bundle) Digest() string { return b.manifest.Digest }

// Manifest returns the manifest of the version. Do not modify.
func (b *Bundle) Manifest() *Manifest { return b.manifest }

// Frame returns the bars. They are borrowed: retain the Frame to use it after
// Close.
func (b *Bundle) Frame() *columnar.Frame { return b.frame }

// Close gives the Bundle's reference on its Frame back. Close it once; a second
// Close panics.
func (b *Bundle) Close() error {
	if b.pooled != nil {
		b.pooled.Release()
		return nil
	}
	b.frame.Release()
	return nil
}

// Open opens a version: "us8" the current one of bundle us8, "us8@3f9a01" the
// one whose digest begins so. Bars of an ordinary version are mapped, not
// read; those of a compact one are decoded, within options.Budget. The caller
// closes the Bundle.
//
// Errors wrap [ErrName], [ErrNotFound], [ErrAmbiguous], [ErrCorrupt],
// [ErrVersion] or [columnar.ErrMemory].
func (s *Store) Open(ctx context.Context, ref string, options OpenOptions) (*Bundle, error) {
	r, err := parseReference(ref)
	if err != nil {
		return nil, err
	}
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		id, err := s.resolve(r)
		if err != nil {
			return nil, err
		}
		b, err := openVersion(ctx, s.bundle(r.name).version(id), options)
		if err == nil {
			b.name = r.name
			return b, nil
		}
		if err := s.openError(ref, r, id, err); err != nil {
			return nil, err
		}
	}
}

// openError returns what Open says where the version id of a reference could
// not be opened: nil where GC removed that version after the reference was
// resolved, and it now names another.
func (s *Store) openError(ref string, r reference, id string, err error) error {
	if there, _ := exists(string(s.bundle(r.name).version(id))); there || !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("bundle %q: %w", ref, missing(err))
	}
	// A marker that still names it is wrong.
	if again, err := s.resolve(r); err != nil || again == id {
		return errors.Join(err, corrupt(s.bundle(r.name).marker(), "names version %s, which is missing", id))
	}
	return nil
}

// missing makes the absence of a file of a version that exists a
// CorruptError.
func missing(err error) error {
	var p *fs.PathError
	switch {
	case !errors.Is(err, fs.ErrNotExist):
		return err
	case errors.As(err, &p):
		return corrupt(p.Path, "%w", p.Err)
	}
	return &CorruptError{File: "a file of the version", Problem: err}
}

// resolve returns the id of the version that a reference names.
func (s *Store) resolve(r reference) (string, error) {
	b := s.bundle(r.name)
	if r.prefix == "" {
		m, err := readMarker(b)
		if err != nil {
			return "", err
		}
		return m.Current, nil
	}
	entries, err := os.ReadDir(b.versions())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	found := ""
	for _, e := range entries {
		if !isVersionID(e.Name()) || !strings.HasPrefix(e.Name(), r.prefix) {
			continue
		}
		if found != "" {
			return "", fmt.Errorf("bundle %q: %w: %s begins the digests of several", r.name, ErrAmbiguous, r.prefix)
		}
		found = e.Name()
	}
	if found == "" {
		return "", fmt.Errorf("bundle %q: version %s: %w", r.name, r.prefix, ErrNotFound)
	}
	return found, nil
}

// openVersion opens the version in a folder.
func openVersion(ctx context.Context, dir versionDir, options OpenOptions) (b *Bundle, err error) {
	defer columnar.CatchFault(&err)()
	m, err := readManifest(dir)
	if err != nil {
		return nil, err
	}
	base := options.Allocator
	if base == nil {
		base = memory.DefaultAllocator
	}
	need := m.decodedBytes(options.Heap) + m.eventsBytes()
	if err := options.Budget.Reserve(need); err != nil {
		return nil, err
	}
	defer options.Budget.Release(need)
	mem := options.Budget.Allocator(base)
	all, err := openBars(dir, m, parquet.OpenOptions{Heap: options.Heap, Allocator: mem})
	if err != nil {
		return nil, err
	}
	defer all.close() // its arrays keep the mappings
	events, err := readEvents(dir, m, mem)
	if err != nil {
		return nil, err
	}
	// Bars in pieces are joined later, so what that takes stays reserved.
	joined := m.joinedBytes()
	if err := options.Budget.Reserve(joined); err != nil {
		return nil, err
	}
	frame, err := loadFrame(ctx, all, m, events, mem, columnar.JoinOptions{Allocator: base, Released: func() { options.Budget.Release(joined) }})
	if err != nil {
		options.Budget.Release(joined)
		return nil, barsError(dir.bars(), err)
	}
	return &Bundle{manifest: m, frame: frame}, nil
}

// barsError makes what is wrong inside a file with bars a CorruptError; what
// the system or the context says stays as it is.
func barsError(file string, err error) error {
	if errors.Is(err, parquet.ErrCorrupt) || errors.Is(err, parquet.ErrUnsupported) || errors.Is(err, columnar.ErrInvalid) {
		return corrupt(file, "%w", err)
	}
	return err
}

// decodedBytes returns how much memory opening the version takes beside the
// mappings.
func (m *Manifest) decodedBytes(heap bool) int64 {
	bytes := int64(0)
	for _, f := range m.files() {
		if heap {
			bytes += f.Bytes
		}
		if f.Codec != parquet.None.String() {
			bytes += f.Rows * m.rowBytes()
		}
	}
	for _, a := range m.Assets {
		if a.Rows > maxGroupRows {
			bytes += int64(a.Rows) * m.rowBytes()
		}
	}
	return bytes
}

// joinedBytes returns how much memory bars in pieces take when they have been
// joined.
func (m *Manifest) joinedBytes() int64 {
	rows := int64(0)
	for _, a := range m.Assets {
		if len(a.More) > 0 {
			rows += int64(a.Rows)
		}
	}
	return rows * m.rowBytes()
}

// rowBytes is the size of a bar in memory.
func (m *Manifest) rowBytes() int64 { return int64(len(m.Columns)+1) * 8 }
