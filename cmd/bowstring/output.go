package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bowstring-engine/bowstring/internal/output"
	"github.com/bowstring-engine/bowstring/internal/records"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/report"
	"github.com/bowstring-engine/bowstring/sweep/results"
)

func checkOutput(form string) error {
	switch form {
	case outputTable, outputJSON, outputCSV, outputArrow:
		return nil
	}
	return usagef("--output %q: want table, json or csv, or arrow with --out -", form)
}

// column is a column of a printed table: its name and, for numbers, how
// people read it ("" for what is no statistic).
type column struct {
	name, stat string
	// keep holds the column in a table that is too wide for the terminal.
	keep bool
}

// table is what a command prints: named columns and rows of strings, whole
// numbers, float64s, times and nil.
type table struct {
	columns []column
	rows    [][]any
}

func (t *table) add(values ...any) { t.rows = append(t.rows, values) }

// insert puts a column of numbers in front of another.
func (t *table) insert(at int, c column, values []float64) {
	t.columns = slices.Insert(t.columns, at, c)
	for i, v := range values {
		t.rows[i] = slices.Insert(t.rows[i], at, any(v))
	}
}

// tableOf turns an Arrow record into a table.
func tableOf(rec arrow.Record) table {
	var t table
	for _, f := range rec.Schema().Fields() {
		t.columns = append(t.columns, column{name: f.Name, stat: f.Name})
	}
	for row := range int(rec.NumRows()) {
		values := make([]any, rec.NumCols())
		for c := range values {
			values[c] = valueOf(rec.Column(c), row)
		}
		t.rows = append(t.rows, values)
	}
	return t
}

// headlines are the statistics of a ranking for people; --wide and the other
// forms show all.
var headlines = []metrics.Stat{
	metrics.TotalReturn, metrics.CAGR, metrics.Volatility, metrics.Sharpe, metrics.Sortino, metrics.MaxDrawdown,
	metrics.Calmar, metrics.Exposure, metrics.Trades, metrics.WinRate, metrics.ProfitFactor, metrics.Fees,
}

// exceptions are statistics that are shown where one is not 0.
var exceptions = []metrics.Stat{metrics.OpenTrades, metrics.Ruined}

// printRanking prints rows of file. As a table, unless wide, it leaves out
// statistics that are no headline and not what the rows are ranked by, and
// the error column where there is none.
func (a *app) printRanking(rec arrow.Record, by string, wide bool) error {
	t := tableOf(rec)
	if !rec.Schema().HasField(by) {
		scores, err := results.Scores(rec, by)
		if err != nil {
			return err
		}
		t.insert(len(t.columns)-1, column{name: "objective", stat: metrics.Sharpe.String(), keep: true}, scores)
	}
	for c := range t.columns {
		if t.columns[c].keep {
			continue
		}
		name := t.columns[c].name
		t.columns[c].keep = name == by || name == results.ErrorColumn
	}
	if a.output != outputTable || wide {
		return a.print(t)
	}
	return a.print(t.keep(func(c int) bool {
		name := t.columns[c].name
		if name == results.ErrorColumn {
			return rec.Column(int(rec.NumCols())-1).NullN() < int(rec.NumRows())
		}
		s, ok := metrics.ParseStat(name)
		if ok && slices.Contains(exceptions, s) {
			return name == by || slices.ContainsFunc(t.rows, func(row []any) bool { return row[c] != nil && plainText(row[c]) != "0" })
		}
		return !ok || name == by || slices.Contains(headlines, s)
	}))
}

// round takes numbers to ten digits: more are noise to people, and two columns
// of them are too wide for a terminal.
func (t table) round() {
	for _, row := range t.rows {
		for i, v := range row {
			if f, ok := v.(float64); ok {
				row[i], _ = strconv.ParseFloat(strconv.FormatFloat(f, 'g', 10, 64), 64)
			}
		}
	}
}

// keep returns the table of some of t's columns.
func (t table) keep(which func(c int) bool) table {
	var kept table
	var at []int
	for c, col := range t.columns {
		if which(c) {
			at = append(at, c)
			kept.columns = append(kept.columns, col)
		}
	}
	for _, row := range t.rows {
		values := make([]any, len(at))
		for i, c := range at {
			values[i] = row[c]
		}
		kept.rows = append(kept.rows, values)
	}
	return kept
}

