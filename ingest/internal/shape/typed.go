package shape

import (
	"strings"

	"github.com/bowstring-engine/bowstring/ingest/internal/table"
	"github.com/bowstring-engine/bowstring/ingest/internal/value"
)

// ProfileTable looks at the first rows of each column.
func (s *Sniffer) ProfileTable() {
	s.columns = make([]value.Profile, len(s.Typed))
	for i := range s.columns {
		p := &s.columns[i]
		for _, row := range s.Rows {
			p.Add(row.Fields[i])
		}
		if s.Typed[i].Kind == table.Time && p.Rows > 0 {
			// Dates that some writers have no type of their own for.
			p.Days = 0
			for _, row := range s.Rows {
				day := len("2006-01-02")
				if text := row.Fields[i]; len(text) >= day && value.Midnight(text[day:len(text)-len(zoneMark(text))]) {
					p.Days++
				}
			}
		}
	}
}

// IsText reports whether column i of a source is read as text.
func (s *Sniffer) IsText(i int) bool {
	return s.Typed == nil || s.Typed[i].Kind == table.Text
}

// isTime reports whether the type of a column says that it holds times.
func (s *Sniffer) isTime(i int) bool {
	if s.Typed == nil || i < 0 {
		return false
	}
	switch s.Typed[i].Kind {
	case table.Time, table.Date, table.Clock:
		return true
	}
	return false
}

// IsOther reports whether a column holds nothing that can be read.
func (s *Sniffer) IsOther(i int) bool {
	return s.Typed != nil && s.Typed[i].Kind == table.Other
}

// IsKey reports whether a column says of which time or asset a row is.
func (s *Sniffer) IsKey(i int) bool { return i == s.time || i == s.clock || i == s.symbol }

// isIndex reports whether a column is the index of a data frame that pandas
// stored, where that only numbers the rows.
func (s *Sniffer) isIndex(i int) bool {
	return s.Typed[i].Kind == table.Int && strings.HasPrefix(s.Typed[i].Name, "__index_level_")
}

// finishTyped decides how times are read whose type says what they are.
func (s *Sniffer) finishTyped() {
	l, c := s.Layout, &s.Typed[s.time]
	l.Form = value.FormISO
	s.Found("time", c.Type, value.Sample{}, "")
	if c.Kind == table.Time && c.Local {
		s.sayZone()
	}
}

// zoneMark returns the Z at the end of a time.
func zoneMark(text []byte) string {
	if text[len(text)-1] == 'Z' {
		return "Z"
	}
	return ""
}
