package main

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/pprof"
	"runtime/trace"

	"github.com/spf13/cobra"

	"github.com/bowstring-engine/bowstring/internal/disk"
	"github.com/bowstring-engine/bowstring/internal/output"
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
		force, err := cmd.Flags().GetBool("force")
		if err != nil {
			force = false // the command has no such flag
		}
		stop, err := p.start(force)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, stop()) }()
		return run(cmd, args)
	}
	return cmd
}

// profile is one of the files that may be asked for.
type profile struct {
	path  string
	begin func(io.Writer) (end func() error, err error)

	held   *output.Output
	file   *disk.File
	finish func() error // what begin has returned
}

// start begins what the flags ask for; force replaces files that are there. The
// function it returns ends that and gives the files their names.
func (p *profiles) start(force bool) (stop func() error, err error) {
	var asked []*profile
	for _, f := range []*profile{{path: p.cpu, begin: beginCPU}, {path: p.trace, begin: beginTrace}, {path: p.mem, begin: beginMemory}} {
		if f.path != "" {
			asked = append(asked, f)
		}
	}
	defer func() {
		if err != nil {
			for _, f := range asked {
				err = errors.Join(err, f.drop())
			}
		}
	}()
	for _, f := range asked {
		if f.held, err = output.Hold(f.path, output.Options{Force: force}); err != nil {
			return nil, orElse(err, wayRemove)
		}
	}
	for _, f := range asked {
		if f.file, err = f.held.Create(); err != nil {
			return nil, err
		}
		if f.finish, err = f.begin(f.file); err != nil {
			return nil, fmt.Errorf("%s: %w", f.path, err)
		}
	}
	return func() error {
		var errs []error
		for _, f := range asked {
			errs = append(errs, f.end())
		}
		return errors.Join(errs...)
	}, nil
}

// end completes the file.
func (f *profile) end() error {
	defer f.held.Release()
	if err := errors.Join(f.finish(), f.file.Close()); err != nil {
		return errors.Join(err, f.held.Discard())
	}
	return output.Commit(f.held)
}

// drop ends what has begun and leaves nothing of it.
func (f *profile) drop() (err error) {
	if f.held == nil {
		return nil
	}
	defer f.held.Release()
	if f.finish != nil {
		err = f.finish()
	}
	if f.file != nil {
		err = errors.Join(err, f.file.Close())
	}
	return errors.Join(err, f.held.Discard())
}

func beginCPU(w io.Writer) (func() error, error) {
	if err := pprof.StartCPUProfile(w); err != nil {
		return nil, err
	}
	return func() error { pprof.StopCPUProfile(); return nil }, nil
}

func beginTrace(w io.Writer) (func() error, error) {
	if err := trace.Start(w); err != nil {
		return nil, err
	}
	return func() error { trace.Stop(); return nil }, nil
}

// beginMemory writes its profile in the end: all that was allocated, and what
// is still held after a collection.
func beginMemory(w io.Writer) (func() error, error) {
	return func() error {
		runtime.GC()
		return pprof.WriteHeapProfile(w)
	}, nil
}
