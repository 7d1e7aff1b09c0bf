package sweep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync/atomic"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/results"
)

// SegmentReader hands out the table of segments of a running sweep: a row for each
// trial, asset or pool, and segment, in that order. It is read beside the [Reader] it
// came from, by another goroutine: the sweep waits for both. Releasing the Reader
// releases it.
type SegmentReader struct {
	schema      *arrow.Schema
	description results.Description
	records     chan arrow.Record
	of          *Reader
	refs        atomic.Int64
	current     arrow.Record
}

var _ results.Described = (*SegmentReader)(nil)

// Segments returns the table of segments, where [Options].Segments asks for it; else
// nil.
func (r *Reader) Segments() *SegmentReader { return r.segments }

// Schema implements array.RecordReader; see [results.SegmentSchema].
func (s *SegmentReader) Schema() *arrow.Schema { return s.schema }

// Retain implements array.RecordReader.
func (s *SegmentReader) Retain() { s.refs.Add(1) }

// Release implements array.RecordReader.
func (s *SegmentReader) Release() {
	if s.refs.Add(-1) == 0 {
		s.drop()
	}
}

func (s *SegmentReader) drop() {
	if s.current != nil {
		s.current.Release()
		s.current = nil
	}
}

// Next implements array.RecordReader.
func (s *SegmentReader) Next() bool {
	s.drop()
	rec, ok := <-s.records
	if !ok {
		<-s.of.ended
		return false
	}
	s.current = rec
	return true
}

// Record implements array.RecordReader.
func (s *SegmentReader) Record() arrow.Record { return s.current }

// Err implements array.RecordReader: it is that of the sweep.
func (s *SegmentReader) Err() error { return s.of.Err() }

// Describe implements results.Described.
func (s *SegmentReader) Describe() results.Description { return s.description }

// segmentation returns the segments of a job: those that are asked for, or else
// those of its spec.
func (j *job) segmentation(o *pipeline.Segmentation) (*pipeline.Segmentation, error) {
	s := &pipeline.Segmentation{Cuts: slices.Clone(o.Cuts), Sums: o.Sums}
	if o.Cuts != nil {
		return s, nil
	}
	if j.spec.Segments.By == "" {
		return nil, errors.New("segments: the spec does not say where they begin; give it segments: {by: year}")
	}
	var err error
	s.Cuts, err = j.spec.Segments.Cuts(pipeline.Calendar(j.frame))
	return s, err
}

// useSegments makes the job hand out segments, and the reader their table.
func (r *Reader) useSegments(j *job, o *Options) error {
	if o.Segments == nil {
		return nil
	}
	if o.Top > 0 {
		return errors.New("options: the best trials of a sweep are known at its end only, and their segments with them; leave out Top or Segments")
	}
	cut, err := j.segmentation(o.Segments)
	if err != nil {
		return err
	}
	j.plan.Segments = cut
	sums := cut.Sums
	if sums == nil {
		sums = metrics.Sums()
	}
	about := results.SegmentsAbout{Cuts: cut.Cuts, RiskFree: j.plan.RiskFree, Annual: make(map[string]float64)}
	if about.Cuts == nil {
		about.Cuts = []int64{}
	}
	for _, row := range pipeline.Spans(j.plan) {
		name := row.Asset
		if row.Pooled {
			name = results.PooledAsset
		}
		about.Annual[name] = row.Annual
	}
	text, err := json.Marshal(about)
	if err != nil {
		return fmt.Errorf("segments: %w", err)
	}
	meta, err := j.metadata(o.Tool)
	if err != nil {
		return err
	}
	meta[results.MetaSegments] = string(text)
	rows := len(j.assets()) * cut.Len()
	s := &SegmentReader{
		schema: results.SegmentSchema(sums), of: r, records: make(chan arrow.Record),
		description: results.Description{
			GroupRows: int64(recordTrials(rows) * rows), TrialRows: int64(rows), Metadata: meta, Workers: r.description.Workers,
		},
	}
	s.refs.Store(1)
	r.segments = s
	return nil
}

