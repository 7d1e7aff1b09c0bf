package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/bowstring-engine/bowstring/internal/output"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

func (a *app) specCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "spec",
		Short:   "Write and check spec files",
		Example: "  bowstring spec init my_strategy.yaml\n  bowstring spec check my_strategy.yaml",
	}
	cmd.AddCommand(a.specInitCmd(), a.specCheckCmd(), a.specSchemaCmd())
	return cmd
}

func (a *app) specInitCmd() *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:     "init [FILE]",
		Short:   "Write an annotated spec, to a new file or to standard output",
		Example: "  bowstring spec init my_strategy.yaml",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 || args[0] == stdoutPath {
				a.printf("%s", block(spec.Template()))
				return nil
			}
			if err := writeText(args[0], spec.Template(), force); err != nil {
				return orElse(err, wayForce)
			}
			a.notef("wrote %s; next: bowstring spec check %s", args[0], args[0])
			return nil
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "replace a file that is there")
	return cmd
}

// writeText writes a file of text.
func writeText(path, text string, force bool) error {
	held, err := output.Hold(path, output.Options{Force: force})
	if err != nil {
		return err
	}
	defer held.Release()
	_, err = held.Write(func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
	if err != nil {
		return err
	}
	return output.Commit(held)
}

func (a *app) specCheckCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE...",
		Short: "Check spec files, and report every mistake with its line and column",
		Long: `Check reads spec files and reports every mistake in them. Expressions are
checked against the columns that every bundle has; a sweep checks them again,
against its bundle's.`,
		Example: "  bowstring spec check examples/sma_cross.yaml",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			var errs []error
			for _, path := range args {
				if err := checkSpec(path); err != nil {
					errs = append(errs, err)
					continue
				}
				a.notef("%s: ok", path)
			}
			return errors.Join(errs...)
		},
	}
}

func checkSpec(path string) error {
	text, err := readSpec(path)
	if err != nil {
		return err
	}
	return spec.Check(path, text)
}

// readSpec reads a spec file, or with - standard input: no more of it than any spec has, whatever file or
// device it is.
func readSpec(path string) ([]byte, error) {
	from := io.Reader(os.Stdin)
	if path != stdoutPath {
		f, err := os.Open(filepath.Clean(path))
		if err != nil {
			return nil, err
		}
		defer f.Close()
		from = f
	}
	text, err := io.ReadAll(io.LimitReader(from, spec.MaxSpecBytes+1))
	if err == nil && len(text) > spec.MaxSpecBytes {
		err = usagef("%s: this is no spec: it has more than %d bytes", path, spec.MaxSpecBytes)
	}
	return text, err
}

func (a *app) specSchemaCmd() *cobra.Command {
	return &cobra.Command{
		Use:     "schema",
		Short:   "Print the JSON Schema of spec files, for editors",
		Example: "  bowstring spec schema > bowstring.schema.json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			a.printf("%s", block(spec.Schema()))
			return nil
		},
	}
}
