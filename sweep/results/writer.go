package results

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

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
	// Rows and Trials are what a sweep with sweep.Options.Resume finds there.
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

// WriterOptions are the choices of [Create]. The zero value refuses whatever
// is there.
type WriterOptions struct {
	// Force replaces a file that is there when the new one is complete, and drops
	// what an unfinished sweep has left.
	Force bool
	// Resume is for the results of a sweep with sweep.Options.Resume: what is left of
	// it is gone on with.
	Resume bool
}

// Writer is a place for one table of results, which no one else writes to
// while it is open. It is not safe for concurrent use.
type Writer struct {
	held    *output.Output // nil for a stream
	to      io.Writer      // of a stream
	kind    output.Kind
	options WriterOptions
	disk    disk.Disk
	every   time.Duration // between commits of the journal
}

// Create opens a place for results, before anything is computed for it. The
// ending of the name says the format: .parquet, .csv, .csv.gz, .csv.zst, .arrow
// or .json. Links are followed, and devices and pipes written to. A file that is
// there is refused, and so are the finished rows of a sweep that was interrupted,
// unless the options say otherwise. Nothing is changed before [Writer.Write].
//
// Errors wrap [ErrExists] (among them *[UnfinishedError]), [ErrLocked] and
// [ErrEnding], or come from the system. The caller closes the Writer.
func Create(name string, o WriterOptions) (*Writer, error) {
	return create(name, o, disk.Disk{}, commitEvery)
}

func create(name string, o WriterOptions, d disk.Disk, every time.Duration) (*Writer, error) {
	if output.Partial(name) {
		return nil, fmt.Errorf("results: %q: %w: .partial is for unfinished results; choose another name", name, ErrEnding)
	}
	held, err := output.Hold(name, output.Options{Force: o.Force, Later: o.Resume, Table: true, Disk: d})
	if err != nil {
		return nil, fmt.Errorf("results: %w", err)
	}
	w := &Writer{held: held, kind: held.Kind(), options: o, disk: d, every: every}
	switch {
	case o.Resume && (held.Direct() || !w.resumable()):
		err = fmt.Errorf("%s: only a Parquet file keeps what is finished, to go on from", name)
	case w.resumable() && !o.Force && !o.Resume:
		err = unfinished(held.Path())
	}
	if err != nil {
		held.Release()
		return nil, fmt.Errorf("results: %w", err)
	}
	return w, nil
}

// Stream returns a Writer that writes to a stream, which stays open: in the format
// "csv", "json" or "arrow", that of its streams. A Parquet file is read from its
// end, which a stream does not show.
func Stream(to io.Writer, format string) (*Writer, error) {
	switch f := output.Format(format); f {
	case output.CSV, output.JSON, output.Arrow:
		return &Writer{to: to, kind: output.Kind{Format: f}}, nil
	case output.Parquet:
		return nil, errors.New("results: a Parquet file is read from its end, and cannot be a stream; want csv, json or arrow")
	}
	return nil, fmt.Errorf("results: format %q: want csv, json or arrow", format)
}

// resumable reports whether what is finished is kept where a sweep ends early.
func (w *Writer) resumable() bool {
	return w.held != nil && !w.held.Direct() && w.kind.Format == output.Parquet
}

// Close gives the place up. Results that are not written are not removed by it.
func (w *Writer) Close() {
	if w.held != nil {
		w.held.Release()
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

// Check reports whether a table may be written: whether it has the columns of
// results and, for a Parquet file, a spec ([ErrNoResults] where not); and, where it
// goes on from a [Checkpoint], whether what was found then may be gone on with
// beside what is there now. [Writer.Write] does the same.
func (w *Writer) Check(r array.RecordReader) error {
	of := describe(r)
	check := func(schema *arrow.Schema) error { return checkColumns(schema, nil) }
	if of.Metadata[MetaSegments] != "" {
		check = checkSegments
	}
	if err := check(r.Schema()); err != nil {
		return fmt.Errorf("results: the table cannot be written: %w", err)
	}
	if w.kind.Format == output.Parquet && of.Metadata[MetaSpec] == "" {
		return fmt.Errorf("results: the table cannot be written: %w: its metadata has no %s", ErrNoResults, MetaSpec)
	}
	c := of.Checkpoint
	if of.Finish != nil && !w.resumable() {
		return errors.New("results: rows that are provisional to the end of the table need a Parquet file")
	}
	switch {
	case c == nil && !w.options.Resume || w.held == nil:
		return nil
	case c == nil:
		return errors.New("results: a place to go on at needs a sweep with Options.Resume")
	case c.path != w.held.Path():
		return fmt.Errorf("results: the sweep goes on from %s and cannot be written to %s", c.path, w.held.Name())
	case c.complete:
		return nil
	}
	err := w.held.Free()
	var there *output.ExistsError
	if errors.As(err, &there) && c.others != nil {
		there.What += "; it is of another sweep: " + differences(c.others)
	}
	if err != nil {
		return fmt.Errorf("results: %w", err)
	}
	return nil
}

// WriteLeaders is [Writer.Write], and returns the best rows, as [Leaders] does; its
// condition and its column are those of options. The caller releases the record.
func (w *Writer) WriteLeaders(ctx context.Context, r array.RecordReader, options LeadersOptions) (rows int64, best arrow.Record, err error) {
	if w.resumable() {
		if rows, err = w.Write(r); err != nil {
			return rows, nil, err
		}
		file, err := Open(w.held.Path())
		if err != nil {
			return rows, nil, err
		}
		best, err = file.Leaders(ctx, options)
		return rows, best, errors.Join(err, file.Close())
	}
	rows, err = w.pass(r, func(p *passing) (err error) {
		best, err = Leaders(ctx, p, options)
		return err
	})
	if err != nil && best != nil {
		best.Release()
		best = nil
	}
	return rows, best, err
}
