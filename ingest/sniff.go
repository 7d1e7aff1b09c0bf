package ingest

import (
	"bytes"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/bowstring-engine/bowstring/ingest/internal/source"

	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
	"github.com/bowstring-engine/bowstring/ingest/internal/value"

	"github.com/bowstring-engine/bowstring/ingest/internal/table"
)

// The lines that decide on the shape of a source lie in its first source.HeadBytes,
// and are at most headLines.
const (
	headLines = 150
	// delimiterRows is how many lines are tried with each delimiter, and
	// headerLines how many are looked at for names.
	delimiterRows = 20
	headerLines   = 50
	// maxFields is the most columns that a source may have.
	maxFields = 4096
)

// headRow is a line of the head, cut into fields.
type headRow struct {
	line   int
	fields [][]byte
}

// sniffer decides on the shape of a source by its first rows: what separates
// fields, which line names the columns, what each column holds, and how times
// and numbers are written. What they leave open, more rows may decide.
type sniffer struct {
	options *Options
	forced  *forced
	// file names the source.
	file     string
	layout   *layout
	findings []Finding
	// structural is how many findings do not come from finish, and open what
	// it says of its error.
	structural int
	open       bool

	// typed are the columns of a source that is no text.
	typed []table.Column
	// lines are the first lines of the source.
	lines [][]byte
	// all are the lines after the header, and rows those of them that have the
	// usual number of fields; oddLine is the first that has not.
	all, rows          []headRow
	oddLine, oddFields int
	columns            []value.Profile

	// time and clock are the positions of the columns of times, or -1.
	time, clock, symbol int
	orders              value.Orders
	signs               value.Signs
	steps               steps
	// plainTimes counts the times in the forms that the fast path reads, the
	// first of them has form; otherTimes those in others.
	plainTimes, otherTimes int
	firstTime              value.Sample
	form                   value.TimeForm
	unit                   value.TimeForm
	compact, anyEpoch      bool
	ofDay                  bool
	shortest, clockDigits  int
	// counted says that the times are counted from the midnight of days.
	counted bool
	days    int
	// whole says that all rows of the source have been looked at.
	whole bool
}

// inFile names the file in an error of the sniffer.
func inFile(file string, err *InputError) *InputError {
	err.File = file
	return err
}

// newSniffer returns a sniffer that has seen nothing yet.
func newSniffer(file string, o *Options) (*sniffer, error) {
	f, err := o.forced()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOptions, err)
	}
	return &sniffer{options: o, forced: f, file: file, time: -1, clock: -1, symbol: -1, compact: true, shortest: 6}, nil
}

// sniff looks at the first bytes of a source. The sniffer it returns has a
// layout when its finish has been called.
func sniff(file, asset string, head []byte, complete bool, o *Options) (*sniffer, int, error) {
	s, err := newSniffer(file, o)
	if err != nil {
		return nil, 0, err
	}
	f := s.forced
	if s.days, s.counted = o.leanDay(file); s.counted && f.header == 0 {
		// No number among these looks like a time, so nothing looks like a row.
		f.header = NoHeader
		if f.names == nil {
			f.names = f.preset.columns(barFields)
		}
	}
	if len(head) == 0 {
		return nil, 0, &InputError{File: file, Err: problem.Shape("the file is empty; want a header or rows")}
	}
	s.cutLines(head, complete)
	if len(s.lines) == 0 {
		return nil, 0, &InputError{File: file, Line: 1, Err: problem.Shape("no line break in the first %d KiB", source.HeadBytes>>10)}
	}
	s.layout = &layout{delimiter: s.delimiter()}
	header, names, bad := s.header()
	if bad != nil {
		return nil, 0, inFile(file, bad)
	}
	s.layout.header, s.layout.first = header, header+1
	s.readRows(len(names))
	if bad := s.resolve(names, asset); bad != nil {
		return nil, 0, inFile(file, bad)
	}
	for _, r := range s.rows {
		s.observe(r.line, r.fields)
	}
	s.structural = len(s.findings)
	skipped := 0
	for _, line := range s.lines[:header] {
		skipped += len(line) + 1
	}
	return s, min(skipped, len(head)), nil
}

