package bundles

import (
	"context"
	"errors"
	"fmt"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/report"
)

// Append publishes the current version of the bundle with the bars of a Frame,
// which is borrowed, put in: an asset's bar replaces the one that it had at
// that time, and new assets and times are added. An event of the version at the time
// of a new bar is taken back where options.EventColumns has its type and the Frame not
// the event. The version is the one, by
// its digest, that an ingest of everything at once makes; it shares the files
// of the version before, and writes what is new; see docs/format.md. Where
// nothing is new no version is written.
//
// The Frame must have the columns, calendar, label and adjustment of the
// bundle: the error wraps [ErrMismatch] and names all that differs. So does one
// about splits that the joined prices contradict, where either the split or a
// price beside it is new, and one about two splits that take effect on one bar. A bundle
// that does not exist is [ErrNotFound]. Where another publication comes
// first, Append puts the bars into that version. Where options.Budget is too
// small the error wraps [columnar.ErrMemory]. Else it is like Publish.
func (w *Draft) Append(ctx context.Context, frame *columnar.Frame, account report.Account, options PublishOptions) (Published, error) {
	if w.finished {
		return Published{}, ErrFinished
	}
	if err := w.finishRejects(); err != nil {
		return Published{}, fmt.Errorf("bundle %q: append: %w", w.bundle.name, err)
	}
	for {
		p, again, err := w.append(ctx, frame, account, options)
		switch {
		case again && ctx.Err() == nil:
			continue
		case err != nil:
			return p, fmt.Errorf("bundle %q: append: %w", w.bundle.name, err)
		}
		_ = w.end() // what is left is removed by the next ingest or by GC
		return p, nil
	}
}

// append is one try; it is to be made again where another publication came
// first.
func (w *Draft) append(ctx context.Context, frame *columnar.Frame, account report.Account, options PublishOptions) (p Published, again bool, err error) {
	defer columnar.CatchFault(&err)()
	marker, err := readMarker(w.bundle)
	if err != nil {
		return p, false, err
	}
	id, first := marker.Current, false // first: no other publication came before
	defer func() {
		// What went wrong with a version that is no longer current does not
		// matter.
		if now, e := readMarker(w.bundle); err != nil && !first && e == nil && now.Current != id {
			again = true
		}
		if again {
			err = errors.Join(ctx.Err(), w.store.disk.RemoveAll(string(w.versionDir())))
			again = err == nil
		}
	}()
	dir := w.bundle.version(id)
	base, err := openVersion(ctx, dir, OpenOptions{Budget: options.Budget})
	if err != nil {
		return p, false, missing(err)
	}
	defer base.Close()
	held := reservation{budget: options.Budget}
	defer held.release()
	c, err := newAppend(ctx, dir, base, frame, account, options, &held)
	if err != nil {
		return p, false, err
	}
	defer c.frame.Release()
	target := w.bundle.version(versionID(c.digest))
	there, err := healthy(ctx, target)
	if err != nil {
		return p, false, err
	}
	if target == dir && !there {
		return p, false, corrupt(string(dir), "the version that bars are to be appended to does not verify")
	}
	if !there {
		if err := c.write(ctx, w.store.disk, w.versionDir()); err != nil {
			return p, false, err
		}
	}
	locked, err := lock(ctx, w.bundle.lock())
	if err != nil {
		return p, false, err
	}
	defer locked.unlock()
	if now, err := readMarker(w.bundle); err != nil || now.Current != id {
		return p, err == nil, err
	}
	first = true
	if err := base.frame.Intact(); err != nil {
		return p, false, err
	}
	existing, err := w.place(ctx, c, target, !there)
	if err != nil {
		return p, false, err
	}
	p, err = w.commit(c, existing)
	return p, false, err
}

// newAppend puts new bars into those of a version.
func newAppend(ctx context.Context, dir versionDir, base *Bundle, frame *columnar.Frame, account report.Account, options PublishOptions, held *reservation) (*content, error) {
	for k := range frame.NumAssets() {
		if err := columnar.CheckTimes(frame.Asset(k), frame.Times(k)); err != nil {
			return nil, err
		}
	}
	if err := checkAppend(base.frame, frame); err != nil {
		return nil, err
	}
	m := &merger{base: base.frame, news: frame, account: report.Append{Base: base.Digest()}, said: options.EventColumns, memory: held, rowBytes: base.manifest.rowBytes()}
	if err := m.merge(ctx); err != nil {
		return nil, err
	}
	if !options.SessionsSaid {
		if err := m.checkSessions(); err != nil {
			return nil, err
		}
	}
	merged, err := m.frame()
	if err != nil {
		return nil, err
	}
	if found := m.contradictions(merged); found != "" {
		if !options.AdjustedSaid {
			merged.Release()
			return nil, fmt.Errorf("%w: %w: its adjustment is %s, but %s; correct the split, or ingest everything into a new bundle", ErrMismatch, ErrSplits, base.manifest.Adjusted, found)
		}
		m.account.Contradictions = found
	}
	hashes, err := m.hashes(ctx, dir, base.manifest, merged)
	if err != nil {
		merged.Release()
		return nil, err
	}
	account.Append = &m.account
	c := &content{frame: merged, hashes: hashes, digest: columnar.DigestOf(merged, hashes), account: account, options: options}
	c.plan(dir, base.manifest, m.assets)
	return c, nil
}
