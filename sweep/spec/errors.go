package spec

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/bowstring-engine/bowstring/internal/visible"
)

// Error is one thing that is wrong with a spec.
type Error struct {
	// File, Line and Column say where, counted from 1; Line is 0 where the
	// spec was built in code.
	File         string
	Line, Column int
	// Path names the key, such as simulation.commission.bps.
	Path string
	Msg  string
	// Suggestion is what may have been meant, or empty.
	Suggestion string
}

// Error returns examples/x.yaml:12:3: simulation.comission: unknown key; did
// you mean "commission"? It is one line, in which control characters of keys and
// values are shown.
func (e Error) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File + ":")
		if e.Line > 0 {
			b.WriteString(strconv.Itoa(e.Line) + ":" + strconv.Itoa(e.Column) + ":")
		}
		b.WriteString(" ")
	}
	if e.Path != "" {
		b.WriteString(e.Path + ": ")
	}
	b.WriteString(e.Msg)
	if e.Suggestion != "" {
		b.WriteString("; did you mean " + strconv.Quote(e.Suggestion) + "?")
	}
	return visible.Text(b.String())
}

// Errors is everything that is wrong with a spec, in the order of the
// file. Each line of its text is one error.
type Errors []Error

// Error returns a line for each error.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i := range e {
		lines[i] = e[i].Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the single errors for errors.As.
func (e Errors) Unwrap() []error {
	all := make([]error, len(e))
	for i := range e {
		all[i] = e[i]
	}
	return all
}

// orNil returns e as an error, sorted by position; nil without errors.
func (e Errors) orNil() error {
	if len(e) == 0 {
		return nil
	}
	slices.SortStableFunc(e, func(a, b Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return e
}

// covers tells whether path, or a key above or below it, is wrong already, so
// that what follows from that need not be told.
func (e Errors) covers(path string) bool {
	return slices.ContainsFunc(e, func(known Error) bool {
		return known.Path == path || known.Path == "" || strings.HasPrefix(path, known.Path+".") || strings.HasPrefix(known.Path, path+".")
	})
}

// errorAt returns an error about a path, with its position in the file.
func (s *Spec) errorAt(path, msg string) Error {
	e := Error{Path: path, Msg: msg}
	if s.source != nil {
		at := s.source.place(path)
		e.File, e.Line, e.Column = s.source.file, at.line, at.column
	}
	return e
}
