package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/spf13/cobra"

	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/report"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// withResults opens result files for one call.
func withResults(paths []string, use func(files []*results.File) error) (err error) {
	var files []*results.File
	defer func() {
		for _, f := range files {
			err = errors.Join(err, f.Close())
		}
	}()
	for _, path := range paths {
		file, err := results.Open(path)
		if err != nil {
			return resultsError(path, err)
		}
		files = append(files, file)
	}
	return use(files)
}

func (a *app) resultsHeatmapCmd() *cobra.Command {
	var o results.SurfaceOptions
	cmd := &cobra.Command{
		Use:   "heatmap FILE",
		Short: "Show a statistic over two parameters",
		Long: `Heatmap shows a statistic over two parameters, the best over all others: of the
pooled rows where the file has them. Without flags it is the spec's objective over
the parameters with the most values. --output csv or json prints the numbers.`,
		Example: `  bowstring results heatmap results.parquet
  bowstring results heatmap results.parquet --by max_drawdown --x fast --y slow`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withResults(args, func(files []*results.File) error {
				s, err := files[0].Spec()
				if err != nil {
					return err
				}
				if o.Metric != "" && o.Metric != s.Resolved().Objective.Metric {
					o.Goal = better(o.Metric)
				}
				records := files[0].Records()
				defer records.Release()
				surface, err := results.SurfaceOf(cmd.Context(), records, s, o)
				if err != nil {
					return err
				}
				if surface == nil {
					return usagef("%s: a heat map needs two parameters with two values and more", args[0])
				}
				return a.printSurface(surface)
			})
		},
	}
	cmd.Flags().StringVar(&o.Metric, "by", "", "statistic to show (default: the spec's objective)")
	cmd.Flags().StringVar(&o.X, "x", "", "parameter across (default: of those with the most values)")
	cmd.Flags().StringVar(&o.Y, "y", "", "parameter down")
	return cmd
}

// printSurface prints a surface as a map, or as a table of numbers.
func (a *app) printSurface(s *results.Surface) error {
	if a.output == outputTable {
		return a.heatMap(s)
	}
	t := table{columns: names(s.XName, s.YName, s.Metric)}
	for j, y := range s.Y {
		for i, x := range s.X {
			t.add(x, y, s.Values[j][i])
		}
	}
	return a.print(t)
}

func (a *app) resultsCompareCmd() *cobra.Command {
	var by string
	cmd := &cobra.Command{
		Use:   "compare FILE FILE...",
		Short: "Show the best row of several result files beside each other",
		Example: `  bowstring results compare results.parquet other.parquet
  bowstring results compare results.parquet other.parquet --by calmar`,
		Args: cobra.MinimumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withResults(args, func(files []*results.File) error { return a.compare(cmd.Context(), args, files, by) })
		},
	}
	cmd.Flags().StringVar(&by, "by", "", "column to rank by (default: the objective of each file's spec)")
	return cmd
}

// compare prints a column a file, of what it is and of its best row.
func (a *app) compare(ctx context.Context, paths []string, files []*results.File, by string) error {
	t := table{columns: []column{{name: "what"}}}
	rows := [][]any{{"name"}, {"bundle"}, {"data"}, {"rows"}, {"ranked by"}, {"best trial"}, {"parameters"}}
	stats := metrics.Core()
	for _, stat := range stats {
		rows = append(rows, []any{stat.String()})
	}
	for i, file := range files {
		s, err := file.Spec()
		if err != nil {
			return err
		}
		o := s.Resolved().Objective
		ask := results.LeadersOptions{By: o.Metric, Goal: o.Goal, Require: o.Require, N: 1}
		if by != "" && by != o.Metric {
			ask.By, ask.Goal = by, better(by)
		}
		best, err := file.Leaders(ctx, ask)
		if err != nil {
			return fmt.Errorf("%s: %w", paths[i], err)
		}
		values := []any{s.Name, s.Bundle, a.digest(file.Metadata()[results.MetaDigest]), file.NumRows(), ask.By, nil, nil}
		if best.NumRows() > 0 {
			trial, one, err := results.Trial(best, 0, s)
			if err != nil {
				best.Release()
				return err
			}
			values[5], values[6] = trial, paramsText(one)
		}
		for _, stat := range stats {
			var v any
			if at := best.Schema().FieldIndices(stat.String()); len(at) > 0 && best.NumRows() > 0 {
				v = valueOf(best.Column(at[0]), 0)
			}
			if a.output == outputTable {
				v = report.Value{Stat: stat.String(), V: v}
			}
			values = append(values, v)
		}
		best.Release()
		t.columns = append(t.columns, column{name: paths[i], keep: true})
		for k := range rows {
			rows[k] = append(rows[k], values[k])
		}
	}
	t.rows = rows
	return a.print(t)
}

// paramsText is the parameters of a spec of one trial.
func paramsText(s *spec.Spec) string {
	var parts []string
	for _, p := range s.Params {
		parts = append(parts, p.Name+"="+p.Axis.Text(0))
	}
	return strings.Join(parts, ", ")
}

