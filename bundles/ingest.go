package bundles

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/report"
	"github.com/bowstring-engine/bowstring/internal/disk"
)

// Ingest is the writing of one version. Publish or Abort ends it; Abort after
// Publish does nothing, so it can be deferred. The methods are not safe for
// concurrent use; several ingests into one bundle are.
type Ingest struct {
	store   *Store
	bundle  bundleDir
	id      string
	started time.Time
	dir     string
	lock    *fileLock
	rejects *disk.File
	buf     *bufio.Writer

	finished bool
}

// Begin starts an ingest into a bundle, which need not exist: it makes the
// temporary folder and its rejects.csv, and removes temporary folders of
// ingests that were killed. It waits for other writers, or for ctx. The error
// wraps [ErrForeign] where the folder of the store, or that of the bundle, holds
// what no store has written.
func (s *Store) Begin(ctx context.Context, bundle string) (*Ingest, error) {
	if err := CheckName(bundle); err != nil {
		return nil, err
	}
	b := s.bundle(bundle)
	if err := s.claim(); err != nil {
		return nil, err
	}
	if err := s.checkBundle(b); err != nil {
		return nil, err
	}
	held, err := s.lockForWriting(ctx, b)
	if err != nil {
		return nil, fmt.Errorf("bundle %q: %w", bundle, err)
	}
	defer held.unlock()
	if _, _, err := s.collectTemporaries(b); err != nil {
		return nil, fmt.Errorf("bundle %q: %w", bundle, err)
	}
	now := time.Now().UTC()
	i := &Ingest{store: s, bundle: b, id: newID(now), started: now}
	i.dir = filepath.Join(b.tmp(), i.id)
	if err := i.begin(); err != nil {
		err = errors.Join(err, i.close())
		return nil, fmt.Errorf("bundle %q: %w", bundle, err)
	}
	return i, nil
}

// checkBundle reports whether a bundle may be made or changed in a folder.
func (s *Store) checkBundle(b bundleDir) error {
	kind, entry, err := b.look()
	if err != nil {
		return fmt.Errorf("bundle %q: %w", b.name, err)
	}
	marker, err := exists(b.marker())
	switch {
	case err != nil:
		return fmt.Errorf("bundle %q: %w", b.name, err)
	case kind != foreignFolder:
		return nil
	case entry == "":
		return fmt.Errorf("bundle %q: %s is no folder", b.name, b.path)
	case s.forced && !marker: // one that is not ours would be replaced
		return nil
	}
	return fmt.Errorf("bundle %q: %s is no bundle and %w: %q, which no bundle has; take another name", b.name, b.path, ErrForeign, entry)
}

func (i *Ingest) begin() (err error) {
	d := i.store.disk
	if err := d.MkdirAll(i.ingestDir()); err != nil {
		return err
	}
	if i.lock, err = tryLock(filepath.Join(i.dir, lockName)); err != nil {
		return err
	}
	if i.rejects, err = d.Create(filepath.Join(i.ingestDir(), rejectsFile)); err != nil {
		return err
	}
	i.buf = bufio.NewWriter(i.rejects)
	return nil
}

func (i *Ingest) ingestDir() string      { return filepath.Join(i.dir, ingestName) }
func (i *Ingest) versionDir() versionDir { return versionDir(filepath.Join(i.dir, versionName)) }

// lockForWriting makes the folders of a bundle and locks it. Another process
// may remove the bundle in between; then it starts again.
func (s *Store) lockForWriting(ctx context.Context, b bundleDir) (*fileLock, error) {
	for {
		if err := s.disk.MkdirAll(b.path); err != nil {
			return nil, err
		}
		held, err := lock(ctx, b.lock())
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, dir := range []string{b.versions(), b.ingests(), b.tmp()} {
			if err := s.disk.MkdirAll(dir); err != nil {
				held.unlock()
				return nil, err
			}
		}
		for _, dir := range []string{b.path, s.dir} {
			if err := s.disk.SyncDir(dir); err != nil {
				held.unlock()
				return nil, err
			}
		}
		return held, nil
	}
}

// ID returns the id of the ingest. Ids sort by the time of Begin.
func (i *Ingest) ID() string { return i.id }

// TempDir returns the temporary folder of the ingest, where the caller may make
// files. It is removed by Publish, Append and Abort, or, where the process is
// killed, by the next ingest or by GC.
func (i *Ingest) TempDir() string { return i.dir }

// Rejects returns the writer of the ingest's rejects.csv. It is buffered and
// valid until Publish or Abort.
func (i *Ingest) Rejects() io.Writer { return i.buf }

// Publish makes the Frame, which is borrowed, the current version of the
// bundle and keeps the account in the ingest's report. Where the bundle has
// that data already, undamaged, no version is written. The version is named
// by what the Frame shows: a Slice is published as its window.
//
// When Publish returns an error the bundle is as it was, and the ingest can
// only be aborted; if the error is of the very last step, the sync of the
// marker's folder, the version may be current all the same.
func (i *Ingest) Publish(ctx context.Context, frame *columnar.Frame, account report.Account, options PublishOptions) (Published, error) {
	if i.finished {
		return Published{}, ErrFinished
	}
	p, err := i.publish(ctx, frame, account, options)
	if err != nil {
		return p, fmt.Errorf("bundle %q: publish: %w", i.bundle.name, err)
	}
	_ = i.end() // what is left is removed by the next ingest or by GC
	return p, nil
}

