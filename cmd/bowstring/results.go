package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

func (a *app) resultsCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "results",
		Short:   "Look into a result file",
		Example: "  bowstring results head results.parquet --by sharpe -n 20",
	}
	cmd.AddCommand(a.resultsHeadCmd(), a.resultsShowCmd(), a.resultsHeatmapCmd(), a.resultsCompareCmd(), a.resultsDiffCmd())
	return cmd
}

func (a *app) resultsHeadCmd() *cobra.Command {
	var top results.LeadersOptions
	var ascending, wide bool
	cmd := &cobra.Command{
		Use:   "head FILE",
		Short: "Print the best rows of a result file",
		Long: `Head prints the best rows of a result file, by the objective of its spec or
by another column. It ranks the pooled rows where the file has them; --symbols
ranks those of one asset. Rows without a value and failed trials come last.`,
		Example: `  bowstring results head results.parquet --by sharpe -n 20
  bowstring results head results.parquet --by max_drawdown --ascending --require 'trades >= 30' --symbols AAPL`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if top.N < 1 {
				return usagef("--top %d: at least 1 row is printed", top.N)
			}
			file, err := results.Open(args[0])
			if err != nil {
				return resultsError(args[0], err)
			}
			defer func() { err = errors.Join(err, file.Close()) }()
			if err := a.rankBy(file, &top, cmd.Flags().Changed("ascending"), ascending); err != nil {
				return err
			}
			best, err := file.Leaders(cmd.Context(), top)
			if err != nil {
				return err
			}
			defer best.Release()
			if err := a.printRanking(best, top.By, wide); err != nil {
				return err
			}
			a.noteAnnual(file.Metadata())
			return nil
		},
	}
	cmd.Flags().StringVar(&top.By, "by", "", "column to rank by, or an expression over columns (default: the spec's objective)")
	cmd.Flags().BoolVar(&ascending, "ascending", false, "lowest first (default: what is better of a statistic, else highest first)")
	cmd.Flags().IntVarP(&top.N, "top", "n", 20, "rows to print")
	cmd.Flags().BoolVar(&wide, "wide", false, "print every column")
	cmd.Flags().StringVar(&top.Asset, "asset", "", "what --symbols was called")
	hide(cmd, "asset")
	cmd.Flags().StringVar(&top.Asset, "symbols", "", `rank the rows of this asset ("*": the pooled rows)`)
	cmd.Flags().StringVar(&top.Require, "require", "", "condition that rows must fulfil (default: the spec's)")
	return cmd
}

// rankBy fills in what the flags leave to the spec of the file.
func (a *app) rankBy(file *results.File, top *results.LeadersOptions, goalGiven, ascending bool) error {
	s, err := file.Spec()
	if err != nil {
		return err
	}
	if file.Partial() {
		a.notef("warning: these results are partial: the sweep ended before its last trial")
	}
	if meta := file.Metadata(); meta[results.MetaTop] != "" {
		a.notef("note: these results are of the best %s of %s trials, by the spec's objective", meta[results.MetaTop], meta[results.MetaTrials])
	}
	objective := s.Resolved().Objective
	if top.By == "" || top.By == objective.Metric {
		top.By, top.Goal = objective.Metric, objective.Goal
	} else {
		top.Goal = better(top.By)
	}
	if goalGiven {
		top.Goal = spec.Maximize
		if ascending {
			top.Goal = spec.Minimize
		}
	}
	if top.Require == "" {
		top.Require = objective.Require
	}
	return nil
}

// better is the goal of a column: what is better of a statistic, and more of any other.
func better(column string) spec.Goal {
	if stat, ok := metrics.ParseStat(column); ok && stat.Describe().Better == metrics.Lower {
		return spec.Minimize
	}
	return spec.Maximize
}

func (a *app) resultsShowCmd() *cobra.Command {
	return &cobra.Command{
		Use:     "show FILE",
		Short:   "Print what a result file says of itself",
		Example: "  bowstring results show results.parquet",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) (err error) {
			file, err := results.Open(args[0])
			if err != nil {
				return resultsError(args[0], err)
			}
			defer func() { err = errors.Join(err, file.Close()) }()
			meta := file.Metadata()
			t := table{columns: []column{{name: "key"}, {name: "value"}}}
			t.add("rows", file.NumRows())
			t.add("partial", file.Partial())
			for _, key := range []string{results.MetaSpace, results.MetaTop, results.MetaTrials} {
				if meta[key] != "" {
					t.add(key, meta[key])
				}
			}
			for _, key := range []string{results.MetaTool, results.MetaDigest, results.MetaAxis, results.MetaSpec} {
				t.add(key, meta[key])
			}
			if a.output != outputTable {
				return a.print(t)
			}
			// The spec is lines of YAML: a cell of a table would run them
			// together.
			for _, row := range t.rows {
				key, value := fmt.Sprint(row[0]), fmt.Sprint(row[1])
				if key == results.MetaSpec {
					value = "\n" + strings.TrimRight(value, "\n")
				}
				a.printf("%-17s %s\n", key+":", block(value))
			}
			return nil
		},
	}
}
