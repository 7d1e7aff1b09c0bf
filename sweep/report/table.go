package report

import (
	"io"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// Column is a column of a table.
type Column struct {
	// Name is the heading.
	Name string
	// Stat is the statistic that the values are, or "" for other values.
	Stat string
}

// Table writes rows under their headings. Values are strings, whole numbers,
// float64s, times and nil; a row has one for each column. Numbers are aligned
// to the right. Lines longer than the width are cut.
func Table(w io.Writer, columns []Column, rows [][]any, opts Options) error {
	t := table.NewWriter()
	style := table.StyleLight
	style.Options = table.Options{SeparateHeader: true}
	style.Format.Header = text.FormatDefault
	style.Box.PaddingLeft = ""
	style.Box.PaddingRight = "  "
	style.Box.MiddleHorizontal = "─"
	t.SetStyle(style)
	if opts.Width > 0 {
		t.Style().Size.WidthMax = opts.Width
	}
	header := make(table.Row, len(columns))
	configs := make([]table.ColumnConfig, len(columns))
	for i, c := range columns {
		header[i] = c.Name
		align := text.AlignLeft
		if numeric(rows, i) {
			align = text.AlignRight
		}
		configs[i] = table.ColumnConfig{Number: i + 1, Align: align, AlignHeader: align}
	}
	t.AppendHeader(header)
	t.SetColumnConfigs(configs)
	for _, row := range rows {
		cells := make(table.Row, len(row))
		for i, v := range row {
			cells[i] = cell(v, columns[i].Stat)
		}
		t.AppendRow(cells)
	}
	_, err := io.WriteString(w, t.Render()+"\n")
	return err
}

// numeric reports whether a column has a number and nothing but numbers.
func numeric(rows [][]any, column int) bool {
	some := false
	for _, row := range rows {
		switch row[column].(type) {
		case nil:
		case int64, float64:
			some = true
		default:
			return false
		}
	}
	return some
}
