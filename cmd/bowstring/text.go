package main

import (
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"

	"github.com/bowstring-engine/bowstring/internal/visible"
)

// newApp returns an app that writes to two writers.
func newApp(stdout, stderr io.Writer) *app {
	a := &app{stdout: stdout, stderr: stderr, out: visible.NewWriter(stdout), notes: visible.NewWriter(stderr)}
	a.log = slog.New(slog.NewTextHandler(visible.NewWriter(stderr), nil)) // which other goroutines use
	return a
}

// block is text of several lines, for the functions below; other texts stay on
// the line of the format that they stand in.
type block string

// printf writes to standard output.
func (a *app) printf(format string, args ...any) { textf(a.out, format, args) }

// notef writes a line for people to standard error, so that standard output
// stays a table.
func (a *app) notef(format string, args ...any) { textf(a.notes, format+"\n", args) }

// aboutf writes a line about a table that follows: above it where people read
// the table, and to standard error where a program does.
func (a *app) aboutf(format string, args ...any) {
	w := a.out
	if a.output != outputTable {
		w = a.notes
	}
	textf(w, format+"\n", args)
}

// textf writes text. Whatever is wrong with a terminal is no reason to fail.
func textf(w *visible.Writer, format string, args []any) {
	for i, arg := range args {
		if text, ok := arg.(string); ok {
			args[i] = visible.Text(text)
		}
	}
	fmt.Fprintf(w, format, args...)
	_ = w.Flush()
}

// data is where a table goes in a form for programs: to a terminal as text, and
// elsewhere every byte as it is.
func (a *app) data() io.Writer {
	if _, ok := terminal(a.stdout); ok {
		return a.out
	}
	return a.stdout
}

// message is the text of an error. Its lines are its own: names in it, of files
// and in the command line, have none.
func message(err error, args []string) string {
	text := err.Error()
	for _, name := range append(paths(err), args...) {
		if shown := visible.Text(name); shown != name {
			text = strings.ReplaceAll(text, name, shown)
		}
	}
	return text
}

// paths are the names of files in errors of the file system, which stand in
// their text as they are.
func paths(err error) []string {
	switch e := err.(type) { //nolint:errorlint // every error of the tree is looked at
	case *fs.PathError:
		return []string{e.Path}
	case *os.LinkError:
		return []string{e.Old, e.New}
	case interface{ Unwrap() error }:
		return paths(e.Unwrap())
	case interface{ Unwrap() []error }:
		var all []string
		for _, one := range e.Unwrap() {
			all = append(all, paths(one)...)
		}
		return all
	}
	return nil
}
