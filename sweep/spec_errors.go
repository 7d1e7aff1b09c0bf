package sweep

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// SpecError is one thing that is wrong with a spec.
type SpecError struct {
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
// you mean "commission"?
func (e SpecError) Error() string {
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
	return b.String()
}

// SpecErrors is everything that is wrong with a spec, in the order of the
// file. Each line of its text is one error.
type SpecErrors []SpecError

// Error returns a line for each error.
func (e SpecErrors) Error() string {
	lines := make([]string, len(e))
	for i := range e {
		lines[i] = e[i].Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the single errors for errors.As.
func (e SpecErrors) Unwrap() []error {
	all := make([]error, len(e))
	for i := range e {
		all[i] = e[i]
	}
	return all
}

// orNil returns e as an error, sorted by position; nil without errors.
func (e SpecErrors) orNil() error {
	if len(e) == 0 {
		return nil
	}
	slices.SortStableFunc(e, func(a, b SpecError) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return e
}

// covers tells whether path, or a key above or below it, is wrong already, so
// that what follows from that need not be told.
func (e SpecErrors) covers(path string) bool {
	return slices.ContainsFunc(e, func(known SpecError) bool {
		return known.Path == path || known.Path == "" || strings.HasPrefix(path, known.Path+".") || strings.HasPrefix(known.Path, path+".")
	})
}

// nearest returns the name that was probably meant, or "".
func nearest(got string, names []string) string {
	if len(got) > maxName {
		return ""
	}
	best, found := max(1, len(got)/3)+1, ""
	for _, name := range names {
		if d := distance(strings.ToLower(got), strings.ToLower(name)); d < best {
			best, found = d, name
		}
	}
	return found
}

// distance returns the number of insertions, deletions, substitutions and
// swaps of neighbours between two words (optimal string alignment).
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
