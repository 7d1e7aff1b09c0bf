package shape

import (
	"fmt"
	"slices"

	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
	"github.com/bowstring-engine/bowstring/ingest/internal/value"
)

// align fits a header to rows with another number of fields, where the rows
// leave one way only.
func (s *Sniffer) align(names []string) ([]string, *problem.InputError) {
	fields := len(s.columns)
	if len(s.Rows) == 0 || len(names) == fields {
		return names, nil
	}
	if len(names) == fields+1 && names[fields] == "" {
		s.Found("columns", "a delimiter ends the header and not the rows", value.Sample{}, "Names")
		return names[:fields], nil
	}
	if len(names) == fields-1 && s.Forced.Names == nil {
		if at, what := s.unnamedField(names); what != "" {
			s.Found("columns", fmt.Sprintf("field %d, which the header does not name, is %s", at+1, what),
				value.Sample{Line: s.Rows[0].Line, Text: string(s.Rows[0].Fields[at])}, "Names")
			name := ""
			if at > 0 && at < len(names) {
				name = "time"
			}
			return slices.Insert(slices.Clone(names), at, name), nil
		}
	}
	row := s.Rows[0]
	if s.takeRows(len(names)); len(s.Rows) > 0 {
		return names, nil // others are rejected
	}
	return nil, &problem.InputError{Line: row.Line, Err: problem.Shape("the row has %d fields, the header names %d; name all of them with Options.Names", len(row.Fields), len(names))}
}

// unnamedField returns the one field of the rows that the header has no name
// for, and what it is.
func (s *Sniffer) unnamedField(names []string) (at int, what string) {
	for i, name := range names {
		day, next := &s.columns[i], &s.columns[i+1]
		if MeaningOf(Normalize(name)).Column == "time" && day.All(day.Days) && next.All(next.Clocks) && next.Strict == next.Clocks {
			return i + 1, "a time of day"
		}
	}
	last := len(s.columns) - 1
	if s.columns[last].Rows == 0 {
		return last, "blank"
	}
	if s.columns[0].Counts && len(s.Rows) > 1 {
		return 0, "the number of the row"
	}
	return 0, ""
}
