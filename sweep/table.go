package sweep

import (
	"math"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// tableBuilder turns blocks into records of a fixed number of trials. It
// works column by column, in runs of rows that stay in the nearest cache:
// rows come as the workers made them, all statistics of a row together.
type tableBuilder struct {
	schema *arrow.Schema
	mem    memory.Allocator
	params int
	assets []string // the asset column of a trial's rows, in order
	size   int      // trials a record
	trials int      // trials in the builder now
	after  int64    // trials below it are there already
	whole  bool     // a record has become full, so the next is likely to

	trial   *words
	axes    []*axisColumn
	stats   []*statColumn
	errs    *textColumn
	ofAsset arrow.Array // the asset column of a whole record
}

// recordRows is about how many rows a record, and so a row group, has.
const recordRows = 32_768

// recordTrials returns how many trials a record has where a trial has that
// many rows.
func recordTrials(rows int) int { return max(recordRows/max(rows, 1), 1) }

func newTableBuilder(mem memory.Allocator, sp *spec.Spec, assets []string) *tableBuilder {
	t := &tableBuilder{
		schema: results.Schema(sp), mem: mem, params: len(sp.Params), assets: assets, size: recordTrials(len(assets)),
		trial: &words{mem: mem}, errs: &textColumn{mem: mem},
	}
	for i, p := range sp.Params {
		t.axes = append(t.axes, newAxisColumn(mem, i, p, t.schema.Field(2+i).Type))
	}
	for _, s := range sp.Output.Statistics {
		t.stats = append(t.stats, &statColumn{stat: s, count: s.Describe().Kind == metrics.Count, values: words{mem: mem}, valid: bitmap{mem: mem}})
	}
	for _, o := range sp.Output.Own {
		t.stats = append(t.stats, &statColumn{own: o.Value, count: o.Kind == metrics.Count, values: words{mem: mem}, valid: bitmap{mem: mem}})
	}
	return t
}

// add appends a block and calls emit with every record that becomes full.
// emit releases nothing; the record is released after it.
func (t *tableBuilder) add(b *pipeline.Block, emit func(arrow.Record) error) error {
	from, _ := slices.BinarySearch(b.Trials, t.after)
	for from < len(b.Trials) {
		to := min(from+t.size-t.trials, len(b.Trials))
		t.append(b, from, to)
		from = to
		if t.trials == t.size {
			t.whole = true
			if err := t.flush(emit); err != nil {
				return err
			}
		}
	}
	return nil
}

// runRows is how many rows are appended to all columns before the next: as
// many as a word of a bitmap has bits, and few enough to stay in L1.
const runRows = 64

// append appends the trials from … to−1 of a block.
func (t *tableBuilder) append(b *pipeline.Block, from, to int) {
	each := len(t.assets)
	if need := (t.trials + to - from) * each; t.whole {
		t.grow(t.size * each)
	} else {
		t.grow(need)
	}
	for i := from; i < to; i++ {
		t.trial.repeat(uint64(b.Trials[i]), each)
		for _, a := range t.axes {
			a.append(b.Index[i*t.params+a.param], each)
		}
	}
	rows := b.Rows[from*each : to*each]
	for len(rows) > 0 {
		n := min(runRows, len(rows))
		for _, s := range t.stats {
			s.append(rows[:n])
		}
		for i := range rows[:n] {
			if err := rows[i].Err; err != nil {
				t.errs.append(err.Error(), 1)
			} else {
				t.errs.skip(1)
			}
		}
		rows = rows[n:]
	}
	t.trials += to - from
}

// preload appends the rows of a record of whole trials, which an earlier run of
// the same sweep has made. It has fewer trials than a record is to have, and the
// builder has none.
func (t *tableBuilder) preload(rec arrow.Record) {
	rows := int(rec.NumRows())
	t.grow(rows)
	copyWords(t.trial.next(rows), rec.Column(0))
	for i, a := range t.axes {
		column := rec.Column(2 + i)
		if a.names == nil {
			copyWords(a.numbers.next(rows), column)
			continue
		}
		for row := range rows {
			a.names.append(column.(*array.String).Value(row), 1)
		}
	}
	for i, s := range t.stats {
		column := rec.Column(2 + len(t.axes) + i)
		copyWords(s.values.next(rows), column)
		for row := range rows {
			s.valid.append(bitOf(column.IsValid(row)), 1)
		}
	}
	errs := rec.Column(int(rec.NumCols()) - 1).(*array.String)
	for row := range rows {
		if errs.IsNull(row) {
			t.errs.skip(1)
		} else {
			t.errs.append(errs.Value(row), 1)
		}
	}
	t.trials = rows / len(t.assets)
}

// copyWords copies the values of a column of numbers, defined or not.
func copyWords(dst []uint64, a arrow.Array) {
	switch a := a.(type) {
	case *array.Int64:
		for i, v := range a.Int64Values() {
			dst[i] = uint64(v)
		}
	case *array.Float64:
		for i, v := range a.Float64Values() {
			dst[i] = math.Float64bits(v)
		}
	}
}

func bitOf(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// grow makes room for n rows in all.
func (t *tableBuilder) grow(n int) {
	t.trial.grow(n)
	for _, a := range t.axes {
		a.numbers.grow(n)
	}
	for _, s := range t.stats {
		s.values.grow(n)
		s.valid.grow(n)
	}
}

// flush emits the trials that are in the builder.
func (t *tableBuilder) flush(emit func(arrow.Record) error) error {
	if t.trials == 0 {
		return nil
	}
	rows := t.trials * len(t.assets)
	columns := make([]arrow.Array, 0, t.schema.NumFields())
	columns = append(columns, t.trial.take(arrow.PrimitiveTypes.Int64, nil, 0), t.assetColumn(rows))
	for _, a := range t.axes {
		columns = append(columns, a.take())
	}
	for _, s := range t.stats {
		columns = append(columns, s.take())
	}
	columns = append(columns, t.errs.take())
	t.trials = 0
	rec := array.NewRecord(t.schema, columns, int64(rows))
	for _, c := range columns {
		c.Release() // the record's now
	}
	defer rec.Release()
	return emit(rec)
}

// assetColumn returns the asset column of a record, which is the same in all
// of them but for its length.
func (t *tableBuilder) assetColumn(rows int) arrow.Array {
	if t.ofAsset == nil || t.ofAsset.Len() < rows {
		b := array.NewStringBuilder(t.mem)
		defer b.Release()
		b.Reserve(rows)
		for range rows / len(t.assets) {
			for _, asset := range t.assets {
				b.Append(asset)
			}
		}
		if t.ofAsset != nil {
			t.ofAsset.Release()
		}
		t.ofAsset = b.NewArray()
	}
	return array.NewSlice(t.ofAsset, 0, int64(rows))
}

func (t *tableBuilder) release() {
	if t.ofAsset != nil {
		t.ofAsset.Release()
	}
	t.trial.release()
	for _, a := range t.axes {
		a.release()
	}
	for _, s := range t.stats {
		s.values.release()
		s.valid.release()
	}
	t.errs.release()
}
