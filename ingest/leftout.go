package ingest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/bowstring-engine/bowstring/ingest/internal/source"
)

// ErrRejects is wrapped when more rows of a source are rejected than
// [Options].RejectLimit allows.
var ErrRejects = errors.New("too many rows are rejected")

// LeftOut is a source of a folder or an archive that is not in the bars.
type LeftOut struct {
	Path string `json:"path"`
	// Reason is what is wrong with it.
	Reason string `json:"reason"`
	// Rejects says that it is understood, and that more of its rows are rejected
	// than Options.RejectLimit allows.
	Rejects bool `json:"rejects,omitempty"`
}

// leftOutError says that an ingest has to begin again without some sources.
type leftOutError struct {
	sources []LeftOut
	first   error
}

// Error implements error.
func (e *leftOutError) Error() string { return e.first.Error() }

// Unwrap returns the error of the first source.
func (e *leftOutError) Unwrap() error { return e.first }

// badSources collects the sources that are to be left out. It is safe for
// concurrent use.
type badSources struct {
	mu     sync.Mutex
	errors map[int]error
	seq    map[int]int
}

func (b *badSources) add(index, seq int, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.errors == nil {
		b.errors, b.seq = make(map[int]error), make(map[int]int)
	}
	if _, ok := b.errors[index]; !ok || seq < b.seq[index] {
		b.errors[index], b.seq[index] = err, seq
	}
}

// before reports whether a source is bad by a block before seq: those that are before
// its first bad block are still read, so that the error is the same for any workers.
func (b *badSources) before(index, seq int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.errors[index] != nil && b.seq[index] < seq
}

// leftOut returns the error that has the ingest begin again without the bad
// sources, or that of the first of them where too few would be left.
func (in *inputs) leftOut(bad map[int]error) error {
	if len(bad) == 0 {
		return nil
	}
	e := &leftOutError{}
	for i, s := range in.sources {
		if err := bad[i]; err != nil {
			if e.first == nil {
				e.first = err
			}
			e.sources = append(e.sources, LeftOut{Path: s.Name(), Reason: reasonOf(err), Rejects: errors.Is(err, ErrRejects)})
		}
	}
	if left := len(in.sources) - len(bad); left == 0 || !errors.Is(e.first, ErrRejects) && left < len(bad) {
		return e.first
	}
	return e
}

// reasonOf returns what is wrong with a source, without its name.
func reasonOf(err error) string {
	var input *InputError
	if errors.As(err, &input) {
		name := input.File
		text, _ := strings.CutPrefix(input.Error(), name)
		return strings.TrimLeft(text, ": ")
	}
	return err.Error()
}

// mayLeaveOut reports whether an ingest goes on without a source: one that was
// found beside others, with an error that is about it alone.
func (in *inputs) mayLeaveOut(s *input, err error, o *Options) bool {
	var input *InputError
	return !o.Strict && s.Found && len(in.sources) > 1 && errors.As(err, &input) &&
		!errors.Is(err, ErrRow) && !errors.Is(err, ErrOptions) && !errors.Is(err, errColumns) && (errors.Is(err, ErrRejects) || !s.Untrusted(err))
}

// errColumns is wrapped where the columns of a source are not those of the others.
var errColumns = errors.New("columns differ")

// without takes sources out of the inputs, by name.
func (in *inputs) without(out []LeftOut) {
	in.sources = slices.DeleteFunc(in.sources, func(s *input) bool {
		return slices.ContainsFunc(out, func(l LeftOut) bool { return l.Path == s.Name() })
	})
	for i, s := range in.sources {
		s.index = i
	}
}

// refusedFiles returns what was wrong with files before they were opened.
func refusedFiles(files []source.Refused) (out []LeftOut) {
	for _, f := range files {
		out = append(out, LeftOut{Path: f.Path, Reason: reasonOf(f.Err)})
	}
	return out
}

// overLimit holds the rejected rows of each source against the limit.
func (in *inputs) overLimit(rejected []rejectedRows, o *Options, text func(s *input, line int) string) error {
	bad := make(map[int]error)
	for i, s := range in.sources {
		read, counted := int64(0), rejected[i].counted(o)
		for _, c := range s.chunks {
			read += int64(c.lines - c.blank)
			counted -= int64(c.blankBars) // nothing is lost with them
		}
		if counted <= o.RejectLimit.of(read) {
			continue
		}
		err := rejectsError(s, &rejected[i], read, counted, o, text)
		switch {
		case in.mayLeaveOut(s, err, o):
			bad[i] = err
		case !o.AllowPartial:
			return err
		}
	}
	return in.leftOut(bad)
}

// counted returns how many rejected rows count: not those of a rule of which the
// options say what becomes of its rows.
func (r *rejectedRows) counted(o *Options) (n int64) {
	for k, rows := range r.counts {
		if c := code(k); rows == 0 || c == codeDuplicate && (o.Policies[RuleDuplicate] == KeepFirst || o.Policies[RuleDuplicate] == KeepLast) {
			continue
		}
		n += rows
	}
	return n
}

// rejectsError says which rows are rejected, the first of them, and what would
// keep them.
func rejectsError(s *input, r *rejectedRows, read, counted int64, o *Options, text func(s *input, line int) string) error {
	var rules []string
	worst := code(0)
	for k, n := range r.counts {
		if n > 0 {
			rules = append(rules, fmt.Sprintf("%s %d", code(k).rule(), n))
			if n > r.counts[worst] {
				worst = code(k)
			}
		}
	}
	e := &InputError{File: s.Name()}
	var lines []string
	for _, x := range r.rows {
		if x.code != worst || len(lines) == shownRejects {
			continue
		}
		if e.Line == 0 {
			e.Line, e.Column = s.LineOf(x.line), x.column
		}
		shown := x.text
		if !x.known || shown == "" {
			shown = text(s, x.line)
		}
		lines = append(lines, fmt.Sprintf("line %d: %s", s.LineOf(x.line), shortened(shown)))
	}
	way := "if that is right, Options.RejectLimit all takes the others"
	switch worst {
	case codeNaN, codePrice, codeOHLC, codeOrder:
		way = fmt.Sprintf("Options.Policies %s=keep takes them as they are; ", worst.rule()) + way
	case codeDuplicate:
		way = "Options.Policies duplicate=last (or first) says which of the rows of a time is the bar; " + way
	}
	if _, advice := s.swapped(); advice != "" {
		way = advice + "; " + way
	}
	e.Err = fmt.Errorf("%w: %d of %d, by rule %s (allowed: %s); %s; %s", ErrRejects, counted, read, strings.Join(rules, ", "), o.RejectLimit, strings.Join(lines, "; "), way)
	return e
}

// shownRejects is how many rejected rows a message shows.
const shownRejects = 3

// shortened returns the begin of a line.
func shortened(text string) string {
	const longest = 120
	if len(text) > longest {
		return strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return text
}
