package search

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync/atomic"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// RunFunc runs the trials of a space and returns their results: with sweep.Runner,
//
//	func(ctx context.Context, s *spec.Spec, space pipeline.Space) (array.RecordReader, error) {
//		return runner.RunFrame(ctx, frame, s, sweep.Options{Space: space})
//	}
//
// The table has the columns of results, trials in order and all rows of a trial one
// after another.
type RunFunc func(ctx context.Context, s *spec.Spec, space pipeline.Space) (array.RecordReader, error)

// Options are the choices of [Run]. The zero value is what most callers want.
type Options struct {
	// Resume names a Parquet file of results that an earlier run of the same search
	// may have left unfinished. What is there is told to the search and not run again,
	// and writing the Reader to the same name completes the file. "" starts from the
	// beginning, and so does a file of which nothing is left.
	Resume string
	// Provisional hands rows out as they come also where the search has several
	// objectives, with nulls for the column of what no other trial dominates: a Writer
	// of results.Create fills them in when the last row is there, as Description.Finish
	// has it. Otherwise such rows are held in memory to the end, and nothing can be
	// resumed.
	Provisional bool
}

// Reader hands out the results of a search as Arrow records, in the order of asking:
// the table of the spec's trials, with a column that says the generation. It
// implements array.RecordReader and results.Described. Use it from one goroutine;
// Progress may be called from any. It runs the next generation when it is read.
type Reader struct {
	run         RunFunc
	ctx         context.Context //nolint:containedctx // of all generations, as that of a sweep is of all blocks
	cancel      context.CancelFunc
	refs        atomic.Int64
	search      *Search
	schema      *arrow.Schema
	description results.Description
	judge       *judge
	hold        bool

	open    *Generation
	inner   array.RecordReader // runs open; nil between generations
	out     regroup
	current arrow.Record
	passed  atomic.Int64
	total   int64
	done    bool // nothing more is asked
	err     error
}

var _ results.Described = (*Reader)(nil)

// Run starts the search of a spec. The first generation is under way when it returns.
// What is wrong with the spec is a spec.Errors; what is there to resume and is not of
// this search a *results.ResumeError. The caller releases the Reader.
func Run(ctx context.Context, s *spec.Spec, run RunFunc, opts Options) (r *Reader, err error) {
	search, err := New(s)
	if err != nil {
		return nil, err
	}
	several := len(search.Spec().Search.Objectives) > 0
	if opts.Resume != "" && several && !opts.Provisional {
		return nil, errors.New("options: rows of a search with several objectives are held to its end, so there is nothing to resume; set Provisional, or leave out Resume")
	}
	r = &Reader{run: run, search: search, hold: several && !opts.Provisional, total: int64(search.Spec().Search.Trials)}
	r.refs.Store(1)
	r.ctx, r.cancel = context.WithCancel(ctx)
	defer func() {
		if err != nil {
			r.Release()
			r = nil
		}
	}()
	if r.open, err = search.Ask(r.ctx); err != nil {
		return r, err
	}
	// What the table says of itself is known of the first generation.
	if err := r.begin(0); err != nil {
		return r, err
	}
	if err := r.describe(); err != nil {
		return r, err
	}
	r.schema = results.Schema(r.search.Spec())
	if r.judge, err = newJudge(r.schema, r.search); err != nil {
		return r, err
	}
	r.out = regroup{schema: r.schema, rows: r.description.GroupRows}
	if opts.Resume != "" {
		err = r.resume(opts.Resume)
	}
	return r, err
}

// leastGroup is how many trials a row group has at least: a process that is killed
// loses the one under way.
const leastGroup = 16

// describe fills in what the table says of itself, by that of a generation.
func (r *Reader) describe() error {
	var of results.Description
	if d, ok := r.inner.(results.Described); ok {
		of = d.Describe()
	} else {
		of.Metadata = r.inner.Schema().Metadata().ToMap()
	}
	of.Metadata = maps.Clone(of.Metadata)
	s := r.search.spec
	if text := of.Metadata[results.MetaSpec]; text != "" {
		ran, err := spec.Parse("spec", []byte(text))
		if err != nil {
			return fmt.Errorf("search: the spec of a generation: %w", err)
		}
		s.Adjust = ran.Adjust // what the data had decided
	}
	if of.Metadata == nil {
		of.Metadata = make(map[string]string)
	}
	q := &s.Search
	of.Metadata[results.MetaSpec] = s.String()
	of.Metadata[results.MetaSpace] = fmt.Sprintf("search: %s %d, seed %d, generations of %d", q.Algorithm, q.Trials, q.Seed, q.Generation)
	if each := max(of.TrialRows, 1); of.GroupRows > 0 {
		of.GroupRows = min(of.GroupRows/each, max(int64(q.Generation), leastGroup)) * each
	}
	if r.hold {
		of.GroupRows = 0 // nothing is final before the end
	}
	of.Checkpoint = nil
	if len(q.Objectives) > 0 && !r.hold {
		of.Finish = r.finish
	}
	r.description = of
	return nil
}

