package sweep

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/columnar"
)

// TopOptions say how rows of a result table are ranked.
type TopOptions struct {
	// By is the numeric column to rank by.
	By string
	// Goal is Maximize (the default) or Minimize.
	Goal Goal
	// N is the number of rows to keep; 0 means 20.
	N int
	// Asset keeps only the rows of that asset. "" keeps the pooled rows where
	// there are any, and else all.
	Asset string
	// Require is a condition on numeric columns that rows must fulfil, such
	// as "trades >= 30 and max_drawdown < 0.4". Undefined fulfils nothing.
	Require string
}

// Top reads a result table to its end and returns the best rows, best first,
// in the table's schema. Order: for Maximize +Inf, numbers, −Inf, for
// Minimize the reverse; then rows without a value, then failed ones. The
// lowest trial wins a tie, then the first asset. A column or an asset that the
// table does not have wraps columnar.ErrNoColumn or ErrNoAsset. The caller
// releases the record.
func Top(ctx context.Context, r array.RecordReader, opts TopOptions) (arrow.Record, error) {
	k, err := newRanking(r.Schema(), opts)
	if err != nil {
		return nil, err
	}
	defer k.release()
	for r.Next() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := k.add(ctx, r.Record()); err != nil {
			return nil, err
		}
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	return k.record()
}

// ranking keeps the best rows seen.
type ranking struct {
	opts    TopOptions
	by      int
	trial   int
	asset   int
	failed  int // the error column
	require *requirement

	// Rows of one asset each: the pooled rows, and the others until a pooled
	// row has been seen.
	best   arrow.Record
	pooled bool
	seen   bool // a row of the asset that is asked for
}

// candidate is a row and what it is ranked by.
type candidate struct {
	rank
	rec   arrow.Record
	row   int
	asset string
}

// rank is what trials are ordered by. There is no other order of trials in
// this package.
type rank struct {
	class rankClass
	score float64
	trial int64
}

// rankClass comes before the score.
type rankClass int8

const (
	isNumber rankClass = iota
	isUndefined
	isFailed
)

func newRank(trial int64, score float64, failed bool) rank {
	r := rank{score: score, trial: trial}
	switch {
	case failed:
		r.class = isFailed
	case math.IsNaN(score):
		r.class = isUndefined
	}
	return r
}

// compare returns a negative number where a ranks before b.
func (g Goal) compare(a, b rank) int {
	if a.class != b.class {
		return cmp.Compare(a.class, b.class)
	}
	if a.class == isNumber && a.score != b.score {
		if (a.score > b.score) == (g != Minimize) {
			return -1
		}
		return 1
	}
	return cmp.Compare(a.trial, b.trial)
}

func newRanking(schema *arrow.Schema, opts TopOptions) (*ranking, error) {
	if opts.N == 0 {
		opts.N = 20
	}
	k := &ranking{opts: opts}
	var errs []error
	find := func(name string) int {
		at := schema.FieldIndices(name)
		if len(at) == 0 {
			errs = append(errs, fmt.Errorf("results: column %q: %w%s", name, columnar.ErrNoColumn, meant(name, fieldNames(schema))))
			return 0
		}
		return at[0]
	}
	k.by, k.trial, k.asset, k.failed = find(opts.By), find(TrialColumn), find(AssetColumn), find(ErrorColumn)
	if opts.N < 0 {
		errs = append(errs, fmt.Errorf("results: %d rows asked for", opts.N))
	}
	if len(errs) == 0 && !numeric(schema.Field(k.by)) {
		errs = append(errs, fmt.Errorf("results: column %q is not numeric", opts.By))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	var err error
	k.require, err = newRequirement(schema, opts.Require)
	return k, err
}

func fieldNames(schema *arrow.Schema) []string {
	names := make([]string, schema.NumFields())
	for i := range names {
		names[i] = schema.Field(i).Name
	}
	return names
}

func numeric(f arrow.Field) bool { return f.Type.ID() == arrow.INT64 || f.Type.ID() == arrow.FLOAT64 }

func (k *ranking) release() {
	if k.best != nil {
		k.best.Release()
		k.best = nil
	}
}

// add merges the rows of rec into the best.
func (k *ranking) add(ctx context.Context, rec arrow.Record) error {
	keep, err := k.require.rows(ctx, rec)
	if err != nil {
		return err
	}
	assets := rec.Column(k.asset).(*array.String)
	var all []candidate
	for row := range int(rec.NumRows()) {
		asset := assets.Value(row)
		if k.opts.Asset == "" || asset == k.opts.Asset {
			k.seen = true
		}
		switch {
		case k.opts.Asset != "" && asset != k.opts.Asset, !keep(row):
			continue
		case k.opts.Asset == "" && asset == PooledAsset && !k.pooled:
			// The table has pooled rows: what was collected is not of them.
			k.pooled = true
			k.release()
			all = all[:0]
		case k.opts.Asset == "" && asset != PooledAsset && k.pooled:
			continue
		}
		all = append(all, k.candidate(rec, row, asset))
	}
	if k.best != nil {
		kept := k.best.Column(k.asset).(*array.String)
		for row := range int(k.best.NumRows()) {
			all = append(all, k.candidate(k.best, row, kept.Value(row)))
		}
	}
	slices.SortFunc(all, k.compare)
	best := take(rec.Schema(), all[:min(k.opts.N, len(all))])
	k.release()
	k.best = best
	return nil
}

func (k *ranking) candidate(rec arrow.Record, row int, asset string) candidate {
	trial := rec.Column(k.trial).(*array.Int64).Value(row)
	return candidate{rank: newRank(trial, number(rec.Column(k.by), row), rec.Column(k.failed).IsValid(row)), rec: rec, row: row, asset: asset}
}

func (k *ranking) compare(a, b candidate) int {
	return cmp.Or(k.opts.Goal.compare(a.rank, b.rank), cmp.Compare(a.asset, b.asset))
}

func (k *ranking) record() (arrow.Record, error) {
	switch {
	case !k.seen && k.opts.Asset != "":
		return nil, fmt.Errorf("results: asset %q: %w", k.opts.Asset, columnar.ErrNoAsset)
	case k.best == nil:
		return nil, errors.New("results: no rows")
	}
	k.best.Retain()
	return k.best, nil
}

// number returns a value of an int64 or float64 column; NaN for null.
func number(a arrow.Array, row int) float64 {
	if a.IsNull(row) {
		return math.NaN()
	}
	switch a := a.(type) {
	case *array.Int64:
		return float64(a.Value(row))
	case *array.Float64:
		return a.Value(row)
	}
	return math.NaN()
}

// take copies rows of records with one schema into a new record.
func take(schema *arrow.Schema, rows []candidate) arrow.Record {
	rb := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer rb.Release()
	for c := range schema.NumFields() {
		for _, r := range rows {
			appendValue(rb.Field(c), r.rec.Column(c), r.row)
		}
	}
	return rb.NewRecord()
}

func appendValue(b array.Builder, a arrow.Array, row int) {
	if a.IsNull(row) {
		b.AppendNull()
		return
	}
	switch b := b.(type) {
	case *array.Int64Builder:
		b.Append(a.(*array.Int64).Value(row))
	case *array.Float64Builder:
		b.Append(a.(*array.Float64).Value(row))
	case *array.StringBuilder:
		b.Append(a.(*array.String).Value(row))
	}
}
