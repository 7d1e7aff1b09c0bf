package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"runtime/trace"

	"github.com/spf13/cobra"
)

// profiles are the flags of every heavy command that write down what it does
// with its time and memory.
type profiles struct {
	cpu, mem, trace string
}

// profiled gives a command the flags of [profiles]. The files are complete
// however the command ends: by itself, by an error, or by an interrupt.
func profiled(cmd *cobra.Command) *cobra.Command {
	var p profiles
	cmd.Flags().StringVar(&p.cpu, "cpuprofile", "", "file for a profile of the time spent, for 'go tool pprof'")
	cmd.Flags().StringVar(&p.mem, "memprofile", "", "file for a profile of the memory allocated, for 'go tool pprof'")
	cmd.Flags().StringVar(&p.trace, "trace", "", "file for an execution trace, for 'go tool trace'")
	run := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		stop, err := p.start()
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, stop()) }()
		return run(cmd, args)
	}
	return cmd
}

// start begins what the flags ask for. The function it returns ends that and
// closes the files.
func (p *profiles) start() (stop func() error, err error) {
	var ends []func() error
	stop = func() error {
		var errs []error
		for _, end := range ends {
			errs = append(errs, end())
		}
		return errors.Join(errs...)
	}
	for _, profile := range []struct {
		path  string
		begin func(*os.File) (end func() error, err error)
	}{{p.cpu, beginCPU}, {p.trace, beginTrace}, {p.mem, beginMemory}} {
		if profile.path == "" {
			continue
		}
		f, err := os.Create(profile.path)
		if err != nil {
			return nil, errors.Join(err, stop())
		}
		end, err := profile.begin(f)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", profile.path, err), f.Close(), stop())
		}
		ends = append(ends, func() error { return errors.Join(end(), f.Close()) })
	}
	return stop, nil
}

func beginCPU(f *os.File) (func() error, error) {
	return func() error { pprof.StopCPUProfile(); return nil }, pprof.StartCPUProfile(f)
}

func beginTrace(f *os.File) (func() error, error) {
	return func() error { trace.Stop(); return nil }, trace.Start(f)
}

// beginMemory writes its profile in the end: all that was allocated, and what
// is still held after a collection.
func beginMemory(f *os.File) (func() error, error) {
	return func() error {
		runtime.GC()
		return pprof.WriteHeapProfile(f)
	}, nil
}
