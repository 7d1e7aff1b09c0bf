package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime/debug"
	"sync/atomic"

	"github.com/spf13/cobra"

	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/ingest"
	"github.com/bowstring-engine/bowstring/ingest/load"
	"github.com/bowstring-engine/bowstring/internal/visible"
)

// ingestFlags are the flags of "ingest" before they are understood.
type ingestFlags struct {
	readingFlags
	bundle                 string
	calendar, adjusted     string
	events                 string
	policies               map[string]string
	compact, append, force bool
	maxRejects             string
	partial, strict        bool
	workers                int
	memory                 byteSize
}

func (a *app) ingestCmd() *cobra.Command {
	var f ingestFlags
	cmd := &cobra.Command{
		Use:   "ingest PATH...",
		Short: "Read market bars into a bundle: a folder of files an asset, one file, or one with a symbol column",
		Long: `Ingest reads market bars from text files (plain, gzip, zstd or zip), Parquet
and Arrow files (Feather among them), and publishes them as a new version of a
bundle. A PATH is a file, a folder of files or of partitions (ticker=AAPL/). An asset is called like its file, or by the symbol
column; files whose names go on with a date are parts of one (--asset, --asset-from). How a file is written is found out; what it leaves open is refused with
the flag that decides. "ingest inspect FILE" shows what is found.

Rows may stand in any order: they are sorted. Every row is accounted for:
accepted + rejected + repeated = read, where a repeated row says what another of
its asset and time says. Rejected rows are kept in the ingest's rejects.csv, with
file, line, rule and text. Rules are schema, time, nan, price, ohlc, duplicate
(of rows of one time that differ the last is the bar; or the first, by --policy
duplicate=first) and order (a time far from all others); --policy sets each to
reject-row (default), keep or fail. A source of which more rows are rejected than
--max-rejects says is refused, or left out where a folder holds it beside others,
as are files of a folder that cannot be read; both are listed, and the first end
with exit code 3. The quality rules of docs/quality.md (gap, jump, scale
and others) take report (default), fail, and some reject-row.

With --append the bars are put into those that the bundle has: a bar replaces
the one that its asset had at that time, new assets and times are added, and a
bar takes back a dividend or split that its columns do not have any more. The
outcome is that of one ingest of everything, and what is not new is not written
again. Calendar, label and adjustment are those of the bundle.

Columns of dividends and splits, and a file of events (--events: a CSV file with
the columns symbol, date, type and value), are stored beside the bars. Prices
are adjusted when they are used. What they came adjusted for is found: the close
steps at a split, or it does not. Where that is mixed or open the ingest is
refused until --adjusted says it.`,
		Example: `  bowstring ingest prices/ --bundle us8 --calendar nyse --adjusted splits
  bowstring ingest as_traded/ --bundle us8 --calendar nyse --events events.csv
  bowstring ingest today.csv --bundle us8 --append
  bowstring ingest all_stocks.csv.zst --bundle sp500 --calendar nyse --policy ohlc=keep
  bowstring ingest market_data.parquet --bundle market
  bowstring ingest BTCUSDT-1m.csv.zst --bundle btc --calendar 24x7 --asset BTCUSDT`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.ingest(cmd.Context(), args, &f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.bundle, "bundle", "", "bundle to publish into (needed)")
	f.add(cmd)
	flags.StringVar(&f.calendar, "calendar", "", "nyse (252 days a year), 24x7 (365), fx (260) or as-found")
	flags.StringVar(&f.adjusted, "adjusted", "", "what the prices are adjusted for already: none, splits or all (default: found from the splits)")
	flags.StringVar(&f.events, "events", "", "CSV file of splits, dividends and spin-offs: symbol,date,type,value")
	flags.StringToStringVar(&f.policies, "policy", nil, "what becomes of rows that break a rule, as in --policy ohlc=keep")
	flags.StringVar(&f.maxRejects, "max-rejects", "", "rows of a source that may be rejected: a number, a share as in 1%, or all (default 1%, and at least 10)")
	flags.BoolVar(&f.partial, "allow-partial", false, "exit with 0 where a source has more rejected rows: of several without it, alone with the rows that are left")
	flags.BoolVar(&f.strict, "strict", false, "refuse everything where one file of a folder cannot be read, instead of leaving it out")
	flags.BoolVar(&f.compact, "compact", false, "compress the bars with zstd: smaller, slower to open, same digest")
	flags.BoolVar(&f.append, "append", false, "add to the bars of the bundle, and correct them, instead of replacing them")
	flags.BoolVar(&f.force, "force", false, "make the bundle in a store or a folder that holds other things, which stay")
	flags.IntVar(&f.workers, "workers", 0, "goroutines that parse (default: one a processor)")
	flags.Var(&f.memory, "memory", "most memory for rows, as in 4GiB; the rest goes to temporary files in the store (default: no limit)")
	cmd.AddCommand(a.inspectCmd())
	return profiled(cmd)
}

// options turns the flags into the library's options. All mistakes are
// reported together.
func (f *ingestFlags) options() (ingest.Options, error) {
	o, errs := f.readingFlags.options()
	o.Policies = make(map[ingest.Rule]ingest.Policy)
	o.Events, o.Workers, o.Budget = f.events, f.workers, columnar.NewBudget(int64(f.memory))
	var err error
	if f.bundle == "" {
		errs = append(errs, errors.New("--bundle is needed: the name to publish under"))
	} else {
		errs = append(errs, bundles.CheckName(f.bundle))
	}
	if f.calendar != "" { // else what the library, or the bundle, says
		o.Calendar, err = calendar.Parse(f.calendar)
		errs = append(errs, err)
	}
	if f.adjusted != "" {
		o.Adjusted, err = columnar.ParseAdjustment(f.adjusted)
		errs = append(errs, err)
	}
	o.RejectLimit, err = ingest.ParseRejectLimit(f.maxRejects)
	errs = append(errs, err)
	o.AllowPartial, o.Strict = f.partial, f.strict
	for rule, name := range f.policies {
		// A policy that is none leaves the rule its default, so that Validate
		// still checks the rule's name.
		policy, err := ingest.ParsePolicy(name)
		errs = append(errs, err)
		o.Policies[ingest.Rule(rule)] = policy
	}
	errs = append(errs, o.Validate())
	return o, joinUsage(errs)
}

func (a *app) ingest(ctx context.Context, paths []string, f *ingestFlags) error {
	opts, err := f.options()
	if err != nil {
		return err
	}
	if f.memory > 0 {
		// What is counted is in use; garbage is collected before it doubles that.
		defer debug.SetMemoryLimit(debug.SetMemoryLimit(int64(f.memory)))
	}
	store, err := a.openStoreToChange(f.force)
	if err != nil {
		return err
	}
	result, err := a.load(ctx, store, paths, f, opts)
	if f.append && errors.Is(err, bundles.ErrNotFound) {
		return fmt.Errorf("%w; leave --append out to make it", err)
	}
	if err != nil {
		return err
	}
	if err := a.printIngest(f.bundle, result); err != nil {
		return err
	}
	for _, l := range result.Report.LeftOut {
		if l.Rejects && !f.partial {
			return fmt.Errorf("%s is not in the bundle: %w; --allow-partial has that exit with 0", visible.Text(l.Path), ingest.ErrRejects)
		}
	}
	return nil
}

// load makes the version, showing how far reading has come.
func (a *app) load(ctx context.Context, store *bundles.Store, paths []string, f *ingestFlags, opts ingest.Options) (*load.Result, error) {
	var done, total atomic.Int64
	opts.Progress = func(p ingest.Progress) {
		done.Store(p.Bytes)
		total.Store(p.Total)
	}
	stop := a.progress(ctx, "ingest", "bytes", func() (int64, int64) { return done.Load(), total.Load() })
	defer stop()
	return load.Files(ctx, store, f.bundle, paths, load.Options{Ingest: opts, Append: f.append, Compact: f.compact, Tool: version()})
}

// noteReadings says what was decided about sources that changes their numbers or
// times, with the flag that decides otherwise.
func (a *app) noteReadings(readings []ingest.Reading) {
	for _, r := range readings {
		of := ""
		if r.Sources > 1 {
			of = fmt.Sprintf(", in %d files", r.Sources)
		}
		flag := ""
		if f := readingFlag[r.Option]; f != "" {
			flag = " (" + f + ")"
		}
		a.notef("%s: %s%s%s", r.What, r.Value, of, flag)
	}
}

func (a *app) printIngest(bundle string, p *load.Result) error {
	r := &p.Report
	state := "new version"
	if p.Existing {
		state = "the bundle has this data already"
	}
	for _, path := range r.Ignored {
		a.notef("ignored: %s", path)
	}
	for _, l := range r.LeftOut {
		a.notef("left out: %s: %s", l.Path, withFlags(l.Reason))
	}
	a.noteReadings(r.Readings)
	if r.Sorted > 0 {
		a.notef("sorted: %d rows stood behind a later one of their asset", r.Sorted)
	}
	if r.Repeated > 0 {
		a.notef("repeated: %d rows say what another of their asset and time says, and are one with it", r.Repeated)
	}
	if r.Rounded > 0 {
		a.notef("rounded: in %d rows a price lies outside of the high or the low by less than %g of it", r.Rounded, ingest.OHLCTolerance)
	}
	a.noteQuality(bundle, r.Quality)
	if r.Rejected > 0 {
		rows := "the rows"
		if r.Unkept > 0 {
			rows = fmt.Sprintf("the first of them, all but %d,", r.Unkept)
		}
		a.notef("rejected by rule: %s; %s are in %s", r.Rules, rows, filepath.Join(p.Folder, "rejects.csv"))
	}
	a.noteEvents(p)
	a.noteAdjustment(r.Adjustment, p.Append)
	if n := p.Append; n != nil {
		a.notef("appended %d rows, corrected %d, unchanged %d", n.Appended, n.Corrected, n.Unchanged)
		if n.TakenBack > 0 {
			a.notef("events taken back: %d, which the bars of their times do not have any more", n.TakenBack)
		}
	}
	t := table{columns: names("bundle", "read", "accepted", "rejected", "assets", "digest", "state")}
	t.add(bundle, r.Read, r.Accepted, r.Rejected, int64(p.Assets), a.digest(p.Digest), state)
	return a.print(t)
}
