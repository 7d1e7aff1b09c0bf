package export

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/disk"
	"github.com/bowstring-engine/bowstring/internal/output"
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
// Errors wrap [ErrOptions], [ErrExists] and [ErrLocked] (of the events),
// [ErrNoBars], [columnar.ErrNoAsset], [columnar.ErrNoColumn],
// [columnar.ErrAdjustment], [columnar.ErrEvent], or are those of w and of ctx. The
// same holds for [File] and [Folder].
func Write(ctx context.Context, w io.Writer, f *columnar.Frame, options Options) (*Result, error) {
	return export(ctx, f, options, "", func(j *job, r *Result) (written, error) {
		counted := output.NewPosition(w)
		err := j.encode(ctx, counted, j.assets, "")
		r.Files, r.Bytes = 1, counted.Bytes()
		return written{}, err
	})
}

// File writes bars in long form into a new file, in the format that the ending of
// its name says; another is refused, with [ErrEnding]. f is borrowed. Where it
// fails, or is cancelled, there is no file of that name, or the one that was there.
// A link is followed; a device or a pipe is written to, and keeps what it got.
func File(ctx context.Context, path string, f *columnar.Frame, options Options) (*Result, error) {
	if path == options.Events {
		return nil, fmt.Errorf("%w: events and bars are both to be in %s", ErrOptions, path)
	}
	held, err := output.Hold(path, output.Options{Force: options.Force, Table: true, Disk: disk.Disk{Fault: options.fault}})
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	defer held.Release()
	return export(ctx, f, options, path, func(j *job, r *Result) (written, error) {
		bytes, err := held.Write(func(w io.Writer) error { return j.encode(ctx, w, j.assets, "") })
		r.Files, r.Bytes = 1, bytes
		return written{file: held}, err
	})
}

// export runs one export: encode writes the bars to where nobody takes them for
// whole; then the events are written, and all get their names.
func export(ctx context.Context, f *columnar.Frame, options Options, path string, encode func(*job, *Result) (written, error)) (*Result, error) {
	o, err := options.resolve(path)
	if err != nil {
		return nil, err
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
func exportTo(ctx context.Context, f *columnar.Frame, o Options, r *Result, encode func(*job, *Result) (written, error)) (err error) {
	defer columnar.CatchFault(&err)()
	s, err := choose(ctx, f, o)
	if err != nil {
		return err
	}
	j := &job{selection: s}
	j.tally.begin(s)
	r.Assets, r.Rows = len(s.assets), s.rows
	events, err := j.prepareEvents(r)
	if err != nil {
		return err
	}
	if events != nil {
		defer events.Release()
	}
	if err := j.run(ctx, r, encode, events); err != nil {
		return err
	}
	r.Reading = j.reading()
	return nil
}

// written is what was written of the bars and has not got its name: a file, a folder,
// or neither for a stream.
type written struct {
	file   *output.Output
	folder *newFolder
}

// run writes everything under names of unfinished files, and then gives all of
// them theirs, the events first: whoever finds the bars finds the events. Where
// the bars do not get theirs, the events that were there come back.
func (j *job) run(ctx context.Context, r *Result, encode func(*job, *Result) (written, error), events *output.Output) (err error) {
	out, err := encode(j, r)
	defer func() {
		if err != nil {
			err = errors.Join(err, out.discard())
		}
	}()
	if err != nil {
		return err
	}
	var files []*output.Output
	if events != nil {
		if _, err := events.Write(j.writeEvents); err != nil {
			return err
		}
		files = append(files, events)
	}
	if err := ctx.Err(); err != nil {
		if events != nil {
			err = errors.Join(err, events.Discard())
		}
		return err
	}
	if out.file != nil {
		files = append(files, out.file)
	}
	if out.folder == nil {
		return output.Commit(files...)
	}
	return output.CommitWith(out.folder.place, files...)
}

// discard removes what has not got its name.
func (w *written) discard() error {
	switch {
	case w.file != nil:
		return w.file.Discard()
	case w.folder != nil:
		return w.folder.discard()
	}
	return nil
}
