package sweep

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/bowstring-engine/bowstring/sweep/spec"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/suggest"
)

// TopOptions say how rows of a result table are ranked.
type TopOptions struct {
	// By is the numeric column to rank by.
	By string
	// Goal is Maximize (the default) or Minimize.
	Goal spec.Goal
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
// releases the record. [Results.Top] is the same for a file, and reads less.
func Top(ctx context.Context, r array.RecordReader, opts TopOptions) (arrow.Record, error) {
	k, err := newRanking(r.Schema(), opts)
	if err != nil {
		return nil, err
	}
	c := collector{schema: r.Schema()}
	defer c.release()
	for record := 0; r.Next(); record++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		rec := r.Record()
		if err := k.add(record, int(rec.NumRows()), rec.Columns()); err != nil {
			return nil, err
		}
		c.collect(k.best.kept, record, rec)
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	best, err := k.ranked()
	if err != nil {
		return nil, err
	}
	return c.record(best), nil
}

// ranking finds the best rows of a table that is shown to it record by record.
type ranking struct {
	opts    TopOptions
	by      int
	trial   int
	asset   int
	failed  int // the error column
	require *requirement

	// Rows of one asset each: the pooled rows, and the others until a pooled
	// row has been seen.
	best   leaders[candidate]
	pooled bool
	seen   bool // a row of the asset that is asked for
}

// candidate is a row, of a record, and what it is ranked by.
type candidate struct {
	rank
	record, row int
	asset       string
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

// compareRanks returns a negative number where a ranks before b.
func compareRanks(g spec.Goal, a, b rank) int {
	if a.class != b.class {
		return cmp.Compare(a.class, b.class)
	}
	if a.class == isNumber && a.score != b.score {
		if (a.score > b.score) == (g != spec.Minimize) {
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
			errs = append(errs, fmt.Errorf("results: column %q: %w%s", name, columnar.ErrNoColumn, suggest.Meant(name, fieldNames(schema))))
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
	k.best = leaders[candidate]{n: opts.N, compare: k.compare}
	var err error
	k.require, err = newRequirement(schema, opts.Require)
	return k, err
}

// columns returns the columns of the table that add looks at.
func (k *ranking) columns() []int {
	c := []int{k.by, k.trial, k.asset, k.failed}
	if k.require != nil {
		c = append(c, k.require.reads()...)
	}
	slices.Sort(c)
	return slices.Compact(c)
}

func fieldNames(schema *arrow.Schema) []string {
	names := make([]string, schema.NumFields())
	for i := range names {
		names[i] = schema.Field(i).Name
	}
	return names
}

func numeric(f arrow.Field) bool { return f.Type.ID() == arrow.INT64 || f.Type.ID() == arrow.FLOAT64 }

// add looks at the rows of a record. Of its columns only those of columns have
// to be there.
func (k *ranking) add(record, rows int, columns []arrow.Array) error {
	fulfils, err := k.require.rows(rows, columns)
	if err != nil {
		return err
	}
	assets, trials := columns[k.asset].(*array.String), columns[k.trial].(*array.Int64)
	for row := range rows {
		asset := assets.Value(row)
		if k.opts.Asset == "" || asset == k.opts.Asset {
			k.seen = true
		}
		if !k.concerns(asset) {
			continue
		}
		this := candidate{
			rank:   newRank(trials.Value(row), number(columns[k.by], row), columns[k.failed].IsValid(row)),
			record: record, row: row, asset: asset,
		}
		if k.best.enters(this) && fulfils(row) {
			this.asset = strings.Clone(asset) // the column goes
			k.best.keep(func(place *candidate) { *place = this })
		}
	}
	return nil
}

// concerns reports whether rows of an asset are ranked. With the first pooled
// row, rows of others are not any more.
func (k *ranking) concerns(asset string) bool {
	switch {
	case k.opts.Asset != "":
		return asset == k.opts.Asset
	case asset == PooledAsset && !k.pooled:
		k.pooled = true
		k.best.kept = k.best.kept[:0]
	}
	return !k.pooled || asset == PooledAsset
}

func (k *ranking) compare(a, b candidate) int {
	return cmp.Or(compareRanks(k.opts.Goal, a.rank, b.rank), cmp.Compare(a.asset, b.asset))
}

// ranked returns the best rows, best first.
func (k *ranking) ranked() ([]candidate, error) {
	switch {
	case !k.seen && k.opts.Asset != "":
		return nil, fmt.Errorf("results: asset %q: %w", k.opts.Asset, columnar.ErrNoAsset)
	case !k.seen:
		return nil, errors.New("results: no rows")
	}
	return k.best.ranked(), nil
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
