package sweep

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// Options are the choices of a run that never change its results, but for
// Space and Top. The zero value is what most callers want.
type Options struct {
	// Workers is the number of goroutines that compute; 0 means one a
	// processor.
	Workers int
	// BlockTrials is the number of trials computed as a unit; 0 lets the run
	// choose.
	BlockTrials int
	// CacheBytes bounds the memory for indicators that trials share; 0 means
	// [pipeline.DefaultCacheBytes], less than 0 none.
	CacheBytes int64
	// Budget bounds the memory of the sweep, nil does not: prices that it
	// adjusts, indicators, workers, blocks and results, but not mapped bars. It
	// is counted by estimates, of what is live at one time, and no result depends
	// on it. Where it is short, indicators that are only kept give way, then
	// blocks become smaller; what fits in no way is a *[pipeline.MemoryError].
	Budget *columnar.Budget
	// Allocator makes the memory of the records; nil means Go's own.
	Allocator memory.Allocator
	// Top keeps only the best trials, by the objective of the spec: so many of
	// them, with all their rows, in the order of trials; 0 keeps all. Trials
	// rank as [Top] ranks their pooled rows or, without those, the best row of
	// each. What is kept is handed out when the sweep ends, and is all the
	// memory that results take.
	Top int
	// Space is what trials are run, in place of the grid of the spec; nil means
	// the grid. Its trials decode into positions of the spec's parameters, and
	// their numbers in it are the trials of the results; the spec's `where` is not
	// asked. The name of a [NamedSpace] is recorded with the results, and only a
	// space of that name resumes them. One without a name cannot be resumed.
	Space pipeline.Space
	// Segments asks for the table of segments too, which [Reader.Segments] hands out:
	// the sums of every row between cuts, or those of its Sums. Where it has no Cuts,
	// those are the spec's. A sweep that Resume goes on with goes on with the table
	// beside the file as well ([results.SegmentsPath]).
	Segments *pipeline.Segmentation
	// Tool is the version of the running program, for the metadata.
	Tool string
	// Resume names a result file that an earlier run of the same sweep may
	// have left unfinished, a Parquet file. The Reader then hands out what is
	// not in a finished row group, without computing again what is there, and
	// [WriteFile] to the same name completes the file. "" starts from the
	// beginning, and so does a file of which nothing is left;
	// [Reader.Resumed] tells.
	Resume string
}

// Run starts a sweep over frame and returns its results as an Arrow record
// reader. The spec's universe and period cut the frame, which is borrowed
// until the Reader is released; its prices are adjusted first, in memory of the
// run, unless they have the adjustment that the spec asks for. Problems with the spec are returned at once,
// all of them; what goes wrong later is the Reader's Err. When ctx ends, the
// sweep stops within 100 ms; with more than a million bars an asset, as soon
// as the pass over them that is under way has ended. Where Options.Resume
// names an unfinished file of another sweep, the error is a *[ResumeError]; where
// what is there cannot be gone on from, it wraps [ErrExists] or [ErrJournal]; where a file
// that the frame is mapped from is cut short, it is a *[columnar.FaultError].
func Run(ctx context.Context, frame *columnar.Frame, spec *spec.Spec, opts Options) (*Reader, error) {
	return run(ctx, frame, spec, opts, shared{ended: func() {}})
}

func run(ctx context.Context, frame *columnar.Frame, spec *spec.Spec, opts Options, with shared) (*Reader, error) {
	if err := opts.validate(); err != nil {
		return nil, err
	}
	job, err := prepare(ctx, frame, spec, opts.Budget)
	if err != nil {
		return nil, err
	}
	if err := job.use(opts.Space); err != nil {
		job.release()
		return nil, err
	}
	if opts.Allocator == nil {
		opts.Allocator = memory.DefaultAllocator
	}
	switch {
	case with.workers != nil:
		opts.Workers = with.workers.Len()
	case opts.Workers == 0:
		opts.Workers = runtime.GOMAXPROCS(0)
	}
	if with.began != nil {
		with.began(job.frame.Info().Digest)
	}
	job.plan.Pool, job.plan.Cache, job.plan.Reference = with.workers, with.cache, with.reference
	job.plan.Budget, job.plan.SinkBytes = opts.Budget, job.resultBytes(opts.Top)
	job.plan.Workers, job.plan.BlockTrials, job.plan.CacheBytes = opts.Workers, opts.BlockTrials, opts.CacheBytes
	r := &Reader{description: results.Description{Workers: opts.Workers}}
	if err = r.useSegments(job, &opts); err == nil {
		job.plan.SinkBytes += job.segmentBytes()
		err = job.plan.Validate()
	}
	var meta map[string]string
	if err == nil {
		meta, err = job.metadata(opts.Tool)
	}
	if err != nil {
		job.release()
		return nil, err
	}
	r.schema, r.total, r.bars, r.assets = results.Schema(job.spec), job.space.Size(), int64(job.frame.NumRows()), job.frame.NumAssets()
	r.description.GroupRows, r.description.TrialRows, r.description.Metadata = job.groupRows(), int64(len(job.assets())), meta
	r.expected.Trials, r.expected.Exact = job.space.Count()
	r.records, r.ended = make(chan arrow.Record), make(chan struct{})
	r.refs.Store(1)
	name := spaceName(opts.Space)
	if name != "" {
		r.description.Metadata[results.MetaSpace] = name
	}
	if name == unnamed {
		r.description.GroupRows = 0 // nobody could go on with it
	}
	if s := r.segments; s != nil && name != "" {
		s.description.Metadata[results.MetaSpace] = name
		if name == unnamed {
			s.description.GroupRows = 0
		}
	}
	var keep *best
	if opts.Resume != "" {
		err = r.resume(ctx, job, opts.Resume)
	}
	if opts.Top > 0 {
		// Nothing of the file is final before the sweep ends.
		r.description.GroupRows = 0
		r.description.Metadata[results.MetaTop] = strconv.Itoa(opts.Top)
		keep, err = newBest(job, opts.Top)
	}
	if err != nil {
		job.release()
		return nil, err
	}
	ctx, r.cancel = context.WithCancel(ctx)
	go r.run(ctx, job, keep, opts.Allocator, with.ended)
	return r, nil
}

// validate checks what the plan of the run does not.
func (o *Options) validate() error {
	switch {
	case o.Top < 0:
		return fmt.Errorf("options: the best %d trials are asked for", o.Top)
	case o.Top > 0 && o.Resume != "":
		return errors.New("options: the best trials of a sweep are known at its end only, so there is nothing to resume; leave out Top or Resume")
	case o.Resume != "" && spaceName(o.Space) == unnamed:
		return errors.New("options: Space has no name by which the trials of an earlier run could be known again; make it a NamedSpace, or leave out Resume")
	}
	return nil
}
