package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/disk"
)

// Result is what an export wrote.
type Result struct {
	Format   Format
	Compress Compression
	// Files is the number of files with bars, and Bytes their size.
	Files int
	Bytes int64
	// Assets and Rows are what is in them.
	Assets int
	Rows   int64
	// Events is the number of corporate actions in EventsFile, which is "" where
	// there is none.
	Events     int64
	EventsFile string
	// Reading is what an ingest of the files has to be told.
	Reading Reading
}

// Write writes bars in long form to w, which stays open, and the events where
// Options.Events says. f is borrowed. Where it fails, w may have got a part.
//
// Errors wrap [ErrOptions], [ErrExists] (of the events), [ErrNoBars],
// [columnar.ErrNoAsset], [columnar.ErrNoColumn], [columnar.ErrAdjustment],
// [columnar.ErrEvent], or are those of w and of ctx. The same holds for [File]
// and [Folder].
func Write(ctx context.Context, w io.Writer, f *columnar.Frame, options Options) (*Result, error) {
	return export(ctx, f, options, "", func(j *job, r *Result) (pending, error) {
		counted := &position{w: w}
		err := j.encode(ctx, counted, j.assets, "")
		r.Files, r.Bytes = 1, counted.at
		return pending{}, err
	})
}

// File writes bars in long form into a new file. f is borrowed. Where it fails,
// or is cancelled, there is no file of that name, or the one that was there.
func File(ctx context.Context, path string, f *columnar.Frame, options Options) (*Result, error) {
	if err := checkFree(path, options.Force); err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	return export(ctx, f, options, path, func(j *job, r *Result) (pending, error) {
		p := pending{disk: disk.Disk{Fault: j.o.fault}, path: path, partial: beside(path, partialEnding)}
		bytes, err := p.disk.Write(p.partial, newFile, func(w io.Writer) error { return j.encode(ctx, w, j.assets, "") })
		r.Files, r.Bytes = 1, bytes
		return p, err
	})
}

// export runs one export: encode writes the bars to where nobody takes them for
// whole; then the events are written, and what is pending gets its name.
func export(ctx context.Context, f *columnar.Frame, options Options, path string, encode func(*job, *Result) (pending, error)) (*Result, error) {
	o, err := options.resolve(path)
	if err != nil {
		return nil, err
	}
	if o.Events != "" && o.Events == path {
		return nil, fmt.Errorf("%w: events and bars are both to be in %s", ErrOptions, path)
	}
	r := &Result{Format: o.Format, Compress: o.Compress}
	if err := exportTo(ctx, f, o, r, encode); err != nil {
		if errors.Is(err, ErrOptions) {
			return nil, err // begins so already
		}
		return nil, fmt.Errorf("export: %w", err)
	}
	return r, nil
}

// exportTo is export with options that are complete.
func exportTo(ctx context.Context, f *columnar.Frame, o Options, r *Result, encode func(*job, *Result) (pending, error)) error {
	s, err := choose(ctx, f, o)
	if err != nil {
		return err
	}
	j := &job{selection: s}
	j.tally.begin(s)
	r.Assets, r.Rows = len(s.assets), s.rows
	if err := j.prepareEvents(r); err != nil {
		return err
	}
	if err := j.run(ctx, r, encode); err != nil {
		return err
	}
	r.Reading = j.reading()
	return nil
}

// run writes everything under names of unfinished files, and then gives all of
// them theirs, the events first: whoever finds the bars finds the events.
func (j *job) run(ctx context.Context, r *Result, encode func(*job, *Result) (pending, error)) (err error) {
	var events pending
	bars, err := encode(j, r)
	defer func() {
		if err != nil {
			err = errors.Join(err, bars.discard(j.o.Force), events.discard(j.o.Force))
		}
	}()
	if err != nil {
		return err
	}
	if events, err = j.writeEvents(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := events.place(j.o.Force); err != nil {
		return err
	}
	return bars.place(j.o.Force)
}

// pending is a file or folder that is complete under another name; the zero
// value is none.
type pending struct {
	disk          disk.Disk
	path, partial string
	folder        bool
	placed        bool
}

// place gives it its name.
func (p *pending) place(force bool) error {
	switch {
	case p.partial == "":
		return nil
	case p.folder:
		return p.placeFolder(force)
	}
	if err := checkFree(p.path, force); err != nil { // made since
		return err
	}
	if err := p.disk.Rename(p.partial, p.path); err != nil {
		return err
	}
	p.placed = true
	return p.disk.SyncDir(filepath.Dir(p.path))
}

// discard removes it after an error. What has its name is complete: it goes
// where it is new, because the other half of the export is missing, and stays
// where it has replaced what was there.
func (p *pending) discard(force bool) error {
	switch {
	case p.partial == "" || p.placed && force:
		return nil
	case p.placed:
		return p.disk.RemoveAll(p.path)
	}
	return p.disk.RemoveAll(p.partial)
}
