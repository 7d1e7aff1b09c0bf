package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bowstring-engine/bowstring/bundles"
)

func (a *app) bundleCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "bundle",
		Short: "List, show, export, verify, check and remove bundles",
		Example: `  bowstring bundle ls
  bowstring bundle show us8`,
	}
	cmd.AddCommand(a.bundleLsCmd(), a.bundleShowCmd(), a.bundleVersionsCmd(), a.bundlePathCmd(), a.bundleEventsCmd(), a.bundleExportCmd(), a.bundleVerifyCmd(), a.bundleCheckCmd(), a.bundleRmCmd(), a.bundleGCCmd())
	return cmd
}

func (a *app) bundleLsCmd() *cobra.Command {
	return &cobra.Command{
		Use:     "ls",
		Short:   "List the bundles of the store",
		Example: "  bowstring bundle ls --output json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			store, err := a.openStore()
			if err != nil {
				return err
			}
			list, err := store.List(cmd.Context())
			if err != nil {
				return err
			}
			if len(list) == 0 {
				a.notef("no bundles in %s; 'bowstring demo' makes one", store.Dir())
			}
			t := table{columns: names("bundle", "assets", "rows", "from", "to", "versions", "size", "digest", "state")}
			for _, s := range list {
				state := "ok"
				if s.Err != nil {
					state = s.Err.Error()
				}
				t.add(s.Name, int64(s.Assets), s.Rows, day(s.First, s.Rows), day(s.Last, s.Rows), int64(s.Versions), a.bytes(s.Bytes), a.digest(s.Digest), state)
			}
			return a.print(t)
		},
	}
}

// day is a timestamp, or nothing where there are no rows.
func day(ns, rows int64) any {
	if rows == 0 {
		return nil
	}
	return time.Unix(0, ns).UTC()
}

// bytes is an amount of memory: for people in a table, exact elsewhere.
func (a *app) bytes(n int64) any {
	if a.output == outputTable {
		return size(n)
	}
	return n
}

// digest is a digest: for people as references take it, whole elsewhere.
func (a *app) digest(d string) string {
	if a.output == outputTable {
		return short(d)
	}
	return d
}

// short is a digest as references take it.
func short(digest string) string {
	hex := strings.TrimPrefix(digest, "sha256:")
	return hex[:min(12, len(hex))]
}

