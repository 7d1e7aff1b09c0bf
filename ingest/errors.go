package ingest

import (
	"errors"

	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
	"github.com/bowstring-engine/bowstring/ingest/quality"
)

var (
	// ErrShape is wrapped when a source has a form that is not understood: no
	// header, missing or unknown columns, dates or numbers that can be read in two
	// ways. Nothing of it is guessed.
	ErrShape = problem.ErrShape

	// ErrRow is wrapped when a row breaks a rule whose policy is [Fail].
	ErrRow = problem.ErrRow

	// ErrQuality is wrapped when bars break a quality rule whose policy is
	// [Fail].
	ErrQuality = quality.ErrBroken

	// ErrSplits is wrapped when two splits of an asset contradict each other, or
	// one is given twice in a way that would apply it twice.
	ErrSplits = errors.New("splits contradict each other")

	// ErrNoRows is wrapped when the sources hold no acceptable row at all.
	ErrNoRows = problem.ErrNoRows

	// ErrOptions is wrapped by everything that [Options.Validate] reports.
	ErrOptions = problem.ErrOptions
)

// InputError says where in the input something is wrong: the file, the line and
// the column, and the rule that a row broke.
type InputError = problem.InputError
