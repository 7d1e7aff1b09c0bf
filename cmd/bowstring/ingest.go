package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sort"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest"
)

// ingestFlags are the flags of "ingest" before they are understood.
type ingestFlags struct {
	readingFlags
	bundle                    string
	calendar, label, adjusted string
	policies                  map[string]string
	compact                   bool
	workers                   int
	memory                    byteSize
}

func (a *app) ingestCmd() *cobra.Command {
	var f ingestFlags
	cmd := &cobra.Command{
		Use:   "ingest PATH...",
		Short: "Read market bars into a bundle: a folder of files an asset, one file, or one with a symbol column",
		Long: `Ingest reads text files of market bars (plain, gzip, zstd or zip) and publishes
them as a new version of a bundle. A PATH is a file, a folder of files or of
partitions (ticker=AAPL/). An asset is called like its file, or by the symbol
column. How a file is written is found out; what it leaves open is refused with
the flag that decides. "ingest inspect FILE" shows what is found.

Every row is accounted for: accepted + rejected = read. Rejected rows are kept
in the ingest's rejects.csv, with file, line, rule and text. Rules are schema,
time, nan, price, ohlc, duplicate and order; --policy sets each to reject-row
(default), keep or fail. The quality rules of docs/quality.md (gap, jump, scale
and others) take report (default), fail, and some reject-row.`,
		Example: `  bowstring ingest prices/ --bundle us8 --calendar nyse --adjusted splits
  bowstring ingest all_stocks.csv.zst --bundle sp500 --calendar nyse --policy ohlc=keep
  bowstring ingest BTCUSDT-1m.csv.zst --bundle btc --calendar 24x7 --asset BTCUSDT`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.ingest(cmd.Context(), args, &f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.bundle, "bundle", "", "bundle to publish into (needed)")
	f.add(flags)
	flags.StringVar(&f.calendar, "calendar", "", "nyse (252 days a year), 24x7 (365), fx (260) or as-found")
	flags.StringVar(&f.label, "label", "", "which end of a bar its time names: open (default) or close")
	flags.StringVar(&f.adjusted, "adjusted", "", "what the prices are adjusted for already: none (default), splits or all")
	flags.StringToStringVar(&f.policies, "policy", nil, "what becomes of rows that break a rule, as in --policy ohlc=keep")
	flags.BoolVar(&f.compact, "compact", false, "compress the bars with zstd: smaller, slower to open, same digest")
	flags.IntVar(&f.workers, "workers", 0, "goroutines that parse (default: one a processor)")
	flags.Var(&f.memory, "memory", "most memory to use, as in 4GiB (default: no limit)")
	cmd.AddCommand(a.inspectCmd())
	return profiled(cmd)
}

// options turns the flags into the library's options. All mistakes are
// reported together.
func (f *ingestFlags) options() (ingest.Options, error) {
	o, errs := f.readingFlags.options()
	o.Label, o.Policies = columnar.Label(strings.ToLower(f.label)), make(map[ingest.Rule]ingest.Policy)
	o.Workers, o.Budget = f.workers, columnar.NewBudget(int64(f.memory))
	var err error
	if f.bundle == "" {
		errs = append(errs, errors.New("--bundle is needed: the name to publish under"))
	} else {
		errs = append(errs, bundles.CheckName(f.bundle))
	}
	o.Calendar, err = columnar.ParseCalendar(f.calendar)
	errs = append(errs, err)
	o.Adjusted, err = columnar.ParseAdjustment(f.adjusted)
	errs = append(errs, err)
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

// joinUsage returns mistakes in the command line as one error, or nil.
func joinUsage(errs []error) error {
	if err := errors.Join(errs...); err != nil {
		return usageError{err}
	}
	return nil
}

func (a *app) ingest(ctx context.Context, paths []string, f *ingestFlags) (err error) {
	opts, err := f.options()
	if err != nil {
		return err
	}
	store, err := a.openStore()
	if err != nil {
		return err
	}
	in, err := store.Begin(ctx, f.bundle)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Abort()) }()
	opts.Rejects, opts.Quality.Now = in.Rejects(), time.Now()
	result, err := a.readFiles(ctx, paths, opts)
	if err != nil {
		return err
	}
	defer result.Frame.Release()
	published, err := in.Publish(ctx, result.Frame, accountOf(&result.Report), bundles.PublishOptions{Compact: f.compact, Tool: version()})
	if err != nil {
		return err
	}
	return a.printIngest(f.bundle, &result.Report, published, result.Frame)
}

// readFiles reads the files, showing how far it has come.
func (a *app) readFiles(ctx context.Context, paths []string, opts ingest.Options) (*ingest.Result, error) {
	var done, total atomic.Int64
	opts.Progress = func(p ingest.Progress) {
		done.Store(p.Bytes)
		total.Store(p.Total)
	}
	stop := a.progress(ctx, "ingest", "bytes", func() (int64, int64) { return done.Load(), total.Load() })
	defer stop()
	return ingest.Files(ctx, paths, opts)
}

// accountOf is the report as a bundle records it.
func accountOf(r *ingest.Report) bundles.Account {
	account := bundles.Account{Read: r.Read, Accepted: r.Accepted, Rejected: r.Rejected, Options: r.Options}
	for _, c := range r.Rules {
		if c.Rejected > 0 {
			account.RejectedByRule = append(account.RejectedByRule, bundles.RuleCount{Rule: string(c.Rule), Count: c.Rejected})
		}
	}
	for _, s := range r.Sources {
		path := s.Path
		if s.Member != "" {
			path += "!" + s.Member
		}
		account.Sources = append(account.Sources, bundles.Source{
			Path: path, Bytes: s.Bytes, SHA256: s.SHA256, Read: s.Read, Accepted: s.Accepted, Rejected: s.Rejected,
		})
	}
	return account
}

func (a *app) printIngest(bundle string, r *ingest.Report, p bundles.Published, frame *columnar.Frame) error {
	state := "new version"
	if p.Existing {
		state = "the bundle has this data already"
	}
	for _, path := range r.Ignored {
		a.notef("ignored: %s", path)
	}
	if r.Rejected > 0 {
		var rules []string
		for _, c := range r.Rules {
			if c.Rejected > 0 {
				rules = append(rules, fmt.Sprintf("%s %d", c.Rule, c.Rejected))
			}
		}
		a.notef("rejected by rule: %s; the rows are in %s", strings.Join(rules, ", "), filepath.Join(p.Folder, "rejects.csv"))
	}
	t := table{columns: names("bundle", "read", "accepted", "rejected", "assets", "digest", "state")}
	t.add(bundle, r.Read, r.Accepted, r.Rejected, int64(frame.NumAssets()), a.digest(p.Digest), state)
	return a.print(t)
}

// names are columns that are no statistics.
func names(columns ...string) []column {
	out := make([]column, len(columns))
	for i, name := range columns {
		out[i] = column{name: name}
	}
	return out
}

// sortedOptions returns the options that are set, as text, in order.
func sortedOptions(options map[string]string) []string {
	var out []string
	for key, value := range options {
		if value != "" {
			out = append(out, key+": "+value)
		}
	}
	sort.Strings(out)
	return out
}
