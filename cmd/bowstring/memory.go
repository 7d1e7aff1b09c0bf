package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/machine"
)

// memoryShare is the part of the machine's memory that a sweep keeps to where
// nobody says: others run there too, and the files that it maps want the rest.
const memoryShare = 4

// memoryFlag is the flag of commands that keep to an amount of memory.
type memoryFlag struct {
	size    byteSize
	changed func() bool // reports whether it was given
}

func (m *memoryFlag) add(cmd *cobra.Command) {
	cmd.Flags().Var(&m.size, "memory", "memory to keep to, as in 512MiB: all but mapped files (default: a quarter of the machine's; 0: no limit)")
	m.changed = func() bool { return cmd.Flags().Changed("memory") }
}

// budget returns the budget that the flag asks for, or else the default, nil
// where there is no limit. It has the garbage collector keep to the same size: a
// budget counts what is live, to which garbage comes.
func (m *memoryFlag) budget() (*columnar.Budget, error) {
	limit := int64(m.size)
	switch {
	case limit < 0:
		return nil, usagef("--memory %d: want 0 or more", m.size)
	case !m.changed():
		limit = machine.Memory() / memoryShare
	}
	if limit == 0 {
		return nil, nil
	}
	debug.SetMemoryLimit(limit)
	return columnar.NewBudget(limit), nil
}

// memoryBound says what a sweep keeps to where nobody says.
func memoryBound() string {
	all := machine.Memory()
	if all == 0 {
		return "no limit, as this system does not say how much there is; --memory sets one"
	}
	return fmt.Sprintf("at most %s, a quarter of the %s of this machine, and mapped files; --memory sets another bound", size(all/memoryShare), size(all))
}
