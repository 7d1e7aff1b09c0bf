package shape

import (
	"bytes"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/bowstring-engine/bowstring/ingest/internal/source"

	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
	"github.com/bowstring-engine/bowstring/ingest/internal/value"
)

// Sniff looks at the first bytes of a source. The sniffer it returns has a
// layout when its finish has been called.
func Sniff(file, asset string, head []byte, complete bool, o *Choices) (*Sniffer, int, error) {
	s, err := NewSniffer(file, o)
	if err != nil {
		return nil, 0, err
	}
	f := s.Forced
	if s.days, s.counted = o.leanDay(file); s.counted && f.header == 0 {
		// No number among these looks like a time, so nothing looks like a row.
		f.header = NoHeader
		if f.Names == nil {
			f.Names = f.preset.columns(barFields)
		}
	}
	if len(head) == 0 {
		return nil, 0, &problem.InputError{File: file, Err: problem.Shape("the file is empty; want a header or rows")}
	}
	s.cutLines(head, complete)
	if len(s.Lines) == 0 {
		return nil, 0, &problem.InputError{File: file, Line: 1, Err: problem.Shape("no line break in the first %d KiB", source.HeadBytes>>10)}
	}
	s.Layout = &Layout{Delimiter: s.delimiter()}
	header, names, bad := s.header()
	if bad != nil {
		return nil, 0, InFile(file, bad)
	}
	s.Layout.header, s.Layout.First = header, header+1
	s.readRows(len(names))
	if bad := s.Resolve(names, asset); bad != nil {
		return nil, 0, InFile(file, bad)
	}
	for _, r := range s.Rows {
		s.Observe(r.Line, r.Fields)
	}
	s.Structural = len(s.Findings)
	skipped := 0
	for _, line := range s.Lines[:header] {
		skipped += len(line) + 1
	}
	return s, min(skipped, len(head)), nil
}

// cutLines takes the complete lines off the head. They keep their carriage
// returns.
func (s *Sniffer) cutLines(text []byte, complete bool) {
	for len(text) > 0 && len(s.Lines) < HeadLines {
		line, rest, found := bytes.Cut(text, []byte{'\n'})
		if !found && !complete {
			return
		}
		s.Lines, text = append(s.Lines, line), rest
	}
	s.Whole = complete && len(text) == 0
}

// split cuts a line into fields that stay valid.
func (s *Sniffer) split(line []byte, delimiter byte) ([][]byte, bool) {
	cut := Splitter{Delimiter: delimiter}
	fields, q := cut.Split(TrimLine(line))
	return fields, q == QuotesFine
}

