package sweep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/cache"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// Options are the choices of a run that never change its results, but for
// Top. The zero value is what most callers want.
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
	// Tool is the version of the running program, for the metadata.
	Tool string
	// Resume names a result file that an earlier run of the same sweep may
	// have left unfinished. The Reader then hands out only what is missing,
	// and [WriteFile] to the same name completes the file. "" starts from the
	// beginning, and so does a file of which nothing is left;
	// [Reader.Resumed] tells.
	Resume string
}

// The keys of a result table's metadata.
const (
	MetaFormat  = "bowstring.format"  // version of the table's layout, "1"
	MetaTool    = "bowstring.tool"    // version of the program
	MetaSpec    = "bowstring.spec"    // the resolved spec, which says what prices were adjusted for
	MetaDigest  = "bowstring.digest"  // content digest of the bundle, as it is stored
	MetaAxis    = "bowstring.axis"    // calendar, frequency and bars a year
	MetaPartial = "bowstring.partial" // "true" where rows are missing
	MetaTop     = "bowstring.top"     // Options.Top, where it is set
	MetaTrials  = "bowstring.trials"  // the number of trials computed, beside MetaTop
)

// Run starts a sweep over frame and returns its results as an Arrow record
// reader. The spec's universe and period cut the frame, which is borrowed
// until the Reader is released; its prices are adjusted first, in memory of the
// run, unless they have the adjustment that the spec asks for. Problems with the spec are returned at once,
// all of them; what goes wrong later is the Reader's Err. When ctx ends, the
// sweep stops within 100 ms; with more than a million bars an asset, as soon
// as the pass over them that is under way has ended. Where Options.Resume
// names a file of another sweep, the error is a *[ResumeError].
func Run(ctx context.Context, frame *columnar.Frame, spec *Spec, opts Options) (*Reader, error) {
	return run(ctx, frame, spec, opts, shared{ended: func() {}})
}