func (a *app) resultsDiffCmd() *cobra.Command {
	var tolerance float64
	cmd := &cobra.Command{
		Use:   "diff FILE FILE",
		Short: "Say in which rows and statistics two result files differ",
		Long: `Diff holds the rows of two result files against each other that have the same asset
and the same parameters, and says for each statistic how many rows differ, by how
much at most, and where. What the files are of, their specs and data, stands above.`,
		Example: "  bowstring results diff results.parquet other.parquet --tolerance 1e-10",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !(tolerance >= 0) {
				return usagef("--tolerance %v: want 0 or more", tolerance)
			}
			return withResults(args, func(files []*results.File) error { return a.diff(cmd.Context(), args, files, tolerance) })
		},
	}
	cmd.Flags().Float64Var(&tolerance, "tolerance", 0, "relative difference up to which numbers are the same")
	return cmd
}

func (a *app) diff(ctx context.Context, paths []string, files []*results.File, tolerance float64) error {
	for _, key := range []string{results.MetaSpec, results.MetaDigest, results.MetaTool} {
		if one, other := files[0].Metadata()[key], files[1].Metadata()[key]; one == other {
			a.aboutf("%s: the same", key)
		} else if key == results.MetaSpec {
			a.aboutf("%s: differs\n%s", key, block(lineDiff(one, other)))
		} else {
			a.aboutf("%s: %s and %s", key, one, other)
		}
	}
	d := differences{tolerance: tolerance, rows: make(map[string][]float64)}
	if err := d.read(ctx, files[0], d.first); err != nil {
		return err
	}
	if err := d.read(ctx, files[1], d.second); err != nil {
		return err
	}
	a.aboutf("rows: %d in both, %d only in %s, %d only in %s", d.both, len(d.rows), paths[0], d.only, paths[1])
	t := table{columns: names("statistic", "rows", "differ", "largest_difference", "where")}
	for _, s := range d.stats {
		t.add(s.name, s.compared, s.differ, s.largest, s.where)
	}
	return a.print(t)
}

// lineDiff is the lines of one text that another does not have, and the other way.
func lineDiff(one, other string) string {
	var b strings.Builder
	have := func(text string) []string { return strings.Split(strings.TrimRight(text, "\n"), "\n") }
	for _, side := range []struct{ mark, text, of string }{{"- ", one, other}, {"+ ", other, one}} {
		lines := have(side.of)
		for _, line := range have(side.text) {
			if !slices.Contains(lines, line) {
				fmt.Fprintf(&b, "  %s%s\n", side.mark, line)
			}
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

// differences collects how rows of two tables differ that have the same key.
type differences struct {
	tolerance  float64
	rows       map[string][]float64 // of the first table, that the second has not had yet
	names      []string
	stats      []statDifference
	both, only int
}

type statDifference struct {
	name             string
	compared, differ int64
	largest          float64
	where            any
}

// read goes through the rows of a file: the key of each and its statistics by name.
func (d *differences) read(ctx context.Context, file *results.File, row func(key string, names []string, values []float64)) error {
	s, err := file.Spec()
	if err != nil {
		return err
	}
	records := file.Records()
	defer records.Release()
	keys, stats, columns := []int{}, []int{}, []string{}
	for i, f := range records.Schema().Fields() {
		_, isStat := metrics.ParseStat(f.Name)
		isParam := slices.ContainsFunc(s.Params, func(p spec.Param) bool { return p.Name == f.Name })
		switch {
		case f.Name == results.AssetColumn || isParam:
			keys = append(keys, i)
		case isStat:
			stats, columns = append(stats, i), append(columns, f.Name)
		}
	}
	for records.Next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		rec := records.Record()
		for r := range int(rec.NumRows()) {
			values := make([]float64, len(stats))
			for i, c := range stats {
				values[i] = numberOf(rec.Column(c), r)
			}
			row(keyOf(rec, keys, r), columns, values)
		}
	}
	return records.Err()
}

func keyOf(rec arrow.Record, columns []int, row int) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = rec.ColumnName(c) + "=" + plainText(valueOf(rec.Column(c), row))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

func (d *differences) first(key string, names []string, values []float64) {
	d.names = names
	d.rows[key] = values
}

func (d *differences) second(key string, names []string, values []float64) {
	before, ok := d.rows[key]
	if !ok {
		d.only++
		return
	}
	delete(d.rows, key)
	d.both++
	if d.stats == nil {
		for _, name := range d.names {
			if slices.Contains(names, name) {
				d.stats = append(d.stats, statDifference{name: name})
			}
		}
	}
	for i := range d.stats {
		s := &d.stats[i]
		x, y := before[slices.Index(d.names, s.name)], values[slices.Index(names, s.name)]
		s.compared++
		if x == y || x != x && y != y {
			continue
		}
		apart := math.Abs(x-y) / max(math.Abs(x), math.Abs(y))
		if apart != apart {
			apart = math.Inf(1) // one of them is infinite or not there
		}
		if apart <= d.tolerance {
			continue
		}
		s.differ++
		if s.where == nil || apart > s.largest {
			s.largest, s.where = apart, key
		}
	}
}