// cutLines takes the complete lines off the head. They keep their carriage
// returns.
func (s *sniffer) cutLines(text []byte, complete bool) {
	for len(text) > 0 && len(s.lines) < headLines {
		line, rest, found := bytes.Cut(text, []byte{'\n'})
		if !found && !complete {
			return
		}
		s.lines, text = append(s.lines, line), rest
	}
	s.whole = complete && len(text) == 0
}

// split cuts a line into fields that stay valid.
func (s *sniffer) split(line []byte, delimiter byte) ([][]byte, bool) {
	cut := splitter{delimiter: delimiter}
	fields, q := cut.split(trimLine(line))
	return fields, q == quotesFine
}

// delimiter returns what separates fields: that with which most lines look
// like rows, and where none do, that with which a line names most columns.
func (s *sniffer) delimiter() byte {
	if d := s.forced.delimiter; d != 0 {
		s.found("delimiter", delimiterName(d), value.Sample{}, "Delimiter")
		return d
	}
	best, bestRows, bestNames := byte(','), 0, 1
	var at value.Sample
	for _, d := range delimiters {
		rows, names := 0, 0
		var first value.Sample
		for i, line := range s.lines[:min(len(s.lines), delimiterRows)] {
			fields, ok := s.split(line, d.sign)
			if !ok || len(fields) < 2 || len(fields) > maxFields {
				continue
			}
			if looksLikeRow(fields) {
				value.Note(&rows, &first, i+1, trimLine(line))
			}
			names = max(names, s.knownNames(fields))
		}
		if rows > bestRows || bestRows == 0 && rows == 0 && names > bestNames {
			best, bestRows, bestNames, at = d.sign, rows, names, first
		}
	}
	s.found("delimiter", delimiterName(best), at, "Delimiter")
	return best
}

// looksLikeRow reports whether fields can be a bar: a time and four numbers.
func looksLikeRow(fields [][]byte) bool {
	moment, numbers := false, 0
	for _, f := range fields {
		f = value.TrimSpace(f)
		if len(f) == 0 || value.IsNothing(f) {
			continue
		}
		if !moment {
			if moment, _ = value.IsMoment(f); moment {
				continue
			}
		}
		if value.Numberish(f) {
			numbers++
		}
	}
	return moment && numbers >= 4
}

// knownNames counts the different meanings that the fields have as names.
func (s *sniffer) knownNames(fields [][]byte) int {
	var seen []string
	for _, f := range fields {
		name := string(value.TrimSpace(f))
		m := meaningOf(normalize(name)).column
		if m == "" && s.options.names(name) {
			m = name
		}
		if m != "" && !slices.Contains(seen, m) {
			seen = append(seen, m)
		}
	}
	return len(seen)
}

// names reports whether an option speaks of a column of that name.
func (o *Options) names(header string) bool {
	name := normalize(header)
	if name == "" {
		return false
	}
	same := func(other string) bool { return normalize(other) == name }
	for other := range o.Columns {
		if same(other) {
			return true
		}
	}
	return slices.ContainsFunc(o.Drop, same) || o.Symbol != "" && same(o.Symbol)
}

// header finds the line that names the columns, or 0, and their names.
func (s *sniffer) header() (line int, names []string, bad *InputError) {
	line, known, firstRow := s.forced.header, 0, 0
	switch {
	case line > len(s.lines):
		return 0, nil, &InputError{Line: line, Err: problem.Shape("the header is not in the first %d lines; give Options.Header", len(s.lines))}
	case line == 0:
		line, known, firstRow = s.findHeader()
	case line == NoHeader:
		line = 0
	}
	if line == 0 {
		s.found("header", "none", value.Sample{}, "Header")
		names, bad = s.unnamed(firstRow)
		return 0, names, bad
	}
	text := trimLine(s.lines[line-1])
	s.found("header", fmt.Sprintf("line %d", line), value.Sample{Line: line, Text: string(text)}, "Header")
	if s.forced.names != nil {
		return line, s.forced.names, nil
	}
	names, err := s.headerNames(line, text, known)
	if err != nil {
		return 0, nil, &InputError{Line: line, Err: err}
	}
	return line, names, nil
}