// delimiter returns what separates fields: that with which most lines look
// like rows, and where none do, that with which a line names most columns.
func (s *Sniffer) delimiter() byte {
	if d := s.Forced.delimiter; d != 0 {
		s.Found("delimiter", delimiterName(d), value.Sample{}, "Delimiter")
		return d
	}
	best, bestRows, bestNames, bestSeries := byte(','), 0, 1, 0
	var at value.Sample
	for _, d := range delimiters {
		rows, names, series := 0, 0, 0
		var first value.Sample
		for i, line := range s.Lines[:min(len(s.Lines), delimiterRows)] {
			fields, ok := s.split(line, d.sign)
			if !ok || len(fields) < 2 || len(fields) > maxFields {
				continue
			}
			if looksLikeRow(fields) {
				value.Note(&rows, &first, i+1, TrimLine(line))
			}
			if looksLikeSeries(fields) {
				series++
			}
			names = max(names, s.knownNames(fields))
		}
		if rows > bestRows || bestRows == 0 && rows == 0 && (names > bestNames || names == bestNames && series > bestSeries) {
			best, bestRows, bestNames, bestSeries, at = d.sign, rows, names, series, first
		}
	}
	s.Found("delimiter", delimiterName(best), at, "Delimiter")
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

// looksLikeSeries reports whether fields can be a time and its values.
func looksLikeSeries(fields [][]byte) bool {
	moment, _ := value.IsMoment(value.TrimSpace(fields[0]))
	for _, f := range fields[1:] {
		moment = moment && (value.Numberish(value.TrimSpace(f)) || len(value.TrimSpace(f)) == 0)
	}
	return moment
}

// knownNames counts the different meanings that the fields have as names.
func (s *Sniffer) knownNames(fields [][]byte) int {
	var seen []string
	for _, f := range fields {
		name := string(value.TrimSpace(f))
		m := meaningOfHeader(name).Column
		if m == "" && s.options.names(name) {
			m = name
		}
		if m != "" && !slices.Contains(seen, m) {
			seen = append(seen, m)
		}
	}
	return len(seen)
}

// header finds the line that names the columns, or 0, and their names.
func (s *Sniffer) header() (line int, names []string, bad *problem.InputError) {
	line, known, firstRow := s.Forced.header, 0, 0
	switch {
	case line > len(s.Lines):
		return 0, nil, &problem.InputError{Line: line, Err: problem.Shape("the header is not in the first %d lines; give Options.Header", len(s.Lines))}
	case line == 0:
		line, known, firstRow = s.findHeader()
	case line == NoHeader:
		line = 0
	}
	if line == 0 {
		s.Found("header", "none", value.Sample{}, "Header")
		names, bad = s.unnamed(firstRow)
		return 0, names, bad
	}
	text := TrimLine(s.Lines[line-1])
	s.Found("header", fmt.Sprintf("line %d", line), value.Sample{Line: line, Text: string(text)}, "Header")
	if s.Forced.Names != nil {
		return line, s.Forced.Names, nil
	}
	names, err := s.headerNames(line, text, known)
	if err != nil {
		return 0, nil, &problem.InputError{Line: line, Err: err}
	}
	return line, names, nil
}

// findHeader returns the line that names most columns, of those before the
// first that looks like a row, how many it names, and that row. Where none
// names two it is the line before the first row, unless that is a row as well,
// if one without prices.
func (s *Sniffer) findHeader() (header, known, firstRow int) {
	first, last, dated := 0, 0, false
	for i, line := range s.Lines[:min(len(s.Lines), headerLines)] {
		if IsBlank(line) {
			continue
		}
		fields, ok := s.split(line, s.Layout.Delimiter)
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
func (s *Sniffer) headerNames(line int, text []byte, known int) ([]string, error) {
	if bytes.IndexByte(text, 0) >= 0 || !utf8.Valid(text) {
		return nil, problem.Shape("line %d is not UTF-8 text; convert the file, or name the columns with Options.Names", line)
	}
	fields, ok := s.split(text, s.Layout.Delimiter)
	if !ok {
		return nil, problem.Shape("the quotes of the header do not match")
	}
	if IsBlank(text) {
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
func (s *Sniffer) readRows(names int) {
	s.all = nil
	same := 0
	for i, line := range s.Lines[s.Layout.header:] {
		if IsBlank(line) {
			continue
		}
		if fields, ok := s.split(line, s.Layout.Delimiter); ok {
			s.all = append(s.all, HeadRow{s.Layout.First + i, fields})
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
func (s *Sniffer) takeRows(usual int) {
	s.Rows, s.oddLine, s.columns = nil, 0, make([]value.Profile, max(usual, 0))
	for _, r := range s.all {
		switch {
		case len(r.Fields) != usual:
			if s.oddLine == 0 {
				s.oddLine, s.oddFields = r.Line, len(r.Fields)
			}
		default:
			s.Rows = append(s.Rows, r)
			for k, f := range r.Fields {
				s.columns[k].Add(f)
			}
		}
	}
}

// mostCommon returns how many fields most rows have; names where no line looks
// like a row.
func mostCommon(rows []HeadRow, names int) int {
	counts := map[int]int{names: 0}
	usual := names
	for _, r := range rows {
		if !looksLikeRow(r.Fields) {
			continue
		}
		n := len(r.Fields)
		if counts[n]++; counts[n] > counts[usual] {
			usual = n
		}
	}
	return usual
}