func (a *app) bundleShowCmd() *cobra.Command {
	var quality bool
	cmd := &cobra.Command{
		Use:   "show NAME[@DIGEST]",
		Short: "Show a bundle: its assets, where they come from, what was rejected",
		Example: `  bowstring bundle show us8
  bowstring bundle show us8 --quality
  bowstring bundle show us8@3f2a9c --output json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := a.openBundle(cmd.Context(), args[0], nil)
			if err != nil {
				return err
			}
			defer b.Close()
			if err := a.describe(b.Manifest()); err != nil {
				return err
			}
			if quality {
				account, err := b.Manifest().Account()
				if err != nil {
					return err
				}
				return a.printQuality(account.Quality)
			}
			if b.Frame().HasEvents() {
				a.aboutf("events:    %s", eventCounts(b.Frame().CountEvents()))
			}
			t := table{columns: names("asset", "rows", "from", "to", "bars_per_year", "events")}
			axis := b.Manifest().Axis()
			for i, s := range b.Manifest().Assets {
				times := b.Frame().WholeTimes(i)
				t.add(s.ID, int64(s.Rows), day(s.First, int64(s.Rows)), day(s.Last, int64(s.Rows)), axis.Of(times).Annual(times), int64(len(b.Frame().Events(i))))
			}
			return a.print(t)
		},
	}
	cmd.Flags().BoolVar(&quality, "quality", false, "show what the quality rules found, by asset, in place of the assets")
	return cmd
}

// describe prints what a manifest says of the whole, for people.
func (a *app) describe(m *bundles.Manifest) error {
	account, err := m.Account()
	if err != nil {
		return err
	}
	axis := m.Axis()
	var columns []string
	for _, c := range m.Columns {
		text := c.Name
		if c.Decimals >= 0 {
			text = fmt.Sprintf("%s (%d decimals)", c.Name, c.Decimals)
		}
		columns = append(columns, text)
	}
	a.aboutf("digest:    %s", m.Digest)
	a.aboutf("rows:      %d in %d assets", m.Rows, len(m.Assets))
	a.aboutf("bars:      every %s, %s calendar, %.6g a year, labelled by their %s, adjusted: %s",
		axis.Frequency, axis.Calendar, axis.BarsPerYear, axis.Label, m.Adjusted)
	a.aboutf("columns:   %s", strings.Join(columns, ", "))
	a.aboutf("stored:    %s, %d row groups, codec %s, written by %s", size(m.Bars.Bytes), m.Bars.RowGroups, m.Bars.Codec, m.Tool)
	a.aboutf("ingested:  %d rows read, %d accepted, %d rejected", account.Read, account.Accepted, account.Rejected)
	for _, r := range account.Rules {
		a.aboutf("  rejected by rule %s: %d", r.Rule, r.Rejected)
	}
	for _, s := range account.Sources {
		a.aboutf("  from %s: %d rows, sha256 %s", s.Path, s.Read, short(s.SHA256))
	}
	if e := account.Events; e != nil {
		a.aboutf("  events from %s: %d rows, %d accepted, %d rejected, sha256 %s", e.Path, e.Read, e.Accepted, e.Rejected, short(e.SHA256))
	}
	for _, o := range sortedOptions(account.Options) {
		a.aboutf("  %s", o)
	}
	return nil
}

func (a *app) bundleVerifyCmd() *cobra.Command {
	return profiled(&cobra.Command{
		Use:   "verify NAME[@DIGEST]",
		Short: "Read a bundle whole and check every byte against its hashes",
		Long: `Verify reads every byte of a version and checks it against the hashes in its
manifest. It exits with 3 where something is damaged.`,
		Example: "  bowstring bundle verify us8",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			store, err := a.openStore()
			if err != nil {
				return err
			}
			v, err := store.Verify(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			t := table{columns: names("file", "asset", "column", "problem")}
			for _, f := range v.Findings {
				t.add(f.File, f.Asset, f.Column, f.Err.Error())
			}
			// For people the error lists the findings.
			if a.output != outputTable {
				if err := a.print(t); err != nil {
					return err
				}
			}
			if err := v.Err(); err != nil {
				return err
			}
			a.notef("%s@%s: ok, %s and %d columns checked", v.Name, short(v.ID), size(v.Bytes), v.Columns)
			return nil
		},
	})
}

func (a *app) bundleRmCmd() *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "rm NAME[@DIGEST]",
		Short: "Remove a bundle, or one old version of it",
		Long: `Rm removes an old version of a bundle, or a bundle with all its versions. With
the last version the bars are gone, so that wants --force, or an answer where a
terminal can give one. Only what a store has written is removed; a folder that
is not marked as a store and holds other things is refused without --force.`,
		Example: `  bowstring bundle rm us8 --force
  bowstring bundle rm us8@3f2a9c`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			store, err := a.openStoreToChange(force)
			if err != nil {
				return err
			}
			if !strings.Contains(args[0], "@") && !force {
				versions, err := store.Versions(cmd.Context(), args[0])
				switch {
				case errors.Is(err, bundles.ErrName):
					return err
				case errors.Is(err, bundles.ErrNotFound):
					return store.Remove(cmd.Context(), args[0]) // which says what is there instead
				}
				if err := confirm(removal(args[0], len(versions)), a.stdin, a.notes); err != nil {
					return err
				}
			}
			if err := store.Remove(cmd.Context(), args[0]); err != nil {
				return err
			}
			a.notef("removed %s", args[0])
			return nil
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "remove the last version, too, without asking, and in a folder that is not marked as a store")
	return cmd
}

func (a *app) bundleGCCmd() *cobra.Command {
	var keep int
	var force bool
	cmd := &cobra.Command{
		Use:   "gc [NAME]",
		Short: "Remove old versions and what killed ingests left, of one bundle or of all",
		Long: `Gc removes the versions of a bundle that were current longest ago, and what
ingests that were killed have left. Only what a store has written is removed.
A folder that is not marked as a store and holds other things is refused.`,
		Example: `  bowstring bundle gc --keep 2
  bowstring bundle gc us8 --keep 1`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if keep < 1 {
				return usagef("--keep %d: the current version always stays, so 1 is the least", keep)
			}
			return a.collect(cmd.Context(), strings.Join(args, ""), keep, force)
		},
	}
	cmd.Flags().IntVar(&keep, "keep", 3, "versions of each bundle to keep, the current one included")
	cmd.Flags().BoolVar(&force, "force", false, "collect in a folder that is not marked as a store and holds other things")
	return cmd
}

func (a *app) collect(ctx context.Context, bundle string, keep int, force bool) error {
	store, err := a.openStoreToChange(force)
	if err != nil {
		return err
	}
	c, err := store.GC(ctx, bundle, keep)
	if errors.Is(err, bundles.ErrNotFound) || errors.Is(err, bundles.ErrForeign) {
		return err
	}
	t := table{columns: names("removed")}
	for _, v := range c.Versions {
		name, id, _ := strings.Cut(v, "@")
		t.add(name + "@" + a.digest(id))
	}
	if len(t.rows) > 0 || a.output != outputTable {
		if printErr := a.print(t); err == nil {
			err = printErr
		}
	}
	a.notef("%d versions and %d unfinished ingests removed, %s freed", len(c.Versions), c.Temporaries, size(c.Bytes))
	return err
}
