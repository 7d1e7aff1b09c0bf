package main

import (
	"context"
	"math"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/spf13/cobra"

	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
	"github.com/bowstring-engine/bowstring/sweep"
	"github.com/bowstring-engine/bowstring/sweep/report"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// backtestFiles are the files that a backtest is asked for.
type backtestFiles struct {
	trades, equity, values string
	force                  bool
}

// files are the files as tables, trades first.
func (f *backtestFiles) files() []tableFile {
	return []tableFile{{flag: "--trades", path: f.trades}, {flag: "--equity", path: f.equity}, {flag: "--values", path: f.values}}
}

func (a *app) backtestCmd() *cobra.Command {
	var s specFlags
	var m memoryFlag
	var out backtestFiles
	var chosen chosenFlags
	var bar string
	cmd := &cobra.Command{
		Use:   "backtest [SPEC]",
		Short: "Run one combination of parameters, with its trades and equity",
		Long: `Backtest runs a strategy once on every asset of a bundle and prints every
statistic. Parameters with several values are fixed by --set.

--trades, --equity and --values (every named expression, signal, position and level
of every bar) write tables, in the format that the ending of the name says. - is CSV on standard output (JSON with --output json), in place of the
statistics.

--from RESULTS in place of SPEC runs trials of a result file, --trial 17,40 or the
--best 3: the spec, the version of the data and the parameters are those of the file.
Tables then have a column trial.

--explain-bar prints what happened on one bar of one asset, and why: prices,
indicator values, signals, pending orders, stop levels, fills, cash and equity.`,
		Example: `  bowstring backtest examples/sma_cross.yaml --bundle us8 --set fast=21,slow=100 --trades trades.csv --equity equity.csv
  bowstring backtest examples/sma_cross.yaml --bundle us8 --set fast=21,slow=100 --symbols AAPL --explain-bar 2011-03-14
  bowstring backtest --from results.parquet --best 3 --trades trades.csv --force`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			chosen.take(&s)
			if err := chosen.check(cmd, &s, args); err != nil {
				return err
			}
			budget, err := m.budget()
			if err != nil {
				return err
			}
			if chosen.file != "" {
				return a.backtestChosen(cmd.Context(), &chosen, &s, &out, budget)
			}
			spec, b, err := a.open(cmd.Context(), &s, args[0], budget)
			if err != nil {
				return err
			}
			defer b.Close()
			if bar != "" {
				return a.explainBar(cmd.Context(), b, spec, s.symbols, bar)
			}
			return a.backtest(cmd.Context(), b, spec, &out, budget)
		},
	}
	s.add(cmd)
	m.add(cmd)
	chosen.add(cmd)
	cmd.Flags().StringVar(&out.trades, "trades", "", "file for the trades, .csv, .csv.gz, .csv.zst, .parquet, .arrow or .json, or - for standard output")
	cmd.Flags().StringVar(&out.equity, "equity", "", "file for the equity at every bar, as --trades")
	cmd.Flags().StringVar(&out.values, "values", "", "file for every named expression, signal and level of every bar, as --trades")
	cmd.Flags().BoolVar(&out.force, "force", false, "replace files that are there, when the new ones are complete")
	cmd.Flags().StringVar(&bar, "explain-bar", "", "explain the bar of this date or time (needs --symbols with one asset)")
	return profiled(cmd)
}

func (a *app) backtest(ctx context.Context, b *bundles.Bundle, spec *spec.Spec, out *backtestFiles, budget *columnar.Budget) error {
	files := out.files()
	var held tables
	if err := held.hold(files, out.force); err != nil {
		return err
	}
	defer held.release()
	bt, err := sweep.RunBacktest(ctx, b.Frame(), spec, sweep.BacktestOptions{Budget: budget})
	if err != nil {
		return err
	}
	defer bt.Release()
	for i, table := range tablesOf(ctx, bt) {
		files[i].records = table
	}
	if err := a.writeTables(&held, files); err != nil {
		return err
	}
	if held.stdout {
		return nil
	}
	rows := bt.Results()
	defer rows.Release()
	if err := a.print(transpose(tableOf(rows), a.output == outputTable)); err != nil {
		return err
	}
	meta, err := bt.Metadata()
	if err != nil {
		return err
	}
	a.noteAnnual(meta)
	if tradeless(rows) {
		a.noteNothing(ctx, b, spec)
	}
	return nil
}

// always is a table that can be made.
func always(records func() arrow.Record) func() (arrow.Record, error) {
	return func() (arrow.Record, error) { return records(), nil }
}

// transpose turns a few wide rows into many short ones: a column of names and
// a column for each row, headed by its asset. For people the values are shown
// as those of their statistic.
func transpose(t table, people bool) table {
	out := table{columns: []column{{name: "statistic"}}}
	asset := 0
	for c, col := range t.columns {
		if col.name == results.AssetColumn {
			asset = c
		}
	}
	for _, row := range t.rows {
		name := plainText(row[asset])
		if name == results.PooledAsset {
			name = "pooled"
		}
		out.columns = append(out.columns, column{name: name, keep: row[asset] == results.PooledAsset})
	}
	for c, col := range t.columns {
		if col.name == results.AssetColumn || col.name == results.TrialColumn || col.name == results.ErrorColumn {
			continue
		}
		values := []any{col.name}
		for _, row := range t.rows {
			if people {
				values = append(values, report.Value{Stat: col.stat, V: row[c]})
			} else {
				values = append(values, row[c])
			}
		}
		out.rows = append(out.rows, values)
	}
	return out
}

