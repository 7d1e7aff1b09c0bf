package problem

import (
	"errors"
	"fmt"
	"strings"

	"github.com/bowstring-engine/bowstring/ingest/report"
	"github.com/bowstring-engine/bowstring/internal/visible"
)

var (
	// ErrShape is wrapped when a source has a form that is not understood: no
	// header, missing or unknown columns, dates or numbers that can be read in two
	// ways. Nothing of it is guessed.
	ErrShape = errors.New("shape not understood")

	// ErrRow is wrapped when a row breaks a rule whose policy ends the ingest.
	ErrRow = errors.New("row breaks a rule")

	// ErrNoRows is wrapped when the sources hold no acceptable row at all.
	ErrNoRows = errors.New("no row accepted")

	// ErrOptions is wrapped by everything that is wrong with options.
	ErrOptions = errors.New("invalid ingest options")
)

// InputError says where in the input something is wrong.
type InputError struct {
	// File is the path as given; a zip member follows its archive after "!".
	File string
	// Line counts from 1, which is the header of text and the first row of a
	// table; 0 where no line is to blame.
	Line int
	// Column is the name in the header, where one column is to blame.
	Column string
	// Rule and Text are the broken rule and the line, for [ErrRow].
	Rule report.Rule
	Text string
	// Err is what is wrong.
	Err error
}

// Error implements error: "file:line: column: what". It is one line, in which
// control characters of names and texts are shown.
func (e *InputError) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
	}
	if e.Column != "" {
		fmt.Fprintf(&b, ": column %q", e.Column)
	}
	fmt.Fprintf(&b, ": %v", e.Err)
	if e.Rule != "" {
		fmt.Fprintf(&b, " (%s): %s", e.Rule, e.Text)
	}
	return visible.Text(b.String())
}

// Unwrap returns Err.
func (e *InputError) Unwrap() error { return e.Err }

// Shape returns an [ErrShape] with an explanation.
func Shape(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrShape, fmt.Sprintf(format, args...))
}
