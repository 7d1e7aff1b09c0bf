package shape

import (
	"fmt"
	"strings"
	"time"

	"github.com/bowstring-engine/bowstring/ingest/internal/source"

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
