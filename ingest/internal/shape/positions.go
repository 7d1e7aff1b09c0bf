package shape

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
	"github.com/bowstring-engine/bowstring/ingest/internal/value"

	"github.com/bowstring-engine/bowstring/columnar"
)

// unnamed names the columns of a source without a header: by the options, by
// the preset, or by what the values are to each other.
func (s *Sniffer) unnamed(firstRow int) ([]string, *problem.InputError) {
	if s.Forced.Names != nil {
		return s.Forced.Names, nil
	}
	s.Layout.header, s.Layout.First = 0, 1
	s.readRows(-1)
	if len(s.Rows) == 0 {
		return nil, &problem.InputError{Line: 1, Err: problem.Shape("no line looks like a row; name the columns with Options.Names")}
	}
	if names := s.Forced.preset.columns(len(s.columns)); names != nil {
		s.Found("columns", strings.Join(names, ", "), value.Sample{}, "Names")
		return s.reset(names), nil
	}
	// "123401" may be a time of day or a price: with colons it is tried first.
	var err error
	for _, strict := range []bool{true, false} {
		var names []string
		if names, err = s.byValue(strict); err == nil {
			s.Found("columns", "by their values: "+strings.Join(shown(names), ", "), value.Sample{Line: firstRow, Text: string(TrimLine(s.Lines[max(firstRow, 1)-1]))}, "Names")
			return s.reset(names), nil
		}
	}
	return nil, &problem.InputError{Line: max(firstRow, 1), Err: err}
}

// reset forgets the rows, which are read again below the names.
func (s *Sniffer) reset(names []string) []string {
	s.all, s.Rows, s.columns, s.oddLine = nil, nil, nil, 0
	return names
}

// shown spells out which columns are not read.
func shown(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = name
		if name == "" {
			out[i] = "(not read)"
		}
	}
	return out
}

// byValue names the columns by their values: the first that holds times, a
// time of day beside it, a column of text as the symbol; then the prices
// (evidence.go) and the volume (counts.go). pair says that a time of day may stand
// in a column of its own.
func (s *Sniffer) byValue(pair bool) ([]string, error) {
	names := make([]string, len(s.columns))
	at, text := -1, -1
	for i := range s.columns {
		p := &s.columns[i]
		switch {
		case at < 0 && p.All(p.Moments):
			at = i
			names[i] = columnar.Time
		case p.IsText() && text >= 0:
			return nil, problem.Shape("no header, and columns %d and %d are both text", text+1, i+1)
		case p.IsText():
			text = i
			names[i] = "symbol"
		}
	}
	if at < 0 {
		return nil, problem.Shape("no header, and no column holds times")
	}
	next := at + 1
	if pair && next < len(names) && s.columns[at].All(s.columns[at].Days) && s.columns[next].All(s.columns[next].Strict) {
		names[at], names[next] = "date", "time"
		next++
	}
	var numeric []int
	for i := next; i < len(names); i++ {
		if p := &s.columns[i]; p.Numbers == p.Rows && p.Rows > p.Nothing && names[i] == "" {
			numeric = append(numeric, i)
		}
	}
	values, err := s.numbers(numeric)
	if err != nil {
		return nil, err
	}
	e := evidence{values: values, steps: s.stepsInTime(text)}
	found, err := e.prices()
	if err != nil {
		return nil, s.askPositions(err, names, numeric, found)
	}
	if len(numeric) == 4 {
		return found[0].named(names, numeric, -1), nil // without a volume
	}
	volume, err := e.volume(found[0])
	if err != nil {
		return nil, s.askPositions(err, names, numeric, found[:1])
	}
	return found[0].named(names, numeric, volume), nil
}

// askPositions ends an error with what to do, and the readings that the values leave
// open, none of which loses rows.
func (s *Sniffer) askPositions(err error, names []string, numeric []int, found []roles) error {
	var readings []string
	for _, r := range found[:min(len(found), 2)] {
		readings = append(readings, strings.Join(r.named(names, numeric, -1), ","))
	}
	if readings == nil {
		return fmt.Errorf("%w; name the %d columns with Options.Names, in their order, with nothing for one that is not read", err, len(names))
	}
	return fmt.Errorf("%w; name the columns with Options.Names, as in %s", err, strings.Join(readings, " or "))
}

// stepsInTime returns for each row that has one before it in time, of the same asset,
// both, whatever the order of the lines. symbol is the column of symbols, or -1.
func (s *Sniffer) stepsInTime(symbol int) (steps [][2]int) {
	type row struct {
		asset string
		ns    int64
		at    int
	}
	var rows []row
	for i := range s.columns {
		p := &s.columns[i]
		if !p.All(p.Moments) {
			continue
		}
		var orders value.Orders
		for _, r := range s.Rows {
			orders.Add(r.Line, r.Fields[i])
		}
		for at, r := range s.Rows {
			m := value.Moments{Order: orders.Likely(), ClockDigits: 6}
			ns, ok := m.Any(r.Fields[i])
			// A time of day beside a date.
			if next := i + 1; ok && p.All(p.Days) && next < len(r.Fields) && s.columns[next].All(s.columns[next].Strict) {
				ns, ok = m.Join(r.Fields[i], r.Fields[next])
			}
			if !ok {
				continue
			}
			asset := ""
			if symbol >= 0 {
				asset = string(r.Fields[symbol])
			}
			rows = append(rows, row{asset, ns, at})
		}
		break
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Or(strings.Compare(a.asset, b.asset), cmp.Compare(a.ns, b.ns)) })
	for i := 1; i < len(rows); i++ {
		if rows[i].asset == rows[i-1].asset && rows[i].ns > rows[i-1].ns {
			steps = append(steps, [2]int{rows[i-1].at, rows[i].at})
		}
	}
	return steps
}

// numbers returns the values of columns.
func (s *Sniffer) numbers(columns []int) ([][]float64, error) {
	decimal := s.Forced.decimal
	if decimal == 0 {
		var g value.Signs
		for _, r := range s.Rows {
			for _, i := range columns {
				g.Add(r.Line, value.TrimSpace(r.Fields[i]))
			}
		}
		var err error
		if decimal, _, _, err = g.Decide(s.continental()); err != nil {
			return nil, fmt.Errorf("%w: %w", problem.ErrShape, err)
		}
	}
	values := make([][]float64, len(columns))
	for k, i := range columns {
		for _, r := range s.Rows {
			v, ok := value.Locale{Decimal: decimal}.Parse(r.Fields[i], 0)
			if !ok {
				v = math.NaN()
			}
			values[k] = append(values[k], v)
		}
	}
	return values, nil
}
