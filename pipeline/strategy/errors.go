package strategy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/bowstring-engine/bowstring/internal/visible"
)

// Error is one thing that is wrong with a definition.
type Error struct {
	At Position
	// Expr names the part of the definition, such as let.fast_ma, and Origin is that
	// of the expression or parameter, or empty where the error is of neither.
	Expr, Origin string
	Msg          string
	// Suggestion is the name that was probably meant, or empty.
	Suggestion string

	order, offset int // for sorting: the part, and the character in it
}

// Error returns "expr:line:column: message", without a position where there
// is none. It is one line, in which control characters are shown.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Expr)
	if e.At != (Position{}) {
		fmt.Fprintf(&b, ":%d:%d", e.At.Line, e.At.Column)
	}
	b.WriteString(": " + e.Msg)
	if e.Suggestion != "" {
		fmt.Fprintf(&b, "; did you mean %q?", e.Suggestion)
	}
	return visible.Text(b.String())
}

// Errors is everything that is wrong with a definition, in its order.
type Errors []*Error

// Error returns the messages, one a line.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, err := range e {
		lines[i] = err.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the single errors.
func (e Errors) Unwrap() []error {
	errs := make([]error, len(e))
	for i, err := range e {
		errs[i] = err
	}
	return errs
}

// sorted orders by part and place, and returns nil where nothing is wrong.
func (e Errors) sorted() error {
	if len(e) == 0 {
		return nil
	}
	slices.SortStableFunc(e, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.offset, b.offset))
	})
	return e
}

// source is a part of the definition that messages refer to.
type source struct {
	name   string // let.fast_ma
	origin string
	text   string
	at     Position
	order  int
}

// position returns where character offset of the text stands in the file. A
// later line of the text keeps its own columns: how far the file indents it
// is not known here.
func (s *source) position(offset int) Position {
	if s.text == "" {
		return s.at
	}
	at := s.at
	if at == (Position{}) {
		at = Position{1, 1}
	}
	for _, r := range s.text {
		if offset == 0 {
			break
		}
		offset--
		if at.Column++; r == '\n' {
			at = Position{at.Line + 1, 1}
		}
	}
	return at
}

func (s *source) errorf(offset int, format string, args ...any) *Error {
	return &Error{
		At: s.position(offset), Expr: s.name, Origin: s.origin, Msg: fmt.Sprintf(format, args...),
		order: s.order, offset: offset,
	}
}
