package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/bundles/export"
	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest"
	"github.com/bowstring-engine/bowstring/internal/output"
	"github.com/bowstring-engine/bowstring/internal/parquet"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// The exit codes.
const (
	exitOK          = 0
	exitFailure     = 1
	exitUsage       = 2
	exitBadData     = 3
	exitInterrupted = 130
)

// usageError is a mistake in the command line or in a spec.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// exitCode maps an error to the code that the process ends with.
func exitCode(err error) int {
	var usage usageError
	var input *ingest.InputError
	var spec spec.Errors
	var rules strategy.Errors
	var resume *results.ResumeError
	var locked *output.LockedError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.As(err, &locked) && locked.Process == os.Getpid(): // two flags name one file
		return exitUsage
	case errors.As(err, &usage), errors.As(err, &spec), errors.As(err, &rules), errors.As(err, &resume),
		errors.Is(err, bundles.ErrName), errors.Is(err, bundles.ErrMismatch), errors.Is(err, bundles.ErrAmbiguous), errors.Is(err, bundles.ErrForeign),
		errors.Is(err, columnar.ErrNoAsset), errors.Is(err, columnar.ErrAdjustment), errors.Is(err, columnar.ErrNoColumn),
		errors.Is(err, export.ErrOptions), errors.Is(err, output.ErrExists), errors.Is(err, output.ErrEnding), errors.Is(err, export.ErrNoBars):
		return exitUsage
	case errors.As(err, &input), errors.Is(err, ingest.ErrShape), errors.Is(err, ingest.ErrQuality), errors.Is(err, ingest.ErrRejects), errors.Is(err, bundles.ErrCorrupt),
		errors.Is(err, bundles.ErrVersion), errors.Is(err, parquet.ErrCorrupt), errors.Is(err, parquet.ErrUnsupported),
		errors.Is(err, results.ErrNoResults), errors.Is(err, columnar.ErrEvent), errors.Is(err, columnar.ErrFault), errors.Is(err, results.ErrJournal):
		return exitBadData
	}
	return exitFailure
}

// hint adds what to do about an error that people meet often; "" where there
// is nothing to add.
func hint(err error) string {
	var resume *results.ResumeError
	var way *advised
	var locked *output.LockedError
	switch {
	case errors.As(err, &way):
		return way.way
	case errors.As(err, &locked) && locked.Process == os.Getpid():
		return "give each output a file of its own"
	case errors.As(err, &locked):
		return "wait until it has ended, or choose another name"
	case errors.As(err, &resume), errors.Is(err, results.ErrJournal):
		return "choose another name, or give --force in place of --resume to start again without what is there"
	case errors.Is(err, bundles.ErrNotFound):
		return "run 'bowstring bundle ls' to see what there is, or 'bowstring demo' to make a sample bundle"
	case errors.Is(err, ingest.ErrAdjustment), errors.Is(err, bundles.ErrSplits):
		return "say what the prices are adjusted for already: --adjusted none, splits or all"
	case errors.Is(err, columnar.ErrFault):
		return "run 'bowstring bundle verify', and ingest the data again where it is damaged"
	case errors.Is(err, columnar.ErrMemory):
		return "raise --memory (0: no limit)"
	case errors.Is(err, bundles.ErrForeign):
		return "name another folder with --store, or another bundle; ingest, gc and rm with --force work in this one and leave what is there alone"
	case errors.Is(err, fs.ErrNotExist):
		return "check the path"
	}
	return ""
}

// joinUsage returns mistakes in the command line as one error, or nil.
func joinUsage(errs []error) error {
	if err := errors.Join(errs...); err != nil {
		return usageError{err}
	}
	return nil
}
