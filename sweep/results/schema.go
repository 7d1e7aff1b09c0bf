package results

import (
	"math"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// The columns of a result table beside parameters and statistics.
const (
	// TrialColumn is the trial's index in the full grid, or the order in which a
	// search asked it.
	TrialColumn = "trial"
	// AssetColumn is the asset, or [PooledAsset].
	AssetColumn = "asset"
	// ErrorColumn says why a trial failed; null where it did not.
	ErrorColumn = "error"
	// PooledAsset is the asset name of pooled rows.
	PooledAsset = "*"
	// GenerationColumn is which generation of a search a trial was asked in, from 0
	// on; results of a grid do not have it.
	GenerationColumn = "generation"
	// ParetoColumn is 1 where no other trial of a search with several objectives
	// dominates a trial, else 0, and null where it failed, lacks an objective or does
	// not fulfil the condition.
	ParetoColumn = "pareto"
)

// Schema returns the schema of a spec's result table: trial, asset, a
// column a parameter, a column a statistic, a user's own last, error. Parameters are int64 where
// every value is whole, strings for a choice, else float64. Counts are int64,
// other statistics float64; undefined is null. Results of a search have a column
// [GenerationColumn] behind the asset and, with several objectives, [ParetoColumn]
// behind the statistics.
func Schema(spec *spec.Spec) *arrow.Schema {
	resolved := spec.Resolved()
	fields := []arrow.Field{
		{Name: TrialColumn, Type: arrow.PrimitiveTypes.Int64},
		{Name: AssetColumn, Type: arrow.BinaryTypes.String},
	}
	if resolved.Search.On() {
		fields = append(fields, arrow.Field{Name: GenerationColumn, Type: arrow.PrimitiveTypes.Int64})
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
	for _, o := range resolved.Output.Own {
		f := arrow.Field{Name: o.Name, Type: arrow.PrimitiveTypes.Float64, Nullable: true}
		if o.Kind == metrics.Count {
			f.Type = arrow.PrimitiveTypes.Int64
		}
		fields = append(fields, f)
	}
	if len(resolved.Search.Objectives) > 0 {
		fields = append(fields, arrow.Field{Name: ParetoColumn, Type: arrow.PrimitiveTypes.Int64, Nullable: true})
	}
	fields = append(fields, arrow.Field{Name: ErrorColumn, Type: arrow.BinaryTypes.String, Nullable: true})
	return arrow.NewSchema(fields, nil)
}

// maxWhole is the largest magnitude up to which every whole float64 is also
// an exact int64.
const maxWhole = 1 << 53

func paramType(p spec.Param) arrow.DataType {
	if p.Axis.IsChoice() {
		return arrow.BinaryTypes.String
	}
	if p.Axis.IsContinuous() {
		return arrow.PrimitiveTypes.Float64
	}
	for i := range p.Axis.Len() {
		if v := p.Axis.Value(i); v != math.Trunc(v) || math.Abs(v) > maxWhole {
			return arrow.PrimitiveTypes.Float64
		}
	}
	return arrow.PrimitiveTypes.Int64
}

// SegmentColumn is the column of a table of segments that numbers them, from 0 on.
const SegmentColumn = "segment"

// SegmentKeys is the number of columns in front of the sums of a table of segments:
// trial, asset and segment.
const SegmentKeys = 3

// SegmentSchema returns the schema of a table of segments: trial, asset and segment,
// and a column a sum, null where it is undefined. The rows are those of the results,
// in their order, once for each segment.
func SegmentSchema(sums []metrics.Sum) *arrow.Schema {
	fields := []arrow.Field{
		{Name: TrialColumn, Type: arrow.PrimitiveTypes.Int64},
		{Name: AssetColumn, Type: arrow.BinaryTypes.String},
		{Name: SegmentColumn, Type: arrow.PrimitiveTypes.Int64},
	}
	for _, s := range sums {
		f := arrow.Field{Name: s.String(), Type: arrow.PrimitiveTypes.Float64, Nullable: true}
		if s.Describe().Count {
			f.Type = arrow.PrimitiveTypes.Int64
		}
		fields = append(fields, f)
	}
	return arrow.NewSchema(fields, nil)
}
