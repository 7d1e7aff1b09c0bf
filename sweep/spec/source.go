package spec

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// source remembers where a file has the values of a spec.
type source struct {
	file, text string
	entries    map[string]entry // by path
}

// note remembers the entry of a path.
func (s *source) note(path string, e entry) {
	if s.entries == nil {
		s.entries = make(map[string]entry)
	}
	s.entries[path] = e
}

// place returns where path is, or the nearest section above it that the file
// has: its value if that is on the key's line, else its key.
func (s *source) place(path string) place {
	for path != "" {
		if e, ok := s.entries[path]; ok {
			if e.value.at.line == e.key.at.line {
				return e.value.at
			}
			return e.key.at
		}
		path = path[:max(strings.LastIndexByte(path, '.'), 0)]
	}
	return place{1, 1}
}

// locate returns where the file has a character of an expression, counted
// from 1 in the lines of its text. Where escapes or a changed spec keep the
// two apart it is the place of path.
func (s *source) locate(path, text string, at place) place {
	e, ok := s.entries[path]
	if !ok || e.value.text != text {
		return s.place(path)
	}
	if found, ok := s.align(e, text, at); ok {
		return found
	}
	return s.place(path)
}

// align walks the text of a scalar and its source together. YAML's folding
// and indentation change white space only, so the other characters pair up.
func (s *source) align(e entry, text string, at place) (place, bool) {
	rest, pos := s.after(e.colon)
	rest, pos = skipSpace(rest, pos)
	for strings.HasPrefix(rest, "#") {
		comment := strings.IndexByte(rest+"\n", '\n')
		rest, pos = skipSpace(rest[comment:], place{pos.line, pos.column + utf8.RuneCountInString(rest[:comment])})
	}
	if strings.HasPrefix(rest, "|") || strings.HasPrefix(rest, ">") {
		end := strings.IndexByte(rest, '\n')
		if end < 0 {
			return place{}, false
		}
		rest, pos = rest[end+1:], place{pos.line + 1, 1}
	} else if strings.HasPrefix(rest, `"`) || strings.HasPrefix(rest, "'") {
		rest, pos = rest[1:], place{pos.line, pos.column + 1}
	}
	line, column := 1, 1
	for _, r := range text {
		if unicode.IsSpace(r) {
			if line == at.line && column == at.column {
				return pos, true
			}
		} else {
			rest, pos = skipSpace(rest, pos)
			got, size := utf8.DecodeRuneInString(rest)
			if got != r {
				return place{}, false
			}
			if line == at.line && column == at.column {
				return pos, true
			}
			rest, pos = rest[size:], place{pos.line, pos.column + 1}
		}
		if column++; r == '\n' {
			line, column = line+1, 1
		}
	}
	return pos, line == at.line && column == at.column // just behind the end
}

// after returns the source behind the character at p, and where that is.
func (s *source) after(p place) (string, place) {
	rest := s.text
	for range p.line - 1 {
		_, rest, _ = strings.Cut(rest, "\n")
	}
	for range p.column {
		_, size := utf8.DecodeRuneInString(rest)
		rest = rest[size:]
	}
	return rest, place{p.line, p.column + 1}
}

// skipSpace returns what follows white space, and where that is.
func skipSpace(rest string, pos place) (string, place) {
	for i, r := range rest {
		switch {
		case r == '\n':
			pos = place{pos.line + 1, 1}
		case unicode.IsSpace(r):
			pos.column++
		default:
			return rest[i:], pos
		}
	}
	return "", pos
}
