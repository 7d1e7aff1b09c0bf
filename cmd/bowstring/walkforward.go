package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/spf13/cobra"

	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep"
	"github.com/bowstring-engine/bowstring/sweep/report"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/robust"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// walkFlags are the flags of the command "walkforward" beside those of its spec.
type walkFlags struct {
	runFlags
	memory                          memoryFlag
	out                             string
	resume, force, explain, compare bool
}

func (a *app) walkforwardCmd() *cobra.Command {
	var s specFlags
	var f walkFlags
	cmd := &cobra.Command{
		Use:   "walkforward SPEC",
		Short: "Choose on one part of the history, run the choice on the next, again and again",
		Long: `Walkforward asks what would have been earned by somebody who chose parameters
then, not now. The key walk_forward of the spec says in which windows: in each, the
best combination of the train is run on the test that follows, and the tests together
are one equity curve that nobody could fit.

--explain draws the windows, and says how choices would be made, without running
anything. --compare makes every choice in both ways, from segments of one account and
by fresh runs, and says where they differ.

--out NAME.parquet writes the windows with their choices there, and beside it
NAME.equity.parquet, NAME.statistics.parquet and, where choices are made from segments,
the trials with their segments: NAME.trials.parquet, NAME.trials.segments.parquet.
--resume goes on with those, where an earlier run was interrupted.
docs/walkforward.md explains all of it, with examples.`,
		Example: `  bowstring walkforward examples/walkforward.yaml --bundle us8 --explain
  bowstring walkforward examples/walkforward.yaml --bundle us8 --out walk.parquet`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.checkWalk(); err != nil {
				return err
			}
			budget, err := f.memory.budget()
			if err != nil {
				return err
			}
			sp, b, err := a.open(cmd.Context(), &s, args[0], budget)
			if err != nil {
				return err
			}
			defer b.Close()
			run := &sweep.Kept{Bound: sweep.Bound{Frame: b.Frame(), Options: f.options()}, Path: trialsPath(f.out), Resume: f.resume, Force: f.force}
			run.Options.Budget = budget
			if f.explain {
				return a.explainWalk(cmd.Context(), sp, run, &f)
			}
			return a.walkforward(cmd.Context(), b, sp, run, &f)
		},
	}
	s.add(cmd)
	f.add(cmd)
	f.memory.add(cmd)
	cmd.Flags().StringVar(&f.out, "out", "", "file for the windows with their choices, .parquet; other tables stand beside it")
	cmd.Flags().BoolVar(&f.force, "force", false, "replace files that are there, when the new ones are complete")
	cmd.Flags().BoolVar(&f.resume, "resume", false, "go on with the trials that an unfinished run has left beside --out")
	cmd.Flags().BoolVar(&f.explain, "explain", false, "draw the windows, and run nothing")
	cmd.Flags().BoolVar(&f.compare, "compare", false, "choose both from segments and by runs, and say where they differ")
	return profiled(cmd)
}

func (f *walkFlags) checkWalk() error {
	switch {
	case f.out != "" && !strings.EqualFold(filepath.Ext(f.out), ".parquet"):
		return usagef("--out %s: the tables of a walk are .parquet files", f.out)
	case f.resume && f.out == "":
		return usagef("--resume needs --out: the file to go on with")
	case f.explain && (f.out != "" || f.compare):
		return usagef("--explain runs nothing; leave out --out and --compare")
	}
	return f.check()
}

// besideWalk returns the name of a table that stands beside the windows of a walk.
func besideWalk(out, table string) string {
	if out == "" {
		return ""
	}
	ext := filepath.Ext(out)
	return strings.TrimSuffix(out, ext) + "." + table + ext
}

func trialsPath(out string) string { return besideWalk(out, "trials") }

func (a *app) explainWalk(ctx context.Context, s *spec.Spec, run *sweep.Kept, f *walkFlags) error {
	walk, err := robust.PlanWalk(ctx, s, &run.Bound, robust.WalkOptions{Compare: f.compare})
	if err != nil {
		return err
	}
	a.notef("%d windows; choices from %s: %s; stitched: %s", len(walk.Windows), walk.Select, walk.Reason, walk.Stitch)
	if a.output != outputTable {
		table := walk.WindowsTable()
		defer table.Release()
		return a.print(tableOf(table))
	}
	steps := make([]report.WalkStep, len(walk.Windows))
	for i, c := range walk.Windows {
		steps[i] = report.WalkStep{Label: windowName(&c), Test: [2]int64{c.Test.From, c.Test.To}}
		for _, r := range c.Train {
			steps[i].Train = append(steps[i].Train, [2]int64{r.From, r.To})
		}
	}
	return a.drawWalk(steps)
}

// drawWalk draws windows as wide as the terminal; package report makes them safe.
func (a *app) drawWalk(steps []report.WalkStep) error {
	width, _ := terminal(a.stdout)
	return report.Walk(a.stdout, steps, report.Options{Width: width})
}

func windowName(c *robust.Chosen) string {
	return fmt.Sprintf("%d.%d %s", c.Walk, c.Number, time.Unix(0, c.Test.From).UTC().Format(time.DateOnly))
}

