package shape

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/bowstring-engine/bowstring/ingest/internal/source"

	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
	"github.com/bowstring-engine/bowstring/ingest/internal/value"
)

// LeanDialect is the preset of LEAN's files, whose names say what the rows of
// a day do not repeat.
const LeanDialect = "lean"

// barFields is how many fields LEAN's bars have.
const barFields = 6

// leanDay returns the day of a source within a day, or false where it is none
// of LEAN's.
func (o *Choices) leanDay(name string) (days int, ok bool) {
	if !strings.EqualFold(o.Dialect, LeanDialect) {
		return 0, false
	}
	n, ok := source.ParseLeanName(name)
	return n.Days, ok
}

// countedFrom returns what reads times of a day as LEAN counts them.
func (s *Sniffer) countedFrom() *value.Moments {
	day := time.Unix(int64(s.days)*value.Day/value.Second, 0).UTC().Format(time.DateOnly)
	s.Found("time", fmt.Sprintf("milliseconds since the midnight of %s, the day in the file's name", day), value.Sample{}, "Dialect")
	return &value.Moments{Counted: true, Days: s.days, Zone: s.Forced.Zone}
}

// scaledByLEAN refuses files that look like those of LEAN, whose prices are
// times 10,000, unless an option says what they are.
func (s *Sniffer) scaledByLEAN() *problem.InputError {
	if s.Forced.scaled || s.Layout.header != 0 || s.Layout.Delimiter != ',' || len(s.Rows) == 0 {
		return nil
	}
	_, within := source.ParseLeanName(s.file)
	for _, r := range s.Rows {
		if t := value.TrimSpace(r.Fields[s.time]); !within && (len(t) != len("20060102 15:04") || value.LeadingDigits(t) != 8) {
			return nil
		}
		for i, f := range s.Layout.Fields {
			if f.Kind == FieldValue && f.Column < 4 {
				if v := r.Fields[i]; len(v) < 4 || value.LeadingDigits(v) != len(v) || !bytes.HasSuffix(v, []byte("00")) {
					return nil
				}
			}
		}
	}
	return &problem.InputError{Line: s.Rows[0].Line, Err: problem.Shape("the prices may be times 10,000, as LEAN writes them; give Options.PriceScale 10000 (or Options.Dialect lean), or Options.PriceScale 1 if they are as they stand")}
}
