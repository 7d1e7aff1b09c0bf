package sweep

import (
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// The columns of a result table beside parameters and statistics.
const (
	// TrialColumn is the trial's index in the full grid.
	TrialColumn = "trial"
	// AssetColumn is the asset, or [PooledAsset].
	AssetColumn = "asset"
	// ErrorColumn says why a trial failed; null where it did not.
	ErrorColumn = "error"
	// PooledAsset is the asset name of pooled rows.
	PooledAsset = "*"
)

// ResultSchema returns the schema of a spec's result table: trial, asset, a
// column a parameter, a column a statistic, error. Parameters are int64 where
// every value is whole, strings for a choice, else float64. Counts are int64,
// other statistics float64; undefined is null.
func ResultSchema(spec *Spec) *arrow.Schema {
	resolved := spec.Resolved()
	fields := []arrow.Field{
		{Name: TrialColumn, Type: arrow.PrimitiveTypes.Int64},
		{Name: AssetColumn, Type: arrow.BinaryTypes.String},
	}
	for _, p := range spec.Params {
		fields = append(fields, arrow.Field{Name: p.Name, Type: paramType(p)})
	}
	for _, s := range resolved.Output.Statistics {
		f := arrow.Field{Name: s.String(), Type: arrow.PrimitiveTypes.Float64, Nullable: true}
		if s.Describe().Kind == metrics.Count {
			f.Type = arrow.PrimitiveTypes.Int64
		}
		fields = append(fields, f)
	}
	fields = append(fields, arrow.Field{Name: ErrorColumn, Type: arrow.BinaryTypes.String, Nullable: true})
	return arrow.NewSchema(fields, nil)
}

// maxWhole is the largest magnitude up to which every whole float64 is also
// an exact int64.
const maxWhole = 1 << 53

func paramType(p Param) arrow.DataType {
	if p.Axis.IsChoice() {
		return arrow.BinaryTypes.String
	}
	for i := range p.Axis.Len() {
		if v := p.Axis.Value(i); v != math.Trunc(v) || math.Abs(v) > maxWhole {
			return arrow.PrimitiveTypes.Float64
		}
	}
	return arrow.PrimitiveTypes.Int64
}

// tableBuilder turns blocks into records of a fixed number of trials.
type tableBuilder struct {
	spec   *Spec    // resolved
	assets []string // the asset column of a trial's rows, in order
	stats  []metrics.Stat
	size   int // trials a record
	trials int // trials in the builder now
	rb     *array.RecordBuilder
}

// recordRows is about how many rows a record, and so a row group, has.
const recordRows = 32_768

func newTableBuilder(mem memory.Allocator, spec *Spec, assets []string) *tableBuilder {
	t := &tableBuilder{spec: spec, assets: assets, stats: spec.Output.Statistics, rb: array.NewRecordBuilder(mem, ResultSchema(spec))}
	t.size = max(recordRows/max(len(assets), 1), 1)
	return t
}

// add appends a block and calls emit with every record that becomes full.
// emit releases nothing; the record is released after it.
func (t *tableBuilder) add(b *pipeline.Block, emit func(arrow.Record) error) error {
	params, rows := len(t.spec.Params), len(t.assets)
	for i, trial := range b.Trials {
		index := b.Index[i*params : (i+1)*params]
		for j, asset := range t.assets {
			t.row(trial, asset, index, &b.Rows[i*rows+j])
		}
		if t.trials++; t.trials == t.size {
			if err := t.flush(emit); err != nil {
				return err
			}
		}
	}
	return nil
}

// flush emits the trials that are in the builder.
func (t *tableBuilder) flush(emit func(arrow.Record) error) error {
	if t.trials == 0 {
		return nil
	}
	t.trials = 0
	rec := t.rb.NewRecord()
	defer rec.Release()
	return emit(rec)
}

func (t *tableBuilder) release() { t.rb.Release() }

func (t *tableBuilder) row(trial int64, asset string, index []int, r *pipeline.Row) {
	t.rb.Field(0).(*array.Int64Builder).Append(trial)
	t.rb.Field(1).(*array.StringBuilder).Append(asset)
	at := 2
	for i, p := range t.spec.Params {
		switch b := t.rb.Field(at + i).(type) {
		case *array.StringBuilder:
			b.Append(p.Axis.Text(index[i]))
		case *array.Int64Builder:
			b.Append(int64(p.Axis.Value(index[i])))
		case *array.Float64Builder:
			b.Append(p.Axis.Value(index[i]))
		}
	}
	at += len(t.spec.Params)
	for i, s := range t.stats {
		v := r.Values[s]
		switch b := t.rb.Field(at + i).(type) {
		case *array.Int64Builder:
			if math.IsNaN(v) {
				b.AppendNull()
			} else {
				b.Append(int64(v))
			}
		case *array.Float64Builder:
			if math.IsNaN(v) {
				b.AppendNull()
			} else {
				b.Append(v)
			}
		}
	}
	at += len(t.stats)
	errs := t.rb.Field(at).(*array.StringBuilder)
	if r.Err != nil {
		errs.Append(r.Err.Error())
	} else {
		errs.AppendNull()
	}
}
