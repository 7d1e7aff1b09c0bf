package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/bowstring-engine/bowstring/bundles"
)

func (a *app) bundleRmCmd() *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "rm NAME[@DIGEST]",
		Short: "Remove a bundle, or one old version of it",
		Long: `Rm removes an old version of a bundle, or a bundle with all its versions. With
the last version the bars are gone, so that wants --force, or an answer where a
terminal can give one.`,
		Example: `  bowstring bundle rm us8 --force
  bowstring bundle rm us8@3f2a9c`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			store, err := a.openStore()
			if err != nil {
				return err
			}
			if !strings.Contains(args[0], "@") && !force {
				versions, err := store.Versions(cmd.Context(), args[0])
				if errors.Is(err, bundles.ErrNotFound) || errors.Is(err, bundles.ErrName) {
					return err
				}
				if err := a.confirm(removal(args[0], len(versions))); err != nil {
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
	cmd.Flags().BoolVar(&force, "force", false, "remove the last version, too, without asking")
	return cmd
}

// removal says what is lost. A damaged bundle does not know its versions.
func removal(name string, versions int) string {
	switch versions {
	case 0:
		return fmt.Sprintf("bundle %q goes with all that is left of it", name)
	case 1:
		return fmt.Sprintf("bundle %q goes with its last version", name)
	}
	return fmt.Sprintf("bundle %q goes with all its %d versions", name, versions)
}

// confirm asks on a terminal whether something may be lost. Where there is no
// terminal, or the answer is not yes, it is a mistake in the command line.
func (a *app) confirm(what string) error {
	stdin := a.stdin
	if stdin == nil && term.IsTerminal(int(os.Stdin.Fd())) {
		stdin = os.Stdin
	}
	if stdin == nil {
		return usagef("%s; give --force to remove it", what)
	}
	fmt.Fprintf(a.stderr, "%s. Remove it? [y/N] ", what)
	line, err := bufio.NewReader(stdin).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes":
		return nil
	}
	return usagef("%s; the answer was not yes, and nothing is removed", what)
}
