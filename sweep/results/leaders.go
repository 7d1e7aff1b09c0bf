package results

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/suggest"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/internal/ranking"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// LeadersOptions say how rows of a result table are ranked.
type LeadersOptions struct {
	// By is what to rank by: a numeric column, or an expression over numeric
	// columns such as sharpe - 2 * max_drawdown.
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

// Leaders reads a result table to its end and returns the best rows, best first,
// in the table's schema. Order: for Maximize +Inf, numbers, −Inf, for
// Minimize the reverse; then rows of accounts that have nothing left, rows without a
// value, and failed ones. The
// lowest trial wins a tie, then the first asset. A column or an asset that the
// table does not have wraps columnar.ErrNoColumn or ErrNoAsset, a table with other
// columns than results have [ErrNoResults]. A table that ends with an error gives the
// best rows before it, beside the error. The caller releases the record, unless it is
// nil.
// [File.Leaders] is the same for a file, and reads less.
func Leaders(ctx context.Context, r array.RecordReader, opts LeadersOptions) (arrow.Record, error) {
	k, err := newRanker(r.Schema(), opts)
	if err != nil {
		return nil, err
	}
	c := collector{schema: r.Schema()}
	defer c.release()
	// What ends the table early leaves the best so far.
	ended := func(err error) (arrow.Record, error) {
		best, none := k.ranked()
		if none != nil {
			return nil, err
		}
		return c.record(best), err
	}
	for record := 0; r.Next(); record++ {
		if err := ctx.Err(); err != nil {
			return ended(err)
		}
		rec := r.Record()
		if err := k.add(record, int(rec.NumRows()), rec.Columns()); err != nil {
			return nil, err
		}
		c.collect(k.best.Kept, record, rec)
	}
	if err := r.Err(); err != nil {
		return ended(err)
	}
	best, err := k.ranked()
	if err != nil {
		return nil, err
	}
	return c.record(best), nil
}

// ranker finds the best rows of a table that is shown to it record by record.
type ranker struct {
	opts    LeadersOptions
	score   *ranking.Score
	trial   int
	asset   int
	failed  int // the error column
	total   int // the column of total returns, −1 where there is none
	require *ranking.Requirement

	// Rows of one asset each: the pooled rows, and the others until a pooled
	// row has been seen.
	best   ranking.Leaders[candidate]
	pooled bool
	seen   bool // a row of the asset that is asked for
}

// candidate is a row, of a record, and what it is ranked by.
type candidate struct {
	ranking.Rank
	record, row int
	asset       string
}

func newRanker(schema *arrow.Schema, opts LeadersOptions) (*ranker, error) {
	if opts.N == 0 {
		opts.N = 20
	}
	k := &ranker{opts: opts}
	var errs []error
	find := func(name string) int {
		at := schema.FieldIndices(name)
		if len(at) == 0 {
			errs = append(errs, fmt.Errorf("results: column %q: %w%s", name, columnar.ErrNoColumn, suggest.Meant(name, fieldNames(schema))))
			return 0
		}
		return at[0]
	}
	k.trial, k.asset, k.failed = find(TrialColumn), find(AssetColumn), find(ErrorColumn)
	k.total = -1
	if at := schema.FieldIndices(metrics.TotalReturn.String()); len(at) > 0 {
		k.total = at[0]
	}
	expression := ranking.IsExpression(schema, opts.By)
	if !expression {
		if by := find(opts.By); len(errs) == 0 && !ranking.Numeric(schema.Field(by)) {
			errs = append(errs, fmt.Errorf("results: column %q is not numeric", opts.By))
		}
	}
	if opts.N < 0 {
		errs = append(errs, fmt.Errorf("results: %d rows asked for", opts.N))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if err := checkColumns(schema, nil); err != nil {
		return nil, fmt.Errorf("results: the table cannot be ranked: %w", err)
	}
	k.best = ranking.Leaders[candidate]{N: opts.N, Compare: k.compare}
	var err error
	if k.score, err = ranking.NewScore(schema, opts.By); err != nil {
		return nil, err
	}
	k.require, err = ranking.NewRequirement(schema, opts.Require)
	return k, err
}

// columns returns the columns of the table that add looks at.
func (k *ranker) columns() []int {
	c := append([]int{k.trial, k.asset, k.failed}, k.score.Reads()...)
	if k.require != nil {
		c = append(c, k.require.Reads()...)
	}
	if k.total >= 0 {
		c = append(c, k.total)
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

// add looks at the rows of a record. Of its columns only those of columns have
// to be there.
func (k *ranker) add(record, rows int, columns []arrow.Array) error {
	fulfils, err := k.require.Rows(rows, columns)
	if err != nil {
		return err
	}
	scores, err := k.score.Rows(rows, columns)
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
			Rank:   ranking.New(trials.Value(row), scores[row], k.total >= 0 && ranking.Ruined(ranking.Number(columns[k.total], row)), columns[k.failed].IsValid(row)),
			record: record, row: row, asset: asset,
		}
		if k.best.Enters(this) && fulfils(row) {
			this.asset = strings.Clone(asset) // the column goes
			k.best.Keep(func(place *candidate) { *place = this })
		}
	}
	return nil
}

// concerns reports whether rows of an asset are ranked. With the first pooled
// row, rows of others are not any more.
func (k *ranker) concerns(asset string) bool {
	switch {
	case k.opts.Asset != "":
		return asset == k.opts.Asset
	case asset == PooledAsset && !k.pooled:
		k.pooled = true
		k.best.Kept = k.best.Kept[:0]
	}
	return !k.pooled || asset == PooledAsset
}

func (k *ranker) compare(a, b candidate) int {
	return cmp.Or(ranking.Compare(k.opts.Goal, a.Rank, b.Rank), cmp.Compare(a.asset, b.asset))
}

// ranked returns the best rows, best first.
func (k *ranker) ranked() ([]candidate, error) {
	switch {
	case !k.seen && k.opts.Asset != "":
		return nil, fmt.Errorf("results: asset %q: %w", k.opts.Asset, columnar.ErrNoAsset)
	case !k.seen:
		return nil, errors.New("results: no rows")
	}
	return k.best.Ranked(), nil
}

// Scores returns what rows of a table are ranked by, NaN where they have none: the
// values of a numeric column, or of an expression over numeric columns.
func Scores(rec arrow.Record, by string) ([]float64, error) {
	score, err := ranking.NewScore(rec.Schema(), by)
	if err != nil {
		return nil, fmt.Errorf("results: %w", err)
	}
	return score.Rows(int(rec.NumRows()), rec.Columns())
}