// begin runs what is left of the open generation from a trial on.
func (r *Reader) begin(from int64) (err error) {
	if r.inner, err = r.run(r.ctx, r.open.Spec(), r.open.Space(from)); err != nil {
		r.inner = nil
		return fmt.Errorf("search: generation %d: %w", r.open.Number, err)
	}
	return nil
}

// Next moves to the next record and reports whether there is one.
func (r *Reader) Next() bool {
	r.drop()
	for {
		ended := r.done || r.err != nil
		if !r.hold || r.done {
			if r.current = r.out.take(ended); r.current != nil {
				return true
			}
		}
		if ended {
			return false
		}
		r.err = r.step()
	}
}

// step reads the next record of the generation that runs, or goes on to the next.
func (r *Reader) step() error {
	if r.inner == nil {
		if r.open == nil {
			return r.ask()
		}
		return r.begin(r.passed.Load())
	}
	if r.inner.Next() {
		if r.open == nil {
			return fmt.Errorf("search: rows behind the last trial, %d", r.passed.Load()-1)
		}
		rec := r.wide(r.inner.Record())
		defer rec.Release()
		r.out.add(rec)
		return r.accept(rec)
	}
	err := r.inner.Err()
	r.inner.Release()
	if r.inner = nil; err == nil && r.open != nil {
		err = fmt.Errorf("search: generation %d ended at trial %d of %d to %d", r.open.Number, r.passed.Load(), r.open.First, r.open.First+int64(r.open.Len())-1)
	}
	return err
}

// ask opens the next generation, or ends the table.
func (r *Reader) ask() (err error) {
	if r.open, err = r.search.Ask(r.ctx); err != nil || r.open != nil {
		return err
	}
	r.done = true
	if r.hold {
		r.out.each(func(rec arrow.Record) arrow.Record { return r.fronts(rec) })
	}
	return nil
}

// accept tells the search what rows of its generation came to, once they are all
// there.
func (r *Reader) accept(rec arrow.Record) error {
	if rec.NumRows() == 0 {
		return nil
	}
	if err := r.judge.add(r.open, rec); err != nil {
		return err
	}
	trials := rec.Column(0).(*array.Int64)
	r.passed.Store(trials.Value(trials.Len()-1) + 1)
	if r.passed.Load() < r.open.First+int64(r.open.Len()) {
		return nil
	}
	err := r.search.Tell(r.open, r.judge.verdict())
	r.open = nil
	return err
}

// Retain adds a reference.
func (r *Reader) Retain() { r.refs.Add(1) }

// Release drops a reference. With the last one what still runs is stopped.
func (r *Reader) Release() {
	if r.refs.Add(-1) != 0 {
		return
	}
	r.cancel()
	if r.inner != nil {
		r.inner.Release()
		r.inner = nil
	}
	if c := r.description.Checkpoint; c != nil {
		if tail := c.TakeTail(); tail != nil {
			tail.Release()
		}
	}
	r.out.release()
	r.drop()
}

func (r *Reader) drop() {
	if r.current != nil {
		r.current.Release()
		r.current = nil
	}
}

// Schema returns that of the table; see results.Schema.
func (r *Reader) Schema() *arrow.Schema { return r.schema }

// Record returns the current record, valid until Next or Release.
func (r *Reader) Record() arrow.Record { return r.current }

// Err returns what ended the search early, once Next has returned false.
func (r *Reader) Err() error { return r.err }

// Describe says what a writer of the results has to know. It implements
// results.Described.
func (r *Reader) Describe() results.Description {
	d := r.description
	d.Metadata = maps.Clone(d.Metadata)
	return d
}

// Search returns the search itself, for what was told: do not ask it.
func (r *Reader) Search() *Search { return r.search }

// Progress returns how many trials are done, those that were found done included,
// and how many will be.
func (r *Reader) Progress() (done, total int64) { return r.passed.Load(), r.total }

// Resumed returns what the search goes on from; nothing without [Options].Resume.
func (r *Reader) Resumed() results.Resumed {
	if c := r.description.Checkpoint; c != nil {
		return c.Found()
	}
	return results.Resumed{}
}