func run(ctx context.Context, frame *columnar.Frame, spec *Spec, opts Options, with shared) (*Reader, error) {
	if err := opts.validate(); err != nil {
		return nil, err
	}
	job, err := prepare(ctx, frame, spec, opts.Budget)
	if err != nil {
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
	if err := job.plan.Validate(); err != nil {
		job.release()
		return nil, err
	}
	r := &Reader{
		schema: ResultSchema(job.spec), total: job.grid.Size(), workers: opts.Workers, bars: int64(job.frame.NumRows()), assets: job.frame.NumAssets(),
		header:  journalHeader{Version: journalVersion, GroupRows: job.groupRows(), Metadata: job.metadata(opts.Tool)},
		records: make(chan arrow.Record), ended: make(chan struct{}),
	}
	r.refs.Store(1)
	var keep *best
	if opts.Resume != "" {
		err = r.resume(ctx, job, opts.Resume)
	}
	if opts.Top > 0 {
		// Nothing of the file is final before the sweep ends.
		r.header.GroupRows = 0
		r.header.Metadata[MetaTop] = strconv.Itoa(opts.Top)
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
	}
	return nil
}

// job is a spec bound to a frame.
type job struct {
	spec  *Spec // resolved
	frame *columnar.Frame
	grid  *Grid
	space pipeline.Space // what of the grid is run
	plan  pipeline.Plan
}

// prepare binds a spec to a frame: it selects the universe, adjusts its prices,
// cuts the period and compiles the rules. The caller releases the job.
// The columns that it makes are counted in budget.
func prepare(ctx context.Context, frame *columnar.Frame, spec *Spec, budget *columnar.Budget) (*job, error) {
	if err := spec.Validate(); err != nil {
		return nil, err
	}
	resolved := spec.Resolved()
	program, grid, err := resolved.Compile(pipeline.Columns(frame))
	if err != nil {
		return nil, err
	}
	universe := frame
	if len(resolved.Universe) > 0 {
		if universe, err = frame.Select(resolved.Universe...); err != nil {
			return nil, fmt.Errorf("universe: %w", err)
		}
		defer universe.Release()
	}
	if universe.NumAssets() == 0 {
		return nil, errors.New("universe: the bundle has no assets")
	}
	adjusted, err := resolved.adjusted(ctx, universe, budget)
	if err != nil {
		return nil, err
	}
	defer adjusted.Release()
	resolved.Adjust = adjusted.Info().Adjusted
	window := adjusted.Slice(resolved.Period.From, resolved.Period.To)
	if window.NumRows() == 0 {
		window.Release()
		return nil, errors.New("period: the bundle has no bars in it")
	}
	return &job{
		spec: &resolved, frame: window, grid: grid, space: grid,
		plan: pipeline.Plan{
			Frame: window, Program: program, NumParams: len(resolved.Params), Config: resolved.Simulation,
			Assets: resolved.Output.Rows != RowsPooled, Pooled: resolved.Output.Rows != RowsAssets,
			Statistics: resolved.statistics(), Annual: resolved.Ann, RiskFree: resolved.RiskFree,
		},
	}, nil
}

// statistics returns those that rows need: to be written, and to be ranked by.
func (s *Spec) statistics() []metrics.Stat {
	stats := slices.Clone(s.Output.Statistics)
	for _, m := range metrics.All() {
		if name := m.String(); name == s.Objective.Metric || strings.Contains(s.Objective.Require, name) {
			stats = append(stats, m)
		}
	}
	return stats
}

func (j *job) release() { j.frame.Release() }

// assets returns the asset column of a trial's rows.
func (j *job) assets() []string {
	var names []string
	if j.plan.Assets {
		names = j.frame.Assets()
	}
	if j.plan.Pooled {
		names = append(names, PooledAsset)
	}
	return names
}

// groupRows returns the number of rows of every record but the last.
func (j *job) groupRows() int64 {
	rows := len(j.assets())
	return int64(recordTrials(rows) * rows)
}

// resultBytes returns about how much memory results take at one time: three
// records, one that is built, one that is handed out and one that is written,
// with its pages; and the best trials, where only those are kept.
func (j *job) resultBytes(top int) int64 {
	rows, each := j.groupRows(), int64(len(j.assets()))
	if n := j.grid.Size(); n < rows/each {
		rows = n * each
	}
	bytes := 4 * rows * int64(8*ResultSchema(j.spec).NumFields())
	if top > 0 {
		bytes += int64(top) * (each*(8*metrics.NumStats+16) + int64(8*len(j.spec.Params)) + 64)
	}
	return bytes
}

// axisMeta is the JSON of MetaAxis.
type axisMeta struct {
	Calendar    columnar.Calendar `json:"calendar"`
	Frequency   string            `json:"frequency"`
	BarsPerYear float64           `json:"bars_per_year"`
	// Annual is the number of bars a year used for each asset that differs
	// from BarsPerYear, by the override or by what was observed.
	Annual map[string]float64 `json:"annual,omitempty"`
}

func (j *job) metadata(tool string) map[string]string {
	axis := j.frame.Info().Axis
	meta := axisMeta{Calendar: axis.Calendar, Frequency: axis.Frequency.String(), BarsPerYear: axis.BarsPerYear}
	for i := range j.frame.NumAssets() {
		a := pipeline.PrepareAsset(j.frame, i, j.plan.Annual)
		if a.Annual != axis.BarsPerYear {
			if meta.Annual == nil {
				meta.Annual = make(map[string]float64)
			}
			meta.Annual[a.ID] = a.Annual
		}
	}
	text, err := json.Marshal(meta)
	if err != nil {
		panic(err) // numbers and strings always marshal
	}
	return map[string]string{
		MetaFormat: "1", MetaTool: tool, MetaSpec: j.spec.String(),
		MetaDigest: j.frame.Info().Stored(), MetaAxis: string(text),
	}
}

// Reader hands out the results of a running sweep as Arrow records, in order.
// It implements array.RecordReader. Use it from one goroutine; Progress may
// be called from any.
type Reader struct {
	schema  *arrow.Schema
	header  journalHeader // what the results are and belong to
	total   int64
	workers int // that computed, and may encode
	refs    atomic.Int64
	cancel  context.CancelFunc
	records chan arrow.Record
	ended   chan struct{} // closed when the sweep has stopped

	checkpoint *checkpoint // with Options.Resume

	passed atomic.Int64 // index in the grid up to which trials are done
	done   atomic.Int64
	rows   atomic.Int64 // handed out
	bars   int64        // of all assets, which is steps a trial
	assets int

	current arrow.Record
	mu      sync.Mutex // guards what follows until ended is closed
	err     error
	stats   pipeline.Stats
}

var _ array.RecordReader = (*Reader)(nil)

// run computes the sweep and closes the channels when it has stopped. keep is
// nil where all trials are handed out.
func (r *Reader) run(ctx context.Context, j *job, keep *best, mem memory.Allocator, ended func()) {
	defer close(r.ended)
	defer close(r.records)
	defer ended()
	defer j.release()
	table := newTableBuilder(mem, j.spec, j.assets())
	defer table.release()
	// A record is never dropped, also when ctx has ended: Next or Release
	// takes it, so that what is finished has no gaps.
	emit := func(rec arrow.Record) error { //nolint:unparam // the builder's callers may fail
		rec.Retain()
		r.rows.Add(rec.NumRows())
		r.records <- rec
		return nil
	}
	stats, err := pipeline.Run(ctx, j.plan, j.space, func(b *pipeline.Block) error {
		var err error
		if keep != nil {
			err = keep.add(ctx, b)
		} else {
			err = table.add(b, emit)
		}
		if err != nil {
			return err
		}
		r.done.Add(int64(len(b.Trials)))
		r.passed.Store(b.Trials[len(b.Trials)-1] + 1)
		return nil
	})
	if keep != nil {
		err = errors.Join(err, keep.write(table, emit))
	}
	err = errors.Join(err, table.flush(emit))
	r.mu.Lock()
	r.err, r.stats = err, stats
	r.mu.Unlock()
}

// Retain adds a reference.
func (r *Reader) Retain() { r.refs.Add(1) }

// Release drops a reference. With the last one a sweep that is still running
// is stopped, and waited for.
func (r *Reader) Release() {
	if r.refs.Add(-1) != 0 {
		return
	}
	r.cancel()
	for rec := range r.records {
		rec.Release()
	}
	<-r.ended
	r.drop()
}

func (r *Reader) drop() {
	if r.current != nil {
		r.current.Release()
		r.current = nil
	}
}

// Schema returns the schema of the records; see [ResultSchema].
func (r *Reader) Schema() *arrow.Schema { return r.schema }

// Next moves to the next record and reports whether there is one. At the end
// it waits until the sweep has stopped; Err then says how it ended.
func (r *Reader) Next() bool {
	r.drop()
	rec, ok := <-r.records
	if !ok {
		<-r.ended
		return false
	}
	r.current = rec
	return true
}

// Record returns the current record. It is valid until Next or Release;
// retain it to keep it longer.
func (r *Reader) Record() arrow.Record { return r.current }

// Err returns what stopped the sweep early, once Next has returned false.
func (r *Reader) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// Metadata returns what is recorded with the results: the resolved spec, the
// digest of the data and the version of the tool; with Options.Top also the
// number of trials computed, which is final once Next has returned false.
func (r *Reader) Metadata() map[string]string {
	m := maps.Clone(r.header.Metadata)
	if m[MetaTop] != "" {
		m[MetaTrials] = strconv.FormatInt(r.done.Load(), 10)
	}
	return m
}

// Progress is how far a sweep has come.
type Progress struct {
	// Trials is the number of trials computed. Passed counts positions of the
	// full grid of Total, those that `where` leaves out included.
	Trials, Passed, Total int64
}

// Progress returns how far the sweep has come.
func (r *Reader) Progress() Progress {
	return Progress{Trials: r.done.Load(), Passed: r.passed.Load(), Total: r.total}
}

// RunStats is what a sweep did.
type RunStats struct {
	// Trials is the number of trials computed, BarSteps the bars they went
	// over on all assets, Rows the number of result rows handed out. What a
	// resumed sweep found done does not count.
	Trials, BarSteps, Rows int64
	// Assets and Bars are what each trial went over.
	Assets int
	Bars   int64
	// Cache is what the indicator cache did, by tier, once the sweep has ended.
	// Indicators without parameters are pinned, others stay by last use.
	Cache cache.Stats
}

// Stats returns what the sweep has done so far.
func (r *Reader) Stats() RunStats {
	r.mu.Lock()
	defer r.mu.Unlock()
	trials := r.done.Load()
	return RunStats{Trials: trials, BarSteps: trials * r.bars, Rows: r.rows.Load(), Assets: r.assets, Bars: r.bars, Cache: r.stats.Cache}
}

// sortedKeys returns the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
