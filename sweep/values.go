package sweep

import (
	"context"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
	"github.com/bowstring-engine/bowstring/sweep/results"
)

// The columns of an account in a table of values, behind the named ones.
const (
	PositionColumn    = "position"     // units at the close, below 0 of a short position
	StopLevelColumn   = "stop_level"   // the stop that the bar's prices were held against
	TargetLevelColumn = "target_level" // the target that they were held against
)

// Values returns what the trial has on every bar: a row for each asset and bar of its
// whole history, with a column for every named expression, rule and stop, in the order
// of the spec, and the position and the levels at which it would end. Conditions and
// rules are 1 or 0. What is unknown, does not exist or lies outside the period is NULL.
// A name that is that of a column before it has "_2" behind it. The caller releases the
// record.
func (b *Backtest) Values(ctx context.Context) (arrow.Record, error) {
	var rb *array.RecordBuilder
	defer func() {
		if rb != nil {
			rb.Release()
		}
	}()
	err := pipeline.RunValues(ctx, b.job.plan, make([]int, len(b.job.spec.Params)), func(v *pipeline.AssetValues) error {
		if rb == nil {
			rb = array.NewRecordBuilder(memory.DefaultAllocator, valuesSchema(v.Named))
		}
		appendValues(rb, v)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if rb == nil {
		rb = array.NewRecordBuilder(memory.DefaultAllocator, valuesSchema(nil))
	}
	return rb.NewRecord(), nil
}

func valuesSchema(named []strategy.NamedSeries) *arrow.Schema {
	fields := []arrow.Field{
		{Name: results.AssetColumn, Type: arrow.BinaryTypes.String},
		{Name: columnar.Time, Type: arrow.FixedWidthTypes.Timestamp_ns},
	}
	add := func(name string, of arrow.DataType) {
		for slices.ContainsFunc(fields, func(f arrow.Field) bool { return f.Name == name }) {
			name += "_2"
		}
		fields = append(fields, arrow.Field{Name: name, Type: of, Nullable: true})
	}
	for _, s := range named {
		if logical(s.Kind) {
			add(s.Name, arrow.PrimitiveTypes.Int64)
			continue
		}
		add(s.Name, arrow.PrimitiveTypes.Float64)
	}
	for _, name := range []string{PositionColumn, StopLevelColumn, TargetLevelColumn} {
		add(name, arrow.PrimitiveTypes.Float64)
	}
	return arrow.NewSchema(fields, nil)
}

func logical(k strategy.Kind) bool {
	return k == strategy.KindMask || k == strategy.KindCondition
}

// appendValues appends the bars of one asset.
func appendValues(rb *array.RecordBuilder, v *pipeline.AssetValues) {
	account := 2 + len(v.Named)
	for bar, at := range v.Asset.Times {
		rb.Field(0).(*array.StringBuilder).Append(v.Asset.ID)
		rb.Field(1).(*array.TimestampBuilder).Append(arrow.Timestamp(at))
		for i := range v.Named {
			value := v.Named[i].Values[bar]
			switch to := rb.Field(2 + i).(type) {
			case *array.Int64Builder:
				if value != value {
					to.AppendNull()
				} else {
					to.Append(int64(value))
				}
			case *array.Float64Builder:
				appendKnown(to, value, value == value)
			}
		}
		if i := bar - v.Asset.Lo; i >= 0 && i < len(v.States) {
			s := &v.States[i]
			appendKnown(rb.Field(account).(*array.Float64Builder), s.Units, true)
			appendKnown(rb.Field(account+1).(*array.Float64Builder), s.Levels.Stop, s.Levels.Stop > 0)
			appendKnown(rb.Field(account+2).(*array.Float64Builder), s.Levels.Target, s.Levels.Target > 0)
			continue
		}
		for i := range 3 {
			rb.Field(account + i).AppendNull()
		}
	}
}

func appendKnown(to *array.Float64Builder, v float64, known bool) {
	if !known {
		to.AppendNull()
		return
	}
	to.Append(v)
}