// segmentBytes returns what records of segments take at one time, as resultBytes
// does for results.
func (j *job) segmentBytes() int64 {
	if j.plan.Segments == nil {
		return 0
	}
	rows := len(j.assets()) * j.plan.Segments.Len()
	columns := len(j.plan.Segments.Sums)
	if j.plan.Segments.Sums == nil {
		columns = metrics.NumSums
	}
	return 4 * int64(recordTrials(rows)*rows) * int64(8*(columns+3))
}

// segmentBuilder turns blocks into records of segments.
type segmentBuilder struct {
	schema   *arrow.Schema
	mem      memory.Allocator
	assets   []string
	segments int
	size     int   // trials a record
	trials   int   // in the builder
	after    int64 // trials below it are there already

	trial     *words
	sums      []*sumColumn
	ofAsset   arrow.Array // the columns of a whole record
	ofSegment arrow.Array
}

func newSegmentBuilder(mem memory.Allocator, schema *arrow.Schema, assets []string, segments int) *segmentBuilder {
	t := &segmentBuilder{schema: schema, mem: mem, assets: assets, segments: segments, size: recordTrials(len(assets) * segments), trial: &words{mem: mem}}
	for _, f := range schema.Fields()[results.SegmentKeys:] {
		t.sums = append(t.sums, &sumColumn{count: f.Type.ID() == arrow.INT64, values: words{mem: mem}, valid: bitmap{mem: mem}})
	}
	return t
}

// rows returns the number of rows of a trial.
func (t *segmentBuilder) rows() int { return len(t.assets) * t.segments }

