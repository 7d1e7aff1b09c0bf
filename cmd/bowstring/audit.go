package main

import (
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/sweep"
)

// errLookAhead says that an audit found something.
var errLookAhead = errors.New("look-ahead: values of earlier bars change with later ones")

func (a *app) auditCmd() *cobra.Command {
	var s specFlags
	var opts pipeline.AuditOptions
	cmd := &cobra.Command{
		Use:   "audit SPEC",
		Short: "Look for look-ahead: values of earlier bars that change with later ones",
		Long: `Audit evaluates trials of a sweep on data that ends at some bar, and on all of it:
every signal, size and stop of the bars that both have must be the same, and all that
they are made of. What the language itself has cannot look ahead; indicators and
strategies in Go can. Columns of the bundle are taken as they are: whether they knew of
later days cannot be found by cutting.`,
		Example: "  bowstring audit examples/sma_cross.yaml --bundle us8",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			spec, b, err := a.open(cmd.Context(), &s, args[0], nil)
			if err != nil {
				return err
			}
			defer b.Close()
			report, err := sweep.Audit(cmd.Context(), b.Frame(), spec, opts)
			if err != nil {
				return err
			}
			a.aboutf("audited:   %d trials on %d assets, each cut at %d bars", report.Trials, report.Assets, report.Cuts)
			a.aboutf("not seen:  whether columns of the bundle knew of later days")
			t := table{columns: names("expression", "asset", "time", "cut at", "value", "value on cut data")}
			for _, l := range report.Leaks {
				t.add(l.Text, l.Asset, moment(time.Unix(0, l.Time)), moment(time.Unix(0, l.Until)), l.Whole, l.Cut)
			}
			if len(report.Leaks) == 0 {
				a.aboutf("result:    no value of an earlier bar changes with later ones")
				return nil
			}
			if err := a.print(t); err != nil {
				return err
			}
			return errLookAhead
		},
	}
	s.add(cmd)
	cmd.Flags().IntVar(&opts.Trials, "trials", 0, "how many trials to look at; default 5")
	cmd.Flags().IntVar(&opts.Cuts, "cuts", 0, "at how many bars to cut each asset; default 8")
	return cmd
}