func valueOf(a arrow.Array, row int) any {
	if a.IsNull(row) {
		return nil
	}
	switch a := a.(type) {
	case *array.Int64:
		return a.Value(row)
	case *array.Float64:
		return a.Value(row)
	case *array.Timestamp:
		return time.Unix(0, int64(a.Value(row))).UTC()
	case *array.String:
		return a.Value(row)
	}
	return a.ValueStr(row)
}

// print writes t in the form that --output asks for.
func (a *app) print(t table) error {
	switch a.output {
	case outputJSON:
		return writeJSON(a.data(), t)
	case outputCSV:
		return writeCSV(a.data(), t)
	case outputArrow:
		return usagef("--output arrow is for tables of rows: --out - of a sweep, and --trades -, --equity - and --values - of a backtest")
	}
	width, _ := terminal(a.stdout)
	columns := make([]report.Column, len(t.columns))
	for i, c := range t.columns {
		columns[i] = report.Column{Name: c.name, Stat: c.stat, Keep: c.keep}
	}
	return report.Table(a.stdout, columns, t.rows, report.Options{Color: color(a.stdout), Width: width})
}

// streamFormat is how a table goes to standard output.
func (a *app) streamFormat() output.Format {
	switch a.output {
	case outputJSON:
		return output.JSON
	case outputArrow:
		return output.Arrow
	}
	return output.CSV
}

// writeJSON writes an array of objects. What JSON has no number for is null
// (no value), and infinite ones are listed by their names.
func writeJSON(w io.Writer, t table) error {
	objects := make([]json.RawMessage, 0, len(t.rows))
	for _, row := range t.rows {
		object := []byte{'{'}
		var infinite []string
		for i, v := range row {
			if i > 0 {
				object = append(object, ',')
			}
			key, err := json.Marshal(t.columns[i].name)
			if err != nil {
				return err
			}
			value, err := json.Marshal(jsonValue(v))
			if err != nil {
				return err
			}
			object = append(append(append(object, key...), ':'), value...)
			if f, ok := v.(float64); ok && math.IsInf(f, 0) {
				infinite = append(infinite, records.InfiniteName(t.columns[i].name, f))
			}
		}
		if infinite != nil {
			list, err := json.Marshal(infinite)
			if err != nil {
				return err
			}
			object = append(append(object, `,"`+records.Infinite+`":`...), list...)
		}
		objects = append(objects, append(object, '}'))
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(objects)
}

func jsonValue(v any) any {
	if f, ok := v.(float64); ok && f-f != 0 { // NaN or infinite
		return nil
	}
	return v
}

// writeCSV writes a header and a line a row. No value is an empty field, and the
// moments of a column have one form.
func writeCSV(w io.Writer, t table) error {
	c := csv.NewWriter(w)
	fields := make([]string, len(t.columns))
	for i, col := range t.columns {
		fields[i] = col.name
	}
	if err := c.Write(fields); err != nil {
		return err
	}
	moments := make([]records.Moments, len(t.columns))
	for _, row := range t.rows {
		for i, v := range row {
			if at, ok := v.(time.Time); ok {
				moments[i].Add(at.UnixNano())
			}
		}
	}
	for _, row := range t.rows {
		for i, v := range row {
			if at, ok := v.(time.Time); ok {
				fields[i] = moments[i].Format(at.UnixNano())
				continue
			}
			fields[i] = plainText(v)
		}
		if err := c.Write(fields); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// plainText is a value as text, exact: what it parses back to is the value.
func plainText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case float64:
		return records.Number(v)
	case time.Time:
		return showTime(v)
	}
	return fmt.Sprint(v)
}

// showTime is a bar's timestamp: a date, with the time of day where it has
// one.
func showTime(t time.Time) string {
	if t.Equal(t.Truncate(24 * time.Hour)) {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339Nano)
}

// names are columns that are no statistics.
func names(columns ...string) []column {
	out := make([]column, len(columns))
	for i, name := range columns {
		out[i] = column{name: name}
	}
	return out
}

// numberOf is a statistic of a row; NaN for null.
func numberOf(a arrow.Array, row int) float64 {
	if a.IsNull(row) {
		return math.NaN()
	}
	switch a := a.(type) {
	case *array.Float64:
		return a.Value(row)
	case *array.Int64:
		return float64(a.Value(row))
	}
	return math.NaN()
}