// findHeader returns the line that names most columns, of those before the
// first that looks like a row, how many it names, and that row. Where none
// names two it is the line before the first row, unless that is a row as well,
// if one without prices.
func (s *sniffer) findHeader() (header, known, firstRow int) {
	first, last, dated := 0, 0, false
	for i, line := range s.lines[:min(len(s.lines), headerLines)] {
		if isBlank(line) {
			continue
		}
		fields, ok := s.split(line, s.layout.delimiter)
		if ok && looksLikeRow(fields) {
			firstRow = i + 1
			break
		}
		last, dated = i+1, hasMoment(fields)
		if first == 0 {
			first = last
		}
		if n := s.knownNames(fields); ok && n > known && n >= 2 {
			header, known = i+1, n
		}
	}
	switch {
	case header > 0:
		return header, known, firstRow
	case firstRow > 0 && dated:
		return 0, 0, firstRow
	case firstRow > 0:
		return last, 0, firstRow
	}
	return max(first, 1), 0, 0
}

// hasMoment reports whether a field is a time.
func hasMoment(fields [][]byte) bool {
	return slices.ContainsFunc(fields, func(f []byte) bool {
		moment, _ := value.IsMoment(value.TrimSpace(f))
		return moment
	})
}

// headerNames returns the names in a line, and refuses what names nothing.
func (s *sniffer) headerNames(line int, text []byte, known int) ([]string, error) {
	if bytes.IndexByte(text, 0) >= 0 || !utf8.Valid(text) {
		return nil, problem.Shape("line %d is not UTF-8 text; convert the file, or name the columns with Options.Names", line)
	}
	fields, ok := s.split(text, s.layout.delimiter)
	if !ok {
		return nil, problem.Shape("the quotes of the header do not match")
	}
	if isBlank(text) {
		return nil, problem.Shape("line %d is blank; say with Options.Header which line names the columns", line)
	}
	if len(fields) > maxFields {
		return nil, problem.Shape("the header names %d columns; want %d at most", len(fields), maxFields)
	}
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = string(value.TrimSpace(f))
		v, number := value.ParseNumber(f)
		moment, _ := value.IsMoment(value.TrimSpace(f))
		if known == 0 && (number && v == v || moment) {
			return nil, problem.Shape("no header: line %d has data (%q), and is no row with a time and four prices either; name the columns with Options.Names, and give Options.Header none or its line", line, names[i])
		}
	}
	return names, nil
}

// readRows cuts the lines after the header. Rows have as many fields as most
// lines that look like rows have, or as many as the header where that is
// common enough.
func (s *sniffer) readRows(names int) {
	s.all = nil
	same := 0
	for i, line := range s.lines[s.layout.header:] {
		if isBlank(line) {
			continue
		}
		if fields, ok := s.split(line, s.layout.delimiter); ok {
			s.all = append(s.all, headRow{s.layout.first + i, fields})
			if len(fields) == names {
				same++
			}
		}
	}
	usual := names
	if 2*same < len(s.all) {
		usual = mostCommon(s.all, names)
	}
	s.takeRows(usual)
}

// takeRows takes the lines that have so many fields for rows.
func (s *sniffer) takeRows(usual int) {
	s.rows, s.oddLine, s.columns = nil, 0, make([]value.Profile, max(usual, 0))
	for _, r := range s.all {
		switch {
		case len(r.fields) != usual:
			if s.oddLine == 0 {
				s.oddLine, s.oddFields = r.line, len(r.fields)
			}
		default:
			s.rows = append(s.rows, r)
			for k, f := range r.fields {
				s.columns[k].Add(f)
			}
		}
	}
}

// mostCommon returns how many fields most rows have; names where no line looks
// like a row.
func mostCommon(rows []headRow, names int) int {
	counts := map[int]int{names: 0}
	usual := names
	for _, r := range rows {
		if !looksLikeRow(r.fields) {
			continue
		}
		n := len(r.fields)
		if counts[n]++; counts[n] > counts[usual] {
			usual = n
		}
	}
	return usual
}
