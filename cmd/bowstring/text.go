package main

import (
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"sort"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"

	"github.com/bowstring-engine/bowstring/internal/visible"
)

// console is where a command writes to.
type console struct {
	// stdout and stderr are written to as they are, which is for bytes that a
	// program reads, for what package report has made safe and for the progress
	// bar. All other text goes to out and notes, which show what a terminal would
	// obey.
	stdout, stderr io.Writer
	out, notes     *visible.Writer
	log            *slog.Logger
	output         string // the form of printed tables
}

// The forms of printed tables.
const (
	outputTable = "table"
	outputJSON  = "json"
	outputCSV   = "csv"
	outputArrow = "arrow" // a stream, of rows
)

// newConsole returns a console of two writers.
func newConsole(stdout, stderr io.Writer) console {
	// Other goroutines log.
	log := slog.New(slog.NewTextHandler(visible.NewWriter(stderr), nil))
	return console{stdout: stdout, stderr: stderr, out: visible.NewWriter(stdout), notes: visible.NewWriter(stderr), log: log}
}

// block is text of several lines, for the functions below; other texts stay on
// the line of the format that they stand in.
type block string

// printf writes to standard output.
func (c *console) printf(format string, args ...any) { textf(c.out, format, args) }

// notef writes a line for people to standard error, so that standard output
// stays a table.
func (c *console) notef(format string, args ...any) { textf(c.notes, format+"\n", args) }

// aboutf writes a line about a table that follows: above it where people read
// the table, and to standard error where a program does.
func (c *console) aboutf(format string, args ...any) {
	w := c.out
	if c.output != outputTable {
		w = c.notes
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
func (c *console) data() io.Writer {
	if _, ok := terminal(c.stdout); ok {
		return c.out
	}
	return c.stdout
}

// terminal reports whether w is a terminal, and how wide it is.
func terminal(w io.Writer) (width int, ok bool) {
	f, isFile := w.(*os.File)
	if !isFile || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width <= 0 {
		width = 80
	}
	return width, true
}

// color reports whether w shows colours: a terminal, unless NO_COLOR is set.
func color(w io.Writer) bool {
	_, ok := terminal(w)
	return ok && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// message is the text of an error. Its lines are its own: names in it, of files
// and in the command line, have none.
func message(err error, args []string) string {
	text := withFlags(err.Error())
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

// sortedOptions returns the options that are set, as text, in order.
func sortedOptions(options map[string]string) []string {
	var out []string
	for key, value := range options {
		if value != "" {
			out = append(out, key+": "+value)
		}
	}
	sort.Strings(out)
	return out
}

// wrap breaks a paragraph into lines of at most so many characters.
func wrap(text string, width int) string {
	var b strings.Builder
	column := 0
	for _, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case column == 0:
		case column+1+n > width:
			b.WriteByte('\n')
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += n
	}
	return b.String()
}