// add appends a block and calls emit with every record that becomes full.
func (t *segmentBuilder) add(b *pipeline.Block, emit func(arrow.Record) error) error {
	from, _ := slices.BinarySearch(b.Trials, t.after)
	for from < len(b.Trials) {
		to := min(from+t.size-t.trials, len(b.Trials))
		t.append(b, from, to)
		from = to
		if t.trials == t.size {
			if err := t.flush(emit); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *segmentBuilder) append(b *pipeline.Block, from, to int) {
	each, n := t.rows(), len(t.sums)
	t.grow((t.trials + to - from) * each)
	for _, trial := range b.Trials[from:to] {
		t.trial.repeat(uint64(trial), each)
	}
	values := b.Segments[from*each*n : to*each*n]
	for len(values) > 0 {
		rows := min(runRows, len(values)/n)
		for i, s := range t.sums {
			s.append(values, i, n, rows)
		}
		values = values[rows*n:]
	}
	t.trials += to - from
}

// preload appends the rows of a record of whole trials, which an earlier run has
// made; the builder has none.
func (t *segmentBuilder) preload(rec arrow.Record) {
	rows := int(rec.NumRows())
	t.grow(rows)
	copyWords(t.trial.next(rows), rec.Column(0))
	for i, s := range t.sums {
		column := rec.Column(results.SegmentKeys + i)
		copyWords(s.values.next(rows), column)
		for row := range rows {
			s.valid.append(bitOf(column.IsValid(row)), 1)
		}
	}
	t.trials = rows / t.rows()
}

func (t *segmentBuilder) grow(n int) {
	t.trial.grow(n)
	for _, s := range t.sums {
		s.values.grow(n)
		s.valid.grow(n)
	}
}

// flush emits the trials that are in the builder.
func (t *segmentBuilder) flush(emit func(arrow.Record) error) error {
	if t.trials == 0 {
		return nil
	}
	rows := t.trials * t.rows()
	t.keys(rows)
	columns := []arrow.Array{
		t.trial.take(arrow.PrimitiveTypes.Int64, nil, 0),
		array.NewSlice(t.ofAsset, 0, int64(rows)), array.NewSlice(t.ofSegment, 0, int64(rows)),
	}
	for _, s := range t.sums {
		columns = append(columns, s.take())
	}
	t.trials = 0
	rec := array.NewRecord(t.schema, columns, int64(rows))
	for _, c := range columns {
		c.Release() // the record's now
	}
	defer rec.Release()
	return emit(rec)
}

// keys makes the columns of assets and segments, which are the same in all records
// but for their length.
func (t *segmentBuilder) keys(rows int) {
	if t.ofAsset != nil && t.ofAsset.Len() >= rows {
		return
	}
	t.releaseKeys()
	assets, segments := array.NewStringBuilder(t.mem), array.NewInt64Builder(t.mem)
	defer assets.Release()
	defer segments.Release()
	assets.Reserve(rows)
	segments.Reserve(rows)
	for range rows / t.rows() {
		for _, asset := range t.assets {
			for i := range t.segments {
				assets.Append(asset)
				segments.Append(int64(i))
			}
		}
	}
	t.ofAsset, t.ofSegment = assets.NewArray(), segments.NewArray()
}

func (t *segmentBuilder) releaseKeys() {
	if t.ofAsset != nil {
		t.ofAsset.Release()
		t.ofSegment.Release()
		t.ofAsset, t.ofSegment = nil, nil
	}
}

func (t *segmentBuilder) release() {
	t.releaseKeys()
	t.trial.release()
	for _, s := range t.sums {
		s.values.release()
		s.valid.release()
	}
}

// sumColumn is the column of a sum; undefined is null.
type sumColumn struct {
	count  bool // int64
	values words
	valid  bitmap
}

// append appends sum i of so many rows, at most [runRows], which have n sums each.
func (s *sumColumn) append(values []float64, i, n, rows int) {
	dst := s.values.next(rows)
	exist := uint64(0)
	for row := range dst {
		v := values[row*n+i]
		bit := uint64(0)
		if v == v { // no branch: the compiler sets it from the comparison
			bit = 1
		}
		exist |= bit << (row & 63)
		dst[row] = math.Float64bits(v)
	}
	s.valid.append(exist, rows)
	if s.count {
		for row, v := range dst {
			dst[row] = uint64(int64(math.Float64frombits(v)))
		}
	}
}

func (s *sumColumn) dataType() arrow.DataType {
	if s.count {
		return arrow.PrimitiveTypes.Int64
	}
	return arrow.PrimitiveTypes.Float64
}

func (s *sumColumn) take() arrow.Array {
	defer s.valid.release()
	if nulls := s.valid.n - s.valid.ones; nulls > 0 {
		return s.values.take(s.dataType(), s.valid.buf, nulls)
	}
	return s.values.take(s.dataType(), nil, 0)
}

// segmentTable returns what adds a block to the table of segments, or flushes it for
// nil, and what ends its use. Without a table both do nothing.
func (r *Reader) segmentTable(j *job, mem memory.Allocator) (add func(*pipeline.Block) error, finish func()) {
	s := r.segments
	if s == nil {
		return func(*pipeline.Block) error { return nil }, func() {}
	}
	table := newSegmentBuilder(mem, s.schema, j.assets(), j.plan.Segments.Len())
	if c := s.description.Checkpoint; c != nil {
		table.after = after(c, j)
		if tail := c.TakeTail(); tail != nil {
			table.preload(tail)
			tail.Release()
		}
	}
	// As with results, a record is never dropped.
	emit := func(rec arrow.Record) error { //nolint:unparam // the builder's callers may fail
		rec.Retain()
		s.records <- rec
		return nil
	}
	return func(b *pipeline.Block) error {
		if b == nil {
			return table.flush(emit)
		}
		return table.add(b, emit)
	}, table.release
}

// WriteSegments writes the table of segments to w while write reads the results, as
// [results.Writer.Write] does. Where one of them fails, the sweep is stopped, and what
// is finished of the other stays to be resumed.
func (r *Reader) WriteSegments(w *results.Writer, write func() error) error {
	var failed error
	done := make(chan struct{})
	go func() {
		defer close(done)
		if _, failed = w.Write(r.segments); failed != nil {
			r.cancel()
			for r.segments.Next() { // the sweep waits for somebody to take them
			}
		}
	}()
	err := write()
	if err != nil {
		r.cancel()
		for r.Next() {
		}
	}
	<-done
	var partial *results.PartialError
	if err != nil && (errors.As(failed, &partial) || errors.Is(failed, context.Canceled)) {
		return err // both tables ended with the sweep
	}
	return errors.Join(failed, err)
}
