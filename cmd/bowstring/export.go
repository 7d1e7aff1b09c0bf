package main

import (
	"cmp"
	"context"
	"strings"
	"sync/atomic"

	"github.com/bowstring-engine/bowstring/sweep/spec"

	"github.com/spf13/cobra"

	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/bundles/export"
	"github.com/bowstring-engine/bowstring/columnar"
)

// noEvents is the events file that stands for none.
const noEvents = "none"

// exportFlags are the flags of "bundle export" before they are understood.
type exportFlags struct {
	out, format, compress string
	perAsset, force       bool
	symbols, columns      []string
	from, to              string
	adjust, events        string
}

func (a *app) bundleExportCmd() *cobra.Command {
	var f exportFlags
	cmd := &cobra.Command{
		Use:   "export NAME[@DIGEST]",
		Short: "Write the bars of a bundle as CSV, Parquet, Arrow or JSON",
		Long: `Export writes the bars of a bundle into a file that other programs read: the
columns asset, time and those of the bars, sorted by asset and time. The ending
of --out says the format (.csv, .csv.gz, .csv.zst, .parquet, .arrow, .json);
--out - is standard output: CSV, or what --format says of csv, json and arrow (a
stream). With --per-asset --out is a folder with a file for
each asset in a folder of its own (asset=BRK%2FB/bars.csv), as partitioned data
sets have them.

Bars are written as they are stored, unless --adjust says otherwise. Splits,
dividends and spin-offs go into a CSV file beside the bars.

CSV has the shortest text that gives back each number, ISO 8601 times in UTC,
and nothing where there is no value; Parquet and Arrow have null there. What is
printed after an export is the command line that makes the bundle again, the
very same version where everything was exported.

The file or folder has its name only when it is complete. One that is there is
refused; --force replaces it then, a folder only if an export wrote all of it.`,
		Example: `  bowstring bundle export us8 --out us8.csv.zst
  bowstring bundle export us8 --out us8.parquet --adjust all --columns close,volume
  bowstring bundle export us8 --out us8/ --per-asset --format csv
  bowstring bundle export us8 --out - --symbols AAPL,MSFT --from 2020-01-01 --to 2020-12-31`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts, err := f.options()
			if err != nil {
				return err
			}
			return a.export(cmd.Context(), args[0], &f, opts)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.out, "out", "", "file for the bars, a folder with --per-asset, or - for standard output (needed)")
	flags.StringVar(&f.format, "format", "", "csv, parquet, arrow or json, of a folder or - (default: csv; a file's ending says it)")
	flags.StringVar(&f.compress, "compress", "", "none, zstd, or gzip for csv (default: by the ending of --out; zstd for parquet, else none)")
	flags.BoolVar(&f.perAsset, "per-asset", false, "write a folder with a file for each asset")
	flags.StringSliceVar(&f.symbols, "symbols", nil, "assets to export, as in AAPL,MSFT (default: all)")
	flags.StringSliceVar(&f.columns, "columns", nil, "columns to export, as in close,volume (default: all)")
	flags.StringVar(&f.from, "from", "", "first date or time to export, as in 2020-01-31 (default: all)")
	flags.StringVar(&f.to, "to", "", "last date or time to export, included (default: all)")
	flags.StringVar(&f.adjust, "adjust", "", "what prices are adjusted for by the bundle's events: none, splits or all (default: as they are stored)")
	flags.StringVar(&f.events, "events", "", "CSV file for splits, dividends and spin-offs, or none (default: NAME.events.csv beside --out)")
	flags.BoolVar(&f.force, "force", false, "replace what is there")
	return profiled(cmd)
}

// options turns the flags into the library's options. All mistakes are
// reported together.
func (f *exportFlags) options() (export.Options, error) {
	o := export.Options{
		Format: export.Format(strings.ToLower(f.format)), Compress: export.Compression(strings.ToLower(f.compress)),
		Symbols: f.symbols, Columns: f.columns, Force: f.force, Tool: "bowstring " + version(), Events: f.eventsFile(),
	}
	var errs []error
	switch {
	case f.out == "":
		errs = append(errs, usagef("--out is needed: the file for the bars, or - for standard output"))
	case f.out == stdoutPath && f.perAsset:
		errs = append(errs, usagef("--per-asset needs a folder: --out - is standard output"))
	case f.out == stdoutPath && o.Format == export.Parquet:
		errs = append(errs, usagef("--format parquet needs a file: Parquet is read from its end, which --out - does not have; want csv, json or arrow"))
	}
	o.Stream = f.out == stdoutPath
	period, err := spec.ParsePeriod(f.from, f.to)
	if err != nil {
		errs = append(errs, usagef("--from %q, --to %q: %w", f.from, f.to, err))
	}
	o.From, o.To = period.From, period.To
	if f.adjust != "" {
		if o.Adjust, err = columnar.ParseAdjustment(f.adjust); err != nil {
			errs = append(errs, usagef("--adjust: %w", err))
		}
	}
	errs = append(errs, o.Validate())
	return o, joinUsage(errs)
}

