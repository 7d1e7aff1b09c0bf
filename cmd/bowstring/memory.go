package main

import (
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/bowstring-engine/bowstring/columnar"
)

// memoryFlag is the flag of commands that keep to an amount of memory.
type memoryFlag struct{ size byteSize }

func (m *memoryFlag) add(cmd *cobra.Command) {
	cmd.Flags().Var(&m.size, "memory", "memory to keep to, as in 512MiB: all but mapped files (default: no limit)")
}

// budget returns the budget that the flag asks for, nil where it does not. It
// has the garbage collector keep to the same size: a budget counts what is
// live, to which garbage comes.
func (m *memoryFlag) budget() (*columnar.Budget, error) {
	switch {
	case m.size < 0:
		return nil, usagef("--memory %d: want 0 or more", m.size)
	case m.size == 0:
		return nil, nil
	}
	debug.SetMemoryLimit(int64(m.size))
	return columnar.NewBudget(int64(m.size)), nil
}