// explainBar prints the report on one bar.
func (a *app) explainBar(ctx context.Context, b *bundles.Bundle, spec *spec.Spec, symbols []string, bar string) error {
	if len(symbols) != 1 {
		return usagef("--explain-bar needs --symbols with one asset")
	}
	at, err := parseMoment(bar)
	if err != nil {
		return err
	}
	rep, err := sweep.ExplainBar(ctx, b.Frame(), spec, symbols[0], at)
	if err != nil {
		return err
	}
	if rep.Time != at.UnixNano() {
		a.notef("no bar starts at %s; the last one before it starts at %s", showTime(at), showTime(time.Unix(0, rep.Time).UTC()))
	}
	t := barTable(rep)
	if a.output == outputTable {
		t.round()
	}
	return a.print(t)
}

func parseMoment(text string) (time.Time, error) {
	for _, layout := range []string{time.DateOnly, time.RFC3339Nano, "2006-01-02T15:04", "2006-01-02 15:04", time.DateTime} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, usagef("--explain-bar %q: want a date or time, as in 2011-03-14 or 2011-03-14T15:30", text)
}

// barTable lays a report out as lines of what and its value, for expressions
// and the account beside that at the bar before: a cross is a matter of two
// bars, and an order of the one before fills on this one.
func barTable(r *pipeline.BarReport) table {
	t := table{columns: names("part", "what", "bar_before", "this_bar")}
	t.columns[3].keep = true
	add := func(part, what string, value any) { t.add(part, what, nil, value) }
	add("bar", "asset", r.Asset)
	add("bar", "time", time.Unix(0, r.Time).UTC())
	add("bar", "number", int64(r.Bar))
	if !r.Valued {
		add("bar", "note", "outside the period: indicators warm up, nothing trades")
	}
	for _, p := range []struct {
		name  string
		value float64
	}{{"open", r.Open}, {"high", r.High}, {"low", r.Low}, {"close", r.Close}, {"volume", r.Volume}} {
		add("price", p.name, p.value)
	}
	for i, n := range r.Nodes {
		part, what := "value", n.Text
		if n.Name != "" {
			part, what = "named", n.Name+": "+n.Text
		}
		var before any
		if r.Previous != nil {
			before = nodeValue(&r.Previous[i])
		}
		t.add(part, what, before, nodeValue(&n))
	}
	addLevels(add, &r.After.Levels)
	addFills(add, r)
	b, n := &r.Before, &r.After
	t.add("account", "position", b.Side.String(), n.Side.String())
	t.add("account", "units", b.Units, n.Units)
	t.add("account", "cash", b.Cash, n.Cash)
	t.add("account", "equity", b.Equity, n.Equity)
	t.add("account", "pending order", order(b.Pending, b.Target.String()), order(n.Pending, n.Target.String()))
	return t
}

// nodeValue is a number where an expression has one, and else text.
func nodeValue(n *strategy.NodeValue) any {
	if (n.Kind == strategy.KindScalar || n.Kind == strategy.KindSeries) && !math.IsNaN(n.Number) {
		return n.Number
	}
	return n.Value()
}

// addLevels adds the stop and the target that the bar's prices were held
// against.
func addLevels(add func(part, what string, value any), l *backtest.Levels) {
	if l.Stop > 0 {
		kind := backtest.ReasonStopLoss
		switch {
		case l.StopBy != backtest.ReasonOpen:
			kind = l.StopBy
		case l.Trailing:
			kind = backtest.ReasonTrailingStop
		}
		add("level", kind.String(), l.Stop)
	}
	if l.Target > 0 {
		kind := backtest.ReasonTakeProfit
		if l.TargetBy != backtest.ReasonOpen {
			kind = l.TargetBy
		}
		add("level", kind.String(), l.Target)
	}
}

// addFills adds what was bought and sold on the bar, exits first.
func addFills(add func(part, what string, value any), r *pipeline.BarReport) {
	if len(r.Trades) == 0 {
		add("fill", "none", nil)
	}
	for _, tr := range r.Trades {
		if tr.Exit == r.Bar && !tr.Open() {
			add("fill", "exit "+tr.Side.String(), tr.ExitPrice)
			add("fill", "reason", tr.Reason.String())
			add("fill", "units", tr.Units)
			add("fill", "fees of the trade", tr.Fees)
			add("fill", "profit of the trade", tr.PnL)
		}
	}
	for _, tr := range r.Trades {
		if tr.Entry == r.Bar {
			add("fill", "enter "+tr.Side.String(), tr.EntryPrice)
			add("fill", "units", tr.Units)
		}
	}
}

// order describes the pending order.
func order(waits bool, target string) string {
	if !waits {
		return "none"
	}
	if target == "flat" {
		return "to close the position"
	}
	return "to be " + target
}
