package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bowstring-engine/bowstring/ingest"
	"github.com/bowstring-engine/bowstring/ingest/quality"
	"github.com/bowstring-engine/bowstring/ingest/report"
)

// noteQuality says what the quality rules found, a count of assets a rule.
func (a *app) noteQuality(bundle string, found []report.AssetQuality) {
	if len(found) == 0 {
		return
	}
	assets := make(map[ingest.Rule]int)
	for _, asset := range found {
		for _, f := range asset.Findings {
			assets[f.Rule]++
		}
	}
	var texts []string
	for _, rule := range quality.Names() {
		if n := assets[rule]; n > 0 {
			texts = append(texts, fmt.Sprintf("%s in %d", rule, n))
		}
	}
	a.notef("quality, in assets: %s; see bundle show %s --quality", strings.Join(texts, ", "), bundle)
}

// printQuality prints what the quality rules found, a line an asset and rule.
func (a *app) printQuality(found []report.AssetQuality) error {
	t := table{columns: names("asset", "rule", "severity", "count", "first", "last", "examples")}
	for _, asset := range found {
		for _, f := range asset.Findings {
			var examples []string
			for _, e := range f.Examples {
				examples = append(examples, strings.TrimSpace(moment(e.Time)+" "+e.Detail))
			}
			t.add(asset.Asset, string(f.Rule), string(f.Severity), f.Count, known(f.First), known(f.Last), strings.Join(examples, "; "))
		}
	}
	if len(t.rows) == 0 {
		a.notef("the quality rules found nothing")
	}
	return a.print(t)
}

func (a *app) bundleCheckCmd() *cobra.Command {
	return profiled(&cobra.Command{
		Use:   "check NAME[@DIGEST]",
		Short: "Hold the bars of a bundle against the quality rules, again and as a whole",
		Long: `Check holds every bar of a version against the quality rules of docs/quality.md:
gaps, jumps, errors of scale and so on. What "bundle show --quality" prints is what
the ingest found at its time, and after an append only in what was added. Check
looks at all bars as they are now, by the clock of today, and writes nothing.

It exits with 3 where a finding has the severity error: the data is wrong there.`,
		Example: `  bowstring bundle check us8
  bowstring bundle check us8@3f2a9c --output json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := a.openBundle(cmd.Context(), args[0], nil)
			if err != nil {
				return err
			}
			defer b.Close()
			found, err := quality.Check(cmd.Context(), b.Frame(), quality.Options{Now: time.Now()})
			if err != nil {
				return err
			}
			if err := a.printQuality(found); err != nil {
				return err
			}
			return quality.Err(found)
		},
	})
}

// moment is a time as text, nothing where there is none.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

// known is a time, or nothing where there is none.
func known(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}
