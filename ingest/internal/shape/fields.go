package shape

import "bytes"

// Quoting says how the quotes of a line came out.
type Quoting uint8

// The outcomes.
const (
	// QuotesFine: every quote is where it may be.
	QuotesFine Quoting = iota
	// quotesStray: a quote inside an unquoted field, or text after a closing
	// quote.
	quotesStray
	// QuotesOpen: a quoted field goes on after the end of the line.
	QuotesOpen
)

// Splitter cuts lines into fields by RFC 4180. It reuses its memory: fields
// are valid until the next split.
type Splitter struct {
	// Delimiter is the byte between fields; ' ' stands for any run of blanks.
	Delimiter byte

	fields [][]byte
	plain  []byte // the text of quoted fields without their quotes
}

// Split cuts a line without its line break.
func (s *Splitter) Split(line []byte) ([][]byte, Quoting) {
	s.fields, s.plain = s.fields[:0], s.plain[:0]
	if cap(s.plain) < len(line) {
		// Fields alias plain, so it must not move while a line is cut.
		s.plain = make([]byte, 0, len(line))
	}
	if s.Delimiter == ' ' {
		s.fields = append(s.fields, bytes.Fields(line)...)
		return s.fields, QuotesFine
	}
	for {
		quoted := line
		if len(line) > 0 && line[0] == ' ' {
			quoted = bytes.TrimLeft(line, " ") // blanks before quotes
		}
		if len(quoted) > 0 && quoted[0] == '"' {
			field, rest, q := s.unquote(quoted[1:])
			if q != QuotesFine {
				return nil, q
			}
			s.fields = append(s.fields, field)
			if len(rest) == 0 {
				return s.fields, QuotesFine
			}
			line = rest[1:]
			continue
		}
		field, rest, more := bytes.Cut(line, []byte{s.Delimiter})
		if bytes.IndexByte(field, '"') >= 0 {
			return nil, quotesStray
		}
		s.fields = append(s.fields, field)
		if !more {
			return s.fields, QuotesFine
		}
		line = rest
	}
}

// unquote reads a field after its opening quote, and returns what follows the
// closing one: nothing, or a delimiter and more.
func (s *Splitter) unquote(line []byte) (field, rest []byte, q Quoting) {
	start := len(s.plain)
	for {
		at := bytes.IndexByte(line, '"')
		if at < 0 {
			return nil, nil, QuotesOpen
		}
		s.plain = append(s.plain, line[:at]...)
		line = line[at+1:]
		switch {
		case len(line) == 0 || line[0] == s.Delimiter:
			return s.plain[start:], line, QuotesFine
		case line[0] == '"':
			s.plain = append(s.plain, '"')
			line = line[1:]
		default:
			return nil, nil, quotesStray
		}
	}
}

// TrimLine removes the carriage return of a line that ended in CR LF.
func TrimLine(line []byte) []byte {
	return bytes.TrimSuffix(line, []byte{'\r'})
}

// IsBlank reports whether a line holds nothing but blanks.
func IsBlank(line []byte) bool {
	for _, c := range line {
		if c != ' ' && c != '\t' && c != '\r' {
			return false
		}
	}
	return true
}