// eventsFile is where the events go; "" leaves them out.
func (f *exportFlags) eventsFile() string {
	switch {
	case f.events == noEvents:
		return ""
	case f.events != "" || f.out == stdoutPath || f.out == "":
		return f.events
	case f.perAsset:
		return strings.TrimRight(f.out, `/\`) + ".events.csv"
	}
	return export.Stem(f.out) + ".events.csv"
}

// export writes a bundle, showing how far it has come.
func (a *app) export(ctx context.Context, ref string, f *exportFlags, opts export.Options) error {
	b, err := a.openBundle(ctx, ref, nil)
	if err != nil {
		return err
	}
	defer b.Close()
	var done, total atomic.Int64
	opts.Progress = func(d, t int64) {
		done.Store(d)
		total.Store(t)
	}
	stop := a.progress(ctx, "export", "rows", func() (int64, int64) { return done.Load(), total.Load() })
	defer stop()
	var r *export.Result
	switch {
	case f.out == stdoutPath:
		r, err = export.Write(ctx, a.data(), b.Frame(), opts)
	case f.perAsset:
		r, err = export.Folder(ctx, f.out, b.Frame(), opts)
	default:
		r, err = export.File(ctx, f.out, b.Frame(), opts)
	}
	if err != nil {
		return orElse(err, wayForce)
	}
	stop()
	return a.printExport(b, f, r)
}

// printExport says what was written, and how to read it again.
func (a *app) printExport(b *bundles.Bundle, f *exportFlags, r *export.Result) error {
	if n := b.Frame().NumEvents(); n > 0 && r.EventsFile == "" {
		a.notef("note: the bundle has %d splits, dividends or spin-offs, which are not exported; --events FILE is where they go", n)
	}
	a.noteReading(b, f, &r.Reading)
	if f.out == stdoutPath {
		return nil
	}
	t := table{columns: names("bundle", "out", "format", "files", "assets", "rows", "size", "events", "events_file")}
	t.add(b.Name(), f.out, string(r.Format), int64(r.Files), int64(r.Assets), r.Rows, a.bytes(r.Bytes), r.Events, cmp.Or(any(r.EventsFile), nil))
	return a.print(t)
}

// noteReading prints the command line that ingests what was exported.
func (a *app) noteReading(b *bundles.Bundle, f *exportFlags, r *export.Reading) {
	switch {
	case f.out == stdoutPath:
	case r.Refused != nil:
		a.notef("note: bowstring ingest would refuse this: %s", strings.Join(r.Refused, "; "))
	case r.Differs != nil:
		a.notef("to ingest it (another version: %s):\n  %s", strings.Join(r.Differs, "; "), a.ingestLine("NAME", f.out, r))
	default:
		a.notef("to ingest it as the same version:\n  %s", a.ingestLine(b.Name(), f.out, r))
	}
}

// ingestLine is the command line that ingests an export.
func (a *app) ingestLine(bundle, path string, r *export.Reading) string {
	words := []string{"bowstring", "ingest", path, "--bundle", bundle, "--calendar", r.Calendar.String(), "--label", string(r.Label), "--adjusted", string(r.Adjusted)}
	if r.Events != "" {
		words = append(words, "--events", r.Events)
	}
	for _, rule := range r.Keep {
		words = append(words, "--policy", rule+"=keep")
	}
	for _, c := range r.Columns {
		words = append(words, "--column", c+"="+c)
	}
	if a.store != "" {
		words = append(words, "--store", a.store)
	}
	for i, w := range words {
		words[i] = quoted(w)
	}
	return strings.Join(words, " ")
}

// quoted is a word as a shell reads it back.
func quoted(word string) string {
	if word != "" && !strings.ContainsFunc(word, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-_./=:,@%+", r)
	}) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
