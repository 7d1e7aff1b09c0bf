package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/spf13/cobra"

	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/sweep"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// chosenFlags choose trials of a result file for a backtest.
type chosenFlags struct {
	file   string
	trials []int64
	best   int
	by     string
}

func (f *chosenFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.file, "results", "", "result file that trials are taken from, in place of SPEC; --from FILE is the same")
	cmd.Flags().Int64SliceVar(&f.trials, "trial", nil, "trials of the result file, as in 17 or 17,40")
	cmd.Flags().IntVar(&f.best, "best", 0, "the best so many trials of the result file")
	cmd.Flags().StringVar(&f.by, "by", "", "column that --best ranks by (default: the spec's objective)")
}

// take takes a result file that --from names: it is a date otherwise.
func (f *chosenFlags) take(s *specFlags) {
	if s.from == "" || f.file != "" {
		return
	}
	if _, err := spec.ParsePeriod(s.from, ""); err == nil {
		return
	}
	if _, err := os.Stat(s.from); err == nil || strings.HasSuffix(strings.ToLower(s.from), ".parquet") || f.best > 0 || len(f.trials) > 0 {
		f.file, s.from = s.from, ""
	}
}

// check reports what does not go together.
func (f *chosenFlags) check(cmd *cobra.Command, s *specFlags, args []string) error {
	switch {
	case f.file == "" && (len(f.trials) > 0 || cmd.Flags().Changed("best")):
		return usagef("--trial and --best choose from a result file: give it as --from RESULTS")
	case f.file == "" && len(args) == 0:
		return usagef("no SPEC: give the file of a strategy, or --from RESULTS with --trial or --best")
	case f.file == "":
		return nil
	case len(args) > 0:
		return usagef("--from %s has a spec of its own: leave %s out", f.file, args[0])
	case len(s.set) > 0:
		return usagef("--set does not go with --from %s: the parameters are those of the trials", f.file)
	case len(f.trials) > 0 == (f.best != 0):
		return usagef("--from %s needs --trial N or --best N, and not both", f.file)
	case f.best < 0:
		return usagef("--best %d: at least 1 is run", f.best)
	}
	return nil
}

// chosen are the trials of a result file that are run.
type chosen struct {
	spec   *spec.Spec
	digest string
	trials []int64
	specs  []*spec.Spec
}

