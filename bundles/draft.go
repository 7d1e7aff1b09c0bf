package bundles

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/report"
	"github.com/bowstring-engine/bowstring/internal/disk"
)

// Draft is a version that is being written. Publish or Abort ends it; Abort after
// Publish does nothing, so it can be deferred. The methods are not safe for
// concurrent use; several ingests into one bundle are.
type Draft struct {
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
func (s *Store) Begin(ctx context.Context, bundle string) (*Draft, error) {
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
	w := &Draft{store: s, bundle: b, id: newID(now), started: now}
	w.dir = filepath.Join(b.tmp(), w.id)
	if err := w.begin(); err != nil {
		err = errors.Join(err, w.close())
		return nil, fmt.Errorf("bundle %q: %w", bundle, err)
	}
	return w, nil
}

// checkBundle reports whether a bundle may be made or changed in a folder.
func (s *Store) checkBundle(b bundleDir) error {
	kind, entry, err := b.identify()
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

func (w *Draft) begin() (err error) {
	d := w.store.disk
	if err := d.MkdirAll(w.ingestDir()); err != nil {
		return err
	}
	if w.lock, err = tryLock(filepath.Join(w.dir, lockName)); err != nil {
		return err
	}
	if w.rejects, err = d.Create(filepath.Join(w.ingestDir(), rejectsFile)); err != nil {
		return err
	}
	w.buf = bufio.NewWriter(w.rejects)
	return nil
}

func (w *Draft) ingestDir() string      { return filepath.Join(w.dir, ingestName) }
func (w *Draft) versionDir() versionDir { return versionDir(filepath.Join(w.dir, versionName)) }

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
func (w *Draft) ID() string { return w.id }

// TempDir returns the temporary folder of the ingest, where the caller may make
// files. It is removed by Publish, Append and Abort, or, where the process is
// killed, by the next ingest or by GC.
func (w *Draft) TempDir() string { return w.dir }

// Rejects returns the writer of the ingest's rejects.csv. It is buffered and
// valid until Publish or Abort.
func (w *Draft) Rejects() io.Writer { return w.buf }

// Publish makes the Frame, which is borrowed, the current version of the
// bundle and keeps the account in the ingest's report. Where the bundle has
// that data already, undamaged, no version is written. The version is named
// by what the Frame shows: a Slice is published as its window.
//
// When Publish returns an error the bundle is as it was, and the ingest can
// only be aborted; if the error is of the very last step, the sync of the
// marker's folder, the version may be current all the same.
func (w *Draft) Publish(ctx context.Context, frame *columnar.Frame, account report.Account, options PublishOptions) (Published, error) {
	if w.finished {
		return Published{}, ErrFinished
	}
	p, err := w.publish(ctx, frame, account, options)
	if err != nil {
		return p, fmt.Errorf("bundle %q: publish: %w", w.bundle.name, err)
	}
	_ = w.end() // what is left is removed by the next ingest or by GC
	return p, nil
}

func (w *Draft) publish(ctx context.Context, frame *columnar.Frame, account report.Account, options PublishOptions) (p Published, err error) {
	defer columnar.CatchFault(&err)()
	c, err := newContent(frame, account, options)
	if err != nil {
		return Published{}, err
	}
	if err := w.finishRejects(); err != nil {
		return Published{}, err
	}
	// Written before the bundle is locked, so that ingests of different data
	// do not wait for each other.
	written, err := w.write(ctx, c)
	if err != nil {
		return Published{}, err
	}
	target := w.bundle.version(versionID(c.digest))
	held, err := lock(ctx, w.bundle.lock())
	if err != nil {
		return Published{}, err
	}
	defer held.unlock()
	existing, err := w.place(ctx, c, target, written)
	if err != nil {
		return Published{}, err
	}
	return w.commit(c, existing)
}

// write finds the hashes of the content, and writes it unless an undamaged
// version of it is there. Where none is likely to be, the hashes of a Frame
// without a digest are computed while it is written.
func (w *Draft) write(ctx context.Context, c *content) (written bool, err error) {
	if c.frame.Info().Digest == "" && !mayExist(w.bundle, c.frame) {
		defer c.hashAside(ctx)()
		return true, c.write(ctx, w.store.disk, w.versionDir())
	}
	if err := c.hash(ctx); err != nil {
		return false, err
	}
	there, err := healthy(ctx, w.bundle.version(versionID(c.digest)))
	if err != nil || there {
		return false, err
	}
	return true, c.write(ctx, w.store.disk, w.versionDir())
}

// finishRejects makes rejects.csv durable.
func (w *Draft) finishRejects() error {
	if w.rejects == nil {
		return nil
	}
	if err := w.buf.Flush(); err != nil {
		return err
	}
	rejects := w.rejects
	w.rejects = nil
	return rejects.Finish(nil)
}

// place puts the written version where readers look for it, unless an
// undamaged one is there. The bundle is locked.
func (w *Draft) place(ctx context.Context, c *content, target versionDir, written bool) (existing bool, err error) {
	if ok, err := healthy(ctx, target); ok || err != nil {
		return ok, err
	}
	d := w.store.disk
	if !written { // it was there, and has been removed since
		if err := c.write(ctx, d, w.versionDir()); err != nil {
			return false, err
		}
	}
	if there, err := exists(string(target)); err != nil {
		return false, err
	} else if there {
		// A damaged version makes room. Readers that open it in between find
		// no version rather than a damaged one.
		if err := w.makeRoom(target); err != nil {
			return false, err
		}
	}
	if isFolder(string(target)) { // with what is not of the version, and stays
		return false, w.fill(target)
	}
	if err := d.Rename(string(w.versionDir()), string(target)); err != nil {
		return false, err
	}
	return false, d.SyncDir(w.bundle.versions())
}

// fill moves the files of the written version into a folder, the manifest last:
// without one it is no version.
func (w *Draft) fill(target versionDir) error {
	entries, err := os.ReadDir(string(w.versionDir()))
	if err != nil {
		return err
	}
	var names []string
	for _, e := range entries {
		if e.Name() != manifestFile {
			names = append(names, e.Name())
		}
	}
	if err := w.store.moveFiles(string(w.versionDir()), string(target), append(names, manifestFile)); err != nil {
		return err
	}
	return w.store.disk.SyncDir(string(target))
}

// makeRoom moves a damaged version out of the way.
func (w *Draft) makeRoom(target versionDir) error {
	id := filepath.Base(string(target))
	m, err := readMarker(w.bundle)
	listed := err == nil && m.find(id) >= 0
	if !isFolder(string(target)) || !listed && !isEmpty(string(target)) && !beginsSealed(target.manifest()) {
		return fmt.Errorf("%s is in the place of the version, and no version; move it away", string(target))
	}
	if err := w.store.moveVersion(target, filepath.Join(w.dir, damagedName)); err != nil {
		return err
	}
	return w.store.eraseEmpty(string(target))
}

// commit keeps the report and moves the marker. The bundle is locked.
func (w *Draft) commit(c *content, existing bool) (Published, error) {
	d := w.store.disk
	text, err := json.MarshalIndent(report.Ingest{
		ID: w.id, Started: w.started, Finished: time.Now().UTC(),
		Digest: c.digest, Existing: existing, Account: c.account,
	}, "", "  ")
	if err != nil {
		return Published{}, err
	}
	if err := d.WriteFile(filepath.Join(w.ingestDir(), reportFile), append(text, '\n')); err != nil {
		return Published{}, err
	}
	if err := d.SyncDir(w.ingestDir()); err != nil {
		return Published{}, err
	}
	folder := filepath.Join(w.bundle.ingests(), w.id)
	if err := d.Rename(w.ingestDir(), folder); err != nil {
		return Published{}, err
	}
	if err := d.SyncDir(w.bundle.ingests()); err != nil {
		return Published{}, err
	}
	now, err := markerFor(w.bundle)
	if err != nil {
		return Published{}, err
	}
	next := now.publish(versionID(c.digest), w.id)
	b, err := next.encode()
	if err != nil {
		return Published{}, err
	}
	if err := w.store.replaceMarker(w.bundle, b); err != nil {
		return Published{}, err
	}
	return Published{Digest: c.digest, Sequence: next.Sequence, Existing: existing, Ingest: w.id, Folder: folder, Append: c.account.Append}, nil
}

// Abort removes what the ingest has written, and the folder of a bundle that
// has never been published. It does nothing after Publish or a first Abort.
func (w *Draft) Abort() error {
	if w.finished {
		return nil
	}
	err := w.end()
	w.store.forget(w.bundle)
	return err
}

func (w *Draft) end() error {
	if w.finished {
		return nil
	}
	w.finished = true
	return w.close()
}

// close removes the temporary folder while it is locked.
func (w *Draft) close() error {
	if w.rejects != nil {
		_ = w.rejects.Close() // the file is removed
	}
	err := w.store.eraseTemporary(w.dir)
	if w.lock != nil {
		w.lock.unlock()
	}
	if err != nil {
		return fmt.Errorf("bundle %q: %w", w.bundle.name, err)
	}
	return nil
}
