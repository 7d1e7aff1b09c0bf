package main

import (
	"errors"
	"math"
	"slices"

	"github.com/spf13/cobra"

	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/sweep/ledger"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/robust"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

func (a *app) ledgerCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "ledger BUNDLE",
		Short: "Show which sweeps were run on a bundle",
		Long: `Ledger prints the sweeps that were run on a bundle. Each sweep adds a line to the
ledger beside the bundle, unless --no-ledger is given. The same trials on the same
data are one sweep, however often they were run, and sweeps count where they were
on this version or on one that it was appended to. bowstring robust allows for
all trials that count.`,
		Example: "  bowstring ledger us8",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := a.openBundle(cmd.Context(), args[0], nil)
			if err != nil {
				return err
			}
			defer b.Close()
			entries, tally, err := a.tally(b)
			if err != nil {
				return err
			}
			t := table{columns: []column{{name: "spec"}, {name: "version"}, {name: "name"}, {name: "objective"}, {name: "space"},
				{name: "trials", keep: true}, {name: "sharpe_sd"}, {name: "counts", keep: true}}}
			for _, e := range entries {
				var deviation any
				if e.Sharpes > 1 {
					deviation = math.Sqrt(e.Variance)
				}
				counts := "no"
				if slices.Contains(tally.Counted, e) {
					counts = "yes"
					tally.Counted = slices.Delete(tally.Counted, slices.Index(tally.Counted, e), slices.Index(tally.Counted, e)+1)
				}
				t.add(e.Spec[:12], short(e.Data), e.Name, e.Objective, e.Space, e.Trials, deviation, counts)
			}
			if err := a.print(t); err != nil {
				return err
			}
			a.notef("%d trials of %d sweeps count for bundle %s, version %s", tally.Trials, tally.Sweeps, b.Name(), short(b.Digest()))
			return nil
		},
	}
}

// tally reads the ledger of a bundle.
func (a *app) tally(b *bundles.Bundle) (entries []ledger.Entry, tally ledger.Tally, err error) {
	store, err := a.openStore()
	if err != nil {
		return nil, tally, err
	}
	entries, damaged, err := ledger.Read(store.Ledger(b.Name()))
	if err != nil {
		return nil, tally, err
	}
	if damaged > 0 {
		a.notef("warning: %d lines of the ledger cannot be read; they count nothing", damaged)
	}
	lineage, err := store.Lineage(b)
	if err != nil {
		return nil, tally, err
	}
	return entries, ledger.Count(entries, lineage), nil
}

// enter adds a sweep to the ledger of its bundle. What goes wrong is no reason for a
// sweep to fail.
func (a *app) enter(b *bundles.Bundle, s *spec.Spec, r running) {
	e := ledger.Of(s, b.Digest(), r.Describe().Metadata[results.MetaSpace])
	e.Trials = r.Stats().Trials + r.Resumed().Trials
	if e.Trials == 0 {
		return
	}
	sharpes := r.Sharpes()
	e.Sharpes, e.Mean, e.Variance = sharpes.N, sharpes.Mean, sharpes.Variance
	store, err := a.openStore()
	if err == nil {
		err = ledger.Append(store.Ledger(b.Name()), e)
	}
	if err != nil {
		a.notef("warning: the sweep is not in the ledger of bundle %s: %s", b.Name(), block(err.Error()))
	}
}

// takeLedger has an analysis count the trials of the bundle's ledger.
func (a *app) takeLedger(b *bundles.Bundle, opts *robust.Options) error {
	_, tally, err := a.tally(b)
	if err != nil {
		return errors.Join(err, errors.New("--no-ledger leaves it out"))
	}
	if tally.Sweeps > 0 {
		opts.Tried = &robust.Tried{Sweeps: tally.Sweeps, Trials: tally.Trials, Variance: tally.Variance}
	}
	return nil
}
