package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/bowstring-engine/bowstring/columnar"
)

// run is the whole command: it returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	a := &app{console: newConsole(stdout, stderr)}
	command := root(a)
	command.SetArgs(args)
	err := execute(ctx, command)
	if err == nil {
		return exitOK
	}
	code := exitCode(err)
	if code == exitInterrupted {
		a.notef("interrupted: %s", block(message(err, args)))
		return code
	}
	a.notef("error: %s", block(message(err, args)))
	if h := hint(err); h != "" {
		a.notef("hint: %s", h)
	}
	return code
}

// execute runs a command. A bundle whose file is cut short while it is in use
// is an error like any other.
func execute(ctx context.Context, root *cobra.Command) (err error) {
	defer columnar.CatchFault(&err)()
	return root.ExecuteContext(ctx)
}

// root makes the command with all others under it.
func root(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "bowstring",
		Short: "Store market bars in bundles and sweep trading strategies over them",
		Long: `Bowstring runs bulk parameter sweeps of trading strategies.

Market bars are ingested into bundles (Parquet, versioned by content), a sweep
runs a strategy with every combination of its parameters over a bundle, and
the results are one Parquet file: a row for each combination and asset.`,
		Example: `  bowstring demo
  bowstring ingest prices/ --bundle us8 --calendar nyse --adjusted splits
  bowstring sweep examples/sma_cross.yaml --bundle us8 --out results.parquet
  bowstring results head results.parquet --by sharpe -n 20`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.PersistentFlags().StringVar(&a.store, "store", "", "folder of the bundles (default $BOWSTRING_STORE, else the user's data directory)")
	root.PersistentFlags().StringVar(&a.output, "output", outputTable, "form of printed tables: table, json or csv (arrow: a stream of rows, with --out -)")
	root.PersistentPreRunE = func(cmd *cobra.Command, args []string) error {
		if err := checkOutput(a.output); err != nil {
			return err
		}
		return checkGiven(cmd, args)
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usagef("%s; see '%s --help'", flagMessage(err), cmd.CommandPath())
	})
	root.AddCommand(a.demoCmd(), a.ingestCmd(), a.bundleCmd(), a.sweepCmd(), a.walkforwardCmd(), a.resultsCmd(), a.backtestCmd(),
		a.explainCmd(), a.auditCmd(), a.robustCmd(), a.ledgerCmd(), a.specCmd(), a.versionCmd())
	root.AddCommand(a.topics()...)
	root.SetOut(a.out)
	root.SetErr(a.notes)
	// Made here rather than by Execute, so that wrapArgs reaches them.
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	wrapArgs(root)
	return root
}

// helpTopic refuses what is no command: cobra shows the help of the nearest.
func helpTopic(cmd *cobra.Command, args []string) error {
	found, rest, err := cmd.Root().Find(args)
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("unknown command %q for %q", rest[0], found.CommandPath())
	}
	return err
}

// wrapArgs makes a wrong number of arguments, or an unknown subcommand, a
// usage error.
func wrapArgs(c *cobra.Command) {
	check := c.Args
	switch {
	case c.Name() == "help":
		check = helpTopic
	case check == nil:
		check = cobra.NoArgs
	}
	c.Args = func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usagef("%s; see '%s --help'", argsMessage(cmd, args, err), cmd.CommandPath())
		}
		return nil
	}
	if c.HasSubCommands() && c.RunE == nil {
		c.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	}
	for _, sub := range c.Commands() {
		wrapArgs(sub)
	}
}
