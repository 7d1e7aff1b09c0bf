package ingest

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/bowstring-engine/bowstring/columnar"
)

// The header and the rows that decide on the shape of a source lie in its
// first headBytes, and those rows are at most probeRows.
const (
	headBytes = 64 << 10
	probeRows = 100
)

// probe holds what the first rows say about each column.
type probe struct {
	layout *layout
	// known says that a value of the column was understood.
	known []bool
	// firstBad is the first value of a column that was not, and its line.
	firstBad []badValue
	// compact says that every epoch time so far could be a date as well.
	compact, anyEpoch, anyTime bool
	// rows have as many fields as the header; oddLine is the first that has not.
	rows, oddLine, oddFields int
}

type badValue struct {
	line int
	text string
}

// readShape reads the first bytes of a source: it resolves the header and
// looks at the first rows. It returns the layout and the bytes of the header
// line. complete says that head is the whole source.
func readShape(file, asset string, head []byte, complete bool, o *Options) (*layout, int, error) {
	text := bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return nil, 0, &InputError{File: file, Line: 1, Err: shape("the file is UTF-16; want UTF-8")}
	}
	if len(text) == 0 {
		return nil, 0, &InputError{File: file, Err: shape("the file is empty; want a header")}
	}
	line, rest, found := bytes.Cut(text, []byte{'\n'})
	if !found && !complete {
		return nil, 0, &InputError{File: file, Line: 1, Err: shape("no line break in the first %d KiB", headBytes>>10)}
	}
	names, err := headerNames(trimLine(line))
	if err != nil {
		return nil, 0, &InputError{File: file, Line: 1, Err: err}
	}
	l, err := newLayout(names, asset, o)
	if err != nil {
		return nil, 0, &InputError{File: file, Line: 1, Err: err}
	}
	p := probe{layout: l, known: make([]bool, len(names)), firstBad: make([]badValue, len(names)), compact: true}
	p.read(rest, complete)
	if err := p.verdict(); err != nil {
		err.File = file
		return nil, 0, err
	}
	return l, len(head) - len(rest), nil
}

// read looks at the complete lines of text.
func (p *probe) read(text []byte, complete bool) {
	var s splitter
	for line := 2; p.rows < probeRows && len(text) > 0; line++ {
		row, rest, found := bytes.Cut(text, []byte{'\n'})
		if !found && !complete {
			return
		}
		text, row = rest, trimLine(row)
		if isBlank(row) {
			continue
		}
		fields, q := s.split(row)
		switch {
		case q != quotesFine:
		case len(fields) == len(p.layout.fields):
			p.rows++
			p.row(line, fields)
		case p.oddLine == 0:
			p.oddLine, p.oddFields = line, len(fields)
		}
	}
}

func (p *probe) row(line int, fields [][]byte) {
	for i, f := range fields {
		understood := true
		switch p.layout.fields[i].kind {
		case fieldTime:
			if isBlank(f) {
				continue
			}
			understood = p.time(f)
		case fieldValue:
			var v float64
			if v, understood = p.layout.fields[i].number(f); v != v {
				continue
			}
		}
		if understood {
			p.known[i] = true
		} else if p.firstBad[i].line == 0 {
			p.firstBad[i] = badValue{line, string(f)}
		}
	}
}

// time settles the form of the source's times by the first one understood.
func (p *probe) time(field []byte) bool {
	_, form, ok := parseTime(field)
	if !ok {
		return false
	}
	if !p.anyTime {
		p.anyTime, p.layout.form = true, form
	}
	if form != formISO {
		p.anyEpoch = true
		p.compact = p.compact && compactDate(bytes.Trim(field, " \t"))
	}
	return true
}

// verdict refuses the source when a column, or every row, is not understood.
func (p *probe) verdict() *InputError {
	if p.rows == 0 && p.oddLine > 0 {
		return &InputError{Line: p.oddLine, Err: shape("the row has %d fields, the header names %d", p.oddFields, len(p.layout.fields))}
	}
	for i, f := range p.layout.fields {
		bad := p.firstBad[i]
		if f.kind == fieldTime && p.anyEpoch && p.compact {
			return &InputError{Line: 1, Column: f.name, Err: shape("the times could be dates without dashes as well as %s; %s", p.layout.form, timeForms)}
		}
		if p.known[i] || bad.line == 0 {
			continue
		}
		e := &InputError{Line: bad.line, Column: f.name}
		if f.kind == fieldTime {
			e.Err = shape("no time in the first rows is understood, as %q; %s", bad.text, timeForms)
		} else {
			e.Err = shape("no value in the first rows is a number, as %q%s", bad.text, p.advice(f))
		}
		return e
	}
	return nil
}

// advice says how to go on without a column that need not be read.
func (p *probe) advice(f field) string {
	required := slices.ContainsFunc(columnar.BarColumns(), func(c columnar.Column) bool {
		return c.Name == p.layout.columns[f.column]
	})
	if required {
		return ""
	}
	return fmt.Sprintf("; drop the column if it is not needed (Options.Drop: %q)", f.name)
}
