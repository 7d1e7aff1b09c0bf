package sweep

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// Backtest is one combination of parameters, with its trades and equity.
type Backtest struct {
	job     *job
	detail  *pipeline.Detail
	release func() // of the budget
}

// BacktestOptions are the choices of a backtest. The zero value is what most
// callers want.
type BacktestOptions struct {
	// Budget bounds the memory of the backtest until it is released, as that of
	// [Options] does for a sweep. A backtest has nothing to give way with: it
	// fits or is a *[pipeline.MemoryError].
	Budget *columnar.Budget
}

// RunBacktest runs a spec of exactly one trial over a frame; [Spec.Set] fixes
// parameters, and one left with several values is a [spec.Errors]. The frame is
// borrowed until the Backtest is released.
func RunBacktest(ctx context.Context, frame *columnar.Frame, spec *spec.Spec, opts BacktestOptions) (*Backtest, error) {
	j, err := prepareOne(ctx, frame, spec, opts.Budget)
	if err != nil {
		return nil, err
	}
	j.plan.Budget = opts.Budget
	release, err := pipeline.ReserveDetail(j.plan)
	if err != nil {
		j.release()
		return nil, err
	}
	detail, err := pipeline.RunDetail(ctx, j.plan, make([]int, len(j.spec.Params)))
	if err != nil {
		release()
		j.release()
		return nil, err
	}
	return &Backtest{job: j, detail: detail, release: release}, nil
}

// prepareOne is prepare for a spec whose every parameter has one value.
func prepareOne(ctx context.Context, frame *columnar.Frame, s *spec.Spec, budget *columnar.Budget) (*job, error) {
	var open []string
	for _, p := range s.Params {
		if n := p.Axis.Len(); n != 1 {
			what := fmt.Sprintf("%d values", n)
			if p.Axis.IsContinuous() {
				what = "a range"
			}
			open = append(open, p.Name+" has "+what)
		}
	}
	if open != nil {
		return nil, spec.Errors{{Path: "params", Msg: "a backtest takes one value a parameter, but " + joinAnd(open) + "; set it, as in fast=21"}}
	}
	alone := *s
	alone.Search = spec.Search{} // one trial is asked for already
	return prepare(ctx, frame, &alone, budget)
}

func joinAnd(s []string) string {
	switch n := len(s); n {
	case 0:
		return ""
	case 1:
		return s[0]
	default:
		text := s[0]
		for _, t := range s[1 : n-1] {
			text += ", " + t
		}
		return text + " and " + s[n-1]
	}
}

// Release ends the use of the frame.
func (b *Backtest) Release() {
	b.release()
	b.job.release()
}

// Spec returns the resolved spec.
func (b *Backtest) Spec() *spec.Spec { return b.job.spec }

// Metadata returns what a result table of this trial says of itself.
func (b *Backtest) Metadata() (map[string]string, error) { return b.job.metadata("") }

// Detail returns the results an asset and of the pool.
func (b *Backtest) Detail() *pipeline.Detail { return b.detail }

// Results returns the rows that a sweep has for this trial, with every
// statistic. The caller releases the record.
func (b *Backtest) Results() arrow.Record {
	s := *b.job.spec
	s.Output.Statistics = metrics.All()
	table := newTableBuilder(memory.DefaultAllocator, &s, b.job.assets())
	defer table.release()
	block := &pipeline.Block{Trials: []int64{0}, Index: make([]int, len(s.Params))}
	if b.job.plan.Assets {
		for _, a := range b.detail.Assets {
			block.Rows = append(block.Rows, pipeline.Row{Values: a.Values})
		}
	}
	if b.job.plan.Pooled {
		block.Rows = append(block.Rows, pipeline.Row{Values: b.detail.Pooled})
	}
	var out arrow.Record
	keep := func(rec arrow.Record) error {
		rec.Retain()
		out = rec
		return nil
	}
	// keep returns no error, and one of the two calls emits the one record.
	_ = table.add(block, keep)
	_ = table.flush(keep)
	return out
}

// Trades returns the trades of all assets, in the order of assets and
// entries. The caller releases the record.
func (b *Backtest) Trades() arrow.Record {
	rb := array.NewRecordBuilder(memory.DefaultAllocator, backtest.TradesSchema())
	defer rb.Release()
	for _, a := range b.detail.Assets {
		backtest.AppendTrades(rb, a.Asset.ID, a.Asset.Times, a.Result.Trades)
	}
	return rb.NewRecord()
}

// EquitySchema returns the schema of an equity table.
func EquitySchema() *arrow.Schema {
	return arrow.NewSchema([]arrow.Field{
		{Name: results.AssetColumn, Type: arrow.BinaryTypes.String},
		{Name: columnar.Time, Type: arrow.FixedWidthTypes.Timestamp_ns},
		{Name: "equity", Type: arrow.PrimitiveTypes.Float64},
	}, nil)
}

// Equity returns the value of every account at every bar's close, asset by
// asset, and of the pool. The caller releases the record.
func (b *Backtest) Equity() arrow.Record {
	rb := array.NewRecordBuilder(memory.DefaultAllocator, EquitySchema())
	defer rb.Release()
	add := func(asset string, times []int64, equity []float64) {
		for i, v := range equity {
			rb.Field(0).(*array.StringBuilder).Append(asset)
			rb.Field(1).(*array.TimestampBuilder).Append(arrow.Timestamp(times[i]))
			rb.Field(2).(*array.Float64Builder).Append(v)
		}
	}
	for _, a := range b.detail.Assets {
		add(a.Asset.ID, a.Asset.Times[a.Asset.Lo:a.Asset.Hi], a.Result.Equity)
	}
	add(results.PooledAsset, b.detail.Times, b.detail.Equity)
	return rb.NewRecord()
}

// ExplainBar runs a spec of exactly one trial on one asset and reports on the
// bar that covers a moment: the last one that starts at or before it.
func ExplainBar(ctx context.Context, frame *columnar.Frame, spec *spec.Spec, asset string, at time.Time) (*pipeline.BarReport, error) {
	j, err := prepareOne(ctx, frame, spec, nil)
	if err != nil {
		return nil, err
	}
	defer j.release()
	i, ok := j.frame.Lookup(asset)
	if !ok {
		return nil, fmt.Errorf("asset %q: %w", asset, columnar.ErrNoAsset)
	}
	times := j.frame.WholeTimes(i)
	bar, found := slices.BinarySearch(times, at.UnixNano())
	if !found {
		bar--
	}
	if bar < 0 {
		return nil, fmt.Errorf("asset %q has no bar at %s: its first is at %s", asset,
			at.UTC().Format(time.RFC3339), time.Unix(0, times[0]).UTC().Format(time.RFC3339))
	}
	return pipeline.ExplainBar(ctx, j.plan, make([]int, len(j.spec.Params)), i, bar)
}
