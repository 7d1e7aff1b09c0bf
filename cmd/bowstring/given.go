package main

import (
	"os"
	"slices"

	"github.com/spf13/cobra"
)

// The flags that name what is written, and of them and others those that an empty
// name makes no sense for.
var (
	writtenFlags = []string{"out", "trades", "equity", "cpuprofile", "memprofile", "trace"}
	namedFlags   = append(slices.Clone(writtenFlags), "store")
)

// checkGiven refuses names of files that cannot be meant: an empty one, as a
// variable of a shell that is not set leaves it, which would stand for nothing
// written or another store; and, whatever is allowed to be replaced, an output
// that is one of the files the command reads.
func checkGiven(cmd *cobra.Command, args []string) error {
	var errs []error
	for _, name := range namedFlags {
		if cmd.Flags().Changed(name) && cmd.Flags().Lookup(name).Value.String() == "" {
			errs = append(errs, usagef("--%s: the name is empty; give one, or leave the flag out", name))
		}
	}
	for _, name := range writtenFlags {
		f := cmd.Flags().Lookup(name)
		if f == nil {
			continue
		}
		for _, input := range readFiles(cmd, args) {
			if sameFile(f.Value.String(), input) {
				errs = append(errs, usagef("--%s %s: this is %s, which the command reads; choose another name", name, f.Value, input))
			}
		}
	}
	return joinUsage(errs)
}

// readFiles are the names of files that a command reads.
func readFiles(cmd *cobra.Command, args []string) []string {
	switch cmd.Name() {
	case "sweep", "backtest", "explain", "head":
		return args
	case "ingest":
		if events := cmd.Flags().Lookup("events"); events != nil {
			args = append(slices.Clone(args), events.Value.String())
		}
		return args
	}
	return nil
}

// sameFile reports whether two names lead to one file.
func sameFile(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	x, err := os.Stat(a)
	if err != nil || !x.Mode().IsRegular() {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}
