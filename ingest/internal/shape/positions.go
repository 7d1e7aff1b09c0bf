package shape

import (
	"fmt"
	"math"
	"strings"

	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
	"github.com/bowstring-engine/bowstring/ingest/internal/value"

	"github.com/bowstring-engine/bowstring/columnar"
)

// decidingRows is how many rows with prices that differ it takes to tell
// columns by their values.
const decidingRows = 3

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
	return nil, &problem.InputError{Line: max(firstRow, 1), Err: fmt.Errorf("%w; name the columns with Options.Names, as in time,open,high,low,close,volume", err)}
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
// time of day beside it, a column of text as the symbol; then four columns of
// which one is never below and one never above the others, and the volume
// after them. pair says that a time of day may stand in a column of its own.
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
	return names, s.prices(names, numeric)
}

// prices finds the prices and the volume among columns of numbers.
func (s *Sniffer) prices(names []string, numeric []int) error {
	values, err := s.numbers(numeric)
	if err != nil {
		return err
	}
	var reason error
	for first := 0; first+4 < len(numeric); first++ {
		roles, err := s.bar(values[first : first+4])
		if err != nil {
			if reason == nil {
				reason = err
			}
			continue
		}
		volume := volumeAfter(values, first+4, values[first+roles.high], values[first+roles.low])
		if volume < 0 {
			return problem.Shape("no header, and no column after the prices can be the volume")
		}
		names[numeric[first+roles.open]], names[numeric[first+roles.high]] = columnar.Open, columnar.High
		names[numeric[first+roles.low]], names[numeric[first+roles.close]] = columnar.Low, columnar.Close
		names[numeric[volume]] = columnar.Volume
		return nil
	}
	if reason != nil {
		return reason
	}
	return problem.Shape("no header, and %d columns of numbers after the time; want four prices and a volume", len(numeric))
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

// roles are the positions of the prices among four columns.
type roles struct{ open, high, low, close int }

// bar finds the roles of four columns by their values: the high is the one
// that is at no time below another, the low the one that is never above. Of
// the others the first is the open where high and low stand between them or
// last; elsewhere the next open must follow the close.
func (s *Sniffer) bar(v [][]float64) (roles, error) {
	r := roles{high: -1, low: -1}
	telling := 0
	for row := range s.Rows {
		if a, b, c, d := v[0][row], v[1][row], v[2][row], v[3][row]; a == a && (a != b || b != c || c != d) {
			telling++
		}
	}
	if telling < decidingRows {
		return r, problem.Shape("no header, and only %d rows have prices that differ, too few to tell open, high, low and close apart", telling)
	}
	for k := range v {
		if dominates(v, k, func(x, y float64) bool { return x < y }) {
			if r.high >= 0 {
				return r, problem.Shape("no header, and two columns can be the high")
			}
			r.high = k
		}
		if dominates(v, k, func(x, y float64) bool { return x > y }) {
			if r.low >= 0 {
				return r, problem.Shape("no header, and two columns can be the low")
			}
			r.low = k
		}
	}
	if r.high < 0 || r.low < 0 || r.high == r.low {
		return r, problem.Shape("no header, and no four columns are open, high, low and close: no one is always the highest and another the lowest")
	}
	var rest []int
	for k := range v {
		if k != r.high && k != r.low {
			rest = append(rest, k)
		}
	}
	r.open, r.close = rest[0], rest[1]
	if r.open == 0 && r.close == 3 {
		return r, nil
	}
	return s.openOrClose(v, r)
}

// dominates reports whether a column is never worse than another, but for one
// row in fifty, which may be bad.
func dominates(v [][]float64, k int, worse func(x, y float64) bool) bool {
	bad := 0
	for row, x := range v[k] {
		for j := range v {
			if worse(x, v[j][row]) {
				bad++
				break
			}
		}
	}
	return bad*50 <= len(v[k])
}

// openOrClose tells open and close apart by the steps from bar to bar: markets
// open near the last close. Columns in the usual order need not be asked.
func (s *Sniffer) openOrClose(v [][]float64, r roles) (roles, error) {
	sum := func(from, to int) (total float64) {
		for row := 1; row < len(s.Rows); row++ {
			if d := math.Abs(v[to][row] - v[from][row-1]); d == d {
				total += d
			}
		}
		return total
	}
	forward, backward := sum(r.close, r.open), sum(r.open, r.close)
	// Rows that are newest first have the next bar before.
	if s.newestFirst() {
		forward, backward = backward, forward
	}
	switch {
	case len(s.Rows) >= 10 && 3*forward < 2*backward:
		return r, nil
	case len(s.Rows) >= 10 && 3*backward < 2*forward:
		r.open, r.close = r.close, r.open
		return r, nil
	}
	return r, problem.Shape("no header, and the values do not tell open and close apart")
}

// newestFirst reports whether the times of the first rows run backwards.
func (s *Sniffer) newestFirst() bool {
	var st steps
	for i := range s.columns {
		if p := &s.columns[i]; p.All(p.Moments) {
			for _, r := range s.Rows {
				for _, order := range value.DateOrders {
					m := value.Moments{Order: order, ClockDigits: 6}
					if ns, ok := m.Any(r.Fields[i]); ok {
						st.add("", ns)
						break
					}
				}
			}
			return st.Down > st.Up
		}
	}
	return false
}

// volumeAfter returns the first column from position i on that can be a
// volume: never negative, and not always between the low and the high, as an
// average price is. It returns -1 where there is none.
func volumeAfter(v [][]float64, i int, high, low []float64) int {
	for ; i < len(v); i++ {
		inside, negative := true, false
		for row, x := range v[i] {
			negative = negative || x < 0
			inside = inside && (x != x || x >= low[row] && x <= high[row])
		}
		if !negative && !inside {
			return i
		}
	}
	return -1
}
