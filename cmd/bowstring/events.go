package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest"
	"github.com/bowstring-engine/bowstring/ingest/load"
	"github.com/bowstring-engine/bowstring/ingest/report"
)

func (a *app) bundleEventsCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "events NAME[@DIGEST]",
		Short: "Print the splits, dividends and spin-offs of a bundle",
		Long: `Events prints the corporate actions that a bundle keeps beside its bars, in the
columns of an events file: with --output csv it is one.`,
		Example: `  bowstring bundle events us8
  bowstring bundle events us8 --output csv`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := a.openBundle(cmd.Context(), args[0], nil)
			if err != nil {
				return err
			}
			defer b.Close()
			t := table{columns: names("symbol", "date", "type", "value")}
			for i := range b.Frame().NumAssets() {
				for _, e := range b.Frame().Events(i) {
					t.add(b.Frame().Asset(i), time.Unix(0, e.Time).UTC(), string(e.Type), e.Value)
				}
			}
			if len(t.rows) == 0 {
				a.notef("%s has no events", args[0])
			}
			return a.print(t)
		},
	}
}

// eventCounts says how many events there are of each type.
func eventCounts(counts map[columnar.EventType]int) string {
	var parts []string
	for _, t := range columnar.EventTypes() {
		if counts[t] > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", t, counts[t]))
		}
	}
	return strings.Join(parts, ", ")
}

// noteAdjustment says what the prices are adjusted for and how that is known, and
// which splits contradict it. appended is nil for an ingest.
func (a *app) noteAdjustment(r *ingest.AdjustmentReport, appended *report.Append) {
	if r == nil {
		return
	}
	a.notef("adjusted: %s", r)
	contradictions := r.Contradictions
	if appended != nil && appended.Contradictions != "" {
		contradictions = []string{appended.Contradictions}
	}
	for _, text := range contradictions {
		a.notef("warning: not what prices look like that are adjusted for %s: %s", r.Adjusted, text)
	}
}

// noteEvents says which events were stored, and what became of an events file.
func (a *app) noteEvents(p *load.Result) {
	if len(p.Events) > 0 {
		a.notef("events: %s", eventCounts(p.Events))
	}
	for _, problem := range p.Report.EventProblems {
		a.notef("warning: %s; until then --adjust all is refused with this asset", problem)
	}
	r := p.Report.Events
	if r == nil || r.Rejected == 0 {
		return
	}
	a.notef("events rejected: %d of %d, by rule: %s; the rows are in %s", r.Rejected, r.Read, r.Rules, filepath.Join(p.Folder, "rejects.csv"))
}