func (a *app) walkforward(ctx context.Context, b *bundles.Bundle, s *spec.Spec, run *sweep.Kept, f *walkFlags) error {
	start := time.Now()
	files := []tableFile{{flag: "--out", path: f.out}, {flag: "--out", path: besideWalk(f.out, "equity")}, {flag: "--out", path: besideWalk(f.out, "statistics")}}
	var held tables
	if err := held.hold(files, f.force); err != nil {
		return err
	}
	defer held.release()
	var runner robust.Runner = &run.Bound
	if f.out != "" {
		runner = run
	}
	walk, err := robust.WalkForward(ctx, s, runner, robust.WalkOptions{Compare: f.compare})
	if err != nil {
		var partial *results.PartialError
		if errors.As(err, &partial) && partial.Resumable {
			a.notef("the same walk with --resume goes on from there")
		}
		return orElse(err, waySweep)
	}
	files[0].records, files[1].records, files[2].records = always(walk.WindowsTable), always(walk.EquityTable), always(walk.StatisticsTable)
	notes, err := held.write(files, a.data(), a.streamFormat())
	if err != nil {
		return err
	}
	a.notef("%d windows on %d assets in %s; choices from %s: %s", len(walk.Windows), b.Frame().NumAssets(), time.Since(start).Round(time.Millisecond), walk.Select, walk.Reason)
	for _, note := range notes {
		a.notef("%s", note)
	}
	a.noteChoices(walk)
	return a.printWalk(walk)
}

// noteChoices says in which windows nothing could be chosen, and where the two ways of
// choosing differ.
func (a *app) noteChoices(walk *robust.Walk) {
	var cash, differ []string
	compared := 0
	for i := range walk.Windows {
		c := &walk.Windows[i]
		if c.Trial < 0 {
			cash = append(cash, windowName(c))
		}
		if c.Compared {
			compared++
			if c.Other != c.Trial {
				differ = append(differ, windowName(c))
			}
		}
	}
	if len(cash) > 0 {
		a.notef("no combination is valid in %d windows, which stay in cash: %s", len(cash), strings.Join(cash, ", "))
	}
	switch {
	case compared > 0 && len(differ) == 0:
		a.notef("segments and runs choose the same in all %d windows", compared)
	case compared > 0:
		a.notef("segments and runs choose differently in %d of %d windows: %s", len(differ), compared, strings.Join(differ, ", "))
	}
}

// printWalk prints the windows, and what each walk came to.
func (a *app) printWalk(walk *robust.Walk) error {
	rec := walk.WindowsTable()
	defer rec.Release()
	walks := walkSummary(walk)
	if a.output == outputJSON {
		return a.walkJSON(rec, walks)
	}
	windows := tableOf(rec)
	if a.output == outputTable {
		hidden := map[string]bool{"train_bars": true, "test_bars": true, "valid": true, "train_return": true, "test_return": true, "train_to": true, "rank_of": true}
		if !walk.Windows[0].Compared {
			hidden["other_trial"] = true
		}
		windows.round()
		windows = windows.keep(func(c int) bool { return !hidden[windows.columns[c].name] })
	}
	if err := a.print(windows); err != nil || a.output == outputCSV {
		return err
	}
	a.printf("\n")
	return a.print(walks)
}

// walkSummary is what each walk came to as one curve.
func walkSummary(walk *robust.Walk) table {
	t := table{columns: names("walk", "windows", "efficiency")}
	stats := []metrics.Stat{metrics.TotalReturn, metrics.CAGR, metrics.Volatility, metrics.Sharpe, metrics.MaxDrawdown, metrics.Trades, metrics.Fees}
	for _, s := range stats {
		t.columns = append(t.columns, column{name: s.String(), stat: s.String()})
	}
	for _, p := range walk.Spec.Params {
		t.columns = append(t.columns, column{name: "kept_" + p.Name})
	}
	for i := range walk.Stitched {
		s, windows := &walk.Stitched[i], 0
		for _, c := range walk.Windows {
			if c.Walk == i {
				windows++
			}
		}
		row := []any{i, windows, numberOrNothing(s.Efficiency)}
		for _, stat := range stats {
			row = append(row, numberOrNothing(s.Values[stat]))
		}
		for _, v := range s.Stability {
			row = append(row, numberOrNothing(v))
		}
		t.rows = append(t.rows, row)
	}
	return t
}

func numberOrNothing(v float64) any {
	if math.IsNaN(v) {
		return nil
	}
	return v
}

// walkJSON prints {"windows": […], "walks": […]}.
func (a *app) walkJSON(windows arrow.Record, walks table) error {
	var one, other bytes.Buffer
	if err := errors.Join(writeJSON(&one, tableOf(windows)), writeJSON(&other, walks)); err != nil {
		return err
	}
	e := json.NewEncoder(a.data())
	e.SetIndent("", "  ")
	return e.Encode(map[string]json.RawMessage{"windows": one.Bytes(), "walks": other.Bytes()})
}
