package sweep

import (
	"context"
	"errors"
	"maps"
	"math"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/columnar/cache"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/results"
)

// Reader hands out the results of a running sweep as Arrow records, in order.
// It implements array.RecordReader. Use it from one goroutine; Progress may
// be called from any.
type Reader struct {
	schema      *arrow.Schema
	description results.Description // but for what Metadata adds
	total       int64
	refs        atomic.Int64
	cancel      context.CancelFunc
	records     chan arrow.Record
	ended       chan struct{} // closed when the sweep has stopped

	passed   atomic.Int64 // index in the grid up to which trials are done
	done     atomic.Int64
	rows     atomic.Int64 // handed out
	expected Expected
	bars     int64 // of all assets, which is steps a trial
	assets   int

	segments *SegmentReader // nil without

	current arrow.Record
	mu      sync.Mutex // guards what follows until ended is closed
	err     error
	stats   pipeline.Stats
	sharpes sharpes
}

var _ array.RecordReader = (*Reader)(nil)

// run computes the sweep and closes the channels when it has stopped. keep is
// nil where all trials are handed out.
func (r *Reader) run(ctx context.Context, j *job, keep *best, mem memory.Allocator, ended func()) {
	defer close(r.ended)
	defer close(r.records)
	if r.segments != nil {
		defer close(r.segments.records)
	}
	defer ended()
	defer j.release()
	table := newTableBuilder(mem, j.spec, j.assets())
	defer table.release()
	segments, finish := r.segmentTable(j, mem)
	defer finish()
	if c := r.description.Checkpoint; c != nil {
		table.after = after(c, j)
		if tail := c.TakeTail(); tail != nil {
			table.preload(tail)
			r.rows.Add(-tail.NumRows()) // handed out, but found done
			tail.Release()
		}
	}
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
			err = keep.add(b)
		} else {
			err = table.add(b, emit)
		}
		if err == nil {
			err = segments(b)
		}
		if err != nil {
			return err
		}
		r.addSharpes(b)
		r.done.Add(int64(len(b.Trials)))
		r.passed.Store(b.Trials[len(b.Trials)-1] + 1)
		return nil
	})
	if keep != nil {
		err = errors.Join(err, keep.write(table, emit))
	}
	err = errors.Join(err, table.flush(emit), segments(nil))
	r.mu.Lock()
	r.err, r.stats = err, stats
	r.mu.Unlock()
}

// addSharpes takes note of the Sharpe ratios of a block's trials, of each one's last row.
func (r *Reader) addSharpes(b *pipeline.Block) {
	rows := len(b.Rows) / len(b.Trials)
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range b.Trials {
		r.sharpes.add(b.Rows[(i+1)*rows-1].Values[metrics.Sharpe])
	}
}

// Sharpes are the annual Sharpe ratios of the trials that a sweep has computed: of the
// pool, or without pooled rows of the last asset. Those of trials without one are left
// out, and so are all where the spec neither writes nor ranks by them.
type Sharpes struct {
	N int64
	// Mean and Variance (ddof 1) are NaN where there are too few.
	Mean, Variance float64
}

// And returns the Sharpe ratios of s and t together, by Chan, Golub and LeVeque (1979).
func (s Sharpes) And(t Sharpes) Sharpes {
	switch {
	case s.N == 0:
		return t
	case t.N == 0:
		return s
	}
	n, m := float64(s.N), float64(t.N)
	d := t.Mean - s.Mean
	squares := d * d * n * m / (n + m)
	if s.N > 1 {
		squares += s.Variance * (n - 1)
	}
	if t.N > 1 {
		squares += t.Variance * (m - 1)
	}
	return Sharpes{N: s.N + t.N, Mean: s.Mean + d*m/(n+m), Variance: squares / (n + m - 1)}
}

// sharpes adds up by Welford (1962), in the order of trials.
type sharpes struct {
	n             int64
	mean, squares float64
}

func (s *sharpes) add(v float64) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return
	}
	s.n++
	d := v - s.mean
	s.mean += d / float64(s.n)
	s.squares += float64(d * (v - s.mean))
}

// Sharpes returns what is known of the trials' Sharpe ratios so far.
func (r *Reader) Sharpes() Sharpes {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := Sharpes{N: r.sharpes.n, Mean: math.NaN(), Variance: math.NaN()}
	if out.N > 0 {
		out.Mean = r.sharpes.mean
	}
	if out.N > 1 {
		out.Variance = r.sharpes.squares / float64(out.N-1)
	}
	return out
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
	if r.segments != nil {
		go func() {
			for rec := range r.segments.records {
				rec.Release()
			}
		}()
	}
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
	m := maps.Clone(r.description.Metadata)
	if m[results.MetaTop] != "" {
		m[results.MetaTrials] = strconv.FormatInt(r.done.Load(), 10)
	}
	return m
}

// Describe says what a writer of the results has to know, [Reader.Metadata]
// among it. It implements results.Described.
func (r *Reader) Describe() results.Description {
	d := r.description
	d.Metadata = r.Metadata()
	return d
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

// Expected is what a sweep will come to.
type Expected struct {
	// Trials is the number of trials, an estimate where it is not Exact.
	Trials int64
	Exact  bool
	// Rows and Columns are those of the table of all of them, BarSteps the bars that
	// they go over on all assets.
	Rows, BarSteps int64
	Columns        int
}

// Expected returns what the sweep will come to. It is known before the first record is
// asked for.
func (r *Reader) Expected() Expected {
	e := r.expected
	e.Rows, e.BarSteps, e.Columns = e.Trials*r.description.TrialRows, e.Trials*r.bars, r.schema.NumFields()
	return e
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
