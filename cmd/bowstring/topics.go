package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/ingest"
	"github.com/bowstring-engine/bowstring/pipeline/indicator"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// topics are what 'bowstring help' tells of beside the commands, each made from its
// catalogue.
func (a *app) topics() []*cobra.Command {
	var all []*cobra.Command
	for _, t := range []struct {
		name, short string
		text        func() string
	}{
		{"functions", "The indicators and functions of expressions", functionsText},
		{"statistics", "The statistics of results, and what they mean", statisticsText},
		{"calendars", "The calendars of bundles", calendarsText},
		{"dialects", "The dialects of vendors' files", dialectsText},
	} {
		cmd := &cobra.Command{Use: t.name, Short: t.short, Long: t.short + ".", Example: "  bowstring help " + t.name}
		cmd.SetHelpFunc(func(*cobra.Command, []string) { a.printf("%s", block(t.short+"\n\n"+t.text())) })
		all = append(all, cmd)
	}
	return all
}

func functionsText() string {
	var b strings.Builder
	family := ""
	for _, r := range indicator.All() {
		if f := indicator.Family(r); f != family {
			family = f
			fmt.Fprintf(&b, "%s\n", f)
		}
		fmt.Fprintf(&b, "  %s\n      %s\n", r.Signature(), r.Title)
		if names := r.OutputNames(); len(names) > 1 {
			fmt.Fprintf(&b, "      outputs: .%s\n", strings.Join(names, ", ."))
		}
	}
	b.WriteString("\nBeside them: the columns of the bundle, $parameters, let names, + - * /, < <= > >= == !=,\nand, or, not, and x[k], the value k bars ago.\n")
	return b.String()
}

func statisticsText() string {
	var b strings.Builder
	better := map[metrics.Better]string{metrics.Higher: "higher is better", metrics.Lower: "lower is better"}
	for _, s := range metrics.All() {
		d := s.Describe()
		var about []string
		if better[d.Better] != "" {
			about = append(about, better[d.Better])
		}
		if d.Core {
			about = append(about, "core")
		}
		fmt.Fprintf(&b, "  %-22s %s\n", d.Name, strings.NewReplacer(`\|`, "|", "**", "").Replace(d.Formula))
		if about != nil {
			fmt.Fprintf(&b, "  %-22s (%s)\n", "", strings.Join(about, ", "))
		}
	}
	b.WriteString("\nr is the return of a bar, rf the risk-free return of one, ann the bars a year.\n")
	return b.String()
}

func calendarsText() string {
	var b strings.Builder
	for _, c := range calendar.Known() {
		fmt.Fprintf(&b, "  %-9s %s\n", c.String(), map[string]string{
			"nyse":     "sessions of the New York Stock Exchange since 1970: 252 days a year of 390 minutes",
			"24x7":     "365 days a year of 24 hours, from midnight UTC",
			"as-found": "what the data has; nothing is known to be missing",
			"fx":       "260 days a year of 24 hours, Sunday 17:00 to Friday 17:00 in New York",
		}[c.String()])
	}
	return b.String()
}

func dialectsText() string {
	return "  " + strings.Join(ingest.Dialects(), "\n  ") + "\n\nA dialect decides what a file leaves open: --dialect NAME of ingest and of ingest inspect.\n"
}
