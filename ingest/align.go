package ingest

import (
	"fmt"
	"slices"

	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
	"github.com/bowstring-engine/bowstring/ingest/internal/value"
)

// align fits a header to rows with another number of fields, where the rows
// leave one way only.
func (s *sniffer) align(names []string) ([]string, *InputError) {
	fields := len(s.columns)
	if len(s.rows) == 0 || len(names) == fields {
		return names, nil
	}
	if len(names) == fields+1 && names[fields] == "" {
		s.found("columns", "a delimiter ends the header and not the rows", value.Sample{}, "Names")
		return names[:fields], nil
	}
	if len(names) == fields-1 && s.forced.names == nil {
		if at, what := s.unnamedField(names); what != "" {
			s.found("columns", fmt.Sprintf("field %d, which the header does not name, is %s", at+1, what),
				value.Sample{Line: s.rows[0].line, Text: string(s.rows[0].fields[at])}, "Names")
			name := ""
			if at > 0 && at < len(names) {
				name = "time"
			}
			return slices.Insert(slices.Clone(names), at, name), nil
		}
	}
	row := s.rows[0]
	if s.takeRows(len(names)); len(s.rows) > 0 {
		return names, nil // others are rejected
	}
	return nil, &InputError{Line: row.line, Err: problem.Shape("the row has %d fields, the header names %d; name all of them with Options.Names", len(row.fields), len(names))}
}

// unnamedField returns the one field of the rows that the header has no name
// for, and what it is.
func (s *sniffer) unnamedField(names []string) (at int, what string) {
	for i, name := range names {
		day, next := &s.columns[i], &s.columns[i+1]
		if meaningOf(normalize(name)).column == "time" && day.All(day.Days) && next.All(next.Clocks) && next.Strict == next.Clocks {
			return i + 1, "a time of day"
		}
	}
	last := len(s.columns) - 1
	if s.columns[last].Rows == 0 {
		return last, "blank"
	}
	if s.columns[0].Counts && len(s.rows) > 1 {
		return 0, "the number of the row"
	}
	return 0, ""
}
