package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest"
)

// readingFlags are the flags that say how text files are written, before they
// are understood.
type readingFlags struct {
	asset, symbol      string
	assetFrom          string
	dialect, delimiter string
	decimal, dateOrder string
	zone, header       string
	label              string
	columns            map[string]string
	names, drop        []string
	priceScale         int64
}

// add registers the flags.
func (f *readingFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.asset, "asset", "", "id of the asset of all files (default: found by the name of each)")
	flags.StringVar(&f.assetFrom, "asset-from", "", "where paths name the asset, as in '{asset}-1m-*.zip' or '{asset}/*.csv', or a regular expression with one group")
	flags.StringVar(&f.symbol, "symbol", "", "name of the symbol column (default: found by name)")
	flags.StringToStringVar(&f.columns, "column", nil, "read a column under another name, as in --column 'Adj Close'=adj_close")
	flags.StringSliceVar(&f.names, "columns", nil, "names of the columns by position, as in --columns time,open,high,low,close,,volume; an empty one is not read")
	flags.StringSliceVar(&f.drop, "drop", nil, "columns not to read")
	flags.StringVar(&f.dialect, "dialect", "", "decide what files leave open as a vendor writes it: "+strings.Join(ingest.Dialects(), ", "))
	flags.StringVar(&f.delimiter, "delimiter", "", "comma, semicolon, tab, pipe or blanks (default: found)")
	flags.StringVar(&f.header, "header", "", "line that names the columns, or none (default: found)")
	flags.StringVar(&f.decimal, "decimal", "", "decimal sign: point or comma (default: found)")
	flags.StringVar(&f.dateOrder, "date-order", "", "ymd, dmy, mdy, or epoch for digits that could be a date (default: found)")
	flags.StringVar(&f.zone, "zone", "", "zone of times without an offset, as in America/New_York (default UTC)")
	flags.StringVar(&f.label, "label", "", "which end of a bar its time names: open (default) or close")
	flags.Int64Var(&f.priceScale, "price-scale", 0, "power of ten that prices have been multiplied by, as in 10000")
}

// options turns the flags into the library's options, with what is wrong.
func (f *readingFlags) options() (o ingest.Options, errs []error) {
	o = ingest.Options{
		Asset: f.asset, AssetFrom: f.assetFrom, Symbol: f.symbol, Columns: f.columns, Names: f.names, Drop: f.drop,
		Dialect: f.dialect, Delimiter: f.delimiter, Decimal: f.decimal, Zone: f.zone, PriceScale: f.priceScale,
		Label: columnar.Label(strings.ToLower(f.label)),
	}
	var err error
	o.DateOrder, err = ingest.ParseDateOrder(f.dateOrder)
	errs = append(errs, err)
	switch f.header {
	case "":
	case "none":
		o.Header = ingest.NoHeader
	default:
		if o.Header, err = strconv.Atoi(f.header); err != nil || o.Header < 1 {
			errs = append(errs, fmt.Errorf("--header %q: want the number of a line, or none", f.header))
			o.Header = 0
		}
	}
	return o, errs
}

func (a *app) inspectCmd() *cobra.Command {
	var f readingFlags
	cmd := &cobra.Command{
		Use:   "inspect FILE",
		Short: "Show how a file would be read, and what decided it",
		Long: `Inspect looks at a file as ingest does, and prints what it found (delimiter,
header, order of dates, decimal sign and so on), the line that decided it, the
flag that forces another reading, what each column is read as (with its type in
a Parquet or Arrow file), and the first rows as they are read. Nothing is written. A file that ingest would refuse ends
with exit code 3 and the reason.`,
		Example: "  bowstring ingest inspect prices/SAP.csv --date-order dmy",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.inspect(cmd.Context(), args[0], &f) },
	}
	f.add(cmd)
	return cmd
}

func (a *app) inspect(ctx context.Context, path string, f *readingFlags) error {
	opts, errs := f.options()
	errs = append(errs, opts.Validate())
	if err := joinUsage(errs); err != nil {
		return err
	}
	found, err := ingest.Inspect(ctx, path, opts)
	if err != nil {
		return err
	}
	for _, i := range found {
		for k, f := range i.Findings {
			i.Findings[k].Option = readingFlag[f.Option]
		}
	}
	if a.output == outputJSON {
		e := json.NewEncoder(a.data())
		e.SetIndent("", "  ")
		return e.Encode(found)
	}
	for _, i := range found {
		if err := a.printInspection(i); err != nil {
			return err
		}
	}
	return nil
}

// printInspection prints the findings; for people also the columns and the
// sample.
func (a *app) printInspection(i ingest.Inspection) error {
	a.aboutf("%s\n", i.Source)
	findings := table{columns: names("found", "value", "line", "text", "flag")}
	for _, f := range i.Findings {
		var line any
		if f.Line > 0 {
			line = int64(f.Line)
		}
		findings.add(f.What, f.Value, line, f.Text, f.Option)
	}
	if err := a.print(findings); err != nil || a.output != outputTable {
		return err
	}
	a.aboutf("")
	columns := columnsTable(i)
	if err := a.print(columns); err != nil {
		return err
	}
	a.aboutf("")
	return a.print(sampleTable(i))
}

// columnsTable says what each column is read as, and for a table its type.
func columnsTable(i ingest.Inspection) table {
	typed := len(i.Columns) > 0 && i.Columns[0].Type != ""
	t := table{columns: names("field", "header", "read as", "first value")}
	if typed {
		t.columns = names("field", "header", "type", "read as", "first value")
	}
	for _, c := range i.Columns {
		reading := c.Reading
		if reading == "" {
			reading = "(not read)"
		}
		if typed {
			t.add(int64(c.Position), c.Header, c.Type, reading, c.First)
			continue
		}
		t.add(int64(c.Position), c.Header, reading, c.First)
	}
	return t
}

// sampleTable has the first rows as they are read.
func sampleTable(i ingest.Inspection) table {
	t := table{columns: names("line", "asset", "time")}
	values := make(map[string]int)
	for _, row := range i.Sample {
		for _, v := range row.Values {
			if _, ok := values[v.Column]; !ok {
				values[v.Column] = len(t.columns)
				t.columns = append(t.columns, column{name: v.Column})
			}
		}
	}
	t.columns = append(t.columns, column{name: "rejected by"})
	for _, row := range i.Sample {
		cells := make([]any, len(t.columns))
		cells[0], cells[1] = int64(row.Line), row.Asset
		if row.Rule == "" {
			cells[2] = row.Time
		}
		for _, v := range row.Values {
			if v.Value != nil {
				cells[values[v.Column]] = *v.Value
			}
		}
		cells[len(cells)-1] = string(row.Rule)
		t.add(cells...)
	}
	return t
}