// read reads the trials out of the file.
func (f *chosenFlags) read(ctx context.Context) (c *chosen, err error) {
	file, err := results.Open(f.file)
	if err != nil {
		return nil, resultsError(f.file, err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	c = &chosen{digest: file.Metadata()[results.MetaDigest]}
	if c.spec, err = file.Spec(); err != nil {
		return nil, err
	}
	o := c.spec.Resolved().Objective
	ask := results.LeadersOptions{By: o.Metric, Goal: o.Goal, Require: o.Require, N: f.best}
	if f.by != "" && f.by != o.Metric {
		ask.By, ask.Goal = f.by, better(f.by)
	}
	if f.best > 0 {
		return c, c.add(ctx, file, ask)
	}
	for _, trial := range f.trials {
		ask.N, ask.Require = 1, fmt.Sprintf("trial == %d", trial)
		before := len(c.trials)
		if err := c.add(ctx, file, ask); err != nil {
			return nil, err
		}
		if len(c.trials) == before {
			return nil, usagef("--trial %d: %s has no such trial", trial, f.file)
		}
	}
	return c, nil
}

// add adds the best rows' trials, each once.
func (c *chosen) add(ctx context.Context, file *results.File, ask results.LeadersOptions) error {
	rec, err := file.Leaders(ctx, ask)
	if err != nil {
		return err
	}
	defer rec.Release()
	for row := range int(rec.NumRows()) {
		trial, one, err := results.Trial(rec, row, c.spec)
		if err != nil {
			return err
		}
		if slices.Contains(c.trials, trial) {
			continue // of another asset
		}
		c.trials, c.specs = append(c.trials, trial), append(c.specs, one)
	}
	return nil
}

// backtestChosen runs the trials of a result file on the data that they were run on.
func (a *app) backtestChosen(ctx context.Context, f *chosenFlags, s *specFlags, out *backtestFiles, budget *columnar.Budget) error {
	c, err := f.read(ctx)
	if err != nil {
		return err
	}
	b, err := a.openChosen(ctx, c, s, budget)
	if err != nil {
		return err
	}
	defer b.Close()
	files := out.files()
	var held tables
	if err := held.hold(files, out.force); err != nil {
		return err
	}
	defer held.release()
	collected := make([][]arrow.Record, len(files))
	var rows []arrow.Record
	defer func() {
		for _, recs := range slices.Concat(collected, [][]arrow.Record{rows}) {
			for _, rec := range recs {
				rec.Release()
			}
		}
	}()
	for i, one := range c.specs {
		if err := s.window(one); err != nil {
			return err
		}
		bt, err := sweep.RunBacktest(ctx, b.Frame(), one, sweep.BacktestOptions{Budget: budget})
		if err != nil {
			return fmt.Errorf("trial %d: %w", c.trials[i], err)
		}
		for k, table := range tablesOf(ctx, bt) {
			if files[k].path == "" {
				continue
			}
			rec, err := table()
			if err != nil {
				bt.Release()
				return err
			}
			collected[k] = append(collected[k], ofTrial(rec, c.trials[i], false))
		}
		rows = append(rows, ofTrial(bt.Results(), c.trials[i], true))
		bt.Release()
	}
	for k := range files {
		files[k].records = func() (arrow.Record, error) { return joined(collected[k]) }
	}
	if err := a.writeTables(&held, files); err != nil {
		return err
	}
	if held.stdout {
		return nil
	}
	all, err := joined(rows)
	if err != nil {
		return err
	}
	defer all.Release()
	if len(c.trials) == 1 {
		a.aboutf("trial:     %d of %s", c.trials[0], f.file)
		return a.print(transpose(tableOf(all), a.output == outputTable))
	}
	return a.printRanking(all, c.spec.Resolved().Objective.Metric, false)
}

// openChosen opens the version of the bundle that the trials were run on.
func (a *app) openChosen(ctx context.Context, c *chosen, s *specFlags, budget *columnar.Budget) (*bundles.Bundle, error) {
	name := c.spec.Bundle
	if s.bundle != "" {
		return a.openBundle(ctx, s.bundle, budget)
	}
	if name == "" {
		return nil, usagef("the results do not name their bundle: give --bundle NAME")
	}
	name, _, _ = strings.Cut(name, "@")
	b, err := a.openBundle(ctx, name+"@"+strings.TrimPrefix(c.digest, columnar.DigestPrefix), budget)
	if err != nil {
		return nil, fmt.Errorf("the version that the results are of: %w", err)
	}
	return b, nil
}

// tablesOf returns the tables of a backtest, in the order of [backtestFiles.files].
func tablesOf(ctx context.Context, bt *sweep.Backtest) []func() (arrow.Record, error) {
	return []func() (arrow.Record, error){
		always(bt.Trades), always(bt.Equity), func() (arrow.Record, error) { return bt.Values(ctx) },
	}
}

// ofTrial puts the trial's number in front of the columns of a record, or where there is
// one already in its place. It takes the record.
func ofTrial(rec arrow.Record, trial int64, replace bool) arrow.Record {
	defer rec.Release()
	b := array.NewInt64Builder(memory.DefaultAllocator)
	defer b.Release()
	for range rec.NumRows() {
		b.Append(trial)
	}
	numbers := b.NewArray()
	defer numbers.Release()
	skip := 0
	if replace {
		skip = 1 // the first column of results
	}
	fields := append([]arrow.Field{{Name: results.TrialColumn, Type: arrow.PrimitiveTypes.Int64}}, rec.Schema().Fields()[skip:]...)
	columns := append([]arrow.Array{numbers}, rec.Columns()[skip:]...)
	return array.NewRecord(arrow.NewSchema(fields, nil), columns, rec.NumRows())
}

// joined is the rows of records of one schema, one after another.
func joined(recs []arrow.Record) (arrow.Record, error) {
	if len(recs) == 1 {
		recs[0].Retain()
		return recs[0], nil
	}
	columns := make([]arrow.Array, recs[0].NumCols())
	defer func() {
		for _, c := range columns {
			if c != nil {
				c.Release()
			}
		}
	}()
	rows := int64(0)
	for c := range columns {
		parts := make([]arrow.Array, len(recs))
		for i, rec := range recs {
			parts[i] = rec.Column(c)
		}
		var err error
		if columns[c], err = array.Concatenate(parts, memory.DefaultAllocator); err != nil {
			return nil, err
		}
	}
	for _, rec := range recs {
		rows += rec.NumRows()
	}
	return array.NewRecord(recs[0].Schema(), columns, rows), nil
}
