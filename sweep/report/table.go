package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/bowstring-engine/bowstring/internal/visible"
)

// Column is a column of a table.
type Column struct {
	// Name is the header.
	Name string
	// Stat names the statistic in the column, which decides how its numbers
	// are shown: shares and returns as per cent, money with two decimals,
	// ratios with three. Values under any other name are shown as they are.
	Stat string
	// Keep holds the column back from being left out for want of width.
	Keep bool
}

// Value is a value that is shown as those of a statistic are, whatever column
// it stands in.
type Value struct {
	Stat string
	V    any
}

// maxCell is the width at which longer texts wrap.
const maxCell = 60

// Table writes rows under columns, numbers to the right. A row has a value for
// each column: a string, a whole number, a float64, a time, nil, or a [Value]
// of one of these. Columns without any value are left out; where the table is wider than the options
// allow, so are columns from the right, which a line below names.
func Table(w io.Writer, columns []Column, rows [][]any, opts Options) error {
	cells, err := formatCells(columns, rows)
	if err != nil {
		return err
	}
	shown, dropped := choose(cells, opts.Width)
	_, err = io.WriteString(w, render(shown, len(rows), opts)+note(dropped, opts.Width))
	return err
}

// column is a column with its texts, the header first.
type column struct {
	Column
	texts  []string
	number bool // some value is a number
	empty  bool // no value
	width  int
}

func formatCells(columns []Column, rows [][]any) ([]column, error) {
	out := make([]column, len(columns))
	for i, c := range columns {
		out[i] = column{Column: c, texts: []string{visible.Text(c.Name)}, empty: len(rows) > 0}
	}
	for r, row := range rows {
		if len(row) != len(columns) {
			return nil, fmt.Errorf("table: row %d has %d values for %d columns", r, len(row), len(columns))
		}
		for i, v := range row {
			stat := columns[i].Stat
			if named, ok := v.(Value); ok {
				stat, v = named.Stat, named.V
			}
			switch v.(type) {
			case int, int64, uint64, float64:
				out[i].number = true
			}
			cell := format(stat, v)
			out[i].texts = append(out[i].texts, cell)
			out[i].empty = out[i].empty && v == nil
		}
	}
	for i := range out {
		for _, cell := range out[i].texts {
			out[i].width = max(out[i].width, min(text.StringWidthWithoutEscSequences(cell), maxCell))
		}
	}
	return out, nil
}

// choose returns the columns that fit, and those that have values and do not.
func choose(columns []column, width int) (shown, dropped []column) {
	total := 0
	for _, c := range columns {
		if !c.empty || c.Keep {
			shown = append(shown, c)
			total += c.width + gap
		}
	}
	if width <= 0 {
		return shown, nil
	}
	for i := len(shown) - 1; i > 0 && total > width; i-- {
		if !shown[i].Keep {
			total -= shown[i].width + gap
			dropped = append([]column{shown[i]}, dropped...)
			shown = append(shown[:i:i], shown[i+1:]...)
		}
	}
	return shown, dropped
}

// gap is the number of blanks behind a column.
const gap = 2

func render(columns []column, rows int, opts Options) string {
	t := table.NewWriter()
	style := table.StyleLight
	style.Options = table.Options{SeparateHeader: true}
	style.Format.Header = text.FormatDefault
	style.Box.PaddingLeft, style.Box.PaddingRight = "", strings.Repeat(" ", gap)
	style.Size.WidthMax = max(opts.Width, 0) // cuts what even the columns that stay have too much of
	t.SetStyle(style)
	configs := make([]table.ColumnConfig, len(columns))
	for i, c := range columns {
		configs[i] = table.ColumnConfig{Number: i + 1, WidthMax: maxCell, Align: text.AlignLeft, AlignHeader: text.AlignLeft}
		if c.number {
			configs[i].Align, configs[i].AlignHeader = text.AlignRight, text.AlignRight
		}
	}
	t.SetColumnConfigs(configs)
	line := func(row int) table.Row {
		cells := make(table.Row, len(columns))
		for i, c := range columns {
			cells[i] = c.texts[row]
			if row == 0 && opts.Color {
				cells[i] = bold + c.texts[row] + reset
			}
		}
		return cells
	}
	t.AppendHeader(line(0))
	for r := range rows {
		t.AppendRow(line(r + 1))
	}
	return t.Render() + "\n"
}

// The escape sequences that do not depend on a value.
const (
	bold  = "\x1b[1m"
	reset = "\x1b[0m"
)

// note names the columns that were left out.
func note(dropped []column, width int) string {
	if len(dropped) == 0 {
		return ""
	}
	names := make([]string, len(dropped))
	for i, c := range dropped {
		names[i] = c.texts[0]
	}
	return text.WrapSoft(fmt.Sprintf("not shown: %s", strings.Join(names, ", ")), width) + "\n"
}