func (i *Ingest) publish(ctx context.Context, frame *columnar.Frame, account report.Account, options PublishOptions) (p Published, err error) {
	defer columnar.CatchFault(&err)()
	c, err := newContent(frame, account, options)
	if err != nil {
		return Published{}, err
	}
	if err := i.finishRejects(); err != nil {
		return Published{}, err
	}
	// Written before the bundle is locked, so that ingests of different data
	// do not wait for each other.
	written, err := i.write(ctx, c)
	if err != nil {
		return Published{}, err
	}
	target := i.bundle.version(versionID(c.digest))
	held, err := lock(ctx, i.bundle.lock())
	if err != nil {
		return Published{}, err
	}
	defer held.unlock()
	existing, err := i.place(ctx, c, target, written)
	if err != nil {
		return Published{}, err
	}
	return i.commit(c, existing)
}

// write finds the hashes of the content, and writes it unless an undamaged
// version of it is there. Where none is likely to be, the hashes of a Frame
// without a digest are computed while it is written.
func (i *Ingest) write(ctx context.Context, c *content) (written bool, err error) {
	if c.frame.Info().Digest == "" && !mayExist(i.bundle, c.frame) {
		defer c.hashAside(ctx)()
		return true, c.write(ctx, i.store.disk, i.versionDir())
	}
	if err := c.hash(ctx); err != nil {
		return false, err
	}
	there, err := healthy(ctx, i.bundle.version(versionID(c.digest)))
	if err != nil || there {
		return false, err
	}
	return true, c.write(ctx, i.store.disk, i.versionDir())
}

// finishRejects makes rejects.csv durable.
func (i *Ingest) finishRejects() error {
	if i.rejects == nil {
		return nil
	}
	if err := i.buf.Flush(); err != nil {
		return err
	}
	rejects := i.rejects
	i.rejects = nil
	return rejects.Finish(nil)
}

// place puts the written version where readers look for it, unless an
// undamaged one is there. The bundle is locked.
func (i *Ingest) place(ctx context.Context, c *content, target versionDir, written bool) (existing bool, err error) {
	if ok, err := healthy(ctx, target); ok || err != nil {
		return ok, err
	}
	d := i.store.disk
	if !written { // it was there, and has been removed since
		if err := c.write(ctx, d, i.versionDir()); err != nil {
			return false, err
		}
	}
	if there, err := exists(string(target)); err != nil {
		return false, err
	} else if there {
		// A damaged version makes room. Readers that open it in between find
		// no version rather than a damaged one.
		if err := i.makeRoom(target); err != nil {
			return false, err
		}
	}
	if err := d.Rename(string(i.versionDir()), string(target)); err != nil {
		return false, err
	}
	return false, d.SyncDir(i.bundle.versions())
}

// makeRoom moves a damaged version out of the way.
func (i *Ingest) makeRoom(target versionDir) error {
	id := filepath.Base(string(target))
	m, err := readMarker(i.bundle)
	listed := err == nil && m.find(id) >= 0
	if !isFolder(string(target)) || !listed && !isEmpty(string(target)) && !beginsSealed(target.manifest()) {
		return fmt.Errorf("%s is in the place of the version, and no version; move it away", string(target))
	}
	if err := i.store.moveVersion(target, filepath.Join(i.dir, damagedName)); err != nil {
		return err
	}
	return i.store.eraseEmpty(string(target))
}

// commit keeps the report and moves the marker. The bundle is locked.
func (i *Ingest) commit(c *content, existing bool) (Published, error) {
	d := i.store.disk
	text, err := json.MarshalIndent(report.Ingest{
		ID: i.id, Started: i.started, Finished: time.Now().UTC(),
		Digest: c.digest, Existing: existing, Account: c.account,
	}, "", "  ")
	if err != nil {
		return Published{}, err
	}
	if err := d.WriteFile(filepath.Join(i.ingestDir(), reportFile), append(text, '\n')); err != nil {
		return Published{}, err
	}
	if err := d.SyncDir(i.ingestDir()); err != nil {
		return Published{}, err
	}
	folder := filepath.Join(i.bundle.ingests(), i.id)
	if err := d.Rename(i.ingestDir(), folder); err != nil {
		return Published{}, err
	}
	if err := d.SyncDir(i.bundle.ingests()); err != nil {
		return Published{}, err
	}
	now, err := markerFor(i.bundle)
	if err != nil {
		return Published{}, err
	}
	next := now.publish(versionID(c.digest), i.id)
	b, err := next.encode()
	if err != nil {
		return Published{}, err
	}
	if err := i.store.replaceMarker(i.bundle, b); err != nil {
		return Published{}, err
	}
	return Published{Digest: c.digest, Sequence: next.Sequence, Existing: existing, Ingest: i.id, Folder: folder, Append: c.account.Append}, nil
}

// Abort removes what the ingest has written, and the folder of a bundle that
// has never been published. It does nothing after Publish or a first Abort.
func (i *Ingest) Abort() error {
	if i.finished {
		return nil
	}
	err := i.end()
	i.store.forget(i.bundle)
	return err
}

func (i *Ingest) end() error {
	if i.finished {
		return nil
	}
	i.finished = true
	return i.close()
}

// close removes the temporary folder while it is locked.
func (i *Ingest) close() error {
	if i.rejects != nil {
		_ = i.rejects.Close() // the file is removed
	}
	err := i.store.eraseTemporary(i.dir)
	if i.lock != nil {
		i.lock.unlock()
	}
	if err != nil {
		return fmt.Errorf("bundle %q: %w", i.bundle.name, err)
	}
	return nil
}
