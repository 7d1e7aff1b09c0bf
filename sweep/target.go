package sweep

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bowstring-engine/bowstring/internal/disk"
	"github.com/bowstring-engine/bowstring/internal/output"
)

var (
	// ErrExists is wrapped where the file that results are to be written to is
	// there already; the message says what it is.
	ErrExists = output.ErrExists

	// ErrLocked is wrapped where another sweep is writing to that file; the
	// message names its process.
	ErrLocked = output.ErrLocked

	// ErrEnding is wrapped where the ending of a file's name says no format.
	ErrEnding = output.ErrEnding
)

// UnfinishedError says that a sweep which was interrupted or killed has left
// finished trials under the name that new results would be written to.
type UnfinishedError struct {
	// Path is the file with them.
	Path string
	// Rows and Trials are what a sweep with [Options].Resume finds there.
	Rows, Trials int64
	// Of names the spec and the data that they belong to.
	Of string
}

// Error implements error.
func (e *UnfinishedError) Error() string {
	return fmt.Sprintf("%s %v: %s are finished there of an interrupted sweep of %s", e.Path, ErrExists, output.Counted(e.Rows, e.Rows/max(e.Trials, 1)), e.Of)
}

// Unwrap returns [ErrExists].
func (e *UnfinishedError) Unwrap() error { return ErrExists }

// TargetOptions are the choices of [OpenTarget]. The zero value refuses whatever
// is there.
type TargetOptions struct {
	// Force replaces a file that is there when the new one is complete, and drops
	// what an unfinished sweep has left.
	Force bool
	// Resume is for the results of a sweep with [Options].Resume: what is left of
	// it is gone on with.
	Resume bool
}

// Target is a place for the results of one sweep, which no one else writes to
// while it is open. It is not safe for concurrent use.
type Target struct {
	held    *output.Output // nil for a stream
	to      io.Writer      // of a stream
	kind    output.Kind
	options TargetOptions
	disk    disk.Disk
	every   time.Duration // between commits of the journal
}

// OpenTarget opens a place for results, before anything is computed for it. The
// ending of the name says the format: .parquet, .csv, .csv.gz, .csv.zst, .arrow
// or .json. Links are followed, and devices and pipes written to. A file that is
// there is refused, and so are the finished rows of a sweep that was interrupted,
// unless the options say otherwise. Nothing is changed before [Target.Write].
//
// Errors wrap [ErrExists] (among them *[UnfinishedError]), [ErrLocked] and
// [ErrEnding], or come from the system. The caller closes the Target.
func OpenTarget(name string, o TargetOptions) (*Target, error) {
	return openTarget(name, o, disk.Disk{}, commitEvery)
}

func openTarget(name string, o TargetOptions, d disk.Disk, every time.Duration) (*Target, error) {
	if output.Partial(name) {
		return nil, fmt.Errorf("results: %q: %w: .partial is for unfinished results; choose another name", name, ErrEnding)
	}
	held, err := output.Hold(name, output.Options{Force: o.Force, Later: o.Resume, Table: true, Disk: d})
	if err != nil {
		return nil, fmt.Errorf("results: %w", err)
	}
	out := &Target{held: held, kind: held.Kind(), options: o, disk: d, every: every}
	switch {
	case o.Resume && (held.Direct() || !out.resumable()):
		err = fmt.Errorf("%s: only a Parquet file keeps what is finished, to go on from", name)
	case out.resumable() && !o.Force && !o.Resume:
		err = unfinished(held.Path())
	}
	if err != nil {
		held.Release()
		return nil, fmt.Errorf("results: %w", err)
	}
	return out, nil
}

// StreamTarget is a Target that writes to w, which stays open: in the format
// "csv", "json" or "arrow", a stream then. A Parquet file is read from its end,
// which a stream does not show.
func StreamTarget(w io.Writer, format string) (*Target, error) {
	switch f := output.Format(format); f {
	case output.CSV, output.JSON, output.Arrow:
		return &Target{to: w, kind: output.Kind{Format: f}}, nil
	case output.Parquet:
		return nil, errors.New("results: a Parquet file is read from its end, and cannot be a stream; want csv, json or arrow")
	}
	return nil, fmt.Errorf("results: format %q: want csv, json or arrow", format)
}

// resumable reports whether what is finished is kept where a sweep ends early.
func (o *Target) resumable() bool {
	return o.held != nil && !o.held.Direct() && o.kind.Format == output.Parquet
}

// Close gives the place up. Results that are not written are not removed by it.
func (o *Target) Close() {
	if o.held != nil {
		o.held.Release()
	}
}

// unfinished reports what a sweep that wrote to path has left and a new one
// would drop. Errors are an *[UnfinishedError] or another that wraps [ErrExists].
func unfinished(path string) error {
	partial := PartialPath(path)
	head, c, err := readCheckpoint(context.Background(), path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if disposable(partial) {
			return nil
		}
	case err != nil:
		return &output.ExistsError{Path: journalPath(path), What: err.Error()}
	default:
		rows, _ := c.done()
		if rows == 0 && disposable(partial) {
			return nil
		}
		if rows > 0 {
			return &UnfinishedError{Path: partial, Rows: rows, Trials: rows / max(head.TrialRows, 1), Of: output.SpecAndData(head.Metadata)}
		}
	}
	return &output.ExistsError{Path: partial, What: output.Describe(partial)}
}

// Check reports whether the results of r may be written: what was found when
// the sweep began to go on from decides about a file that is there. [Target.Write]
// does the same.
func (o *Target) Check(r *Reader) error {
	c := r.checkpoint
	switch {
	case c == nil && !o.options.Resume || o.held == nil:
		return nil
	case c == nil:
		return errors.New("results: a place to go on at needs a sweep with Options.Resume")
	case c.path != o.held.Path():
		return fmt.Errorf("results: the sweep goes on from %s and cannot be written to %s", c.path, o.held.Name())
	case c.complete:
		return nil
	}
	err := o.held.Free()
	var there *output.ExistsError
	if errors.As(err, &there) && c.others != nil {
		there.What += "; it is of another sweep: " + differences(c.others)
	}
	if err != nil {
		return fmt.Errorf("results: %w", err)
	}
	return nil
}

// WriteTop is [Target.Write], and returns the best rows, as [Top] does; its
// condition and its column are those of options. The caller releases the record.
func (o *Target) WriteTop(ctx context.Context, r *Reader, options TopOptions) (rows int64, best arrow.Record, err error) {
	if o.resumable() {
		if rows, err = o.Write(r); err != nil {
			return rows, nil, err
		}
		results, err := OpenResults(o.held.Path())
		if err != nil {
			return rows, nil, err
		}
		best, err = results.Top(ctx, options)
		return rows, best, errors.Join(err, results.Close())
	}
	rows, err = o.pass(r, func(p *passing) (err error) {
		best, err = Top(ctx, p, options)
		return err
	})
	if err != nil && best != nil {
		best.Release()
		best = nil
	}
	return rows, best, err
}
