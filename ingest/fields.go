package ingest

import "bytes"

// quoting says how the quotes of a line came out.
type quoting uint8

const (
	quotesFine quoting = iota
	// quotesStray: a quote inside an unquoted field, or text after a closing
	// quote.
	quotesStray
	// quotesOpen: a quoted field goes on after the end of the line.
	quotesOpen
)

// splitter cuts lines into fields by RFC 4180. It reuses its memory: fields
// are valid until the next split.
type splitter struct {
	// delimiter is the byte between fields; ' ' stands for any run of blanks.
	delimiter byte

	fields [][]byte
	plain  []byte // the text of quoted fields without their quotes
}

// split cuts a line without its line break.
func (s *splitter) split(line []byte) ([][]byte, quoting) {
	s.fields, s.plain = s.fields[:0], s.plain[:0]
	if cap(s.plain) < len(line) {
		// Fields alias plain, so it must not move while a line is cut.
		s.plain = make([]byte, 0, len(line))
	}
	if s.delimiter == ' ' {
		s.fields = append(s.fields, bytes.Fields(line)...)
		return s.fields, quotesFine
	}
	for {
		if len(line) > 0 && line[0] == '"' {
			field, rest, q := s.unquote(line[1:])
			if q != quotesFine {
				return nil, q
			}
			s.fields = append(s.fields, field)
			if len(rest) == 0 {
				return s.fields, quotesFine
			}
			line = rest[1:]
			continue
		}
		field, rest, more := bytes.Cut(line, []byte{s.delimiter})
		if bytes.IndexByte(field, '"') >= 0 {
			return nil, quotesStray
		}
		s.fields = append(s.fields, field)
		if !more {
			return s.fields, quotesFine
		}
		line = rest
	}
}

// unquote reads a field after its opening quote, and returns what follows the
// closing one: nothing, or a delimiter and more.
func (s *splitter) unquote(line []byte) (field, rest []byte, q quoting) {
	start := len(s.plain)
	for {
		at := bytes.IndexByte(line, '"')
		if at < 0 {
			return nil, nil, quotesOpen
		}
		s.plain = append(s.plain, line[:at]...)
		line = line[at+1:]
		switch {
		case len(line) == 0 || line[0] == s.delimiter:
			return s.plain[start:], line, quotesFine
		case line[0] == '"':
			s.plain = append(s.plain, '"')
			line = line[1:]
		default:
			return nil, nil, quotesStray
		}
	}
}

// trimLine removes the carriage return of a line that ended in CR LF.
func trimLine(line []byte) []byte {
	return bytes.TrimSuffix(line, []byte{'\r'})
}

// isBlank reports whether a line holds nothing but blanks.
func isBlank(line []byte) bool {
	for _, c := range line {
		if c != ' ' && c != '\t' && c != '\r' {
			return false
		}
	}
	return true
}
